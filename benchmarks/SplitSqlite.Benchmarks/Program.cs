using System.Globalization;
using SplitSqlite.Benchmarks.Reporting;
using SplitSqlite.Benchmarks.Scenarios;
using SplitSqlite.Benchmarks.Single;

namespace SplitSqlite.Benchmarks;

internal static class Program
{
    // Below this no disk was asked: the folder is in memory, or something in between says it has synced and has not.
    private const double SuspiciouslyFastMicroseconds = 15;

    private static async Task<int> Main(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (arguments is ["bdn", .. var rest])
        {
            SingleThread.RunAsItself(rest);
            return 0;
        }

        try
        {
            var options = BenchOptions.Parse(arguments);
            return options switch
            {
                { ShowHelp: true } => Say(BenchOptions.Help),
                { ShowList: true } => Say(string.Join(Environment.NewLine, [.. SingleThread.Names, .. Scenario.All.Select(scenario => scenario.Key)])),
                { Render: { } file } => Report(options, ResultsFile.Read(file)),
                _ => await RunAsync(options),
            };
        }
        catch (OptionException error)
        {
            Console.Error.WriteLine(error.Message + " See --help.");
            return 2;
        }
    }

    private static async Task<int> RunAsync(BenchOptions options)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.Folder, "splitsqlite-bench-" + Path.GetRandomFileName())).FullName;
        try
        {
            var results = await new BenchRunner(options with { Folder = folder }, Console.Out).RunAsync();
            return Report(options, results);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Report(BenchOptions options, BenchResults results)
    {
        Directory.CreateDirectory(options.Output);
        ResultsFile.Write(Path.Combine(options.Output, "results.json"), results);
        MarkdownTable.Write(Path.Combine(options.Output, "table.md"), results);
        BenchmarkPage.Write(Path.Combine(options.Output, "index.html"), results);
        foreach (var goal in Goals.Of(results).Where(goal => goal.Outcome != GoalOutcome.NotRun))
        {
            Console.WriteLine($"{goal.OutcomeText,-7} {goal.Work}: {goal.Seen}; goal {goal.Wanted}");
        }

        if (results.Controls.FirstOrDefault(control => control.Key.Contains("fsync", StringComparison.Ordinal)).Value?.P50 < SuspiciouslyFastMicroseconds)
        {
            Console.WriteLine("The files were on no disk: --folder DIR puts them on one.");
        }

        Console.WriteLine($"{Path.Combine(options.Output, "index.html")}: {results.Minutes:0.0} minutes, {results.Failures.Count} runs failed");
        return results.Failures.Count == 0 ? 0 : 1;
    }

    private static int Say(string text)
    {
        Console.WriteLine(text);
        return 0;
    }
}
