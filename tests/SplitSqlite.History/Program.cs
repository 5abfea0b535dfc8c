using System.Diagnostics;
using SplitSqlite.History;

// Rounds of random work, each judged at its end. Exit code 0: no anomaly; 1: some, and they are printed with the schedule around them;
// 2: wrong arguments; 3: with --find, errors but no anomaly of the history.
HistoryOptions options;
try
{
    options = HistoryOptions.Parse(args);
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(HistoryOptions.Usage);
    return 2;
}

ThreadPool.SetMinThreads(options.Sessions + 8, 8);
Console.WriteLine($"history: seed {options.Seed}, {options.Sessions} sessions, {options.Files} files, {options.Length.TotalSeconds:0} s in rounds of {options.RoundLength.TotalSeconds:0} s");
var tally = new Tally();
var clock = Stopwatch.StartNew();
var anomalies = 0;
var found = false;
for (var number = 0; !found && (options.FindsHistory || anomalies == 0) && (number == 0 || clock.Elapsed < options.Length); number++)
{
    var seed = unchecked(options.Seed + number);
    using var round = new Round(options, seed);
    var left = options.Length - clock.Elapsed;
    await round.Run(left < options.RoundLength ? left : options.RoundLength);
    tally.Add(round.Tally);
    anomalies += round.Anomalies.Count;
    found = round.Anomalies.Any(anomaly => anomaly.IsOfTheHistory);
    Console.WriteLine(
        $"  seed {seed}: {round.Tally.Total} operations, {round.Acknowledged} writes acknowledged, {round.Refused} refused, {round.Reads} reads judged, {round.Anomalies.Count} anomalies, after {clock.Elapsed.TotalSeconds:0.0} s");
    if (round.Anomalies.Count > 0)
    {
        new Verdict(round, seed).Print(Console.Out);
    }
}

tally.Print(Console.Out, clock.Elapsed);
Console.WriteLine(anomalies == 0 ? "no anomaly" : $"{anomalies} anomalies");

// A worker that is stuck keeps a thread; it must not keep the process.
Console.Out.Flush();
var code = anomalies == 0 ? 0 : options.FindsHistory && !found ? 3 : 1;
Environment.Exit(code);
return code;
