namespace SplitSqlite.Benchmarks.Load;

/// <summary>What came of one run of a load. Latencies are microseconds, of all operations, those that failed among them.</summary>
internal sealed record LoadFigures
{
    /// <summary>Which repetition it was, from 0: what ran in the same one is compared.</summary>
    public int Repetition { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Operations that succeeded before the end.</summary>
    public required long Completed { get; init; }

    public double PerSecond => Completed / Seconds;

    /// <summary>Operations that failed, by kind of error.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    public long ErrorCount => Errors.Values.Sum();

    /// <summary>Open loop: operations that were due and that nobody had begun at the end; each counts with the time it had waited.</summary>
    public required long NotBegun { get; init; }

    /// <summary>Operations that were in flight at the end and had to be given up; each counts with the time it had taken until then.</summary>
    public long GivenUp { get; init; }

    public required Latencies Latencies { get; init; }

    /// <summary>What a scenario counts beside, by name.</summary>
    public IReadOnlyDictionary<string, double> Extra { get; init; } = new Dictionary<string, double>();

    /// <summary>Something watched while the load ran.</summary>
    public IReadOnlyList<Sample> Samples { get; init; } = [];
}

/// <summary>A value at a time of the run.</summary>
internal readonly record struct Sample(double Seconds, double Value);

/// <summary>Latencies in microseconds, exact to a hundredth of their value.</summary>
internal sealed record Latencies(double P50, double P90, double P99, double P999, double Max);
