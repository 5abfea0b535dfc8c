using Microsoft.Data.Sqlite;

namespace SplitSqlite;

/// <summary>
/// A commit failed while SQLite was making it durable (an I/O error at the last write or the sync of the log): whether the change is in the
/// file or not can't be known at that moment. Nothing was run again, and the session is outside of any transaction.
/// </summary>
/// <remarks>
/// <para>
/// Look whether the change is there, by a key of your own, before you send it again. All idle physical connections of the file are closed by then and
/// opened anew, so what the next read shows is what stays; only a data reader, a private session or another process that keeps the file open
/// meanwhile delays that, until something else is committed.
/// </para>
/// <para>
/// The codes are SQLite's (<see cref="SqliteException.SqliteErrorCode"/> 10, the extended one tells which operation failed), and the message begins as
/// Microsoft.Data.Sqlite's does. Errors that surely undid the change (a full disk, an error before the commit) come as plain <see cref="SqliteException"/>.
/// </para>
/// </remarks>
public sealed class SplitSqliteOutcomeUnknownException : SqliteException
{
    internal SplitSqliteOutcomeUnknownException(SqliteException cause)
        : base(
            $"{cause.Message} SplitSqlite: the commit failed while it was made durable, so the change may be in the file or not. Look whether it is there before you send it again.",
            cause.SqliteErrorCode,
            cause.SqliteExtendedErrorCode)
    {
    }

    /// <summary>The same for another whose change was in the same commit.</summary>
    internal SplitSqliteOutcomeUnknownException(SplitSqliteOutcomeUnknownException other)
        : base(other.Message, other.SqliteErrorCode, other.SqliteExtendedErrorCode)
    {
    }

    /// <summary>Gets <see langword="false"/>: to send the same again unseen may do it twice.</summary>
    public override bool IsTransient => false;
}
