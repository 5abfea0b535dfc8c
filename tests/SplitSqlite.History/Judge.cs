namespace SplitSqlite.History;

/// <summary>
/// Holds what the sessions of a round tell of one file against what the file says. Sound: each rule follows from "one order of all writes, which is the
/// log's; who is told of a write is told after its commit; who begins later sees it". See <c>docs/design/history.md</c>.
/// </summary>
internal sealed class Judge
{
    private readonly FinalLog _log;
    private readonly Action<Anomaly> _report;
    private readonly List<Unit> _units;
    private readonly List<StateRead> _states;
    private readonly List<AccountRead> _accounts;
    private readonly Dictionary<long, Unit> _byToken = [];
    private readonly Dictionary<Unit, (long First, long Last)> _places = [];
    private readonly bool[] _isBoundary;

    // What had been acknowledged, seen, and begun, at each moment.
    private readonly Timeline _acknowledged = new();
    private readonly Timeline _seen = new();
    private readonly Timeline _begun = new();

    public Judge(int file, IReadOnlyList<SessionLog> sessions, FinalLog log, Action<Anomaly> report)
    {
        _log = log;
        _report = report;
        _units = [.. sessions.SelectMany(session => session.Units).Where(unit => unit.Operation.File == file)];
        _states = [.. sessions.SelectMany(session => session.States).Where(read => read.Operation.File == file)];
        _accounts = [.. sessions.SelectMany(session => session.Accounts).Where(read => read.Operation.File == file)];
        _isBoundary = new bool[log.Last + 1];
        _isBoundary[0] = true;
    }

    public void Decide()
    {
        foreach (var fault in _log.Faults)
        {
            Report("log and tables", fault);
        }

        Place();
        JudgePresence();
        JudgeOrder();
        JudgeTransactions();
        foreach (var read in _states)
        {
            JudgeState(read);
        }

        foreach (var read in _accounts)
        {
            JudgeAccount(read);
        }
    }

    // Where each unit stands in the log.
    private void Place()
    {
        foreach (var unit in _units)
        {
            foreach (var token in unit.Tokens)
            {
                _byToken.Add(token, unit);
            }
        }

        foreach (var row in _log.Rows)
        {
            if (!_byToken.TryGetValue(row.Token, out var unit))
            {
                Report("unknown write", $"Nobody wrote {row}.");
                continue;
            }

            _places[unit] = _places.TryGetValue(unit, out var place) ? (place.First, row.Seq) : (row.Seq, row.Seq);
        }

        foreach (var (unit, (first, last)) in _places)
        {
            if (last < _isBoundary.Length)
            {
                _isBoundary[last] = true;
            }

            _begun.Note(unit.Begin, last, unit.Operation);
            if (unit.Outcome == Outcome.Acknowledged)
            {
                _acknowledged.Note(unit.End, last, unit.Operation);
            }
        }

        foreach (var read in _states)
        {
            _seen.Note(read.End, read.State.Seq, read.Operation);
        }
    }

    // Exactly the acknowledged effects, each once (the file's UNIQUE says so), whole, in one piece and in their order.
    private void JudgePresence()
    {
        foreach (var unit in _units)
        {
            if (!_places.TryGetValue(unit, out var place))
            {
                if (unit is { Outcome: Outcome.Acknowledged, Tokens.Count: > 0 })
                {
                    Report("lost write", $"Acknowledged and not there: {Name(unit)}.", unit.Operation);
                }

                continue;
            }

            if (unit.Outcome == Outcome.Refused)
            {
                Report("ghost write", $"Refused, cancelled or rolled back, and yet there: {Name(unit)} at seq {place}.", unit.Operation);
            }
            else if (place.Last - place.First + 1 != unit.Tokens.Count || !InOrder(unit, place.First))
            {
                Report("torn write", $"Not in one piece: {Name(unit)} at seq {place}.", unit.Operation);
            }
            else if (unit.RowId is { } rowId && rowId != place.Last)
            {
                Report("wrong values", $"Its session was told of seq {rowId}: {Name(unit)} at seq {place}.", unit.Operation);
            }

            if (unit.After is { Tokens.Count: > 0 } before && (!_places.TryGetValue(before, out var earlier) || earlier.Last >= place.First))
            {
                Report("torn write", $"{Name(unit)} is there, and what its batch wrote before it is not, or later.", unit.Operation);
            }
        }
    }

    private bool InOrder(Unit unit, long first)
    {
        for (var i = 0; i < unit.Tokens.Count; i++)
        {
            if (_log.Rows[(int)first - 1 + i].Token != unit.Tokens[i])
            {
                return false;
            }
        }

        return true;
    }

    // The log's order agrees with time: what was acknowledged before another began is before it.
    private void JudgeOrder()
    {
        foreach (var (unit, place) in _places)
        {
            var (seq, by) = _acknowledged.Before(unit.Begin);
            if (seq >= place.First)
            {
                Report("write order", $"{Name(unit)} began at {unit.Begin}, when seq {seq} had been acknowledged, and has seq {place}.", unit.Operation, by);
            }

            if (unit.Base is { } begun && begun != place.First - 1)
            {
                Report("two writers at once", $"{Name(unit)} began on seq {begun} and was committed at seq {place}.", unit.Operation, Owner(place.First - 1));
            }
        }
    }

