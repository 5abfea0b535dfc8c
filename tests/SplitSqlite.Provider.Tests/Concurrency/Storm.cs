using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>
/// Sessions on one file doing at random whatever sessions do, half of them on threads of their own, half as tasks. Its seed is printed and
/// can be given by SPLITSQLITE_SEED, its length in ms by SPLITSQLITE_STORM, how often it is repeated by SPLITSQLITE_LOOPS.
/// </summary>
internal sealed class Storm
{
    public const int Accounts = 32;
    public const long Each = 1000;

    private readonly TestFile _file;
    private readonly int _sessions;
    private volatile bool _over;
    private long _steps;
    private long _late;
    private long _cancelled;

    private Storm(TestFile file, int sessions)
    {
        _file = file;
        _sessions = sessions;
    }

    public Ledger Ledger { get; } = new();

    public TestFile File => _file;

    public bool IsOver => _over;

    public static int Loops => int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_LOOPS"), out var loops) ? loops : 1;

    public static async Task Run(string name, int sessions, int milliseconds, string? options = null)
    {
        var length = int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_STORM"), out var given) ? given : milliseconds;
        for (var loop = 0; loop < Loops; loop++)
        {
            var seed = int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_SEED"), out var wanted) ? wanted : Random.Shared.Next();
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: seed {seed}");
            using var file = new TestFile(options);
            await new Storm(file, sessions).Go(seed, length);
        }
    }

    public void CountLate() => Interlocked.Increment(ref _late);

    public void CountCancelled() => Interlocked.Increment(ref _cancelled);

    private async Task Go(int seed, int length)
    {
        _file.With(
            $"""
            CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
            CREATE TABLE effect(id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE, note TEXT);
            WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {Accounts}) INSERT INTO account SELECT i, {Each} FROM s;
            """);

        // One session stays open, so that the database does: what is to be counted at the end must not have been closed.
        await using (await _file.OpenAsync())
        {
            var running = new List<Task>();
            for (var i = 0; i < _sessions; i++)
            {
                // Not HashCode.Combine, which is another one in each process.
                var worker = new StormWorker(this, new Random(unchecked((seed * 7919) + i)));
                running.Add(i % 2 == 0 ? Schedule.OnThread(() => Loop(worker)) : Task.Run(() => LoopAsync(worker)));
            }

            // The first to fail ends the storm early.
            await Task.WhenAny(Task.WhenAny(running), Task.Delay(length));
            _over = true;

            // A lost permit shows as workers that never end.
            await Task.WhenAll(running).WaitAsync(TimeSpan.FromSeconds(120));
            _file.AssertIdle();
            Check();
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"  {_steps} steps, {Ledger.Acknowledged} effects acknowledged, {Ledger.Refused} refused, {_late} late, {_cancelled} cancelled, {_file.Database.Readers.Snapshot()}");
        Assert.True(_steps > 0);
    }

    private void Check()
    {
        _file.AssertIntact();
        using var plain = _file.OpenPlain();
        Assert.Equal(Accounts * Each, plain.Number("SELECT sum(balance) FROM account"));
        var present = new List<string>();
        using var command = plain.Command("SELECT token FROM effect");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            present.Add(reader.GetString(0));
        }

        Ledger.Compare(present);
    }

    private void Loop(StormWorker worker)
    {
        using (worker)
        {
            while (!_over)
            {
                Interlocked.Increment(ref _steps);
                worker.Step();
            }
        }
    }

    private async Task LoopAsync(StormWorker worker)
    {
        using (worker)
        {
            while (!_over)
            {
                Interlocked.Increment(ref _steps);
                await worker.StepAsync();
            }
        }
    }
}
