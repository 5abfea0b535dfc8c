using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SplitSqlite.Tests.Support;

/// <summary>What the controlled schedules are made of: threads of one's own, and waiting for a condition that must come.</summary>
internal static class Schedule
{
    // Only ends a test that has failed; no test passes because of it.
    private static readonly TimeSpan Hopeless = TimeSpan.FromSeconds(60);

    /// <summary>Runs on a thread of its own, so that a blocked one does not starve the thread pool.</summary>
    public static Task<T> OnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static Task OnThread(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits until a condition holds.</summary>
    public static void Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        long start = Stopwatch.GetTimestamp();
        var spin = default(SpinWait);
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Hopeless, "Never came true: " + text);

            // Yields, never sleeps: a sleep of a millisecond in each of thousands of rounds is what a race test would consist of.
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Awaits what must come.</summary>
    public static Task<T> Comes<T>(this Task<T> task) => task.WaitAsync(Hopeless);

    public static Task Comes(this Task task) => task.WaitAsync(Hopeless);

    public static Task<T> Comes<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Hopeless);
}
