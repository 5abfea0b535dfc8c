using Microsoft.Data.Sqlite;

namespace SplitSqlite.History;

/// <content>Autocommit writes: each statement is a unit of its own.</content>
internal sealed partial class Worker
{
    private const string AppendSql = "INSERT INTO effect(token, kind) VALUES ($1, 'append')";
    private const string TouchSql = "UPDATE account SET version = version + 1, token = $2 WHERE id = $1";
    private const string NoteSql = "INSERT INTO note(account, token) VALUES ($1, $2)";

    private const int UniqueFailed = 2067;
    private const int NotNullFailed = 1299;
    private const int CheckFailed = 275;
    private const int ForeignKeyFailed = 787;
    private const int Mismatch = 20;

    private Choice[] Choices() =>
    [
        new("read state", 42, ReadState),
        new("read account", 36, ReadAccount),
        new("read slowly", 10, ReadSlowly),
        new("read snapshot", 18, ReadSnapshot),
        new("read row by row", 42, OpenRowsOrGoOn),
        new("session values", 12, CheckValues),
        new("insert", 24, Append),
        new("insert returning", 18, AppendReturning),
        new("update", 18, Touch),
        new("update returning", 12, TouchReturning),
        new("transfer by one statement", 12, TransferByStatement),
        new("insert and delete", 15, NoteAndErase),
        new("constraint failure", 18, FailConstraint),
        new("insert slowly", 10, AppendSlowly),
        new("batch", 18, Batch),
        new("batch that fails", 6, BatchThatFails),
        new("batch with a transaction", 9, BatchWithTransaction),
        new("transaction", 42, TransactionByApi),
        new("transaction by words", 18, TransactionByWords),
        new("savepoint outside", 15, SavepointOutside),
        new("drop without dispose", 1, DropWithoutDispose),
    ];

    private Unit NewUnit(params ReadOnlySpan<long> tokens)
    {
        var unit = new Unit(_operation);
        unit.Tokens.AddRange(tokens);
        Log.Units.Add(unit);
        return unit;
    }

    /// <summary>Runs what writes a unit. Whatever it throws, the unit must not be there; if it returns, it must.</summary>
    private static async Task Write(Unit unit, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch
        {
            unit.Refuse();
            throw;
        }

        unit.Acknowledge();
    }

    private void Wrote(long? rowId, long changes, long? affected = null)
    {
        (_rowId, _changes) = (rowId, changes);
        Expect(affected is null || affected == changes, "wrong values", () => $"RecordsAffected is {affected}, not {changes}.");
    }

    private async Task CheckValues()
    {
        if (await Row("SELECT last_insert_rowid(), changes()") is [var rowId, var changes])
        {
            Expect(_rowId is null || _rowId == rowId, "wrong values", () => $"last_insert_rowid() is {rowId}, not {_rowId}.");
            Expect(_changes is null || _changes == changes, "wrong values", () => $"changes() is {changes}, not {_changes}.");
            (_rowId, _changes) = (rowId, changes);
        }
    }

    private async Task Append()
    {
        var unit = NewUnit(Stamp.Tokens());
        var affected = 0;
        await Write(unit, async () => affected = await Execute(AppendSql, unit.Tokens[0]));
        Wrote(null, 1, affected);
        if (_random.Next(2) == 0)
        {
            unit.RowId = _rowId = await Number("SELECT last_insert_rowid()");
        }
    }

    private async Task AppendReturning()
    {
        var first = Stamp.Tokens(3);
        var unit = NewUnit(first, first + 1, first + 2);
        SplitSqliteDataReader? reader = null;
        await Write(unit, async () => reader = await Query(
            "INSERT INTO effect(token, kind) VALUES ($1, 'append'), ($1 + 1, 'append'), ($1 + 2, 'append') RETURNING seq, token",
            first));

        // It is committed by now: whatever is read before the rows are taken has to show it, and the rows say where it stands.
        if (_random.Next(3) == 0)
        {
            await ReadState();
        }

        await using (reader)
        {
            var rows = 0;
            for (; reader!.Read(); rows++)
            {
                var (seq, token) = (reader.GetInt64(0), reader.GetInt64(1));
                Expect(token == first + rows, "wrong values", () => $"RETURNING gives {token} in row {rows} of a unit that begins with {first}.");
                unit.RowId = seq;
            }

            Expect(rows == 3, "wrong values", () => $"RETURNING gave {rows} rows of 3.");
        }

        Wrote(unit.RowId, 3, reader.RecordsAffected);
    }

