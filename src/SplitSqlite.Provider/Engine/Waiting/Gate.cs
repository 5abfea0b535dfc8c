using System.Diagnostics;

namespace SplitSqlite.Engine;

/// <summary>
/// Lets in one at a time, first come, first served. Hands over work as well as permits: a waiter may offer work, which whoever is inside may
/// draw and run for it. Knows no database.
/// </summary>
/// <remarks>
/// A released permit belongs to the first waiter at once (nobody barges), hence: while the gate is free, nobody waits. The permit's serial
/// changes with each grant. The lock is that of <see cref="WaitingLine{TResult}"/>; it protects the fields below. See <c>docs/design/gate.md</c>.
/// </remarks>
internal sealed class Gate<THolder, TWork> : WaitingLine<GateTurn>
    where THolder : class
    where TWork : class
{
    private const int ListedByTimeout = 16;

    private THolder? _holder;
    private long _heldSince;
    private long _serial;
    private int _drawn;
#if SABOTAGE_NOGATE
    private int _sabotaged;
#endif

    /// <param name="time">The clock and the timers.</param>
    /// <param name="onQueued">Called after somebody has queued, on the waiter's thread, outside the lock. Must not throw (it would end that wait) nor wait.</param>
    public Gate(TimeProvider time, Action? onQueued = null)
        : base(time, onQueued)
    {
    }

    /// <summary>Gets a value indicating whether nobody is inside; a glance without the lock.</summary>
    public bool IsFree => Volatile.Read(ref _holder) is null;

    /// <summary>Gets a value indicating whether the first in line offers work; a glance without the lock.</summary>
    public bool IsOfferedWork => HasWaiters && First is GateWaiter<THolder, TWork> { Work: not null };

    /// <summary>Enters if the gate is free; never waits, never allocates.</summary>
    public bool TryEnter(THolder holder, out GatePermit permit)
    {
        ArgumentNullException.ThrowIfNull(holder);
        if (!IsFree)
        {
#if SABOTAGE_NOGATE
            // Broken on purpose: now and then a second one gets in, on the permit of the one inside.
            if (Interlocked.Increment(ref _sabotaged) % 20 == 0)
            {
                permit = new GatePermit(this, Volatile.Read(ref _serial));
                return true;
            }
#endif
            permit = default;
            return false;
        }

        long now = Clock.GetTimestamp();
        lock (Sync)
        {
            return TryAdmit(holder, now, out permit);
        }
    }

    /// <summary>Enters, blocking the thread while others are inside or before it.</summary>
    /// <exception cref="WaitTimeoutException">The deadline passed first.</exception>
    /// <exception cref="OperationCanceledException">The token fired first.</exception>
    public GatePermit Enter(THolder holder, Deadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TryEnter(holder, out GatePermit permit) ? permit : Wait(holder, null, deadline, cancellationToken).Permit;
    }

    /// <summary>Enters, blocking no thread.</summary>
    /// <inheritdoc cref="Enter" path="/exception"/>
    public ValueTask<GatePermit> EnterAsync(THolder holder, Deadline deadline, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<GatePermit>(cancellationToken);
        }

        return TryEnter(holder, out GatePermit permit)
            ? new ValueTask<GatePermit>(permit)
            : Queue(holder, null, deadline, cancellationToken).AsPermitTask();
    }

    /// <summary>Enters, or has its work run by a leader while it waits; blocks the thread meanwhile.</summary>
    /// <inheritdoc cref="Enter" path="/exception"/>
    public GateTurn Offer(THolder holder, TWork work, Deadline deadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        cancellationToken.ThrowIfCancellationRequested();
        return TryEnter(holder, out GatePermit permit) ? GateTurn.Lead(permit) : Wait(holder, work, deadline, cancellationToken);
    }

    /// <summary>Enters, or has its work run by a leader while it waits; blocks no thread.</summary>
    /// <inheritdoc cref="Enter" path="/exception"/>
    public ValueTask<GateTurn> OfferAsync(THolder holder, TWork work, Deadline deadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<GateTurn>(cancellationToken);
        }

        return TryEnter(holder, out GatePermit permit)
            ? new ValueTask<GateTurn>(GateTurn.Lead(permit))
            : Queue(holder, work, deadline, cancellationToken).AsValueTask();
    }

    /// <summary>Leaves; the first waiter, if any, is inside before this returns, and runs on another thread.</summary>
    /// <exception cref="InvalidOperationException">The permit is not the current one: it was given back before. Nothing changes.</exception>
    public void Exit(GatePermit permit)
    {
        // The clock is read outside the lock, and only where it is likely to be needed.
        long now = HasWaiters ? Clock.GetTimestamp() : long.MinValue;
        GateWaiter<THolder, TWork>? next;
        GatePermit granted = default;
        lock (Sync)
        {
#if SABOTAGE_NOGATE
            if (permit.Serial != _serial || _holder is null)
            {
                return;
            }
#endif
            ThrowUnlessInside(permit);
            next = (GateWaiter<THolder, TWork>?)First;
            if (next is null)
            {
                _holder = null;
            }
            else
            {
                Grant(next);
                granted = Admit(next.Holder, Math.Max(now, next.Since));
            }
        }

        next?.Succeed(GateTurn.Lead(granted));
    }

    /// <summary>Draws the first waiter's work, by the one inside. Never skips a waiter: order with plain waiters is kept.</summary>
    /// <param name="permit">The permit of the one inside.</param>
    /// <param name="joins">Whether the work fits; called outside the lock. If it throws, the waiter is back in line.</param>
    /// <returns>The work; <see langword="null"/> where nobody waits, the first waiter offers none, or it does not fit.</returns>
    /// <exception cref="InvalidOperationException">The permit is not the current one.</exception>
    public DrawnWork<TWork>? Draw(GatePermit permit, Func<TWork, bool> joins)
    {
        // Nobody but the one inside can change whether its permit is the current one.
        ThrowUnlessInside(permit);
        if (!HasWaiters)
        {
            return null;
        }

        GateWaiter<THolder, TWork> first;
        int draw;
        lock (Sync)
        {
            ThrowUnlessInside(permit);
            if (First is not GateWaiter<THolder, TWork> { Work: not null } offering)
            {
                return null;
            }

            first = offering;
            draw = ++first.Draws;
            _drawn++;
            MoveToDrawn(first);
        }

        // It is drawn already while it is asked about, so that the question needs no lock and the answer is about a waiter that is still there.
        bool drawn = false;
        try
        {
            drawn = joins(first.Work);
        }
        finally
        {
            if (!drawn)
            {
                Return(first, draw);
            }
        }

        return drawn ? new DrawnWork<TWork>(first, draw) : null;
    }

    /// <summary>Tells who is inside and who waits.</summary>
    /// <param name="most">How many waiters to list at most.</param>
    public GateSnapshot<THolder> Snapshot(int most = ListedByTimeout)
    {
        long now = Clock.GetTimestamp();
        lock (Sync)
        {
            return Look(now, most);
        }
    }

    /// <summary>For <see cref="DrawnWork{TWork}.Complete"/>.</summary>
    internal void Complete(GateWaiter<THolder, TWork> waiter, int draw, Exception? error)
    {
        lock (Sync)
        {
            ThrowUnlessDrawn(waiter, draw);
            _drawn--;
            waiter.TryMove(WaiterState.Completed);
        }

        waiter.Succeed(GateTurn.Done(error));
    }

    /// <summary>For <see cref="DrawnWork{TWork}.Return"/>.</summary>
    internal void Return(GateWaiter<THolder, TWork> waiter, int draw)
    {
        long now = Clock.GetTimestamp();
        PutBackOutcome outcome;
        GateTurn turn;
        WaitSnapshot? seen;
        lock (Sync)
        {
            ThrowUnlessDrawn(waiter, draw);
            _drawn--;
            outcome = PutBack(waiter, now, out turn, out seen);
        }

        Deliver(outcome, waiter, now, turn, seen);
    }

    protected override bool TryTake(Waiter<GateTurn> waiter, long now, out GateTurn result)
    {
        bool admitted = TryAdmit(((GateWaiter<THolder, TWork>)waiter).Holder, now, out GatePermit permit);
        result = admitted ? GateTurn.Lead(permit) : default;
        return admitted;
    }

    protected override WaitSnapshot Look(long now) => Look(now, ListedByTimeout);

    private GateSnapshot<THolder> Look(long now, int most)
    {
        var waiters = new GateWaiting<THolder>[Math.Min(most, QueueLength)];
        Waiter<GateTurn>? next = First;
        for (int i = 0; i < waiters.Length; i++, next = next!.Behind)
        {
            var waiter = (GateWaiter<THolder, TWork>)next!;
            waiters[i] = new GateWaiting<THolder>(waiter.Holder, Age(waiter.Since, now), waiter.Work is not null);
        }

        return new GateSnapshot<THolder>(_holder, _holder is null ? TimeSpan.Zero : Age(_heldSince, now), QueueLength, waiters, _drawn);
    }

    private GateTurn Wait(THolder holder, TWork? work, Deadline deadline, CancellationToken cancellationToken)
    {
        var waiter = new GateWaiter<THolder, TWork>(this, holder, work, blocks: true);
        Join(waiter, deadline, cancellationToken);
        return waiter.Block();
    }

    private GateWaiter<THolder, TWork> Queue(THolder holder, TWork? work, Deadline deadline, CancellationToken cancellationToken)
    {
        var waiter = new GateWaiter<THolder, TWork>(this, holder, work, blocks: false);
        Join(waiter, deadline, cancellationToken);
        return waiter;
    }

    private bool TryAdmit(THolder holder, long now, out GatePermit permit)
    {
        if (_holder is not null)
        {
            permit = default;
            return false;
        }

        Debug.Assert(First is null, "While the gate is free, nobody waits.");
        permit = Admit(holder, now);
        return true;
    }

    private GatePermit Admit(THolder holder, long now)
    {
        _holder = holder;
        _heldSince = now;
        return new GatePermit(this, ++_serial);
    }

    private void ThrowUnlessInside(GatePermit permit)
    {
        if (permit.Gate != this || permit.Serial != Volatile.Read(ref _serial) || _holder is null)
        {
            throw new InvalidOperationException("This permit was given back before, or belongs to another gate.");
        }
    }

    private static void ThrowUnlessDrawn(GateWaiter<THolder, TWork> waiter, int draw)
    {
        if (waiter.State != WaiterState.Drawn || waiter.Draws != draw)
        {
            throw new InvalidOperationException("This work was completed or put back before.");
        }
    }
}
