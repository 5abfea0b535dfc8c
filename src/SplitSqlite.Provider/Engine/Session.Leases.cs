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
        => Acquire(route, deadline, offer: null, cancellationToken)!;

    /// <summary>The same; while it waits for the writer, whoever leads a commit group may run the offered work instead.</summary>
    /// <returns><see langword="null"/> where a leader has run it.</returns>
    /// <inheritdoc cref="Acquire(Route, Deadline, CancellationToken)" path="/exception"/>
    public ConnectionLease? Acquire(Route route, Deadline deadline, IGroupMember? offer, CancellationToken cancellationToken)
    {
        var asked = cancellationToken;
        using var linked = LinkToGroup(ref cancellationToken);
        _waits++;
        try
        {
            while (NeedsOutside(route))
            {
                EndWait(Database.Readers.Rent(Options, deadline, cancellationToken));
                if (TryAcquire(route, deadline, out var lease))
                {
                    return lease;
                }
            }

            if (route == Route.Reader)
            {
                return FinishRead(Database.Readers.Rent(Options, deadline, cancellationToken), deadline);
            }

            GatePermit permit;
            if (offer is not null)
            {
                var turn = Database.Gate.Offer(this, offer, deadline, cancellationToken);
                if (!turn.IsLead)
                {
                    _reading = null;
                    return null;
                }

                permit = turn.Permit;
            }
            else
            {
                permit = Attachments is { } attached ? attached.Enter(deadline, cancellationToken) : Database.Gate.Enter(this, deadline, cancellationToken);
            }

            try
            {
                Database.Room.Give(deadline, cancellationToken);
            }
            catch
            {
                ExitGates(permit);
                throw;
            }

            return FinishWrite(permit, route, deadline);
        }
        catch (WaitTimeoutException exception)
        {
            throw BusyReport.Describe(this, exception);
        }
        catch (OperationCanceledException exception) when (linked is not null)
        {
            throw CancelledBy(exception, asked);
        }
        finally
        {
            _waits--;
        }
    }

    /// <summary>The same without a thread while waiting.</summary>
    /// <exception cref="SplitSqliteBusyException">The deadline passed first.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public async ValueTask<ConnectionLease> AcquireAsync(Route route, Deadline deadline, CancellationToken cancellationToken)
        => (await AcquireAsync(route, deadline, offer: null, cancellationToken).ConfigureAwait(false))!;

    /// <summary>The same; while it waits for the writer, whoever leads a commit group may run the offered work instead.</summary>
    /// <returns><see langword="null"/> where a leader has run it.</returns>
    /// <inheritdoc cref="Acquire(Route, Deadline, CancellationToken)" path="/exception"/>
    public async ValueTask<ConnectionLease?> AcquireAsync(Route route, Deadline deadline, IGroupMember? offer, CancellationToken cancellationToken)
    {
        var asked = cancellationToken;
        using var linked = LinkToGroup(ref cancellationToken);
        _waits++;
        try
        {
            while (NeedsOutside(route))
            {
                EndWait(await Database.Readers.RentAsync(Options, deadline, cancellationToken).ConfigureAwait(false));
                if (TryAcquire(route, deadline, out var lease))
                {
                    return lease;
                }
            }

            if (route == Route.Reader)
            {
                return FinishRead(await Database.Readers.RentAsync(Options, deadline, cancellationToken).ConfigureAwait(false), deadline);
            }

            GatePermit permit;
            if (offer is not null)
            {
                var turn = await Database.Gate.OfferAsync(this, offer, deadline, cancellationToken).ConfigureAwait(false);
                if (!turn.IsLead)
                {
                    _reading = null;
                    return null;
                }

                permit = turn.Permit;
            }
            else
            {
                permit = Attachments is { } attached
                    ? await attached.EnterAsync(deadline, cancellationToken).ConfigureAwait(false)
                    : await Database.Gate.EnterAsync(this, deadline, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                await Database.Room.GiveAsync(deadline, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                ExitGates(permit);
                throw;
            }

            return FinishWrite(permit, route, deadline);
        }
        catch (WaitTimeoutException exception)
        {
            throw BusyReport.Describe(this, exception);
        }
        catch (OperationCanceledException exception) when (linked is not null)
        {
            throw CancelledBy(exception, asked);
        }
        finally
        {
            _waits--;
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
                Checkpointer.BeforeReleaseOfAttached(lease.Connection);
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
                CloseOutside(lease);
                break;
        }
    }

    /// <summary>Gets the connection that a command of this route runs on if nothing has to be waited for.</summary>
    public bool TryAcquire(Route route, Deadline deadline, out ConnectionLease lease)
    {
        ThrowIfClosed();
        ThrowIfRefused();
        switch (State)
        {
            case SessionState.Transaction or SessionState.Snapshot or SessionState.PrivateTransaction or SessionState.PrivateSnapshot:
                lease = _held!;
                return true;

            case SessionState.Free when route == Route.Private && !Database.OpensUnderGate:
                if (!TryRentOutside(out var own))
                {
                    lease = null!;
                    return false;
                }

                GoPrivate(own, deadline);
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

                if (!TryEnterGate(out var permit))
                {
                    return false;
                }

                lease = FinishWrite(permit, route, deadline);
                return true;

            default:
                break;
        }

        switch (route)
        {
            case Route.Unpooled:
                // Neither the pool nor its guard, which would refuse VACUUM INTO.
                if (!TryRentOutside(out var outside))
                {
                    break;
                }

                lease = OpenUnpooled(outside, deadline);
                return true;

            case Route.Reader:
#if SABOTAGE_STALEREADER
                // Broken on purpose: whatever was committed since.
                if (_reading is { Users: > 0 } open)
#else
                if (_reading is { Users: > 0 } open && open.CommitCountAtStart == Database.CommitCount)
#endif
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
                if (TryEnterGate(out var gate))
                {
                    lease = FinishWrite(gate, route, deadline);
                    return true;
                }

                break;
        }

        lease = null!;
        return false;
    }

    // Where room for other processes may be due, there is something to wait for.
    private bool TryEnterGate(out GatePermit permit)
    {
        permit = default;
        return !Database.Room.MayBeDue && (Attachments is { } attached ? attached.TryEnter(out permit) : Database.Gate.TryEnter(this, out permit));
    }

    private void ExitGates(GatePermit own)
    {
        Attachments?.Exit();
        Database.Gate.Exit(own);
    }

    // A private session has one connection for all its reads: an open cursor would keep the next one on its own, older state.
    private void LeaveOldSnapshot(ConnectionLease lease)
    {
        var now = CommitCount;
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

    private ConnectionLease FinishWrite(GatePermit permit, Route route, Deadline deadline)
    {
        try
        {
            // Closed by another thread while this one waited.
            ThrowIfClosed();
            ConnectionLease lease;
            if (State == SessionState.Free && route == Route.Private)
            {
                // Where even opening a connection needs the gate. Who has the gate must not wait for a pool that is paused: who pauses it wants the gate.
                _ = Database.Readers.TryRentOutside(Options, out var outside, evenIfPaused: true);
                GoPrivate(outside, deadline);
            }

            if (State == SessionState.Private)
            {
                lease = _held!;
                if (lease.Connection.HasMoved() == true)
                {
                    throw Database.FileIsGone(isTransaction: false);
                }

                // A cursor on an old snapshot would make the write fail with BUSY_SNAPSHOT (FACTS 9).
                DetachCursors(lease, except: null);
            }
            else
            {
                Database.RefreshIfMoved(Options, deadline);
                lease = Database.OpenWriter(Options, deadline).Lease;
                lease.Begin(this);
            }

            // What this session reads on the writer may be newer by another process's commit, which no count of ours tells: its next
            // read must not share an open cursor's older snapshot.
            _reading = null;
            lease.Permit = permit;
            lease.HoldsGate = true;
            NoteTaking(FlowMark.Current, Settings.IncludeHolderStackTrace ? Environment.StackTrace : null);
            return lease;
        }
        catch
        {
            ExitGates(permit);
            throw;
        }
    }
}
