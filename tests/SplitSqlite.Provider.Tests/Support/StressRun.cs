namespace SplitSqlite.Tests.Support;

/// <summary>A random storm of threads and tasks. Its seed is printed, and can be given by SPLITSQLITE_SEED; its length in ms by SPLITSQLITE_STORM.</summary>
internal sealed class StressRun
{
    private volatile bool _over;

    public StressRun(string name)
    {
        Seed = int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_SEED"), out int seed) ? seed : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: seed {Seed}");
    }

    public int Seed { get; }

    /// <summary>Runs half the workers on threads of their own and half as tasks, until the storm is over or one of them fails.</summary>
    public async Task Go(int workers, Action<Random> onThread, Func<Random, Task> asTask)
    {
        int length = int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_STORM"), out int given) ? given : 1000;
        var running = new List<Task>();
        for (int i = 0; i < workers; i++)
        {
            var random = new Random(unchecked((Seed * 7919) + i));
            running.Add(i % 2 == 0
                ? Schedule.OnThread(() => Loop(() => onThread(random)))
                : Task.Run(() => LoopAsync(() => asTask(random))));
        }

        // The first to fail ends the storm early.
        await Task.WhenAny(Task.WhenAny(running), Task.Delay(length));
        _over = true;

        // A lost permit shows as workers that never end.
        await Task.WhenAll(running).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private void Loop(Action step)
    {
        while (!_over)
        {
            step();
        }
    }

    private async Task LoopAsync(Func<Task> step)
    {
        while (!_over)
        {
            await step();
        }
    }
}
