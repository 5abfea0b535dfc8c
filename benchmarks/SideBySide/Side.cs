using System.Data.Common;

namespace SideBySide;

/// <summary>One provider with a database of its own.</summary>
internal sealed record Side(string Name, DbProviderFactory Factory, string ConnectionString)
{
    public const int Rows = 1000;

    public DbConnection Open()
    {
        var connection = Factory.CreateConnection()!;
        connection.ConnectionString = ConnectionString;
        connection.Open();
        return connection;
    }

    /// <summary>Opens a connection that runs with <c>synchronous=NORMAL</c> and leaves nothing of it to the next.</summary>
    public DbConnection OpenNormal()
    {
        var connection = Factory.CreateConnection()!;
        connection.ConnectionString = $"{ConnectionString};{(Factory is Microsoft.Data.Sqlite.SqliteFactory ? "Pooling=False" : "Synchronous=Normal")}";
        connection.Open();
        if (Factory is Microsoft.Data.Sqlite.SqliteFactory)
        {
            Execute(connection, "PRAGMA synchronous=NORMAL");
        }

        return connection;
    }

    public void Prepare()
    {
        using var connection = Open();
        Execute(connection, "PRAGMA journal_mode=WAL");
        Execute(connection, "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, visits INTEGER NOT NULL DEFAULT 0)");
        Execute(connection, "CREATE TABLE visits(id INTEGER PRIMARY KEY, user INTEGER NOT NULL)");
        Execute(connection, $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Rows}) INSERT INTO users(name) SELECT 'user ' || i FROM n");
    }

    public static int Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }
}
