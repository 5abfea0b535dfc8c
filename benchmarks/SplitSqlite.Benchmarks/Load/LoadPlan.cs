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

    /// <summary>How long one caller does the same work, in a closed loop, before anything is recorded.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long what is in flight at the end is waited for before <see cref="GiveUp"/> is called. At least a second.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1.2);

    /// <summary>Asks the side to end what is still in flight.</summary>
    public Action? GiveUp { get; init; }
}
