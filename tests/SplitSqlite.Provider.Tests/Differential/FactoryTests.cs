using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Differential;

/// <summary>What code sees that knows only the factory.</summary>
public sealed class FactoryTests
{
    [Fact]
    public void Factory_is_found_by_its_invariant_name_and_type()
    {
        DbProviderFactories.RegisterFactory(SplitSqliteFactory.InvariantName, SplitSqliteFactory.Instance);
        try
        {
            Assert.Same(SplitSqliteFactory.Instance, DbProviderFactories.GetFactory("SplitSqlite"));
            Assert.True(DbProviderFactories.TryGetFactory("SplitSqlite", out _));
            using var connection = DbProviderFactories.GetFactory("SplitSqlite").CreateConnection();
            Assert.IsType<SplitSqliteConnection>(connection);
            Assert.Same(SplitSqliteFactory.Instance, DbProviderFactories.GetFactory(connection));
        }
        finally
        {
            DbProviderFactories.UnregisterFactory(SplitSqliteFactory.InvariantName);
        }

        DbProviderFactories.RegisterFactory("by type", typeof(SplitSqliteFactory));
        try
        {
            Assert.Same(SplitSqliteFactory.Instance, DbProviderFactories.GetFactory("by type"));
        }
        finally
        {
            DbProviderFactories.UnregisterFactory("by type");
        }
    }

    [Fact]
    public void Factory_makes_and_lacks_the_same()
        => Script.Same(Script.Basic, side =>
        {
            var factory = side.Factory;
            side.Try("CanCreateDataAdapter", () => factory.CanCreateDataAdapter);
            side.Try("CanCreateCommandBuilder", () => factory.CanCreateCommandBuilder);
            side.Try("CanCreateDataSourceEnumerator", () => factory.CanCreateDataSourceEnumerator);
            side.Try("CreateDataAdapter", factory.CreateDataAdapter);
            side.Try("CreateCommandBuilder", factory.CreateCommandBuilder);
            side.Try("CreateDataSourceEnumerator", factory.CreateDataSourceEnumerator);
            side.Try("CreateCommand", () => factory.CreateCommand()!.GetType());
            side.Try("CreateConnection", () => factory.CreateConnection()!.GetType());
            side.Try("CreateConnectionStringBuilder", () => factory.CreateConnectionStringBuilder()!.GetType());
            side.Try("CreateParameter", () => factory.CreateParameter()!.GetType());
        });

    [Fact]
    public void Data_source_serves_the_same()
        => Script.Same(Script.Basic, side =>
        {
            using var source = side.Factory.CreateDataSource(side.ConnectionString);
            side.Try("ConnectionString", () => source.ConnectionString == side.ConnectionString);
            using (var connection = source.OpenConnection())
            {
                side.Try("State", () => connection.State);
            }

            using (var connection = source.CreateConnection())
            {
                side.Try("State", () => connection.State);
                side.Try("ConnectionString", () => connection.ConnectionString == side.ConnectionString);
            }

            // A command for each: one used again counts no changes in the plain provider, which asks a new connection for them.
            foreach (var way in Enum.GetValues<Way>())
            {
                using var command = source.CreateCommand("INSERT INTO bag VALUES (1, 1); SELECT count(*) FROM bag");
                side.Execute(way, command);
            }

            side.Do("async", () => source.OpenConnectionAsync().AsTask().GetAwaiter().GetResult().Dispose());
        });

    [Fact]
    public void Data_source_is_of_the_providers_own_type()
    {
        using var source = SplitSqliteFactory.Instance.CreateDataSource("Data Source=:memory:");
        Assert.IsType<SplitSqliteDataSource>(source);
        using var connection = source.CreateConnection();
        Assert.IsType<SplitSqliteConnection>(connection);
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => source.CreateConnection());
    }

    [Fact]
    public void Parameters_and_exceptions_are_those_of_the_plain_provider()
    {
        using var connection = new SplitSqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        SqliteParameter parameter = command.Parameters.AddWithValue("@a", 1);
        Assert.Same(parameter, command.Parameters["@a"]);
        command.CommandText = "SELEC";
        Assert.Equal(1, Assert.Throws<SqliteException>(() => command.ExecuteScalar()).SqliteErrorCode);
    }
}
