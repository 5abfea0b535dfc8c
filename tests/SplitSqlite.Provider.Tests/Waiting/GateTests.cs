using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>Order and hand-off. In the timelines time runs down; <c>[</c> enters, <c>]</c> exits, <c>…</c> waits.</summary>
public sealed class GateTests
{
    [ThreadStatic]
    private static bool Releasing;

    private readonly ManualTimeProvider _time = new();
    private readonly Gate<string, object> _gate;

    public GateTests() => _gate = new Gate<string, object>(_time);

    [Fact]
    public void Lets_in_one_at_a_time()
    {
        Assert.True(_gate.IsFree);
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        Assert.False(_gate.IsFree);
        Assert.False(_gate.TryEnter("B", out GatePermit none));
        Assert.True(none.IsNone);
        _gate.Exit(a);
        Assert.True(_gate.IsFree);
        Assert.True(_gate.TryEnter("B", out _));
    }

    // A   B   C   D   E       sync: A, C, E; async: B, D
    // [
    //     …
    //         …
    //             …
    //                 …
    // ]   [
    //     ]   [
    //         ]   [
    //             ]   [
    [Fact]
    public async Task Serves_threads_and_tasks_in_one_order()
    {
        GatePermit a = _gate.Enter("A", Deadline.None, default);
        Task<GatePermit>[] waits = new Task<GatePermit>[4];
        for (int i = 0; i < 4; i++)
        {
            string name = ((char)('B' + i)).ToString();
            waits[i] = i % 2 == 0
                ? _gate.EnterAsync(name, Deadline.None, default).AsTask()
                : Schedule.OnThread(() => _gate.Enter(name, Deadline.None, default));
            Schedule.Until(() => _gate.QueueLength == i + 1);
        }

        Assert.Equal(["B", "C", "D", "E"], _gate.Snapshot().Waiters.Select(w => w.Holder));
        GatePermit last = a;
        for (int i = 0; i < 4; i++)
        {
            Assert.All(waits[i..], w => Assert.False(w.IsCompleted));
            _gate.Exit(last);
            last = await waits[i].Comes();
            Assert.Equal(((char)('B' + i)).ToString(), _gate.Snapshot().Holder);
        }

        _gate.Exit(last);
        Assert.True(_gate.IsFree);
    }

