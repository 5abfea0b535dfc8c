using SplitSqlite.Routing;

namespace SplitSqlite.Engine;

/// <content>Physical connections that only this session uses: its private one, and one for each VACUUM INTO or backup. The pool counts them, and lends none of them.</content>
internal sealed partial class Session
{
    /// <summary>Gives a session that is free a physical connection of its own, by way of the gate where that is needed, waiting on this thread while the file is held back.</summary>
    /// <exception cref="SplitSqliteBusyException">The deadline passed first.</exception>
    public void EnterPrivate(Deadline deadline)
    {
        if (!Database.OpensUnderGate)
        {
            GoPrivate(RentOutside(deadline), deadline);
            return;
        }

        var lease = TryAcquire(Route.Private, deadline, out var free) ? free : Acquire(Route.Private, deadline, CancellationToken.None);
        lease.AddUser();
        Release(lease);
    }

    /// <summary>Gets in words what keeps the file in use until the session's owner does something about it, or <see langword="null"/> if nothing does.</summary>
    public string? FileUse
        => State switch
        {
            SessionState.Transaction or SessionState.PrivateTransaction => "this connection is in a transaction; commit it or roll it back first",
            SessionState.Snapshot or SessionState.PrivateSnapshot => "this connection is in a read-only snapshot; end it first",
            SessionState.Private => "this connection has TEMP objects, attached files or functions of its own; close it first, which drops them",
            SessionState.Free when _readLeases > 0 => "this connection has an open data reader or stream; close it first",
            _ => null,
        };

    private void GoPrivate(PoolSlot<PhysicalConnection> slot, Deadline deadline)
    {
        PhysicalConnection? connection = null;
        try
        {
            connection = Options.OpenPrivate(PhysicalRole.Private, deadline);
            Busy.Retry(connection, deadline, static (c, pragmas) => pragmas.Replay(c), Pragmas);
        }
        catch
        {
            connection?.Dispose();
            Database.Readers.Discard(slot);
            throw;
        }

        connection.Lease.Begin(this);
        connection.Lease.Slot = slot;
        Hold(connection.Lease, SessionState.Private);
    }

    private ConnectionLease OpenUnpooled(PoolSlot<PhysicalConnection> slot, Deadline deadline)
    {
        try
        {
            var lease = Options.OpenPrivate(PhysicalRole.Unpooled, deadline).Lease;
            lease.Begin(this);
            lease.Slot = slot;
            return lease;
        }
        catch
        {
            Database.Readers.Discard(slot);
            throw;
        }
    }

    private void CloseOutside(ConnectionLease lease)
    {
        try
        {
            lease.Connection.Dispose();
        }
        finally
        {
            Database.Readers.Discard(lease.Slot);
        }
    }

    // Who holds a reader already must not wait: the file would be held back until that reader is closed.
    private bool TryRentOutside(out PoolSlot<PhysicalConnection> slot) => Database.Readers.TryRentOutside(Options, out slot, evenIfPaused: _readLeases > 0);

    private PoolSlot<PhysicalConnection> RentOutside(Deadline deadline)
    {
        PoolSlot<PhysicalConnection> slot;
        try
        {
            while (!TryRentOutside(out slot))
            {
                EndWait(Database.Readers.Rent(Options, deadline, CancellationToken.None));
            }
        }
        catch (WaitTimeoutException exception)
        {
            throw BusyReport.Describe(this, exception);
        }

        return slot;
    }

    // Only a pool that is paused makes who needs no reader wait in its line.
    private bool NeedsOutside(Route route)
        => State == SessionState.Free && (route == Route.Unpooled || (route == Route.Private && !Database.OpensUnderGate));

    private void EndWait(PoolSlot<PhysicalConnection> slot)
    {
        slot.Evicted?.Dispose();
        Database.Readers.Return(slot)?.Dispose();
    }
}
