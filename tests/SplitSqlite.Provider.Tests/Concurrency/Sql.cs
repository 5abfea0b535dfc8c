using System.Data.Common;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>SQL in one line of a test, on connections of any provider.</summary>
internal static class Sql
{
    public static DbCommand Command(this DbConnection connection, string sql, params object?[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "$" + (i + 1);
            parameter.Value = values[i] ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public static int Run(this DbConnection connection, string sql, params object?[] values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteNonQuery();
    }

    public static async Task<int> RunAsync(this DbConnection connection, string sql, params object?[] values)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>The same without a deadline.</summary>
    public static async Task<int> RunPatientlyAsync(this DbConnection connection, string sql, params object?[] values)
    {
        await using var command = connection.Command(sql, values);
        command.CommandTimeout = 0;
        return await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    public static object? Value(this DbConnection connection, string sql, params object?[] values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteScalar();
    }

    public static long Number(this DbConnection connection, string sql, params object?[] values)
        => Assert.IsType<long>(connection.Value(sql, values));

    public static string Text(this DbConnection connection, string sql, params object?[] values)
        => Assert.IsType<string>(connection.Value(sql, values));

    /// <summary>Opens a data reader and reads its first row; it is the caller's to close.</summary>
    public static DbDataReader Reading(this DbConnection connection, string sql, params object?[] values)
    {
        var reader = connection.Command(sql, values).ExecuteReader();
        Assert.True(reader.Read());
        return reader;
    }

    /// <summary>A SELECT of so many rows 1, 2, 3, … without a table.</summary>
    public static string Series(long rows) => $"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {rows}) SELECT i FROM s";
}
