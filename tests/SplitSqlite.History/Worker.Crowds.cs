using Microsoft.Data.Sqlite;

namespace SplitSqlite.History;

/// <content>
/// Now and then everybody writes at once, and nobody in a transaction: so writes share commits, good ones, and ones that fail in every way that SQLite knows.
/// </content>
internal sealed partial class Worker
{
    private const int Rush = 250;
    private const int RaiseFailed = 1811;

    // The same for all at the same time.
    private static bool IsRush => Environment.TickCount64 / Rush % 3 == 0;

    private Choice[] Rushing() =>
    [
        new("insert", 30, Append),
        new("insert returning", 20, AppendReturning),
        new("update", 15, Touch),
        new("update returning", 10, TouchReturning),
        new("transfer by one statement", 10, TransferByStatement),
        new("insert and delete", 10, NoteAndErase),
        new("replace", 10, Replace),
        new("constraint failure", 15, FailConstraint),
        new("constraint failure, FAIL", 6, FailHalfway),
        new("constraint failure, ROLLBACK", 2, FailAndRollBack),
        new("trigger", 10, RaiseInTrigger),
        new("insert slowly", 3, AppendSlowly),
        new("batch", 8, Batch),
        new("batch that fails", 4, BatchThatFails),
        new("atomic batch", 12, AtomicBatch),
        new("session values", 8, CheckValues),
        new("read state", 8, ReadState),
        new("transaction", 3, TransactionByApi),
    ];

    private async Task Replace()
    {
        var unit = NewUnit(Stamp.Tokens());
        var slot = _random.Next(1, 9);
        var affected = 0;
        await Write(unit, async () => affected = await Execute("INSERT OR REPLACE INTO slot(id, token) VALUES ($1, $2)", slot, unit.Tokens[0]));
        Wrote(slot, 1, affected);
    }

    // What was done before the failure stays.
    private Task FailHalfway()
    {
        var first = Stamp.Tokens();
        return KeepsThough(NewUnit(first), UniqueFailed, "INSERT OR FAIL INTO effect(token, kind) VALUES ($1, 'append'), ($1, 'append')", first);
    }

    // A text that has ended a group joins none again: so half of them are new ones.
    private Task FailAndRollBack()
    {
        var first = Stamp.Tokens();
        NewUnit(first).Refuse();
        return IsRefused(UniqueFailed, () => Execute($"INSERT OR ROLLBACK INTO effect(token, kind) VALUES ($1, 'append'), ($1, 'append') {NewText()}", first));
    }

    private async Task RaiseInTrigger()
    {
        var first = Stamp.Tokens(2);
        var sql = "INSERT INTO alarm(kind, token) VALUES ($1, $2)";
        switch (_random.Next(8))
        {
            case 0 or 1:
                NewUnit(first, first + 1).Refuse();
                await IsRefused(RaiseFailed, () => Execute(sql, "abort", first));
                break;
            case 2:
                NewUnit(first, first + 1).Refuse();
                await IsRefused(RaiseFailed, () => Execute(sql + NewText(), "rollback", first));
                break;
            case 3 or 4:
                NewUnit(first + 1).Refuse();
                await KeepsThough(NewUnit(first), RaiseFailed, sql, "fail", first);
                break;
            case 5:
                NewUnit(first + 1).Refuse();
                var part = NewUnit(first);
                await Write(part, () => Execute(sql, "ignore", first));
                (_rowId, _changes) = (null, null);
                break;
            default:
                var whole = NewUnit(first, first + 1);
                var affected = 0;
                await Write(whole, async () => affected = await Execute(sql, "none", first));
                Wrote(null, 1, affected);
                break;
        }
    }

    private async Task AtomicBatch()
    {
        var first = Stamp.Tokens(2);
        var unit = NewUnit(first, first + 1);
        await using var batch = Connection.CreateBatch();
        Add(AppendSql, first);
        Add(TouchSql, Account(), first + 1);
        if (_random.Next(4) == 0)
        {
            unit.Refuse();
            Add(AppendSql, first);
            await IsRefused(UniqueFailed, ExecuteBatch);
            return;
        }

        var affected = 0;
        await Write(unit, async () => affected = await ExecuteBatch());
        Wrote(null, 1);
        Expect(affected == 2, "wrong values", () => $"RecordsAffected of the atomic batch is {affected}, not 2.");

        void Add(string sql, params object[] values)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter("$" + (i + 1), values[i]));
            }

            batch.BatchCommands.Add(command);
        }

        async Task<int> ExecuteBatch()
        {
            using var cancel = _sync ? Token.Register(batch.Cancel) : default;
            return _sync ? batch.ExecuteNonQuery() : await batch.ExecuteNonQueryAsync(Token);
        }
    }

    /// <summary>Runs what SQLite has to refuse with this code, and yet keep the first part of.</summary>
    private async Task KeepsThough(Unit unit, int extendedCode, string sql, params object?[] values)
    {
        try
        {
            await Execute(sql, values);
        }
        catch (SqliteException exception) when (exception.SqliteExtendedErrorCode == extendedCode)
        {
            unit.Acknowledge();
            _rowId = _changes = null;
            return;
        }
        catch
        {
            unit.Refuse();
            throw;
        }

        Anomaly("wrong answer", $"The statement has to fail with {extendedCode}, and did not.");
    }

    private string NewText() => _random.Next(2) == 0 ? $" -- {Stamp.Next()}" : string.Empty;
}
