namespace SplitSqlite.Engine;

/// <content>Leases on their way back: to the pool or the gate, kept by the session that has changed the connection, or closed.</content>
internal sealed partial class Session
{
    private void GiveBackReader(ConnectionLease lease)
    {
        var connection = lease.Connection;
        var slot = lease.Slot;
        var isClean = false;
        lease.End();
        try
        {
            if (connection.Guard.Mode == GuardMode.Snapshot)
            {
                connection.Guard.Mode = GuardMode.Read;
            }

            if (!connection.IsAutocommit)
            {
                _ = connection.Rollback();
            }

            isClean = !connection.IsDisposed && connection.IsClean && !connection.IsTainted && !connection.Guard.HasSeenConnectionState;
        }
        finally
        {
            PhysicalConnection? unwanted = connection;
            if (isClean)
            {
                unwanted = Database.Readers.Return(slot);
            }
            else
            {
                Database.Readers.Discard(slot);
            }

            if (unwanted is not null)
            {
                unwanted.Dispose();
                Database.TidyAfterReader();
            }
        }
    }

    private void GiveBackWriter(ConnectionLease lease)
    {
        var connection = lease.Connection;
        try
        {
            if (!connection.IsAutocommit)
            {
                _ = connection.Rollback();
            }

            if ((connection.IsTainted || connection.Guard.HasSeenConnectionState) && State == SessionState.Free && connection.IsClean)
            {
                Adopt(lease);
                return;
            }

            if (connection.IsClean && !connection.IsTainted && !connection.Guard.HasSeenConnectionState && connection.WriterGeneration == Database.WriterGeneration)
            {
                Database.LastWriter = connection;
                Database.Checkpoints.BeforeRelease(connection);
            }
            else
            {
                Database.DropWriter(connection);
                connection.Dispose();
                Attachments?.Dispose();
                Attachments = null;
            }

            lease.End();
        }
        finally
        {
            ExitGate(lease);
        }
    }

    /// <summary>The session has changed the shared writer itself: it keeps that connection, and the next writer is a new one.</summary>
    private void Adopt(ConnectionLease lease)
    {
        Database.DropWriter(lease.Connection);
        lease.Connection.BecomePrivate();

        // With the gate in hand, so whoever wants the file for himself still waits.
        _ = Database.Readers.TryRentOutside(Options, out var slot, evenIfPaused: true);
        lease.Slot = slot;
        Hold(lease, SessionState.Private);

        // They only tune; and what ended here has been committed.
        Background.Run(static work => work.Pragmas.Replay(work.Connection), (Pragmas, lease.Connection));
    }

    private void ExitGate(ConnectionLease lease)
    {
        if (lease.HoldsGate)
        {
            lease.HoldsGate = false;
            Sql = null;
            Database.Room.Leaving();
            ExitGates(lease.Permit);

            // What has been done and acknowledged is not to be told as failed because the tidying behind it fails: a file that can't be removed, a logger that throws.
            Background.Run(
                static connection =>
                {
                    connection.Options.Database.CloseIfOutdated(connection);
                    connection.Options.Database.Log.Flush();
                },
                lease.Connection);
        }
    }
}
