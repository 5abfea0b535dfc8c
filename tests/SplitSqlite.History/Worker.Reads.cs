using System.Data;

namespace SplitSqlite.History;

/// <content>Reads: of a whole state, of one account, row by row over several steps, and of a pinned snapshot.</content>
internal sealed partial class Worker
{
    private async Task ReadState()
    {
        var isNested = IsNested;
        var begin = Stamp.Next();
        var state = await QueryState();
        Saw(begin, Stamp.Next(), state, isNested);
    }

    private async Task ReadAccount()
    {
        var account = Account();
        var begin = Stamp.Next();
        var row = await Row("SELECT version, balance, token FROM account WHERE id = $1", account);
        Log.Accounts.Add(new AccountRead(_operation, begin, Stamp.Next(), account, row![0], row[1], row[2]));
    }

    private async Task ReadSlowly()
    {
        var isNested = IsNested;
        var begin = Stamp.Next();
        var row = await Row($"SELECT ({Slow(10_000)}), (SELECT ifnull(max(seq), 0) FROM effect), sum(balance) FROM account");
        _ = Stamp.Next();
        Expect(row![2] == HistoryFile.Total, "conservation", () => $"The sum of the balances is {row[2]}, at seq {row[1]}.");
        SawSeq(row[1], isNested, begin);
    }

    private async Task ReadSnapshot()
    {
        // A private session has one connection, so its snapshot may be that of its open data reader.
        var isNested = IsNested;
        var begin = Stamp.Next();
        var transaction = await Begin(IsolationLevel.Snapshot);
        var end = Stamp.Next();
        try
        {
            State? first = null;
            for (var i = _random.Next(2, 5); i > 0; i--)
            {
                var state = await QueryState();
                Expect(first is null || state == first, "snapshot changed", () => $"It was {first} and became {state}.");
                first ??= state;
                if (_random.Next(2) == 0)
                {
                    await Pause(_random.Next(3));
                }
            }

            Saw(begin, end, first!.Value, isNested);
            if (_random.Next(2) == 0)
            {
                await Commit(transaction);
            }
        }
        finally
        {
            await Dispose(transaction);
        }
    }

    // A data reader that is left open over other steps of the session, which are nested then.
    private async Task OpenRowsOrGoOn()
    {
        if (_rows.Count == 0 || (_rows.Count == 1 && _random.Next(3) == 0))
        {
            var begin = Stamp.Next();
            var reader = await Query(OpenRows.Sql);
            _rows.Add(new OpenRows(reader, _operation, begin, Stamp.Next()) { MayBeCancelled = _sync && Token.IsCancellationRequested });
            return;
        }

        var at = _random.Next(_rows.Count);
        var rows = _rows[at];
        try
        {
            if (rows.ReadOn(_random.Next(1, HistoryFile.Accounts)))
            {
                return;
            }

            _rows.RemoveAt(at);
            rows.Reader.Dispose();
        }
        catch (OperationCanceledException) when (rows.MayBeCancelled)
        {
            _rows.Remove(rows);
            rows.Reader.Dispose();
            return;
        }
        catch
        {
            _rows.Remove(rows);
            throw;
        }

        Expect(rows.Count == HistoryFile.Accounts, "torn read", () => $"A data reader gave {rows.Count} rows of {HistoryFile.Accounts}.");
        Expect(rows.AgreesOnSeq, "torn read", () => "The rows of one data reader are of several states.");
        Log.States.Add(new StateRead(rows.Operation, rows.Begin, rows.End, rows.State, true));
    }

    // What a read saw; inside a transaction without what that transaction had written by then.
    private void Saw(long begin, long end, State state, bool isNested)
    {
        Log.States.Add(new StateRead(_operation, begin, end, state, isNested));
        _round.Tally.Count(isNested ? "  (state) beside a data reader" : _open is null ? "  (state) alone" : "  (state) in a transaction", "done");
        Expect(state.Balance == HistoryFile.Total, "conservation", () => $"The sum of the balances is {state.Balance} in {state}.");
        SawSeq(state.Seq, isNested, begin);
    }

    private void SawSeq(long seq, bool isNested, long begin)
    {
        ref var seen = ref _seen[_file.Index];
        var before = seen;
        Expect(
            seq >= before,
            "read went back",
            () => $"The same session, or one before it in the same flow, had seen seq {before}; a {(isNested ? "nested " : string.Empty)}read begun at {begin} saw seq {seq}.");
        seen = Math.Max(before, seq);
    }

    private long Account() => _random.Next(1, HistoryFile.Accounts + 1);

    private static string Slow(int rows) => $"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {rows}) SELECT count(*) FROM s";
}
