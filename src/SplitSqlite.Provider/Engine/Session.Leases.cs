using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Where a command runs: taking leases and giving them back.</content>
internal sealed partial class Session
{
    /// <summary>Waits on this thread for the connection that a command of this route runs on.</summary>
    /// <exception cref="SplitSqliteBusyException">The deadline passed first.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public ConnectionLease Acquire(Route route, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            return route == Route.Reader
                ? FinishRead(Database.Readers.Rent(Options, deadline, cancellationToken), deadline)
                : FinishWrite(Database.Gate.Enter(this, deadline, cancellationToken), deadline);
        }
        catch (WaitTimeoutException exception)
        {
            throw BusyReport.Describe(this, exception);
        }
    }

    /// <summary>The same without a thread while waiting.</summary>
    /// <exception cref="SplitSqliteBusyException">The deadline passed first.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public async ValueTask<ConnectionLease> AcquireAsync(Route route, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            return route == Route.Reader
                ? FinishRead(await Database.Readers.RentAsync(Options, deadline, cancellationToken).ConfigureAwait(false), deadline)
                : FinishWrite(await Database.Gate.EnterAsync(this, deadline, cancellationToken).ConfigureAwait(false), deadline);
        }
        catch (WaitTimeoutException exception)
        {
            throw BusyReport.Describe(this, exception);
        }
    }

    /// <summary>A command is done with its lease.</summary>
    public void Release(ConnectionLease lease)
    {
        if (lease.HoldsGate && State == SessionState.Private && lease == _held && lease.Users == 1)
        {
            try
            {
                Database.Checkpoints.BeforeRelease(lease.Connection);
            }
            finally
            {
                ExitGate(lease);
            }
        }

        lease.RemoveUser();
    }

    /// <summary>Gives a lease back to where it came from; whatever happens, the permit or slot goes back exactly once.</summary>
    public void GiveBack(ConnectionLease lease)
    {
        if (_reading == lease)
        {
            _reading = null;
        }

        switch (lease.Connection.Role)
        {
            case PhysicalRole.Writer:
                GiveBackWriter(lease);
                break;
            case PhysicalRole.Reader:
                _readLeases--;
                GiveBackReader(lease);
                break;
            default:
                lease.End();
                lease.Connection.Dispose();
                break;
        }
    }

    /// <summary>Gets the connection that a command of this route runs on if nothing has to be waited for.</summary>
    public bool TryAcquire(Route route, Deadline deadline, out ConnectionLease lease)
    {
        ThrowIfClosed();
        switch (State)
        {
            case SessionState.Transaction or SessionState.Snapshot or SessionState.PrivateTransaction or SessionState.PrivateSnapshot:
                lease = _held!;
                return true;

            case SessionState.Free when route == Route.Private:
                GoPrivate(deadline);
                goto case SessionState.Private;

            case SessionState.Private:
                lease = _held!;
                if (lease.HoldsGate)
                {
                    return true;
                }

                if (route <= Route.Unpooled)
                {
                    LeaveOldSnapshot(lease);
                    return true;
                }

                if (!Database.Gate.TryEnter(this, out var permit))
                {
                    return false;
                }

                lease = FinishWrite(permit, deadline);
                return true;

            default:
                break;
        }

        switch (route)
        {
            case Route.Unpooled:
                // Neither the pool nor its guard, which would refuse VACUUM INTO.
                Database.EnsureWriter(Options, deadline);
                lease = Options.OpenPrivate(PhysicalRole.Unpooled, deadline).Lease;
                lease.Begin(this);
                return true;

            case Route.Reader:
                if (_reading is { Users: > 0 } open && open.CommitCountAtStart == Database.CommitCount)
                {
                    // Nothing was committed since: the open cursor's snapshot is the newest state.
                    lease = open;
                    return true;
                }

                if (_readLeases > 0)
                {
                    // Who holds a reader already must never wait for another.
                    lease = FinishRead(Database.Readers.RentOverflow(Options), deadline);
                    return true;
                }

                if (Database.Readers.TryRent(Options, out var slot))
                {
                    lease = FinishRead(slot, deadline);
                    return true;
                }

                break;

            default:
                if (Database.Gate.TryEnter(this, out var gate))
                {
                    lease = FinishWrite(gate, deadline);
                    return true;
                }

                break;
        }

        lease = null!;
        return false;
    }

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(State == SessionState.Closed, typeof(SplitSqliteConnection));

    // A private session has one connection for all its reads: an open cursor would keep the next one on its own, older state.
    private void LeaveOldSnapshot(ConnectionLease lease)
    {
        var now = Database.CommitCount;
        if (lease.Users > 0 && lease.CommitCountAtStart != now)
        {
            DetachCursors(lease, except: null);
        }

        if (lease.Users == 0)
        {
            lease.CommitCountAtStart = now;
        }
    }

    private ConnectionLease FinishRead(PoolSlot<PhysicalConnection> slot, Deadline deadline)
    {
        slot.Evicted?.Dispose();
        if (State == SessionState.Closed)
        {
            Database.Readers.Return(slot)?.Dispose();
            ThrowIfClosed();
        }

        if (slot.Item is not { } connection)
        {
            try
            {
                connection = Database.OpenReader(Options, deadline);
            }
            catch
            {
                Database.Readers.Discard(slot);
                throw;
            }

            slot = slot.With(connection);
        }

        var lease = connection.Lease;
        lease.Begin(this);
        lease.Slot = slot;
        lease.CommitCountAtStart = Database.CommitCount;
        _readLeases++;
        _reading = lease;
        return lease;
    }

    private ConnectionLease FinishWrite(GatePermit permit, Deadline deadline)
    {
        try
        {
            // Closed by another thread while this one waited.
            ThrowIfClosed();
            ConnectionLease lease;
            if (State == SessionState.Private)
            {
                lease = _held!;

                // A cursor on an old snapshot would make the write fail with BUSY_SNAPSHOT (FACTS 9).
                DetachCursors(lease, except: null);
            }
            else
            {
                lease = Database.OpenWriter(Options, deadline).Lease;
                lease.Begin(this);
            }

            lease.Permit = permit;
            lease.HoldsGate = true;
            Flow = FlowMark.Current;
            StackTrace = Settings.IncludeHolderStackTrace ? Environment.StackTrace : null;
            return lease;
        }
        catch
        {
            Database.Gate.Exit(permit);
            throw;
        }
    }

    /// <summary>Gives the session a physical connection of its own.</summary>
    public void GoPrivate(Deadline deadline)
    {
        var connection = Options.OpenPrivate(PhysicalRole.Private, deadline);
        try
        {
            Pragmas.Replay(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        connection.Lease.Begin(this);
        Hold(connection.Lease, SessionState.Private);
    }

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

            isClean = !connection.IsDisposed && connection.IsClean && !connection.Guard.HasSeenConnectionState;
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
        Hold(lease, SessionState.Private);
        Pragmas.Replay(lease.Connection);
    }

    private void ExitGate(ConnectionLease lease)
    {
        if (lease.HoldsGate)
        {
            lease.HoldsGate = false;
            Sql = null;
            Database.Gate.Exit(lease.Permit);
            Database.CloseIfOutdated(lease.Connection);
        }
    }
}
