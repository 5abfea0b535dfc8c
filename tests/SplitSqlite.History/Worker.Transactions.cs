using System.Data;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.History;

/// <content>Transactions that write: by the API, by words, by a savepoint outside of any; ended in all ways.</content>
internal sealed partial class Worker
{
    // What the open transaction has written so far; to be taken off what it reads.
    private State _own;
    private SplitSqliteTransaction? _transaction;
    private int _savepoints;

    private Task TransactionByApi() => Transaction(async () => _transaction = await Begin(_random.Next(4) == 0 ? IsolationLevel.ReadUncommitted : IsolationLevel.Unspecified));

    private Task TransactionByWords()
    {
        string[] words = ["BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE TRANSACTION", "BEGIN DEFERRED"];
        return Transaction(() => Execute(words[_random.Next(words.Length)]));
    }

    private async Task Transaction(Func<Task> begin)
    {
        var unit = NewUnit();
        _own = default;
        var isOver = false;
        try
        {
            await begin();
            unit.HasBegun();
            _open = unit;
            for (var i = _random.Next(1, 5); i > 0; i--)
            {
                await DoInside(unit, mayNest: true);
            }

            await End(unit);
            isOver = true;
        }
        finally
        {
            _open = null;
            if (unit.Outcome == Outcome.Unknown)
            {
                unit.Refuse();
            }

            if (_transaction is { } transaction)
            {
                _transaction = null;
                await Dispose(transaction);
            }
            else if (!isOver)
            {
                await Close();
            }
        }
    }

    private async Task DoInside(Unit unit, bool mayNest)
    {
        switch (_random.Next(20))
        {
            case < 4:
                await ReadInside(unit);
                break;
            case < 8:
                await ReadModifyWrite(unit);
                break;
            case < 12:
                await Transfer(unit);
                break;
            case < 14:
                var token = Add(unit, State.OfAppend());
                await Execute(AppendSql, token);
                (_rowId, _changes) = (null, 1);
                break;
            case < 16:
                await NoteInside(unit);
                break;
            case 16:
                var never = NewUnit(Stamp.Tokens());
                never.Refuse();
                await IsRefused(UniqueFailed, () => Execute("INSERT INTO effect(token, kind) VALUES ($1, 'append'), ($1, 'append')", never.Tokens[0]));
                break;
            case 17 when _random.Next(6) == 0:
                // From the end of the transaction on the session has a connection of its own.
                await Execute("CREATE TEMP TABLE IF NOT EXISTS mine(token INTEGER)");
                _round.Tally.Count("  (transaction) became private", "done");
                break;
            default:
                if (mayNest)
                {
                    await SavepointInside(unit);
                }

                break;
        }
    }

    private long Add(Unit unit, State effect)
    {
        var token = Stamp.Tokens();
        unit.Tokens.Add(token);
        _own += effect;
        return token;
    }

    private async Task ReadInside(Unit unit)
    {
        var begin = Stamp.Next();
        var state = await QueryState() - _own;
        Saw(begin, Stamp.Next(), state, isNested: false);
        Expect(unit.Base is null || unit.Base == state.Seq, "two writers at once", () => $"The transaction began at seq {unit.Base}; now, without its own, it is {state.Seq}.");
        unit.Base = state.Seq;
    }

    private async Task ReadModifyWrite(Unit unit)
    {
        var account = Account();
        var version = await Number("SELECT version FROM account WHERE id = $1", account);
        if (_random.Next(4) == 0)
        {
            await Pause(1);
        }

        var token = Add(unit, State.OfUpdate(account, 0));
        var affected = await Execute("UPDATE account SET version = $2 + 1, token = $3 WHERE id = $1 AND version = $2", account, version, token);
        Expect(affected == 1, "lost update", () => $"Account {account} had version {version} in this transaction, and then had not.");
        Wrote(_rowId, 1, affected);
    }

    private async Task Transfer(Unit unit)
    {
        var (from, to) = Pair();
        var amount = _random.Next(1, 50);
        if (await Number("SELECT balance FROM account WHERE id = $1", from) < amount)
        {
            return;
        }

        const string Move = "UPDATE account SET balance = balance + $2, version = version + 1, token = $3 WHERE id = $1";
        Wrote(_rowId, 1, await Execute(Move, from, -amount, Add(unit, State.OfUpdate(from, -amount))));
        Wrote(_rowId, 1, await Execute(Move, to, amount, Add(unit, State.OfUpdate(to, amount))));
    }

    private async Task NoteInside(Unit unit)
    {
        // Its erasure would have the token after it.
        var token = Stamp.Tokens(2);
        unit.Tokens.Add(token);
        _own += State.OfAppend(notes: 1);
        await Execute(NoteSql, Account(), token);
        _changes = 1;
        var id = _rowId = await Number("SELECT last_insert_rowid()");
        if (_random.Next(2) == 0)
        {
            unit.Tokens.Add(token + 1);
            _own += State.OfAppend(notes: -1);
            Wrote(_rowId, 1, await Execute("DELETE FROM note WHERE id = $1", id));
        }
    }

