using System.Data;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.History;

/// <content>The calls, each in its sync or async form, cancelled by token or by Cancel() where the step is to be cancelled.</content>
internal sealed partial class Worker
{
    private async Task<int> Execute(string sql, params object?[] values)
    {
        using var command = Command(sql, values);
        using var cancel = _sync ? Token.Register(command.Cancel) : default;
        var affected = _sync ? command.ExecuteNonQuery() : await command.ExecuteNonQueryAsync(Token);
        _open?.IsStillOpen();
        return affected;
    }

    private async Task<object?> Scalar(string sql, params object?[] values)
    {
        using var command = Command(sql, values);
        using var cancel = _sync ? Token.Register(command.Cancel) : default;
        var value = _sync ? command.ExecuteScalar() : await command.ExecuteScalarAsync(Token);
        _open?.IsStillOpen();
        return value;
    }

    private async Task<long> Number(string sql, params object?[] values)
        => await Scalar(sql, values) is long number ? number : throw new InvalidDataException($"No number: {sql}");

    private async Task<SplitSqliteDataReader> Query(string sql, params object?[] values)
    {
        var command = Command(sql, values);
        using var cancel = _sync ? Token.Register(command.Cancel) : default;
        var reader = _sync ? command.ExecuteReader() : await command.ExecuteReaderAsync(Token);
        _open?.IsStillOpen();
        return reader;
    }

    // One row of numbers, the data reader closed again.
    private async Task<long[]?> Row(string sql, params object?[] values)
    {
        await using var reader = await Query(sql, values);
        if (!reader.Read())
        {
            return null;
        }

        var row = new long[reader.FieldCount];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = reader.GetInt64(i);
        }

        return row;
    }

    private async Task<State> QueryState()
        => await Row(State.Sql) is [var seq, var balance, var weighted, var versions, var weightedVersions, var notes]
            ? new State(seq, balance, weighted, versions, weightedVersions, notes)
            : throw new InvalidDataException("An aggregate without a row.");

    private SplitSqliteCommand Command(string sql, object?[] values)
    {
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.Add(new SqliteParameter("$" + (i + 1), values[i] ?? DBNull.Value));
        }

        return command;
    }

    private async Task<SplitSqliteTransaction> Begin(IsolationLevel level)
        => _sync ? Connection.BeginTransaction(level) : await Connection.BeginTransactionAsync(level, Token);

    private async Task Commit(SplitSqliteTransaction transaction)
    {
        if (_sync)
        {
            transaction.Commit();
        }
        else
        {
            await transaction.CommitAsync(Token);
        }
    }

    private async Task Dispose(SplitSqliteTransaction transaction)
    {
        if (_sync)
        {
            transaction.Dispose();
        }
        else
        {
            await transaction.DisposeAsync();
        }
    }

    /// <summary>Runs what SQLite has to refuse with this code; another answer, or none, is an anomaly.</summary>
    private async Task IsRefused(int extendedCode, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (SqliteException exception) when (exception.SqliteExtendedErrorCode == extendedCode)
        {
            _rowId = _changes = null;
            return;
        }

        Anomaly("wrong answer", $"The statement has to fail with {extendedCode}, and did not.");
    }
}
