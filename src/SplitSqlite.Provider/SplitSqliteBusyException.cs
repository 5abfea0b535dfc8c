using Microsoft.Data.Sqlite;

namespace SplitSqlite;

/// <summary>
/// The deadline of a command (<c>CommandTimeout</c>, or <c>Default Timeout</c>) passed while it waited for the writer of its database, for a
/// reader, or for the lock of another process. Nothing of the command was executed.
/// </summary>
/// <remarks>
/// The code is SQLite's <c>SQLITE_BUSY</c> (5), and the message begins as Microsoft.Data.Sqlite's does, because applications look for both. Where
/// it is a connection of Microsoft.Data.Sqlite to the same database in memory that is in the way, the code is SQLite's for that too: 6, <c>SQLITE_LOCKED</c>.
/// </remarks>
public sealed class SplitSqliteBusyException : SqliteException
{
    internal SplitSqliteBusyException(string details, TimeSpan waited, int queueLength, int resultCode)
        : base($"SQLite Error {resultCode & 0xFF}: '{WordsOf(resultCode)}'. SplitSqlite: {details}", resultCode & 0xFF, resultCode)
    {
        Waited = waited;
        QueueLength = queueLength;
    }

    private static string WordsOf(int resultCode) => (resultCode & 0xFF) == SQLitePCL.raw.SQLITE_LOCKED ? "database table is locked" : "database is locked";

    /// <summary>Gets <see langword="true"/>: the same command may succeed later.</summary>
    public override bool IsTransient => true;

    /// <summary>Gets how long the command waited.</summary>
    public TimeSpan Waited { get; }

    /// <summary>Gets how many others waited in the same queue at the deadline.</summary>
    public int QueueLength { get; }

    /// <summary>Gets the number of the session that held the writer, as messages and reports name it; <see langword="null"/> where the wait was not for the writer of this process.</summary>
    public long? HolderId { get; internal init; }

    /// <summary>Gets the SQL that the holder ran, or ran last. Parameter values are never part of it.</summary>
    public string? HolderSql { get; internal init; }

    /// <summary>Gets for how long the holder had held the writer.</summary>
    public TimeSpan? HolderAge { get; internal init; }

    /// <summary>Gets whether it was a transaction that held the writer, and not a single command.</summary>
    public bool HolderIsTransaction { get; internal init; }

    /// <summary>Gets where the holder took the writer, if its connection string says <c>Include Holder Stack Trace=True</c>.</summary>
    public string? HolderStackTrace { get; internal init; }

    /// <summary>Gets whether the waiting code seems to be what holds the writer, on another connection. A guess from the flow of control.</summary>
    public bool SeemsToWaitForItself { get; internal init; }
}
