using System.Globalization;
using SplitSqlite.Benchmarks.Scenarios;
using SplitSqlite.Benchmarks.Sides;
using SplitSqlite.Plots;

namespace SplitSqlite.Benchmarks.Reporting;

/// <summary>The page of a run: goals, method, single thread, then a section for each scenario.</summary>
internal sealed class BenchmarkPage(BenchResults results)
{
    private readonly HtmlPage _page = new("SplitSqlite beside Microsoft.Data.Sqlite");

    public static void Write(string file, BenchResults results)
    {
        var page = new BenchmarkPage(results);
        page.Opening();
        page.GoalTable();
        new SingleThreadSection(page._page, results).Write();
        foreach (var scenario in Scenario.All.Where(scenario => results.Load.Any(cell => cell.Scenario == scenario.Key)))
        {
            new ScenarioSection(page._page, results, scenario).Write();
        }

        page.Method();
        page._page.Save(file);
    }

    private void Opening()
    {
        var machine = results.Machine;
        _page.Paragraph(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Begun:yyyy-MM-dd HH:mm} UTC, {results.Scale} version, {results.Minutes:0.0} minutes. {machine.Processor}, {machine.Cores} cores, {machine.MemoryGigabytes:0.#} GiB; files on {machine.FileSystem}; {machine.System}."), "muted");
        _page.Paragraph(
            $"{machine.Runtime}; SQLite {machine.Sqlite}; SplitSqlite {machine.SplitSqlite}; Microsoft.Data.Sqlite {machine.MicrosoftDataSqlite}; EF Core {machine.EntityFrameworkCore}; "
            + $"Dapper {machine.Dapper}; BenchmarkDotNet {machine.BenchmarkDotNet}.", "muted");
        if (results.Filter.Count > 0)
        {
            _page.Paragraph($"A part of the whole: {string.Join(", ", results.Filter)}.");
        }

        foreach (var failure in results.Failures)
        {
            _page.Paragraph($"Could not be run: {failure}");
        }

        var links = Scenario.All.Where(scenario => results.Load.Any(cell => cell.Scenario == scenario.Key)).Select(scenario => (scenario.Key, scenario.Title));
        _page.Links([("goals", "Goals"), .. results.Single.Count > 0 ? [("single", "One thread")] : Array.Empty<(string, string)>(), .. links, ("method", "Method and controls")]);
    }

    private void GoalTable()
    {
        _page.Heading("Goals", "goals");
        _page.Paragraph("Set before anything was built. Seen: the median of the runs, with the lowest and the highest. Ratios are taken run by run; the median decides.");
        _page.Table(
            ["Work", "Goal", "Seen", ""],
            Goals.Of(results).Select(goal => new HtmlCell[]
            {
                goal.Work, goal.Wanted, goal.Seen,
                new(goal.OutcomeText, goal.Outcome switch { GoalOutcome.Met => "good", GoalOutcome.Missed => "bad", _ => "muted" }),
            }),
            allText: true);
    }

    private void Method()
    {
        _page.Heading("Method and controls", "method");
        _page.Paragraph(
            "Every side does the same work through DbConnection with the same synchronous, in one process, on a fresh file for each run, in an order that turns round from run to run. Microsoft.Data.Sqlite is used well: WAL, "
            + "immediate transactions, its own pool, filled and set before the run, its default timeout of 30 s, and a thread of the pool for each caller. SQLite's own API on one thread, with statements prepared once, is the ceiling of what a provider can reach alone.");
        _page.Paragraph(
            "Closed loop: a caller's next operation begins when its last one has ended, and its wait for a thread counts. Open loop: latency counts from when an operation was due. Operations that fail count as latencies too, and as errors by kind. "
            + "What is in flight at the end is waited for, for a while, and counts as a latency, not as done; what takes longer is given up and counts with the time it had taken: unfinished, as is what was due and never begun. Percentiles are of one run; tables show the median of the runs, for rates and ratios the lowest and highest too, for the slowest the worst run.");
        _page.Paragraph("Controls: the machine by itself, before and after. Where these are slow, a slow operation is nobody's doing.");
        _page.Table(
            ["control", "p50", "p90", "p99", "p99.9", "slowest"],
            results.Controls.Select(control => new HtmlCell[]
            {
                control.Key, FigureText.Time(control.Value.P50), FigureText.Time(control.Value.P90), FigureText.Time(control.Value.P99),
                FigureText.Time(control.Value.P999), FigureText.Time(control.Value.Max),
            }));
        _page.Paragraph($"Made by: dotnet run -c Release --project benchmarks/SplitSqlite.Benchmarks -- --{results.Scale}. All figures, run by run: results.json beside this page.");
        _page.Legend(Side.All.Select(side => (side.Name, side.Color)));
    }
}
