using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>What is told of an error on a connection that may write: what failed, or that nobody knows.</content>
internal sealed partial class Session
{
    /// <summary>
    /// Gets what to throw for a statement that failed. To be asked while SQLite's message is the connection's last one, and before the end of
    /// the transaction is noticed. If the statement was a commit whose outcome is unknown, all connections of the file are renewed.
    /// </summary>
    /// <param name="lease">The connection that it ran on; unless the statement only reads, the session has the gate.</param>
    /// <param name="rc">SQLite's result code.</param>
    /// <param name="mayCommit">Whether it was a commit, or a statement outside of a transaction that commits by itself.</param>
    public SqliteException ErrorOf(ConnectionLease lease, int rc, bool mayCommit)
    {
        var connection = lease.Connection;
        var error = DescriptionOf(connection.Handle, rc);
        if (error.SqliteErrorCode == raw.SQLITE_READONLY && connection.Role == PhysicalRole.Writer && connection.IsReadOnlyOnDisk)
        {
            // Perhaps only this one is, opened in an unlucky moment: of no generation, it is closed on its return.
            connection.WriterGeneration = -1;
        }

        if (!mayCommit
            || connection.Role is not (PhysicalRole.Writer or PhysicalRole.Private)
            || !connection.IsAutocommit
            || !connection.MayHaveBegunCommit
            || (Database.FileName.Length == 0 && !HasAttached(connection))
            || !CommitOutcome.IsUnknown(error.SqliteExtendedErrorCode, Database.JournalMode, HasAttached(connection)))
        {
            return error;
        }

        // It may be there: no read that begins now shares a connection with one that began before.
        CountCommit();
        if (lease.HoldsGate)
        {
            Database.RenewAll(connection);
        }
        else
        {
            // A read whose function has written: somebody else may be using the writer.
            Database.Clear();
        }

        return new SplitSqliteOutcomeUnknownException(error);
    }

    private static SqliteException DescriptionOf(sqlite3 handle, int rc)
    {
        try
        {
            SqliteException.ThrowExceptionForRC(rc, handle);
        }
        catch (SqliteException exception)
        {
            return exception;
        }

        throw new ArgumentOutOfRangeException(nameof(rc), rc, "Not an error.");
    }

    private static bool HasAttached(PhysicalConnection connection)
    {
        if (connection.Role != PhysicalRole.Private)
        {
            return false;
        }

        try
        {
            return connection.ExecuteOwn("SELECT 1 FROM pragma_database_list WHERE name NOT IN ('main', 'temp')") is not null;
        }
        catch (SqliteException)
        {
            // It can't even tell that: the more careful answer.
            return true;
        }
    }
}
