using System.Data;
using System.Data.Common;

namespace SplitSqlite.Benchmarks.Sides;

/// <summary>What is asked of a connection, as an application asks it: by <see cref="DbConnection"/>, a new command each time.</summary>
internal static class Works
{
    public const string SelectUser = "SELECT id, name, visits FROM users WHERE id = @id";
    public const string SelectUsers = "SELECT id, name, visits FROM users";
    public const string InsertItem = "INSERT INTO items(name, at) VALUES (@name, @at)";
    public const string UpdateUser = "UPDATE users SET visits = visits + 1 WHERE id = @id";

    public static string ReadUser(DbConnection connection, long id)
    {
        using var command = connection.CreateCommand();
        command.CommandText = SelectUser;
        Add(command, "@id", id);
        return ReadUser(command);
    }

    public static string ReadUser(DbCommand command)
    {
        using var reader = command.ExecuteReader();
        reader.Read();
        _ = reader.GetInt64(0);
        _ = reader.GetInt64(2);
        return reader.GetString(1);
    }

    public static async Task<string> ReadUserAsync(DbConnection connection, long id)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = SelectUser;
        Add(command, "@id", id);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        _ = reader.GetInt64(0);
        _ = reader.GetInt64(2);
        return reader.GetString(1);
    }

    public static int Insert(DbConnection connection, long at, DbTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = InsertItem;
        Add(command, "@name", "an item of some length");
        Add(command, "@at", at);
        return command.ExecuteNonQuery();
    }

    public static async Task<int> InsertAsync(DbConnection connection, long at, DbTransaction? transaction = null)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = InsertItem;
        Add(command, "@name", "an item of some length");
        Add(command, "@at", at);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>BEGIN IMMEDIATE, three INSERTs, COMMIT.</summary>
    public static async Task InsertThreeAsync(DbConnection connection, long at)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.Serializable);
        for (var i = 0; i < 3; i++)
        {
            await InsertAsync(connection, at, transaction);
        }

        await transaction.CommitAsync();
    }

    public static int Update(DbConnection connection, long id, DbTransaction? transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = UpdateUser;
        Add(command, "@id", id);
        return command.ExecuteNonQuery();
    }

    public static DbParameter Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
