using System.Data;
using System.Data.Common;

namespace SplitSqlite.Tests.Differential;

/// <summary>The connection's own members.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public void Members_say_the_same_before_while_and_after_it_is_open()
        => Script.Same(Script.Basic, side =>
        {
            side.Connection.StateChange += (sender, change) => side.Log($"event {change.OriginalState} to {change.CurrentState}, {ReferenceEquals(sender, side.Connection)}");
            Members(side);
            side.Do("Open", side.Connection.Open);
            Members(side);
            side.Do("Open again", side.Connection.Open);
            side.Do("Open async again", () => side.Connection.OpenAsync().GetAwaiter().GetResult());
            side.Do("set the string", () => side.Connection.ConnectionString = side.ConnectionString);
            side.Do("Close", side.Connection.Close);
            side.Do("Close again", side.Connection.Close);
            Members(side);
            side.Do("set the string", () => side.Connection.ConnectionString = side.ConnectionString);
            side.Do("Open async", () => side.Connection.OpenAsync().GetAwaiter().GetResult());
            side.Do("Close async", () => side.Connection.CloseAsync().GetAwaiter().GetResult());
            side.Do("Dispose", side.Connection.Dispose);
            side.Do("Dispose", side.Connection.Dispose);
            Members(side);
            side.Do("Open after Dispose", side.Connection.Open);
        });

    [Fact]
    public void Methods_that_sqlite_has_not_throw_the_same()
        => Script.Same(Script.Basic, side =>
        {
            side.Do("ChangeDatabase closed", () => side.Connection.ChangeDatabase("other"));
            side.Open();
            side.Do("ChangeDatabase", () => side.Connection.ChangeDatabase("other"));
            side.Do("Enlist", () => side.Connection.EnlistTransaction(null));
        });

    [Fact]
    public void Command_on_a_connection_that_is_not_open_is_refused()
        => Script.Same(Script.Basic, side =>
        {
            using var command = side.Factory.CreateCommand()!;
            foreach (var way in Enum.GetValues<Way>())
            {
                side.Execute(way, command);
            }

            side.Do("Prepare", command.Prepare);
            command.Connection = side.Connection;
            command.CommandText = "SELECT 1";
            foreach (var way in Enum.GetValues<Way>())
            {
                side.Execute(way, command);
            }

            side.Do("Prepare", command.Prepare);
            side.Open();
            side.Execute(Way.Scalar, command);
            side.Connection.Close();
            side.Execute(Way.Scalar, command);
            side.Connection.Open();
            side.Execute(Way.Reader, command);
            side.Do("Cancel", command.Cancel);
            side.Execute(Way.Scalar, command);
        });

    [Fact]
    public void Command_takes_text_and_connection_at_any_time_but_not_while_its_reader_is_open()
        => Script.Same(Script.Basic, side =>
        {
            using var command = side.Connection.CreateCommand();
            side.Try("text", () => command.CommandText);
            side.Do("no text", () => command.CommandText = null);
            side.Try("text", () => command.CommandText);
            side.Try("timeout", () => command.CommandTimeout);
            side.Try("type", () => command.CommandType);
            side.Try("update", () => command.UpdatedRowSource);
            side.Try("design", () => command.DesignTimeVisible);
            side.Open();
            side.Execute(Way.Scalar, command);
            command.CommandText = "SELECT 1; SELECT 2";
            using var reader = command.ExecuteReader();
            side.Do("text", () => command.CommandText = "SELECT 3");
            side.Do("connection", () => command.Connection = null);
            side.Do("second reader", () => command.ExecuteReader());
            side.Do("scalar", () => command.ExecuteScalar());
            side.Do("nonquery", () => command.ExecuteNonQuery());
            side.Close(reader);
            side.Execute(Way.Scalar, command);
            side.Do("connection", () => command.Connection = null);
            side.Execute(Way.Scalar, command);
            command.Connection = side.Connection;
            side.Execute(Way.Scalar, command);
            command.Dispose();
            side.Execute(Way.Scalar, command);
        });

    [Fact]
    public void Schema_collections_are_the_same()
        => Script.Same(Script.Basic, side =>
        {
            side.Try("closed", () => side.Connection.GetSchema());
            side.Open();
            foreach (var name in (string?[])[null, "MetaDataCollections", "metadatacollections", "ReservedWords", "Tables", "", "Nothing"])
            {
                Table(side, $"GetSchema {name}", () => name is null ? side.Connection.GetSchema() : side.Connection.GetSchema(name));
                Table(side, $"GetSchema {name} restricted", () => side.Connection.GetSchema(name!, ["main"]));
            }
        });

    [Fact]
    public void Default_timeout_is_taken_from_string_and_connection()
        => Script.Same(Script.Basic, side =>
        {
            using var connection = side.Connect(";Default Timeout=7");
            side.Try("timeout", () => connection.ConnectionTimeout);
            using var command = connection.CreateCommand();
            side.Try("command", () => command.CommandTimeout);
            command.CommandTimeout = 3;
            side.Try("command", () => command.CommandTimeout);
            side.Do("negative", () => command.CommandTimeout = -5);
            connection.Open();
            command.CommandText = "SELECT 1";
            side.Execute(Way.Scalar, command);
        });

    [Fact]
    public void Objects_made_by_the_connection_belong_to_it()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var command = side.Connection.CreateCommand();
            side.Try("connection", () => ReferenceEquals(command.Connection, side.Connection));
            side.Try("transaction", () => command.Transaction);
            using var transaction = side.Connection.BeginTransaction();
            using var inside = side.Connection.CreateCommand();
            side.Try("transaction", () => ReferenceEquals(inside.Transaction, transaction));
            side.Do("wrong connection", () => command.Connection = new Other());
            side.Try("parameter", () => command.CreateParameter().GetType().Name);
        });

    private static void Members(Side side)
    {
        var connection = side.Connection;
        side.Try("State", () => connection.State);
        side.Try("Database", () => connection.Database);
        side.Try("DataSource", () => connection.DataSource);
        side.Try("ServerVersion", () => connection.ServerVersion);
        side.Try("ConnectionTimeout", () => connection.ConnectionTimeout);
        side.Try("ConnectionString", () => connection.ConnectionString == side.ConnectionString);
        side.Try("factory", () => DbProviderFactories.GetFactory(connection)?.GetType());
    }

    private static void Table(Side side, string what, Func<DataTable> call)
    {
        var table = side.Try(what, () => call());
        if (table is not null)
        {
            side.Log($"  {table.TableName}: {string.Join(", ", table.Columns.Cast<DataColumn>().Select(column => $"{column.ColumnName} {column.DataType.Name}"))}");
            foreach (DataRow row in table.Rows)
            {
                side.Log("  " + string.Join(" | ", row.ItemArray.Select(Described.Value)));
            }
        }
    }

#nullable disable
    private sealed class Other : DbConnection
    {
        public override string ConnectionString { get; set; }

        public override string Database => string.Empty;

        public override string DataSource => string.Empty;

        public override string ServerVersion => string.Empty;

        public override ConnectionState State => ConnectionState.Closed;

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

        public override void Close()
        {
        }

        public override void Open() => throw new NotSupportedException();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

        protected override DbCommand CreateDbCommand() => throw new NotSupportedException();
    }
}
