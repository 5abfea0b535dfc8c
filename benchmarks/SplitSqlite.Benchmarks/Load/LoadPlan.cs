namespace SplitSqlite.Benchmarks.Load;

/// <summary>How a load is put on: by whom, for how long, and whether it waits for its answers.</summary>
internal sealed record LoadPlan
{
    /// <summary>How many do the work at the same time.</summary>
    public required int Callers { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// Operations due each second, whether or not the last ones have ended: an open loop, in which an operation's latency counts from when it was due, so
    /// that a queue shows. Null: a closed loop, in which each caller begins its next operation when its last one has ended.
    /// </summary>
    public double? Rate { get; init; }

    /// <summary>How long the same work runs, in a closed loop, before anything is recorded.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMilliseconds(150);
}