    private async Task Touch()
    {
        var unit = NewUnit(Stamp.Tokens());
        var affected = 0;
        await Write(unit, async () => affected = await Execute(TouchSql, Account(), unit.Tokens[0]));
        Wrote(_rowId, 1, affected);
        if (_random.Next(2) == 0)
        {
            await ReadState();
        }
    }

    private async Task TouchReturning()
    {
        var account = Account();
        var unit = NewUnit(Stamp.Tokens());
        var begin = Stamp.Next();
        var row = Array.Empty<object>();
        var read = 0;
        await Write(unit, async () =>
        {
            await using var reader = await Query(TouchSql + " RETURNING version, balance, token", account, unit.Tokens[0]);
            for (row = new object[3]; reader.Read(); read++)
            {
                reader.GetValues(row);
            }
        });
        Expect(read == 1, "wrong values", () => $"RETURNING gave {read} rows of 1.");
        Wrote(_rowId, 1);
        Log.Accounts.Add(new AccountRead(_operation, begin, Stamp.Next(), account, (long)row[0], (long)row[1], (long)row[2]));
    }

    private async Task TransferByStatement()
    {
        var (from, to) = Pair();
        var unit = NewUnit();
        var first = Stamp.Tokens(HistoryFile.Accounts + 1);

        // Both rows or none; the rows are changed in the order of their ids.
        unit.Tokens.AddRange([first + Math.Min(from, to), first + Math.Max(from, to)]);
        var affected = 0;
        await Write(unit, async () =>
        {
            affected = await Execute(
                """
                UPDATE account SET balance = balance + CASE id WHEN $1 THEN -$3 ELSE $3 END, version = version + 1, token = $4 + id
                WHERE id IN ($1, $2) AND (SELECT balance FROM account WHERE id = $1) >= $3 + 0
                """,
                from,
                to,
                _random.Next(1, 20),
                first);
        });
        if (affected == 0)
        {
            // Not enough there.
            unit.Refuse();
        }

        Expect(affected is 0 or 2, "wrong values", () => $"RecordsAffected is {affected}.");
        Wrote(_rowId, affected);
    }

    private async Task NoteAndErase()
    {
        var first = Stamp.Tokens(2);
        var note = NewUnit(first);
        await Write(note, () => Execute(NoteSql, Account(), first));
        _changes = 1;
        var id = _rowId = await Number("SELECT last_insert_rowid()");
        Expect(await Number("SELECT token FROM note WHERE id = $1", id) == first, "wrong values", () => $"last_insert_rowid() gives {id}, which is not the session's note.");
        if (_random.Next(4) != 0)
        {
            var erase = NewUnit(first + 1);
            var affected = 0;
            await Write(erase, async () => affected = await Execute("DELETE FROM note WHERE id = $1", id));
            Wrote(_rowId, 1, affected);
        }
    }

    private async Task FailConstraint()
    {
        var first = Stamp.Tokens(2);
        var unit = NewUnit(first, first + 1);
        unit.Refuse();
        switch (_random.Next(6))
        {
            case 0:
                await IsRefused(UniqueFailed, () => Execute("INSERT INTO effect(token, kind) VALUES ($1, 'append'), ($1, 'append')", first));
                break;
            case 1:
                await IsRefused(NotNullFailed, () => Execute("INSERT INTO effect(token, kind) VALUES ($1, 'append'), ($2, NULL)", first, first + 1));
                break;
            case 2:
                await IsRefused(CheckFailed, () => Execute("UPDATE account SET balance = balance - 1000000, version = version + 1, token = $2 WHERE id = $1", Account(), first));
                break;
            case 3:
                await IsRefused(ForeignKeyFailed, () => Execute(NoteSql, 9999, first));
                break;
            case 4:
                await IsRefused(Mismatch, () => Execute("INSERT INTO effect(seq, token, kind) VALUES ('x', $1, 'append')", first));
                break;
            default:
                // Refused in silence.
                var affected = await Execute("INSERT OR IGNORE INTO effect(token, kind) VALUES ($1, NULL)", first);
                Wrote(_rowId, 0, affected);
                break;
        }
    }

    // Long enough to be cancelled, interrupted or waited for in the middle.
    private async Task AppendSlowly()
    {
        var unit = NewUnit(Stamp.Tokens());
        var affected = 0;
        await Write(unit, async () => affected = await Execute($"INSERT INTO effect(token, kind) SELECT $1, 'append' WHERE ({Slow(30_000)}) > 0", unit.Tokens[0]));
        Wrote(null, 1, affected);
    }

    private (long From, long To) Pair()
    {
        var from = Account();
        var to = Account();
        return from == to ? Pair() : (from, to);
    }
}
