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

    /// <summary>The longest wait between two tries, in milliseconds.</summary>
    public const int LongestStep = 10;

    /// <summary>Says whether an extended result code means that somebody outside is in the way, which time can mend.</summary>
    /// <remarks>
    /// Every kind of BUSY (another process writes, recovers a WAL, closes as the last) and SQLITE_PROTOCOL, with which SQLite gives up the race for a
    /// snapshot after ten seconds (https://sqlite.org/rescode.html#protocol): the deadline, not SQLite, says when to give up. In a database
    /// in memory also a connection of this process that is not ours and shares the cache (https://sqlite.org/sharedcache.html).
    /// </remarks>
    public static bool IsBusy(int rc) => (rc & 0xFF) is raw.SQLITE_BUSY or raw.SQLITE_PROTOCOL || rc == raw.SQLITE_LOCKED_SHAREDCACHE;

    /// <summary>Gets the extended code of a result that may have to be waited for; others as they are. Microsoft.Data.Sqlite leaves SQLite with the plain ones, and reads its exceptions' codes by them.</summary>
    public static int CodeOf(int rc, sqlite3 handle)
        => rc is raw.SQLITE_BUSY or raw.SQLITE_LOCKED && raw.sqlite3_extended_errcode(handle) is var extended && (extended & 0xFF) == rc ? extended : rc;

    /// <summary>Gets the result code that such a wait ends with when its time is up: of its kind, but BUSY where SQLite gave up with SQLITE_PROTOCOL.</summary>
    public static int AsBusy(int rc) => (rc & 0xFF) == raw.SQLITE_PROTOCOL ? raw.SQLITE_BUSY : rc;

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

    /// <summary>Runs an action that can be run again (of opening a connection, most of the time) until no other process is in its way.</summary>
    /// <exception cref="SplitSqliteBusyException">Still busy at the deadline.</exception>
    /// <exception cref="SqliteException">Any other error.</exception>
    public static void Retry<TState>(PhysicalConnection connection, Deadline deadline, Action<PhysicalConnection, TState> action, TState state)
    {
        while (true)
        {
            try
            {
                action(connection, state);
                return;
            }
            catch (SqliteException exception) when (IsBusy(exception.SqliteExtendedErrorCode))
            {
                if (deadline.HasPassed)
                {
                    throw BusyReport.DescribeForeign(connection.Options.Database, deadline, exception.SqliteExtendedErrorCode);
                }

                Wait(deadline, CancellationToken.None);
            }
        }
    }
}