    // One transaction at a time; and while one is open nobody else's write is acknowledged that had not been begun before.
    private void JudgeTransactions()
    {
        var open = _units.Where(unit => unit.HeldTo > unit.HeldFrom).OrderBy(unit => unit.HeldFrom).ToList();
        for (var i = 1; i < open.Count; i++)
        {
            if (open[i].HeldFrom < open[i - 1].HeldTo)
            {
                Report(
                    "two writers at once",
                    $"Transactions were open at once, from {open[i - 1].HeldFrom} to {open[i - 1].HeldTo} and from {open[i].HeldFrom} to {open[i].HeldTo}.",
                    open[i - 1].Operation,
                    open[i].Operation);
            }
        }

        var starts = open.ConvertAll(unit => unit.HeldFrom);
        foreach (var unit in _units.Where(unit => unit is { HeldFrom: 0, Outcome: Outcome.Acknowledged, Tokens.Count: > 0 }))
        {
            var at = starts.BinarySearch(unit.Begin);
            at = at < 0 ? ~at - 1 : at;
            if (at >= 0 && open[at].HeldTo > unit.End)
            {
                Report(
                    "two writers at once",
                    $"Written from {unit.Begin} to {unit.End}, inside of another session's transaction that was open from {open[at].HeldFrom} to {open[at].HeldTo}.",
                    unit.Operation,
                    open[at].Operation);
            }
        }
    }

    private void JudgeState(StateRead read)
    {
        var seq = read.State.Seq;
        var (acknowledged, writer) = _acknowledged.Before(read.Begin);
        if (seq < acknowledged)
        {
            Report("stale read", $"It began at {read.Begin}, when seq {acknowledged} had been acknowledged, and saw seq {seq}{Nested(read)}.", read.Operation, writer);
        }
        else if (!read.IsNested && _seen.Before(read.Begin) is var (seen, reader) && seq < seen)
        {
            Report("read went back", $"It began at {read.Begin}, when somebody had seen seq {seen}, and saw seq {seq}.", read.Operation, reader);
        }

        if (seq > _log.Last || seq > _begun.Before(read.End).Seq)
        {
            Report("dirty read", $"It ended at {read.End} and saw seq {seq}, which nobody had begun to write by then, or which was never committed.", read.Operation, Owner(seq));
        }
        else if (!_isBoundary[seq])
        {
            Report("torn read", $"It saw seq {seq}, the middle of what was written as one{Nested(read)}.", read.Operation, Owner(seq));
        }
        else if (_log.StateAt(seq) != read.State)
        {
            Report("mixed read", $"It saw {read.State}, and the file was {_log.StateAt(seq)}{Nested(read)}.", read.Operation);
        }
    }

    private void JudgeAccount(AccountRead read)
    {
        var versions = _log.Versions(read.Account);
        if (read.Version >= versions.Count)
        {
            Report("dirty read", $"Account {read.Account} was seen at version {read.Version}, which was never committed.", read.Operation);
            return;
        }

        var row = versions[(int)read.Version];
        if ((row.Balance, row.Token) != (read.Balance, read.Token) || row.Version != read.Version)
        {
            Report("mixed read", $"Account {read.Account} was seen as {read.Version}, {read.Balance}, {read.Token}, and was {row}.", read.Operation);
        }

        var (acknowledged, writer) = _acknowledged.Before(read.Begin);
        if (read.Version + 1 < versions.Count && versions[(int)read.Version + 1].Seq <= acknowledged)
        {
            Report(
                "stale read",
                $"It began at {read.Begin}, when seq {acknowledged} had been acknowledged, and saw account {read.Account} at version {read.Version}, followed by {versions[(int)read.Version + 1]}.",
                read.Operation,
                writer);
        }

        if (row.Seq > _begun.Before(read.End).Seq)
        {
            Report("dirty read", $"Account {read.Account} was seen at version {read.Version}, which nobody had begun to write by then.", read.Operation);
        }
    }

    private Operation? Owner(long seq)
        => seq >= 1 && seq <= _log.Last && _byToken.TryGetValue(_log.Rows[(int)seq - 1].Token, out var unit) ? unit.Operation : null;

    private void Report(string kind, string what, params Operation?[] operations)
        => _report(new Anomaly(kind, what, [.. operations.OfType<Operation>()]));

    private static string Nested(StateRead read) => read.IsNested ? " (a data reader of its session was open)" : string.Empty;

    private static string Name(Unit unit) => $"tokens {string.Join(", ", unit.Tokens.Take(6))}{(unit.Tokens.Count > 6 ? ", …" : string.Empty)} ({unit.Operation.Kind}, {unit.Outcome})";
}
