namespace SplitSqlite.Engine;

/// <summary>
/// Work on pool threads and timers that nobody awaits. An exception that left it would end the process; it is kept here for who asks.
/// </summary>
internal static class Background
{
    private static long FailureCount;
    private static volatile Exception? Last;

    /// <summary>Gets how often background work failed.</summary>
    public static long Failures => Volatile.Read(ref FailureCount);

    /// <summary>Gets the last failure.</summary>
    public static Exception? LastFailure => Last;

    /// <summary>Runs something now.</summary>
    public static void Run<TState>(Action<TState> action, TState state)
    {
        try
        {
            action(state);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Last = exception;
            Interlocked.Increment(ref FailureCount);
        }
    }

    /// <summary>Runs something soon on a pool thread.</summary>
    public static void Queue<TState>(Action<TState> action, TState state)
        where TState : class
        => ThreadPool.UnsafeQueueUserWorkItem(static work => Run(work.action, work.state), (action, state), preferLocal: false);
}
