using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Sharing commits.</content>
internal sealed partial class Session
{
    /// <summary>Gets whether an autocommit write of the session may share its commit: it would run on the file's shared writer, and the session wants it.</summary>
    public bool MayShareCommits => State == SessionState.Free && Settings.SharesCommits && _attached is null && !Database.IsSharedMemory;

    /// <summary>A statement is undone for its deferred foreign keys: <c>changes()</c> answers 0 then, <c>last_insert_rowid()</c> keeps what it has, as in autocommit (sqlite3VdbeHalt).</summary>
    public void ForgetChanges(ConnectionLease lease)
    {
        TotalChanges -= raw.sqlite3_total_changes(lease.Connection.Handle) - lease.TotalChangesAtStart;
        Changes = 0;
    }
}
