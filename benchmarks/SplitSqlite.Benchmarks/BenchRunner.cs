using System.Diagnostics;
using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Reporting;
using SplitSqlite.Benchmarks.Scenarios;
using SplitSqlite.Benchmarks.Sides;
using SplitSqlite.Benchmarks.Single;
using SplitSqlite.Plots;

namespace SplitSqlite.Benchmarks;

/// <summary>Runs all that was asked for, side by side, over and over.</summary>
internal sealed class BenchRunner(BenchOptions options, TextWriter log)
{
    public async Task<BenchResults> RunAsync()
    {
        var clock = Stopwatch.StartNew();
        var results = new BenchResults { Machine = Machine.Describe(options.Folder), Scale = options.Scale.Name, Filter = options.Filter };
        await ControlAsync(results, "before");
        try
        {
            new SingleThread(options, log).Run(results);
        }
        catch (BenchmarkException error)
        {
            Fail(results, "single thread", error);
        }

        foreach (var scenario in Scenario.All.Where(scenario => options.Wants(scenario.Key)))
        {
            await RunAsync(scenario, results);
        }

        await ControlAsync(results, "after");
        results.Minutes = clock.Elapsed.TotalMinutes;
        return results;
    }

    private async Task RunAsync(Scenario scenario, BenchResults results)
    {
        for (var repetition = 0; repetition < scenario.Repetitions(options.Scale); repetition++)
        {
            log.WriteLine($"{scenario.Title}, run {repetition + 1} of {scenario.Repetitions(options.Scale)}");
            foreach (var setting in scenario.Settings(options.Scale))
            {
                var sides = scenario.Sides(setting);
                foreach (var side in repetition % 2 == 0 ? sides : sides.Reverse())
                {
                    try
                    {
                        Collect();
                        var clock = Stopwatch.StartNew();
                        var figures = await scenario.RunAsync(setting, side, options.Folder) with { Repetition = repetition };
                        Cell(results, scenario, setting, side).Runs.Add(figures);
                        log.WriteLine(Line(setting, side, figures) + $"; took {clock.Elapsed.TotalSeconds:0.0} s");
                    }
                    catch (Exception error)
                    {
                        Fail(results, $"{scenario.Title}, {setting.Name}, {side.Name}", error);
                    }
                }
            }
        }
    }

    private static string Line(Setting setting, Side side, LoadFigures figures)
        => $"  {setting.Name}, {setting.Synchronous}, {side.Name}: {FigureText.Count(figures.PerSecond)}/s, p99 {FigureText.Time(figures.Latencies.P99)}, "
            + $"slowest {FigureText.Time(figures.Latencies.Max)}, {figures.ErrorCount} errors";

    // Each run begins with a clean heap: nobody pays for what another has left.
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static LoadCell Cell(BenchResults results, Scenario scenario, Setting setting, Side side)
    {
        var cell = results.FindLoad(scenario.Key, setting.X, setting.Synchronous, side);
        if (cell is null)
        {
            results.Load.Add(cell = new LoadCell
            {
                Scenario = scenario.Key,
                Setting = setting.Name,
                X = setting.X,
                Callers = setting.Callers,
                Rate = setting.Rate,
                Synchronous = setting.Synchronous,
                Side = side.Key,
            });
        }

        return cell;
    }

    private async Task ControlAsync(BenchResults results, string when)
    {
        var duration = TimeSpan.FromSeconds(0.5);
        results.Controls[$"lone write and fsync of 4 KiB, {when}"] = IdleControl.LoneFsync(options.Folder, duration);
        results.Controls[$"lateness of a lone 1 ms timer, {when}"] = await IdleControl.LoneTimerAsync(duration);
    }

    private void Fail(BenchResults results, string what, Exception error)
    {
        log.WriteLine($"{what}: {error}");
        results.Failures.Add($"{what}: {error.Message}");
    }
}
