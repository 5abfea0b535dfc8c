using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Sides;

namespace SplitSqlite.Benchmarks.Reporting;

/// <summary>All that a run has measured.</summary>
internal sealed class BenchResults
{
    public required Machine Machine { get; init; }

    /// <summary>Name of the <see cref="BenchScale"/>.</summary>
    public required string Scale { get; init; }

    /// <summary>What was asked for, if not everything.</summary>
    public IReadOnlyList<string> Filter { get; init; } = [];

    public DateTime Begun { get; init; } = DateTime.UtcNow;

    public double Minutes { get; set; }

    public Dictionary<string, Latencies> Controls { get; init; } = [];

    public List<SingleCell> Single { get; init; } = [];

    public List<LoadCell> Load { get; init; } = [];

    /// <summary>What could not be run, and why.</summary>
    public List<string> Failures { get; init; } = [];

    public SingleCell? FindSingle(string work, Side side) => Single.Find(cell => cell.Work == work && cell.Side == side.Key);

    public LoadCell? FindLoad(string scenario, double x, Synchronous synchronous, Side side)
        => Load.Find(cell => cell.Scenario == scenario && cell.X == x && cell.Synchronous == synchronous && cell.Side == side.Key);
}

/// <summary>A work of one thread on one side; a value for each round.</summary>
internal sealed class SingleCell
{
    public required string Work { get; init; }

    public required string Title { get; init; }

    public required string Side { get; init; }

    public List<double> Microseconds { get; init; } = [];

    public List<double> Bytes { get; init; } = [];
}

/// <summary>A scenario at one setting on one side; figures for each repetition.</summary>
internal sealed class LoadCell
{
    public required string Scenario { get; init; }

    public required string Setting { get; init; }

    public required double X { get; init; }

    public required int Callers { get; init; }

    public double? Rate { get; init; }

    public required Synchronous Synchronous { get; init; }

    public required string Side { get; init; }

    public List<LoadFigures> Runs { get; init; } = [];

    public Spread Of(Func<LoadFigures, double> figure) => Spread.Of(Runs.Select(figure));

    /// <summary>A figure as a part of another cell's, repetition by repetition.</summary>
    public Spread RatioTo(LoadCell other, Func<LoadFigures, double> figure) => Spread.Of(
        from run in Runs
        join reference in other.Runs on run.Repetition equals reference.Repetition
        where figure(reference) > 0
        select figure(run) / figure(reference));

    public Spread Extra(string name) => Spread.Of(Runs.Where(run => run.Extra.ContainsKey(name)).Select(run => run.Extra[name]));
}
