namespace SplitSqlite.Engine;

/// <summary>
/// A fair line: first in, first out over blocked threads and awaiting tasks alike. What is waited for, and who gets it when, is the
/// derived type's matter (<see cref="Gate{THolder, TWork}"/>, <see cref="Pool{TKey, TItem}"/>).
/// </summary>
/// <remarks>
/// One lock, <see cref="Sync"/>, protects the line, the states of its waiters, and all of the derived type's own state. It is a leaf: under it
/// nothing else is locked and no foreign code runs (no callback, no clock, no timer or registration made or disposed, no delivery to a waiter).
/// A derived type keeps one invariant: while something is free, nobody waits. Hence a waiter that leaves the line frees nothing.
/// </remarks>
internal abstract class WaitingLine<TResult>
{
    private readonly Action? _onQueued;
    private readonly double _ticksPerTimestamp;
    private Waiter<TResult>? _first;
    private Waiter<TResult>? _last;
    private long _lastTicket;
    private int _length;

    /// <param name="time">The clock and the timers.</param>
    /// <param name="onQueued">Called after a waiter has joined the line, outside the lock. An exception of it ends that wait.</param>
    protected WaitingLine(TimeProvider time, Action? onQueued)
    {
        Clock = time;
        _ticksPerTimestamp = (double)TimeSpan.TicksPerSecond / time.TimestampFrequency;
        _onQueued = onQueued;
    }

    /// <summary>Gets the clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Gets the number of waiters in line; a glance without the lock.</summary>
    public int QueueLength => Volatile.Read(ref _length);

    /// <summary>Gets a value indicating whether anybody waits; a glance without the lock.</summary>
    public bool HasWaiters => QueueLength != 0;

    /// <summary>Gets a value indicating whether the calling thread holds the lock; for assertions.</summary>
    public bool IsLocked => Sync.IsHeldByCurrentThread;

    /// <summary>Gets the one lock; see the type's remarks.</summary>
    protected Lock Sync { get; } = new();

    /// <summary>Gets the waiter whose turn is next. Under the lock, or as a glance.</summary>
    protected Waiter<TResult>? First => _first;

    /// <summary>Ends a wait that is not over: takes it out of the line and tells it. One that is drawn is only marked. Outside the lock.</summary>
    /// <param name="waiter">Who waits.</param>
    /// <param name="end"><see cref="WaiterState.Cancelled"/> or <see cref="WaiterState.TimedOut"/>.</param>
    /// <param name="cause">What the waiter shall throw, if not the usual.</param>
    public void End(Waiter<TResult> waiter, WaiterState end, Exception? cause)
    {
        long now = Clock.GetTimestamp();
        WaitSnapshot? seen;
        lock (Sync)
        {
            if (waiter.State == WaiterState.Drawn)
            {
                waiter.Asked ??= (end, cause);
                return;
            }

            bool inLine = waiter.State == WaiterState.Waiting;
            if (!waiter.TryMove(end))
            {
                return;
            }

            if (inLine)
            {
                Unlink(waiter);
            }

            seen = SeenAt(end, now);
        }

        Tell(waiter, cause, seen, now);
    }

    /// <summary>Takes what is free for a waiter. Under the lock; changes nothing where it answers no or throws.</summary>
    protected abstract bool TryTake(Waiter<TResult> waiter, long now, out TResult result);

    /// <summary>Describes the state for the message of a timeout. Under the lock.</summary>
    protected abstract WaitSnapshot Look(long now);

    /// <summary>Takes what is free by now, or joins the line at its tail. Outside the lock.</summary>
    protected void Join(Waiter<TResult> waiter, Deadline deadline, CancellationToken token)
    {
        bool queued = false;
        bool taken = false;
        TResult result = default!;
        try
        {
            waiter.Arm(deadline, token);
            lock (Sync)
            {
                // It may have ended before it got here.
                if (waiter.State == WaiterState.New)
                {
                    taken = TryTake(waiter, waiter.Since, out result);
                    queued = !taken;
                    waiter.TryMove(taken ? WaiterState.Granted : WaiterState.Waiting);
                    if (queued)
                    {
                        waiter.Ticket = ++_lastTicket;
                        LinkBehind(_last, waiter);
                    }
                }
            }
        }
        catch
        {
            waiter.Disarm();
            throw;
        }

        if (taken)
        {
            waiter.Succeed(result);
        }
        else if (queued && _onQueued is not null)
        {
            CallHook(waiter);
        }
    }

