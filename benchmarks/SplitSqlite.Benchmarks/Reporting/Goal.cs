namespace SplitSqlite.Benchmarks.Reporting;

/// <summary>What came of a goal.</summary>
internal enum GoalOutcome
{
    Met,

    Missed,

    /// <summary>It was left out, by a filter or because it could not be run.</summary>
    NotRun,
}

/// <summary>A row of the table of goals.</summary>
/// <param name="Seen">The median, and the lowest and highest of the runs.</param>
internal sealed record Goal(string Work, string Wanted, string Seen, GoalOutcome Outcome)
{
    public string OutcomeText => Outcome switch
    {
        GoalOutcome.Met => "met",
        GoalOutcome.Missed => "missed",
        _ => "not run",
    };
}
