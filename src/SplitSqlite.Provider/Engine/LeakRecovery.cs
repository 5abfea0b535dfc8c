namespace SplitSqlite.Engine;

/// <summary>
/// Gives back what sessions hold whose connection was dropped without Dispose. The finalizer only enqueues: it must neither wait nor call
/// SQLite. A pool thread then resets their statements, rolls back and gives back their leases.
/// </summary>
internal static class LeakRecovery
{
    private static long RecoveredSessions;

    /// <summary>Gets how many sessions were recovered.</summary>
    public static long Recovered => Volatile.Read(ref RecoveredSessions);

    /// <summary>Has a session closed soon. Called by a finalizer.</summary>
    public static void Enqueue(Session session)
        => Background.Queue(
            static leaked =>
            {
                Interlocked.Increment(ref RecoveredSessions);
                leaked.Close(runRest: false);
            },
            session);
}
