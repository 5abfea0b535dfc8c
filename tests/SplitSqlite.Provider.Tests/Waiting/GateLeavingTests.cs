using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>Leaving the line before one's turn: tokens, deadlines, interrupts.</summary>
public sealed class GateLeavingTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Gate<string, object> _gate;

    public GateLeavingTests() => _gate = new Gate<string, object>(_time);

    // A   B   C   D           B: task, C: thread
    // [
    //     …   …   …
    //     x                   token: B leaves while A is still inside
    //         x
    // ]           [
    [Fact]
    public async Task A_token_takes_its_waiter_out_of_the_line_at_once()
    {
        using var leaveB = new CancellationTokenSource();
        using var leaveC = new CancellationTokenSource();
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        Task<GatePermit> b = _gate.EnterAsync("B", Deadline.None, leaveB.Token).AsTask();
        Task<GatePermit> c = Schedule.OnThread(() => _gate.Enter("C", Deadline.None, leaveC.Token));
        Schedule.Until(() => _gate.QueueLength == 2);
        Task<GatePermit> d = _gate.EnterAsync("D", Deadline.None, default).AsTask();

        leaveB.Cancel();
        Assert.Equal(["C", "D"], _gate.Snapshot().Waiters.Select(w => w.Holder));
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => b.Comes());
        Assert.Equal(leaveB.Token, thrown.CancellationToken);

        leaveC.Cancel();
        Assert.Equal(["D"], _gate.Snapshot().Waiters.Select(w => w.Holder));
        thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => c.Comes());
        Assert.Equal(leaveC.Token, thrown.CancellationToken);

        _gate.Exit(a);
        _gate.Exit(await d.Comes());
        Assert.True(_gate.IsFree);
    }

    // A   B   C   D           B waits 2 s at most, C 1 s
    // [
    //     …   …   …
    //  1 s    x
    //  2 s x
    // ]           [
    [Fact]
    public async Task A_deadline_takes_its_waiter_out_and_tells_what_it_saw()
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        _time.Advance(TimeSpan.FromSeconds(10));
        Deadline limitB = Deadline.After(TimeSpan.FromSeconds(2), _time);
        Task<GatePermit> b = _gate.EnterAsync("B", limitB, default).AsTask();
        Task<GatePermit> c = Schedule.OnThread(() => _gate.Enter("C", Deadline.After(TimeSpan.FromSeconds(1), _time), default));
        Schedule.Until(() => _gate.QueueLength == 2);
        Task<GatePermit> d = _gate.EnterAsync("D", Deadline.None, default).AsTask();

        _time.Advance(TimeSpan.FromSeconds(1));
        WaitTimeoutException thrown = await Assert.ThrowsAsync<WaitTimeoutException>(() => c.Comes());
        Assert.Equal(TimeSpan.FromSeconds(1), thrown.Waited);
        var seen = Assert.IsType<GateSnapshot<string>>(thrown.Seen);
        Assert.Equal("A", seen.Holder);
        Assert.Equal(TimeSpan.FromSeconds(11), seen.HeldFor);
        Assert.Equal(["B", "D"], seen.Waiters.Select(w => w.Holder));

        _time.Advance(TimeSpan.FromSeconds(1));
        thrown = await Assert.ThrowsAsync<WaitTimeoutException>(() => b.Comes());
        Assert.Equal(TimeSpan.FromSeconds(2), thrown.Waited);
        Assert.Equal(1, thrown.Seen.QueueLength);

        _gate.Exit(a);
        _gate.Exit(await d.Comes());
        Assert.True(_gate.IsFree);
        Assert.Equal(0, _time.LiveTimers);
        Assert.True(_time.AllTimersWithoutContext);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_still_enters_a_free_gate_but_never_queues()
    {
        Deadline passed = Deadline.After(TimeSpan.Zero, _time);
        GatePermit a = _gate.Enter("A", passed, default);
        Assert.Equal("A", Assert.IsType<GateSnapshot<string>>(
            Assert.Throws<WaitTimeoutException>(() => _gate.Enter("B", passed, default)).Seen).Holder);
        await Assert.ThrowsAsync<WaitTimeoutException>(() => _gate.EnterAsync("B", passed, default).AsTask());
        Assert.False(_gate.HasWaiters);
        _gate.Exit(a);
        _gate.Exit(await _gate.EnterAsync("C", passed, default).Comes());
    }

    [Fact]
    public async Task A_deadline_beyond_a_timers_range_is_waited_for_in_pieces()
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        Task<GatePermit> b = _gate.EnterAsync("B", Deadline.After(TimeSpan.FromDays(60), _time), default).AsTask();
        _time.Advance(TimeSpan.FromDays(55));
        Assert.Equal(1, _gate.QueueLength);
        _time.Advance(TimeSpan.FromDays(5));
        Assert.Equal(TimeSpan.FromDays(60), (await Assert.ThrowsAsync<WaitTimeoutException>(() => b.Comes())).Waited);
        _gate.Exit(a);
    }

    // A   B
    // [
    //     …
    // ]   [                   granted; then the token fires and the deadline passes, before B's code looks
    //     ]
    [Fact]
    public async Task What_was_granted_stays_granted()
    {
        using var leave = new CancellationTokenSource();
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        ValueTask<GatePermit> b = _gate.EnterAsync("B", Deadline.After(TimeSpan.FromSeconds(1), _time), leave.Token);
        _gate.Exit(a);
        leave.Cancel();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("B", _gate.Snapshot().Holder);
        _gate.Exit(await b.Comes());
        Assert.True(_gate.IsFree);
        Assert.Equal(0, _time.LiveTimers);
    }

    [Fact]
    public async Task An_interrupted_thread_leaves_the_line()
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        Thread? thread = null;
        Task<GatePermit> b = Schedule.OnThread(() =>
        {
            Volatile.Write(ref thread, Thread.CurrentThread);
            return _gate.Enter("B", Deadline.None, default);
        });
        Schedule.Until(() => _gate.QueueLength == 1);
        thread!.Interrupt();
        await Assert.ThrowsAsync<ThreadInterruptedException>(() => b.Comes());
        Assert.False(_gate.HasWaiters);
        _gate.Exit(a);
        Assert.True(_gate.IsFree);
    }

    // A   B           B's thread is interrupted while A runs B's work
    // [
    //     …
    // draw
    //     !
    // done
    //     (done, with the interrupt pending for its next wait)
    [Fact]
    public async Task An_interrupt_does_not_part_a_thread_from_its_drawn_work()
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        Thread? thread = null;
        Task<bool> b = Schedule.OnThread(() =>
        {
            Volatile.Write(ref thread, Thread.CurrentThread);
            Assert.False(_gate.Offer("B", new object(), Deadline.None, default).IsLead);
            try
            {
                Thread.Sleep(Timeout.Infinite);
                return false;
            }
            catch (ThreadInterruptedException)
            {
                return true;
            }
        });
        Schedule.Until(() => _gate.QueueLength == 1);
        DrawnWork<object> work = _gate.Draw(a, _ => true)!.Value;
        thread!.Interrupt();
        work.Complete();
        Assert.True(await b.Comes());
        _gate.Exit(a);
    }
}
