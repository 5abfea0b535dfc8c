using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Sides;

namespace SplitSqlite.Benchmarks.Scenarios;

/// <summary>One setting of a scenario, the same for all sides.</summary>
/// <param name="Name">For people.</param>
/// <param name="X">Where it is on the plots' lower axis.</param>
internal sealed record Setting(string Name, double X, int Callers, Synchronous Synchronous, TimeSpan Duration, double? Rate = null)
{
    public LoadPlan Plan(BenchFile file) => new() { Callers = Callers, Duration = Duration, Rate = Rate, GiveUp = file.GiveUp };
}

/// <summary>A concurrent work that sides are compared on.</summary>
internal abstract class Scenario
{
    /// <summary>Its name in filters and files of results.</summary>
    public abstract string Key { get; }

    public abstract string Title { get; }

    /// <summary>What is done, in a sentence or two.</summary>
    public abstract string About { get; }

    /// <summary>What one operation is called, in the plural.</summary>
    public abstract string Operations { get; }

    /// <summary>What <see cref="Setting.X"/> is.</summary>
    public abstract string XTitle { get; }

    public abstract IReadOnlyList<Setting> Settings(BenchScale scale);

    public virtual IReadOnlyList<Side> Sides(Setting setting) => Side.Both;

    public virtual int Repetitions(BenchScale scale) => scale.Repetitions;

    /// <summary>Runs once, on a fresh file in <paramref name="folder"/>.</summary>
    public abstract Task<LoadFigures> RunAsync(Setting setting, Side side, string folder);

    /// <summary>All of them, in the order of the report.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new AutocommitInserts(), new ThreeInserts(), new LoginMix(), new LoginsAtRate(), new ReadsBesideAWriter(), new LeakedReader(), new OpenSessions(),
    ];
}
