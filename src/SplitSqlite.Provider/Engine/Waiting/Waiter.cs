using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace SplitSqlite.Engine;

/// <summary>
/// One wait in a <see cref="WaitingLine{TResult}"/>, by a blocked thread or by an awaiting task; the only object that a wait costs
/// (besides its timer and registration).
/// </summary>
/// <remarks>
/// <code>
///            join                 grant
///    New ───────────► Waiting ─────────────► Granted
///     │               │  ▲  │
///     │          draw │  │  │ token, interrupt, hook
///     │               │  │  ├──────────────► Cancelled ◄─┐
///     │               │  │  │ deadline                   │ put back, but asked
///     │               │  │  └──────────────► TimedOut  ◄─┤ to end while drawn
///     │               ▼  │ put back                      │
///     │              Drawn ───────────────────────────────┘
///     │               └────────────────────► Completed
///     └─ (as from Waiting: what is free is granted without queueing, and a token may fire before the line is reached)
/// </code>
/// The state changes in one place, <see cref="TryMove"/>, and only under the line's lock; so of grant, cancel and timeout exactly one wins.
/// Whoever made the move that ended the wait then delivers, once, outside the lock: <see cref="Succeed"/> or <see cref="Fail"/>.
/// </remarks>
internal abstract class Waiter<TResult> : IValueTaskSource<TResult>
{
    // The longest time that a timer takes; the callback re-arms it while the deadline has not come.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly WaitingLine<TResult> _line;
    private readonly bool _blocks;

    // Continuations go to the thread pool: a release must never run somebody else's code.
    private ManualResetValueTaskSourceCore<TResult> _core = new() { RunContinuationsAsynchronously = true };

    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private Deadline _deadline;
    private ITimer? _timer;
    private bool _delivered;
    private Exception? _failure;

    /// <param name="line">The line to wait in.</param>
    /// <param name="blocks">Whether a thread blocks in <see cref="Block"/>; otherwise <see cref="AsValueTask"/> is awaited.</param>
    /// <param name="since">When the wait began, as the line's clock has it.</param>
    protected Waiter(WaitingLine<TResult> line, bool blocks, long since)
    {
        _line = line;
        _blocks = blocks;
        Since = since;
    }

    /// <summary>Gets when the wait began.</summary>
    public long Since { get; }

    /// <summary>Gets the state. Read under the line's lock.</summary>
    public WaiterState State { get; private set; }

    /// <summary>Gets or sets how it was asked to end while it was drawn, to be done should it be put back. Under the line's lock.</summary>
    public (WaiterState End, Exception? Cause)? Asked { get; set; }

    /// <summary>Gets or sets its place in line, kept when it is drawn and put back. Under the line's lock.</summary>
    public long Ticket { get; set; }

    /// <summary>Gets or sets the neighbour nearer to the head. Under the line's lock.</summary>
    public Waiter<TResult>? Ahead { get; set; }

    /// <summary>Gets or sets the neighbour nearer to the tail. Under the line's lock.</summary>
    public Waiter<TResult>? Behind { get; set; }

    /// <summary>The one place that changes the state. Under the line's lock.</summary>
    /// <returns>Whether the move was legal, and so made.</returns>
    public bool TryMove(WaiterState to)
    {
        Debug.Assert(_line.IsLocked, "A waiter's state changes only under its line's lock.");
        bool legal = (State, to) switch
        {
            (WaiterState.New, WaiterState.Waiting) => true,
            (WaiterState.New or WaiterState.Waiting, WaiterState.Granted or WaiterState.Cancelled or WaiterState.TimedOut) => true,
            (WaiterState.Waiting, WaiterState.Drawn) => true,
            (WaiterState.Drawn, WaiterState.Waiting or WaiterState.Completed or WaiterState.Cancelled or WaiterState.TimedOut) => true,
            _ => false,
        };
        if (legal)
        {
            State = to;
        }

        return legal;
    }