    /// <summary>Takes the first waiter out of the line, its turn having come. Under the lock.</summary>
    protected void Grant(Waiter<TResult> first)
    {
        Unlink(first);
        first.TryMove(WaiterState.Granted);
    }

    /// <summary>Takes the first waiter out of the line for its work to be run. Under the lock.</summary>
    protected void MoveToDrawn(Waiter<TResult> first)
    {
        Unlink(first);
        first.TryMove(WaiterState.Drawn);
    }

    /// <summary>
    /// Puts a drawn waiter back where its ticket says, which is the head but for others put back. It gets what is free by now (whoever drew
    /// it may have left), and ends where it was asked to meanwhile. Under the lock; the answer is to be run outside it, with the same arguments.
    /// </summary>
    protected PutBackOutcome PutBack(Waiter<TResult> drawn, long now, out TResult result, out WaitSnapshot? seen)
    {
        result = default!;
        seen = null;
        if (drawn.Asked is { } asked)
        {
            drawn.TryMove(asked.End);
            seen = SeenAt(asked.End, now);
            return PutBackOutcome.Ended;
        }

        drawn.TryMove(WaiterState.Waiting);
        if (TryTake(drawn, now, out result))
        {
            drawn.TryMove(WaiterState.Granted);
            return PutBackOutcome.Granted;
        }

        Waiter<TResult>? ahead = null;
        for (Waiter<TResult>? next = _first; next is not null && next.Ticket < drawn.Ticket; next = next.Behind)
        {
            ahead = next;
        }

        LinkBehind(ahead, drawn);
        return PutBackOutcome.InLine;
    }

    /// <summary>Delivers what <see cref="PutBack"/> found. Outside the lock.</summary>
    protected void Deliver(PutBackOutcome outcome, Waiter<TResult> waiter, long now, TResult result, WaitSnapshot? seen)
    {
        switch (outcome)
        {
            case PutBackOutcome.Granted:
                waiter.Succeed(result);
                break;
            case PutBackOutcome.Ended:
                Tell(waiter, waiter.Asked?.Cause, seen, now);
                break;
        }
    }

    /// <summary>Gets the time from a moment to another, never less than zero: the later one is read before the lock is taken.</summary>
    protected TimeSpan Age(long since, long now) => now > since ? new TimeSpan((long)((now - since) * _ticksPerTimestamp)) : TimeSpan.Zero;

    private WaitSnapshot? SeenAt(WaiterState end, long now) => end == WaiterState.TimedOut ? Look(now) : null;

    private void Tell(Waiter<TResult> waiter, Exception? cause, WaitSnapshot? seen, long now) =>
        waiter.Fail(cause ?? (seen is null ? null : new WaitTimeoutException(Age(waiter.Since, now), seen)));

    private void CallHook(Waiter<TResult> waiter)
    {
        try
        {
            _onQueued!();
        }
        catch (Exception e)
        {
            // Thrown from here it would leave a waiter behind that nobody listens to, and with it the permit that it gets one day.
            End(waiter, WaiterState.Cancelled, e);
        }
    }

    private void LinkBehind(Waiter<TResult>? ahead, Waiter<TResult> waiter)
    {
        Waiter<TResult>? behind = ahead is null ? _first : ahead.Behind;
        waiter.Ahead = ahead;
        waiter.Behind = behind;
        if (ahead is null)
        {
            _first = waiter;
        }
        else
        {
            ahead.Behind = waiter;
        }

        if (behind is null)
        {
            _last = waiter;
        }
        else
        {
            behind.Ahead = waiter;
        }

        Volatile.Write(ref _length, _length + 1);
    }

    private void Unlink(Waiter<TResult> waiter)
    {
        if (waiter.Ahead is null)
        {
            _first = waiter.Behind;
        }
        else
        {
            waiter.Ahead.Behind = waiter.Behind;
        }

        if (waiter.Behind is null)
        {
            _last = waiter.Ahead;
        }
        else
        {
            waiter.Behind.Ahead = waiter.Ahead;
        }

        waiter.Ahead = null;
        waiter.Behind = null;
        Volatile.Write(ref _length, _length - 1);
    }
}