    // A   B   C
    // [
    //     …
    // ]   [           B is inside before A's Exit returns, whether or not B's code has run
    //         x       C can't barge in
    [Fact]
    public async Task A_released_permit_belongs_to_the_first_waiter_at_once()
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        ValueTask<GatePermit> b = _gate.EnterAsync("B", Deadline.None, default);
        _gate.Exit(a);
        Assert.Equal("B", _gate.Snapshot().Holder);
        Assert.False(_gate.HasWaiters);
        Assert.False(_gate.TryEnter("C", out _));
        _gate.Exit(await b.Comes());
        Assert.True(_gate.IsFree);
    }

    [Fact]
    public void A_continuation_never_runs_inside_the_exit_that_causes_it()
    {
        // Not even where the waiter comes with a context that runs everything inline.
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new InlineContext());
        try
        {
            for (int i = 0; i < 100; i++)
            {
                Assert.True(_gate.TryEnter("A", out GatePermit a));
                int ranInside = -1;
                Continue(_gate.EnterAsync("B", Deadline.None, default), () => Volatile.Write(ref ranInside, Releasing ? 1 : 0));
                Releasing = true;
                _gate.Exit(a);
                Releasing = false;
                Schedule.Until(() => Volatile.Read(ref ranInside) >= 0);
                Assert.Equal(0, ranInside);
                Schedule.Until(() => _gate.IsFree);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void A_permit_is_given_back_once()
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        _gate.Exit(a);
        Assert.Throws<InvalidOperationException>(() => _gate.Exit(a));
        Assert.True(_gate.TryEnter("B", out GatePermit b));
        Assert.Throws<InvalidOperationException>(() => _gate.Exit(a));
        Assert.Throws<InvalidOperationException>(() => _gate.Exit(default));
        Assert.Throws<InvalidOperationException>(() => _gate.Draw(a, _ => true));
        Assert.Equal("B", _gate.Snapshot().Holder);

        var other = new Gate<string, object>(_time);
        Assert.True(other.TryEnter("C", out _));
        Assert.Throws<InvalidOperationException>(() => other.Exit(b));
        Assert.False(other.IsFree);
        _gate.Exit(b);
    }

    [Fact]
    public async Task A_token_that_has_fired_keeps_out_even_of_a_free_gate()
    {
        var fired = new CancellationToken(canceled: true);
        Assert.Equal(fired, Assert.Throws<OperationCanceledException>(() => _gate.Enter("A", Deadline.None, fired)).CancellationToken);
        Assert.Throws<OperationCanceledException>(() => _gate.Offer("A", new object(), Deadline.None, fired));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _gate.EnterAsync("A", Deadline.None, fired).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _gate.OfferAsync("A", new object(), Deadline.None, fired).AsTask());
        Assert.True(_gate.IsFree);
        Assert.False(_gate.HasWaiters);
    }

    [Fact]
    public async Task Tells_who_is_inside_and_who_waits_since_when()
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        _time.Advance(TimeSpan.FromSeconds(5));
        Task<GatePermit> b = _gate.EnterAsync("B", Deadline.None, default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));
        Task<GateTurn> c = _gate.OfferAsync("C", new object(), Deadline.None, default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));

        GateSnapshot<string> seen = _gate.Snapshot();
        Assert.Equal("A", seen.Holder);
        Assert.Equal(TimeSpan.FromSeconds(8), seen.HeldFor);
        Assert.Equal(
            [new GateWaiting<string>("B", TimeSpan.FromSeconds(3), false), new GateWaiting<string>("C", TimeSpan.FromSeconds(1), true)],
            seen.Waiters);
        Assert.Equal(2, seen.QueueLength);
        Assert.Single(_gate.Snapshot(most: 1).Waiters);

        _gate.Exit(a);
        _gate.Exit(await b.Comes());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), _gate.Snapshot().HeldFor);
        _gate.Exit((await c.Comes()).Permit);
        Assert.Equal(TimeSpan.Zero, _gate.Snapshot().HeldFor);
        Assert.Null(_gate.Snapshot().Holder);
    }

    [Fact]
    public async Task Tells_outside_the_lock_that_somebody_queued()
    {
        int called = 0;
        Gate<string, object> gate = null!;
        gate = new Gate<string, object>(_time, () =>
        {
            // On another thread, as the lock is reentrant.
            Assert.True(Schedule.OnThread(() => gate.Snapshot().QueueLength == 1 && gate.HasWaiters).Comes().GetAwaiter().GetResult());
            called++;
        });
        Assert.True(gate.TryEnter("A", out GatePermit a));
        Assert.Equal(0, called);
        ValueTask<GatePermit> b = gate.EnterAsync("B", Deadline.None, default);
        Assert.Equal(1, called);
        gate.Exit(a);
        gate.Exit(await b.Comes());
        Assert.Equal(1, called);
    }

    [Fact]
    public async Task A_hook_that_throws_ends_the_wait_and_loses_nothing()
    {
        var gate = new Gate<string, object>(_time, () => throw new NotSupportedException());
        Assert.True(gate.TryEnter("A", out GatePermit a));
        await Assert.ThrowsAsync<NotSupportedException>(() => gate.EnterAsync("B", Deadline.None, default).AsTask());
        Assert.Throws<NotSupportedException>(() => gate.Enter("C", Deadline.None, default));
        Assert.False(gate.HasWaiters);
        gate.Exit(a);
        Assert.True(gate.IsFree);
    }

    [Fact]
    public async Task Ten_thousand_tasks_wait_without_a_thread_each()
    {
        Assert.True(_gate.TryEnter("0", out GatePermit last));

        // All from this one thread: had any wait blocked it, the next would not have queued.
        ValueTask<GatePermit>[] waits = [.. Enumerable.Range(1, 10_000).Select(i => _gate.EnterAsync(i.ToString(System.Globalization.CultureInfo.InvariantCulture), Deadline.None, default))];
        Assert.Equal(waits.Length, _gate.QueueLength);
        foreach (ValueTask<GatePermit> wait in waits)
        {
            Assert.False(wait.IsCompleted);
            _gate.Exit(last);
            Assert.True(wait.IsCompleted);
            last = await wait;
        }

        _gate.Exit(last);
        Assert.True(_gate.IsFree);
    }

    private void Continue(ValueTask<GatePermit> wait, Action note)
    {
        var awaiter = wait.GetAwaiter();
        awaiter.OnCompleted(() =>
        {
            note();
            _gate.Exit(awaiter.GetResult());
        });
    }

    private sealed class InlineContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => d(state);
    }
}
