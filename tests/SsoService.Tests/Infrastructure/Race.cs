namespace SsoService.Tests.Infrastructure;

/// <summary>Several calls let go at once.</summary>
internal static class Race
{
    public static async Task<T[]> RunAsync<T>(params IEnumerable<Func<Task<T>>> runners)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = runners.Select(run => Task.Run(async () =>
        {
            await start.Task;
            return await run();
        })).ToArray();
        start.SetResult();
        return await Task.WhenAll(running);
    }

    public static Task<T[]> RunAsync<T>(int count, Func<int, Task<T>> run) =>
        RunAsync(Enumerable.Range(0, count).Select<int, Func<Task<T>>>(i => () => run(i)));
}
