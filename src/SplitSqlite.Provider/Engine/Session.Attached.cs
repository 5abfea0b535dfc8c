namespace SplitSqlite.Engine;

/// <content>The files that the session has attached, as far as the gates, the commit counters and the WALs of them go.</content>
internal sealed partial class Session
{
    /// <summary>Gets the database whose gate a write waits for, where ATTACH has come after the session had its own.</summary>
    public Database? MissingGate => LacksGate ? Attachments?.Missing : null;

    // A number that has gone up when something that the session can read was committed.
    private long CommitCount => Attachments is { } attached ? Database.CommitCount + attached.CommitCount : Database.CommitCount;

    /// <summary>After ATTACH or DETACH: joins the databases of what is attached now.</summary>
    /// <param name="connection">Where it was attached or detached.</param>
    /// <param name="notFree">A file that this process keeps closed, or is just closing. It is detached again, and ATTACH is to be tried again in a while.</param>
    public bool TryJoinAttached(PhysicalConnection connection, out string? notFree)
    {
        // Before anything can fail: it is no longer a writer for others.
        connection.IsTainted |= connection.Role == PhysicalRole.Writer;
        notFree = (Attachments ??= new AttachedDatabases(this)).Refresh(connection);
        if (notFree is not null)
        {
            connection.Detach(notFree);
        }

        return notFree is null;
    }

    /// <summary>Says that something was committed, before the commit is acknowledged: to the session's file, or one that it has attached.</summary>
    public void CountCommit()
    {
        Database.CountCommit();
        Attachments?.CountCommit();
    }

    /// <summary>Another process was in the way: of a write if the lease has the gate. Which file it was SQLite does not tell.</summary>
    public void MeetOthers(ConnectionLease lease)
    {
        if (lease.HoldsGate)
        {
            Database.Room.Met();
            Attachments?.MeetOthers();
        }
    }

    /// <summary>
    /// Before a statement that writes, in a batch or transaction which has attached a file on its way: enters what gates it lacks.
    /// </summary>
    /// <returns><see langword="false"/> where one is not free: to be tried again in a while.</returns>
    public bool TryEnterAttached(ConnectionLease lease)
    {
        // A snapshot writes nothing, whatever SQLite calls a write (EXPLAIN, SAVEPOINT); it would keep the gates for as long as the session is open.
        if (Attachments is not { IsEmpty: false } attached || State == SessionState.PrivateSnapshot || (lease.HoldsGate && attached.Missing is null))
        {
            return true;
        }

        if (IsInTransaction || lease.Connection.Role != PhysicalRole.Private)
        {
            LacksGate = !attached.TryEnterOthers();
            return !LacksGate;
        }

        // Nothing keeps it in the gate it has: it leaves, and enters all of them or none, so that nobody waits in a circle.
        ExitGate(lease);
        LacksGate = !attached.TryEnter(out var permit);
        if (LacksGate)
        {
            return false;
        }

        lease.Permit = permit;
        lease.HoldsGate = true;
        return true;
    }
}
