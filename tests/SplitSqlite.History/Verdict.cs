namespace SplitSqlite.History;

/// <summary>Prints what went wrong in a round: how often each kind, and the first of each with the schedule around it.</summary>
internal sealed class Verdict(Round round, int seed)
{
    private const int Lines = 40;

    public void Print(TextWriter to)
    {
        to.WriteLine($"ANOMALIES of seed {seed}:");
        foreach (var kind in round.Anomalies.GroupBy(anomaly => anomaly.Kind).OrderByDescending(kind => kind.First().IsOfTheHistory))
        {
            var first = kind.First();
            to.WriteLine();
            to.WriteLine($"ANOMALY {kind.Key} ({(first.IsOfTheHistory ? "history" : "error")}), {kind.Count()} times; the first: {first.What}");
            PrintSchedule(to, first.Operations);
        }

        to.WriteLine();
    }

    // The operations of the sessions concerned, from shortly before to shortly after.
    private void PrintSchedule(TextWriter to, Operation[] concerned)
    {
        if (concerned.Length == 0)
        {
            return;
        }

        var (from, until) = (concerned.Min(operation => operation.Begin), concerned.Max(operation => operation.End == long.MaxValue ? operation.Begin : operation.End));
        var sessions = concerned.Select(operation => operation.Session).ToHashSet();
        var around = round.Logs
            .SelectMany(log => log.Operations)
            .Where(operation => sessions.Contains(operation.Session) && operation.End >= from && operation.Begin <= until)
            .Concat(concerned)
            .Distinct()
            .OrderBy(operation => operation.Begin)
            .ToList();
        to.WriteLine($"  sessions {string.Join(", ", sessions.Order())}, * the operations concerned:");

        // Where the two are far apart, what is between them matters less than they.
        var shown = around.Count <= Lines ? around : [.. around.Take(Lines / 2), .. concerned.Except(around.Take(Lines / 2)), .. around.TakeLast(Lines / 2).Except(concerned)];
        foreach (var operation in shown.OrderBy(operation => operation.Begin))
        {
            to.WriteLine($"  {(concerned.Contains(operation) ? '*' : ' ')} {operation}");
        }

        if (shown.Count < around.Count)
        {
            to.WriteLine($"    and {around.Count - shown.Count} between them");
        }
    }
}
