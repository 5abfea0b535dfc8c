using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.History;

/// <content>Opening and closing, private sessions, sessions that are dropped without Dispose.</content>
internal sealed partial class Worker
{
    // What last_insert_rowid() and changes() have to answer, where that is known.
    private long? _rowId;
    private long? _changes;

    // Half of the time the file that all share.
    private Task Open() => Open(_round.Files[_random.Next(2) == 0 ? 0 : _random.Next(_round.Files.Count)]);

    private async Task Open(HistoryFile file)
    {
        _file = file;
        _operation.File = file.Index;
        _options = _random.Next(16) switch
        {
            0 => "Foreign Keys=True",
            1 => "Recursive Triggers=True",
            2 => "Synchronous=Full",
            3 => "Routing=Writer",
            4 => "Include Holder Stack Trace=True",
            _ => string.Empty,
        };
        (_mayBeLate, _mayBeInterrupted) = (false, false);
        var milliseconds = 0;
        switch (_random.Next(16))
        {
            case 0:
                (_mayBeLate, milliseconds) = (true, _random.Next(1, 30));
                break;
            case 1:
                (_mayBeLate, _mayBeInterrupted, milliseconds) = (true, true, _random.Next(2, 30));
                _options += ";Interrupt On Timeout=True";
                break;
            case 2 or 3:
                _mayBeLate = true;
                _options += ";Default Timeout=1";
                break;
            default:
                break;
        }

        var connection = new SplitSqliteConnection(_file.ConnectionString(_options));
        if (_sync)
        {
            connection.Open();
        }
        else
        {
            await connection.OpenAsync(CancellationToken.None);
        }

        _connection = connection;
        (_rowId, _changes) = (0, 0);
        if (milliseconds > 0)
        {
            _options += $", busy_timeout={milliseconds}";
            await Execute($"PRAGMA busy_timeout={milliseconds}");
        }

        if (_random.Next(4) == 0)
        {
            await Execute("PRAGMA cache_size=-4000; PRAGMA locking_mode=NORMAL; PRAGMA temp_store=2; PRAGMA journal_mode=WAL");
        }

        if (_random.Next(25) == 0)
        {
            _options += ", private";
            _round.Tally.Count("  (open) private", "done");
            connection.CreateFunction("twice", (long n) => 2 * n);
            await Execute("CREATE TEMP TABLE mine(token INTEGER)");
            await Execute("INSERT INTO mine VALUES (21)");
            Expect(await Number("SELECT twice(token) FROM mine") == 42, "wrong answer", () => "A private session's own function and table.");
            _rowId = _changes = 1;
        }
    }

    private async Task Close()
    {
        if (_connection is not { } connection)
        {
            return;
        }

        _connection = null;
        _open = null;

        try
        {
            // Some are closed by their owner, some with the connection.
            foreach (var rows in _random.Next(2) == 0 ? _rows : [])
            {
                rows.Reader.Dispose();
            }
        }
        finally
        {
            _rows.Clear();
            if (_sync)
            {
                connection.Dispose();
            }
            else
            {
                await connection.DisposeAsync();
            }
        }
    }

    // A connection that nobody closes: what it has not committed must go, what it holds must come back when it is collected.
    private async Task DropWithoutDispose()
    {
        // Another session: who waits for one reader while holding another waits for itself where there is but one.
        await Close();
        var unit = NewUnit(Stamp.Tokens());
        unit.Refuse();
        Drop(_file, unit, _random.Next(4));
        _round.LeftToCollect();
    }

    // Not inlined: its locals must be gone when it returns.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(HistoryFile file, Unit unit, int way)
    {
        var connection = new SplitSqliteConnection(file.ConnectionString(string.Empty));
        connection.Open();
        var command = connection.CreateCommand();
        switch (way)
        {
            case 0:
                _ = connection.BeginTransaction();
                unit.HasBegun();
                command = connection.CreateCommand();
                break;
            case 1:
                command.CommandText = "BEGIN";
                command.ExecuteNonQuery();
                unit.HasBegun();
                break;
            case 2:
                command.CommandText = "SELECT id FROM account";
                _ = command.ExecuteReader().Read();
                return;
            default:
                _ = connection.BeginTransaction(SplitSqliteTransactionOptions.ReadOnly);
                return;
        }

        command.CommandText = AppendSql;
        command.Parameters.Add(new SqliteParameter("$1", unit.Tokens[0]));
        command.ExecuteNonQuery();
        unit.IsStillOpen();
    }
}
