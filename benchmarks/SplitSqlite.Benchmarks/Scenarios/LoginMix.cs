using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Sides;
using SsoStorm;

namespace SplitSqlite.Benchmarks.Scenarios;

/// <summary>Acts 4 and 5 of samples/SsoStorm, by its own code: a service that logs users in.</summary>
internal sealed class LoginMix : Scenario
{
    public const string Name = "logins";

    public override string Key => Name;

    public override string Title => "The login mix";

    public override string About =>
        "A worker opens a connection, reads three times (user, session, roles), then in one immediate transaction selects, inserts and updates, closes, and serves the next login at once.";

    public override string Operations => "logins";

    public override string XTitle => "workers";

    public override IReadOnlyList<Setting> Settings(BenchScale scale) =>
    [
        For(1, Synchronous.Full, scale.Tail), For(8, Synchronous.Full, scale.Tail), For(64, Synchronous.Full, scale.Tail),
        For(8, Synchronous.Normal, scale.Run), For(64, Synchronous.Normal, scale.Run),
    ];

    public override Task<LoadFigures> RunAsync(Setting setting, Side side, string folder) => Logins.RunAsync(setting, side, folder);

    private static Setting For(int workers, Synchronous synchronous, TimeSpan duration)
        => new($"{workers} {(workers == 1 ? "worker" : "workers")}", workers, workers, synchronous, duration);
}

/// <summary>The same logins due at a fixed rate, as users do not wait for each other.</summary>
internal sealed class LoginsAtRate : Scenario
{
    public const string Name = "rate";
    private const int Workers = 64;

    public override string Key => Name;

    public override string Title => "Logins at a fixed rate (open loop)";

    public override string About =>
        "64 workers serve logins that are due at a fixed rate, however long the last ones take. A latency counts from when its login was due, so a queue shows; up to a millisecond of it is the timer's.";

    public override string Operations => "logins";

    public override string XTitle => "logins due each second";

    public override IReadOnlyList<Setting> Settings(BenchScale scale)
        => [.. scale.Rates.Select(rate => new Setting($"{rate} due each second", rate, Workers, Synchronous.Full, scale.AtRate, rate))];

    public override Task<LoadFigures> RunAsync(Setting setting, Side side, string folder) => Logins.RunAsync(setting, side, folder);
}

/// <summary>Runs the SSO service of samples/SsoStorm on a side.</summary>
internal static class Logins
{
    /// <summary>Name of the 99th percentile of one read's latency, in microseconds, among the extra figures.</summary>
    public const string ReadP99 = "read p99 µs";

    public static async Task<LoadFigures> RunAsync(Setting setting, Side side, string folder)
    {
        await using var file = BenchFile.Create(side, setting.Synchronous, folder, Database.Create);
        file.Warm(setting.Callers);
        var setup = new Setup
        {
            Factory = file.Factory,
            ConnectionString = file.ConnectionString,
            JournalMode = "wal",
            Lending = Lending.OpenPerLogin,
            Transactions = Transactions.Immediate,
        };
        await using var store = await Store.OpenAsync(setup);
        var service = new LoginService(store);
        var probes = Enumerable.Range(0, setting.Callers).Select(_ => new ReadTimes()).ToArray();

        // The same seeds on every side: the same users in the same order.
        var users = Enumerable.Range(0, setting.Callers).Select(worker => new Random(worker)).ToArray();
        var figures = await LoadRun.RunAsync(
            setting.Plan(file),
            (worker, sequence) => service.LoginAsync(worker, sequence, Database.UserName(users[worker].Next(Database.Users)), probes[worker]));
        file.Verify(setting.Callers);
        return figures with { Extra = new Dictionary<string, double> { [ReadP99] = LatencyRecorder.Summarize(probes.Select(probe => probe.Latencies)).P99 } };
    }

    private sealed class ReadTimes : IReadProbe
    {
        public LatencyRecorder Latencies { get; } = new();

        public async Task<T> TimeAsync<T>(Func<Task<T>> read)
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            try
            {
                return await read();
            }
            finally
            {
                Latencies.Record(System.Diagnostics.Stopwatch.GetElapsedTime(start));
            }
        }
    }
}