    private async Task SavepointInside(Unit unit)
    {
        // Not one that may still stand from before: ROLLBACK TO would mean the later one.
        var name = $"s{_savepoints++}";
        var (count, own) = (unit.Tokens.Count, _own);
        _round.Tally.Count("  (transaction) savepoint", "done");
        await Savepoint("SAVEPOINT", name, transaction => transaction.Save(name));
        for (var i = _random.Next(1, 3); i > 0; i--)
        {
            await DoInside(unit, mayNest: _random.Next(2) == 0);
        }

        if (_random.Next(2) == 0)
        {
            await Savepoint("ROLLBACK TO", name, transaction => transaction.Rollback(name));
            Log.Units.Add(unit.RollBackTo(count));
            _own = own;
        }

        // A savepoint left standing ends with the transaction.
        if (_random.Next(4) != 0)
        {
            await Savepoint("RELEASE", name, transaction => transaction.Release(name));
        }
    }

    private async Task Savepoint(string verb, string name, Action<SplitSqliteTransaction> byApi)
    {
        if (_transaction is { } transaction && _random.Next(2) == 0)
        {
            byApi(transaction);
        }
        else
        {
            await Execute($"{verb} {name}");
        }
    }

    private async Task End(Unit unit)
    {
        var way = _random.Next(25);
        _round.Tally.Count(
            "  (transaction) " + way switch
            {
                < 15 => "commit",
                < 17 => "commit beside open rows",
                < 20 => "rollback or dispose",
                20 => "closed with its connection",
                < 23 => "ON CONFLICT ROLLBACK",
                _ => "commit refused, rollback",
            },
            "done");
        switch (way)
        {
            case < 15:
                await CommitOpen(unit);
                break;
            case < 17:
                await CommitBesideOpenRows(unit);
                break;
            case < 20:
                GiveUp(unit);
                await (_transaction is { } transaction && _random.Next(2) == 0 ? Dispose(transaction) : RollBackOpen());
                break;
            case 20:
                GiveUp(unit);
                await Close();
                break;
            case < 23:
                GiveUp(unit);
                var token = NewUnit(Stamp.Tokens());
                token.Refuse();
                await IsRefused(UniqueFailed, () => Execute("INSERT OR ROLLBACK INTO effect(token, kind) VALUES ($1, 'append'), ($1, 'append')", token.Tokens[0]));
                break;
            default:
                var orphan = NewUnit(Stamp.Tokens());
                orphan.Refuse();
                await Execute(NoteSql, 9999, orphan.Tokens[0]);
                await IsRefused(ForeignKeyFailed, () => _transaction is { } open ? Commit(open) : Execute("COMMIT"));
                GiveUp(unit);
                await RollBackOpen();
                break;
        }
    }

    // The last moment at which it is open for certain.
    private void Ends(Unit unit)
    {
        unit.IsStillOpen();
        _open = null;
    }

    private void GiveUp(Unit unit)
    {
        Ends(unit);
        unit.Refuse();
        _rowId = _changes = null;
    }

    private async Task CommitOpen(Unit unit)
    {
        Ends(unit);
        await (_transaction is { } transaction ? Commit(transaction) : Execute(_random.Next(2) == 0 ? "COMMIT" : "END TRANSACTION"));
        unit.Acknowledge();
    }

    // Its rows are what the transaction saw, also when they are read after it.
    private async Task CommitBesideOpenRows(Unit unit)
    {
        var begin = Stamp.Next();
        await using var reader = await Query(OpenRows.Sql);
        var rows = new OpenRows(reader, _operation, begin, Stamp.Next());
        rows.ReadOn(_random.Next(HistoryFile.Accounts));
        await CommitOpen(unit);
        rows.ReadOn(HistoryFile.Accounts);
        Expect(rows.Count == HistoryFile.Accounts && rows.AgreesOnSeq, "torn read", () => $"A data reader of a transaction gave {rows.Count} rows.");
        Saw(begin, rows.End, rows.State - _own, isNested: false);
    }

    private async Task RollBackOpen()
    {
        if (_transaction is { } transaction)
        {
            transaction.Rollback();
        }
        else
        {
            await Execute("ROLLBACK");
        }
    }

    // Outside of a transaction a savepoint begins one, and its RELEASE commits it.
    private async Task SavepointOutside()
    {
        var unit = NewUnit();
        _own = default;
        var isOver = false;
        try
        {
            await Execute("SAVEPOINT outermost");
            unit.HasBegun();
            _open = unit;
            for (var i = _random.Next(1, 4); i > 0; i--)
            {
                await DoInside(unit, mayNest: true);
            }

            if (_random.Next(3) == 0)
            {
                await Execute("ROLLBACK TO outermost");
                Log.Units.Add(unit.RollBackTo(0));
                _own = default;
            }

            Ends(unit);
            await Execute("RELEASE outermost");
            unit.Acknowledge();
            isOver = true;
        }
        finally
        {
            _open = null;
            if (!isOver)
            {
                unit.Refuse();
                await Close();
            }
        }
    }

    // Longer than the sessions of "Default Timeout=1" wait.
    private async Task HoldForLong()
    {
        var unit = NewUnit();
        var transaction = await Begin(IsolationLevel.Serializable);
        unit.HasBegun();
        try
        {
            unit.Tokens.Add(Stamp.Tokens());
            await Execute(AppendSql, unit.Tokens[0]);
            await Pause(1300);
            unit.IsStillOpen();
            await Commit(transaction);
            unit.Acknowledge();
        }
        finally
        {
            if (unit.Outcome == Outcome.Unknown)
            {
                unit.Refuse();
            }

            await Dispose(transaction);
        }

        (_rowId, _changes) = (null, 1);
    }
}
