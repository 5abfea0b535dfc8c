using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Sharing commits.</content>
internal sealed partial class Session
{
    /// <summary>Gets whether an autocommit write of the session may share its commit: it would run on the file's shared writer, and the session wants it.</summary>
    public bool MayShareCommits => State == SessionState.Free && Settings.SharesCommits && Attachments is null && !Database.IsSharedMemory;

    /// <summary>Sets a savepoint of ours in the transaction that is open.</summary>
    /// <exception cref="SqliteException">SQLite can't.</exception>
    public void EnterSavepoint()
    {
        // SQLite releases no savepoint (SQLITE_BUSY) while a statement that writes still has rows to hand out.
        for (var cursor = _cursors; cursor is not null; cursor = cursor.NextOpen)
        {
            if (cursor.IsWriting && cursor.Uses(_held!))
            {
                cursor.Detach();
            }
        }

        SqliteException.ThrowExceptionForRC(_held!.Connection.Savepoint(), _held.Connection.Handle);
    }

    /// <summary>Ends the innermost savepoint of ours, unless the transaction is gone with it.</summary>
    /// <param name="undo">Whether what was done since is undone.</param>
    public void LeaveSavepoint(bool undo)
    {
        if (_held is not { Connection: { IsAutocommit: false } connection })
        {
            return;
        }

        if (undo)
        {
            SqliteException.ThrowExceptionForRC(connection.RollbackToSavepoint(), connection.Handle);
        }

        SqliteException.ThrowExceptionForRC(connection.ReleaseSavepoint(), connection.Handle);
    }

    /// <summary>A statement is undone for its deferred foreign keys: <c>changes()</c> answers 0 then, <c>last_insert_rowid()</c> keeps what it has, as in autocommit (sqlite3VdbeHalt).</summary>
    public void ForgetChanges(ConnectionLease lease)
    {
        TotalChanges -= raw.sqlite3_total_changes(lease.Connection.Handle) - lease.TotalChangesAtStart;
        Changes = 0;
    }
}
