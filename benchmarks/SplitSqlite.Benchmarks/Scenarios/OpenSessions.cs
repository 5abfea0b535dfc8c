using System.Data.Common;
using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Sides;

namespace SplitSqlite.Benchmarks.Scenarios;

/// <summary>What open sessions cost those who work.</summary>
internal sealed class OpenSessions : Scenario
{
    public const string Name = "sessions";

    /// <summary>Name of the most physical connections seen, among the extra figures; absent where the system does not tell.</summary>
    public const string Physical = "physical connections";

    /// <summary>Name of the managed and native memory of one session, in bytes, among the extra figures.</summary>
    public const string Memory = "memory of a session";

    /// <summary>Name of the time to open one session, in microseconds, among the extra figures.</summary>
    public const string OpenTime = "open µs";

    private const int PlainLimit = 1000; // three descriptors each; more than most systems allow a process
    private const int ReadsForEachWrite = 9;
    private static readonly int[] Counts = [1, 100, 1_000, 10_000];

    public override string Key => Name;

    public override string Title => "Open sessions";

    public override string About =>
        "Sessions are opened and stay open; all of them read once, at the same time. Then one caller goes round among them: nine reads, one INSERT. The plain side, with a physical connection for each, is asked for 1,000 at most.";

    public override string Operations => "operations";

    public override string XTitle => "open sessions";

    public override IReadOnlyList<Setting> Settings(BenchScale scale)
        => [.. Counts.Select(sessions => new Setting($"{sessions:#,0} open", sessions, 1, Synchronous.Normal, scale.Run))];

    public override IReadOnlyList<Side> Sides(Setting setting) => setting.X <= PlainLimit ? Side.Both : [Side.Split];

    public override async Task<LoadFigures> RunAsync(Setting setting, Side side, string folder)
    {
        await using var file = BenchFile.Create(side, setting.Synchronous, folder);
        file.Warm(1);
        var count = (int)setting.X;
        var sessions = new List<DbConnection>(count);
        try
        {
            var memoryBefore = Environment.WorkingSet;
            var clock = System.Diagnostics.Stopwatch.StartNew();
            for (var i = 0; i < count; i++)
            {
                sessions.Add(await file.OpenAsync());
            }

            var openTime = clock.Elapsed.TotalMicroseconds / count;
            var reading = Task.WhenAll(sessions.Select(session => Task.Run(() => Works.ReadUserAsync(session, 1))));
            var physical = await MostDescriptorsAsync(file.Path, reading);
            await reading;
            var memory = Math.Max(0, Environment.WorkingSet - memoryBefore) / count;
            if (side == Side.Plain)
            {
                // Each of them got its setting from the pool or, past the pool, not at all: set it now.
                sessions.ForEach(session => SetSynchronous(session, setting.Synchronous));
            }

            var figures = await LoadRun.RunAsync(setting.Plan(file), (_, sequence) =>
            {
                // A step that has no divisor in common with the counts: all sessions are visited, neighbours are not.
                var session = sessions[(int)(sequence * 7919 % count)];
                return sequence % (ReadsForEachWrite + 1) == 0
                    ? Works.InsertAsync(session, sequence)
                    : Works.ReadUserAsync(session, (sequence % BenchFile.Users) + 1);
            });
            var extra = new Dictionary<string, double> { [OpenTime] = openTime, [Memory] = memory };
            if (physical is { } seen)
            {
                extra[Physical] = seen;
            }

            return figures with { Extra = extra };
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }
    }

    private static void SetSynchronous(DbConnection session, Synchronous synchronous)
    {
        using var command = session.CreateCommand();
        command.CommandText = $"PRAGMA synchronous={(int)synchronous}";
        command.ExecuteNonQuery();
    }

    // A physical connection keeps the database file open by one descriptor.
    private static async Task<int?> MostDescriptorsAsync(string path, Task until)
    {
        if (!Directory.Exists("/proc/self/fd"))
        {
            return null;
        }

        var most = 0;
        bool isLast;
        do
        {
            isLast = until.IsCompleted;
            most = Math.Max(most, Directory.EnumerateFiles("/proc/self/fd").Count(descriptor => new FileInfo(descriptor).LinkTarget == path));
            await Task.WhenAny(until, Task.Delay(5));
        }
        while (!isLast);
        return most;
    }
}