    /// <summary>
    /// Starts listening to the token and the deadline; before the waiter is in line, so that whoever grants it finds everything in place.
    /// May end the wait at once. Outside the lock.
    /// </summary>
    public void Arm(Deadline deadline, CancellationToken token)
    {
        if (deadline.HasPassed)
        {
            _line.End(this, WaiterState.TimedOut, null);
            return;
        }

        _token = token;
        _registration = token.UnsafeRegister(static waiter => ((Waiter<TResult>)waiter!).OnToken(), this);
        if (!deadline.IsNone)
        {
            _deadline = deadline;
            _timer = CreateTimer();

            // Started only now: its callback reads the field.
            Restart(_timer);
        }
    }

    /// <summary>Stops listening. Called by the waiting side; does not block on a callback that runs just now (it will find the wait ended).</summary>
    public void Disarm()
    {
        _registration.Unregister();
        _timer?.Dispose();
    }

    /// <summary>Delivers the result. Once, by whoever moved the state to Granted or Completed; outside the lock.</summary>
    public void Succeed(TResult result)
    {
        _core.SetResult(result);
        Wake();
    }

    /// <summary>Delivers the end of the wait. Once, by whoever moved the state to Cancelled or TimedOut; outside the lock.</summary>
    /// <param name="cause">What to throw; <see langword="null"/>: that the token fired.</param>
    public void Fail(Exception? cause)
    {
        _failure = cause ?? new OperationCanceledException(_token);
        _core.SetException(_failure);
        Wake();
    }

    /// <summary>Blocks the thread until the wait ends.</summary>
    public TResult Block()
    {
        Debug.Assert(_blocks, "An awaited waiter does not wake threads.");
        bool interrupted = false;
        while (true)
        {
            try
            {
                // The waiter is its own monitor: nobody else locks it, and a wait costs no second object. Leaf lock, taken under no other.
                lock (this)
                {
                    while (!_delivered)
                    {
                        Monitor.Wait(this);
                    }
                }

                break;
            }
            catch (ThreadInterruptedException e)
            {
                // Leaving here would lose a permit that is being granted just now, or work that a leader just runs.
                interrupted = true;
                _line.End(this, WaiterState.Cancelled, e);
            }
        }

        Disarm();
        if (interrupted && _failure is not ThreadInterruptedException)
        {
            // Something else ended the wait first. The interrupt stays pending for whatever this thread waits for next.
            Thread.CurrentThread.Interrupt();
        }

        return _core.GetResult(_core.Version);
    }

    /// <summary>Gets the wait as a task, to be awaited once.</summary>
    public ValueTask<TResult> AsValueTask() => new(this, _core.Version);

    TResult IValueTaskSource<TResult>.GetResult(short token) => GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        OnCompleted(continuation, state, token, flags);

    /// <summary>Gets the version for a value task of another type over this waiter.</summary>
    protected short Version => _core.Version;

    protected TResult GetResult(short token)
    {
        Disarm();
        return _core.GetResult(token);
    }

    protected ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    protected void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        // Never through a synchronization context: its Post is foreign code, would run inside the releasing call, and might throw there.
        _core.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
    }

    private void Wake()
    {
        if (_blocks)
        {
            lock (this)
            {
                _delivered = true;
                Monitor.Pulse(this);
            }
        }
    }

    private void OnToken() => _line.End(this, WaiterState.Cancelled, null);

    private void OnTimer()
    {
        if (_deadline.HasPassed)
        {
            _line.End(this, WaiterState.TimedOut, null);
        }
        else
        {
            Restart(_timer!);
        }
    }

    private ITimer CreateTimer()
    {
        // A timer would otherwise keep the async locals of whoever waits.
        bool suppress = !ExecutionContext.IsFlowSuppressed();
        AsyncFlowControl flow = suppress ? ExecutionContext.SuppressFlow() : default;
        try
        {
            return _line.Clock.CreateTimer(
                static waiter => ((Waiter<TResult>)waiter!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            if (suppress)
            {
                flow.Undo();
            }
        }
    }

    private void Restart(ITimer timer)
    {
        // Timers count whole milliseconds: rounded up, so that one does not fire before the deadline only to be started again.
        TimeSpan left = TimeSpan.FromMilliseconds(Math.Ceiling(_deadline.Remaining.TotalMilliseconds));
        timer.Change(left < LongestTimer ? left : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}
