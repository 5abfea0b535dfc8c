using System.Globalization;
using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Scenarios;
using SplitSqlite.Benchmarks.Sides;
using SplitSqlite.Benchmarks.Single;
using SplitSqlite.Plots;

namespace SplitSqlite.Benchmarks.Reporting;

/// <summary>The speed that was set as a goal before anything was built, held against what a run has measured. The median decides.</summary>
internal sealed class Goals(BenchResults results)
{
    public const double SlowestWriterMicroseconds = 200_000;

    public static IReadOnlyList<Goal> Of(BenchResults results)
    {
        var goals = new Goals(results);
        return
        [
            goals.SingleTime("open, point SELECT, close; one thread", typeof(OpenReadClose), 0.55),
            goals.SingleBytes("the same, bytes allocated", typeof(OpenReadClose), 0.6),
            goals.SingleTime("EF Core FirstOrDefaultAsync by key, no tracking", typeof(EntityFrameworkByKey), 0.85),
            goals.SingleTime("autocommit INSERT, one thread, NORMAL", typeof(AutocommitInsertNormal), 0.85),
            goals.SharedCommits(),
            goals.NoErrors(),
            goals.LoginRate(8, 1.2),
            goals.LoginRate(64, 2),
            goals.SlowestLogin(8),
            goals.SlowestLogin(64),
            goals.SlowestWriter(),
            goals.ReadsBesideAWriter(),
            goals.ReadsAgainstIdle(),
            goals.PhysicalConnections(),
            goals.FlatCost(),
        ];
    }

    private static string Exactly(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static Goal AtMost(string work, string wanted, double most, Spread seen, Func<double, string> format) => Judge(work, wanted, seen, format, seen.Median <= most);

    private static Goal AtLeast(string work, string wanted, double least, Spread seen, Func<double, string> format) => Judge(work, wanted, seen, format, seen.Median >= least);

    private static Goal Judge(string work, string wanted, Spread seen, Func<double, string> format, bool isMet)
        => seen.Count == 0 ? NotRun(work, wanted) : new Goal(work, wanted, seen.Text(format), isMet ? GoalOutcome.Met : GoalOutcome.Missed);

    private static Goal NotRun(string work, string wanted) => new(work, wanted, "–", GoalOutcome.NotRun);

    private Goal SingleTime(string work, Type type, double most)
        => AtMost(work, $"≤ {Exactly(most)} × Microsoft.Data.Sqlite's time", most, Ratios(type, cell => cell.Microseconds), FigureText.Ratio);

    private Goal SingleBytes(string work, Type type, double most)
        => AtMost(work, $"≤ {Exactly(most)} × Microsoft.Data.Sqlite's", most, Ratios(type, cell => cell.Bytes), FigureText.Ratio);

    private Spread Ratios(Type type, Func<SingleCell, IReadOnlyList<double>> values)
        => results.FindSingle(SingleThread.KeyOf(type), Side.Split) is { } split && results.FindSingle(SingleThread.KeyOf(type), Side.Plain) is { } plain
            ? Spread.OfRatios(values(split), values(plain))
            : default;

    // One commit for each write cannot be faster than SQLite's own API on one thread makes it.
    private Goal SharedCommits()
        => AtLeast(
            "autocommit INSERT, 64 callers, FULL",
            "≥ 15 × one commit for each write (SQLite's own API, one thread)",
            15,
            Ratios(
                results.FindLoad(AutocommitInserts.Name, 64, Synchronous.Full, Side.Split),
                results.FindLoad(AutocommitInserts.Name, 1, Synchronous.Full, Side.Raw),
                figures => figures.PerSecond),
            FigureText.Ratio);

    private Goal NoErrors()
    {
        const string Work = "login mix, FULL, 1, 8 and 64 workers: errors";
        LoadCell[] cells = [.. results.Load.Where(cell => cell.Scenario == LoginMix.Name && cell.Side == Side.Split.Key && cell.Synchronous == Synchronous.Full)];
        var errors = cells.Sum(cell => cell.Runs.Sum(run => run.ErrorCount));
        var logins = cells.Sum(cell => cell.Runs.Sum(run => run.Completed));
        return cells.Length == 0
            ? NotRun(Work, "0")
            : new Goal(Work, "0", $"{errors} of {FigureText.Count(logins)}", errors == 0 ? GoalOutcome.Met : GoalOutcome.Missed);
    }

    private Goal LoginRate(int workers, double least)
        => AtLeast(
            $"login mix, FULL, {workers} workers: logins each second",
            $"≥ {Exactly(least)} × Microsoft.Data.Sqlite's",
            least,
            Logins(workers, figures => figures.PerSecond),
            FigureText.Ratio);

    private Goal SlowestLogin(int workers)
        => AtMost($"login mix, FULL, {workers} workers: the slowest", "≤ 0.1 × Microsoft.Data.Sqlite's slowest", 0.1, Logins(workers, figures => figures.Latencies.Max), FigureText.Ratio);

    private Spread Logins(int workers, Func<LoadFigures, double> figure) => Ratios(
        results.FindLoad(LoginMix.Name, workers, Synchronous.Full, Side.Split), results.FindLoad(LoginMix.Name, workers, Synchronous.Full, Side.Plain), figure);

    private Goal SlowestWriter()
    {
        var cell = results.FindLoad(ThreeInserts.Name, 32, Synchronous.Full, Side.Split);
        var seconds = cell?.Runs.FirstOrDefault()?.Seconds ?? 15;
        return AtMost(
            $"32 writers for {Exactly(seconds)} s, BEGIN, three INSERTs, COMMIT; FULL: the slowest",
            $"≤ {FigureText.Time(SlowestWriterMicroseconds)}",
            SlowestWriterMicroseconds,
            cell?.Of(figures => figures.Latencies.Max) ?? default,
            FigureText.Time);
    }

    private Goal ReadsBesideAWriter()
        => AtMost(
            "reads beside a writer that never pauses: p99",
            "≤ 1 × Microsoft.Data.Sqlite's p99",
            1,
            Ratios(Reads(1, Side.Split), Reads(1, Side.Plain), figures => figures.Latencies.P99),
            FigureText.Ratio);

    private Goal ReadsAgainstIdle()
        => AtMost(
            "the same, against reads alone: p99",
            "aim: ≤ 1.5 × without a writer",
            1.5,
            Ratios(Reads(1, Side.Split), Reads(0, Side.Split), figures => figures.Latencies.P99),
            FigureText.Ratio);

    private LoadCell? Reads(int writers, Side side) => results.FindLoad(Scenarios.ReadsBesideAWriter.Name, writers, Synchronous.Full, side);

    private Goal PhysicalConnections()
    {
        var most = new SplitSqliteConnectionStringBuilder().MaxReaders + 1;
        return AtMost(
            "10,000 open sessions: physical connections",
            $"≤ Max Readers + 1 = {most}",
            most,
            Sessions(10_000)?.Extra(OpenSessions.Physical) ?? default,
            FigureText.Count);
    }

    private Goal FlatCost()
        => AtMost(
            "10,000 open sessions: cost of an operation",
            "flat: ≤ 1.25 × that of one session",
            1.25,
            Ratios(Sessions(10_000), Sessions(1), figures => 1 / figures.PerSecond),
            FigureText.Ratio);

    private LoadCell? Sessions(int count) => results.FindLoad(OpenSessions.Name, count, Synchronous.Normal, Side.Split);

    private static Spread Ratios(LoadCell? dividend, LoadCell? divisor, Func<LoadFigures, double> figure)
        => dividend is null || divisor is null ? default : dividend.RatioTo(divisor, figure);
}
