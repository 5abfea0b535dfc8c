using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// How the lock of another process is waited for: in small steps of our own, so that the wait can be awaited, cancelled and bounded by
/// the command's deadline. SQLite's busy timeout is 0 everywhere (an interrupt does not end its wait, FACTS 9) and Microsoft.Data.Sqlite's
/// 150 ms sleep never runs.
/// </summary>
internal static class Busy
{
    private const int ShortestStep = 2;
    private const int LongestStep = 10;

    /// <summary>Says whether a result code means that another process is in the way, which time can mend.</summary>
    public static bool IsBusy(int rc) => (rc & 0xFF) == raw.SQLITE_BUSY;

    /// <summary>Gets the next wait in milliseconds: 2 to 10, by chance, so that processes do not march in step.</summary>
    public static int NextStep(Deadline deadline)
    {
        var step = Random.Shared.Next(ShortestStep, LongestStep + 1);
        return deadline.IsNone ? step : (int)Math.Clamp(deadline.Remaining.TotalMilliseconds, 1, step);
    }

    /// <summary>Waits one step on this thread.</summary>
    public static void Wait(Deadline deadline, CancellationToken cancellationToken)
    {
        if (cancellationToken.WaitHandle.WaitOne(NextStep(deadline)))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Waits one step without a thread.</summary>
    public static Task WaitAsync(Deadline deadline, CancellationToken cancellationToken)
        => Task.Delay(NextStep(deadline), cancellationToken);

    /// <summary>Runs an action of opening a connection until no other process is in its way.</summary>
    /// <exception cref="SqliteException">Any other error, or still busy at the deadline.</exception>
    public static void Retry<TState>(PhysicalConnection connection, Deadline deadline, Action<PhysicalConnection, TState> action, TState state)
    {
        while (true)
        {
            try
            {
                action(connection, state);
                return;
            }
            catch (SqliteException exception) when (IsBusy(exception.SqliteErrorCode) && !deadline.HasPassed)
            {
                Wait(deadline, CancellationToken.None);
            }
        }
    }
}
