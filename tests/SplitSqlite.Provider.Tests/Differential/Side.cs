using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Differential;

/// <summary>How a command can be executed.</summary>
public enum Way
{
    NonQuery,
    NonQueryAsync,
    Scalar,
    ScalarAsync,
    Reader,
    ReaderAsync,
}

/// <summary>One provider with a connection to a file; all that is done through it is logged, exceptions too.</summary>
internal sealed class Side
{
    private readonly List<string> _log;
    private readonly string _name;
    private readonly string _path;
    private readonly List<Side> _others = [];

    public Side(bool isSplit, string path, List<string> log, string name)
    {
        IsSplit = isSplit;
        _path = path;
        _log = log;
        _name = name;
        Factory = isSplit ? SplitSqliteFactory.Instance : SqliteFactory.Instance;
        Connection = Connect();
    }

    public bool IsSplit { get; }

    public DbProviderFactory Factory { get; }

    public DbConnection Connection { get; }

    /// <summary>Gets the text that names the file.</summary>
    public string ConnectionString => $"Data Source={_path};Default Timeout=1{(IsSplit ? ";Synchronous=Off" : ";Pooling=False")}";

    public DbConnection Connect(string more = "")
    {
        var connection = Factory.CreateConnection()!;
        connection.ConnectionString = ConnectionString + more;
        return connection;
    }

    /// <summary>Opens the connection, without the cost of syncing to disk.</summary>
    public Side Open()
    {
        Connection.Open();
        if (!IsSplit)
        {
            Script.RunPlain(Connection, "PRAGMA synchronous=OFF");
        }

        return this;
    }

    /// <summary>Opens another connection to the same file, which logs to the same log.</summary>
    public Side Another(string name)
    {
        var other = new Side(IsSplit, _path, _log, name + " ");
        _others.Add(other);
        return other.Open();
    }

    /// <summary>Opens a plain connection to the same file, on either side: to SQLite's locks it is another process.</summary>
    public SqliteConnection OpenForeign()
    {
        var foreign = new SqliteConnection($"Data Source={_path};Default Timeout=1;Pooling=False");
        foreign.Open();
        return foreign;
    }

    public void CloseAll()
    {
        foreach (var other in _others)
        {
            other.CloseAll();
        }

        try
        {
            Connection.Dispose();
        }
        catch (SqliteException)
        {
            // Microsoft.Data.Sqlite's Close throws where SQL has ended the transaction of an open transaction object; the second call closes.
            Connection.Dispose();
        }
    }

    public void Log(string line) => _log.Add(_name + line.Replace(_path, "<file>", StringComparison.Ordinal));

    /// <summary>Logs what a call gives or throws.</summary>
    public T? Try<T>(string what, Func<T> call)
    {
        try
        {
            var value = call();
            Log($"{what} => {Described.Value(value)}");
            return value;
        }
        catch (Exception exception)
        {
            Log($"{what} => {Described.Error(exception)}");
            return default;
        }
    }

    /// <summary>Logs that a call succeeds, or what it throws.</summary>
    public bool Do(string what, Action call)
    {
        try
        {
            call();
            Log($"{what} => done");
            return true;
        }
        catch (Exception exception)
        {
            Log($"{what} => {Described.Error(exception)}");
            return false;
        }
    }

    /// <summary>Makes a command of the connection and its transaction. Names without a prefix are positional.</summary>
    public DbCommand Command(string sql, params (string Name, object? Value)[] parameters)
    {
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            Add(command, name, value);
        }

        return command;
    }

    public static DbParameter Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
        return parameter;
    }

    public void NonQuery(string sql, params (string Name, object? Value)[] parameters) => Execute(Way.NonQuery, sql, parameters);

    public void Scalar(string sql, params (string Name, object? Value)[] parameters) => Execute(Way.Scalar, sql, parameters);

    public void Read(string sql, params (string Name, object? Value)[] parameters) => Execute(Way.Reader, sql, parameters);

    /// <summary>Logs what the session's own functions say.</summary>
    public void Values() => Execute(Way.Reader, "SELECT changes(), total_changes(), last_insert_rowid()");

    public void Execute(Way way, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        Execute(way, command);
    }

    public void Execute(Way way, DbCommand command)
    {
        var what = $"{way} {command.CommandText}";
        switch (way)
        {
            case Way.NonQuery:
                Try(what, command.ExecuteNonQuery);
                break;
            case Way.NonQueryAsync:
                Try(what, () => command.ExecuteNonQueryAsync().GetAwaiter().GetResult());
                break;
            case Way.Scalar:
                Try(what, command.ExecuteScalar);
                break;
            case Way.ScalarAsync:
                Try(what, () => command.ExecuteScalarAsync().GetAwaiter().GetResult());
                break;
            case Way.Reader:
                Walk(Try(what, command.ExecuteReader), isAsync: false);
                break;
            default:
                Walk(Try(what, () => command.ExecuteReaderAsync().GetAwaiter().GetResult()), isAsync: true);
                break;
        }
    }

    /// <summary>Reads everything there is, and logs all that a reader says on the way.</summary>
    public void Walk(DbDataReader? reader, bool isAsync = false)
    {
        if (reader is null)
        {
            return;
        }

        bool? more;
        do
        {
            Describe(reader);
            bool? row;
            while ((row = Step("Read", isAsync ? () => reader.ReadAsync().GetAwaiter().GetResult() : reader.Read)) == true)
            {
                Row(reader);
            }

            if (row is null)
            {
                break;
            }

            Log($"  ended: affected {reader.RecordsAffected}, rows {reader.HasRows}");
            more = Step("NextResult", isAsync ? () => reader.NextResultAsync().GetAwaiter().GetResult() : reader.NextResult);
            Log($"  NextResult => {more}");
        }
        while (more == true);

        Close(reader);
    }

    /// <summary>Logs the result at hand.</summary>
    public void Describe(DbDataReader reader)
        => Log($"  result: fields {reader.FieldCount}, rows {reader.HasRows}, affected {reader.RecordsAffected}, depth {reader.Depth}; "
            + string.Join(", ", Enumerable.Range(0, reader.FieldCount).Select(i => $"{reader.GetName(i)} {Safe(() => reader.GetDataTypeName(i))} {Safe(() => reader.GetFieldType(i))}")));

    /// <summary>Reads and logs one row.</summary>
    public bool Next(DbDataReader reader)
    {
        var row = Step("Read", reader.Read);
        Log($"  Read => {row}");
        if (row == true)
        {
            Row(reader);
        }

        return row == true;
    }

    /// <summary>Closes a reader.</summary>
    public void Close(DbDataReader reader)
    {
        Do("  close", reader.Close);
        Log($"  closed: {reader.IsClosed}, affected {reader.RecordsAffected}, rows {Safe(() => reader.HasRows)}, fields {Safe(() => reader.FieldCount)}");
        reader.Dispose();
    }

    private void Row(DbDataReader reader)
        => Log($"  row: {string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(i => $"{Safe(() => reader.GetValue(i))} {Safe(() => reader.GetFieldType(i))} {Safe(() => reader.GetDataTypeName(i))}"))}; affected {reader.RecordsAffected}");

    private bool? Step(string what, Func<bool> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception)
        {
            Log($"  {what} => {Described.Error(exception)}");
            return null;
        }
    }

    private static string Safe(Func<object?> call)
    {
        try
        {
            return Described.Value(call());
        }
        catch (Exception exception)
        {
            return Described.Error(exception);
        }
    }
}
