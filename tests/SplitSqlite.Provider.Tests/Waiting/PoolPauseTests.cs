using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>A pool that is paused: nothing more is lent, what is out is waited for, and then it goes on where it was.</summary>
public sealed class PoolPauseTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Pool<string, string> _pool;

    public PoolPauseTests() => _pool = new Pool<string, string>(2, _time);

    [Fact]
    public void Pause_of_an_idle_pool_is_drained_at_once_and_takes_what_is_idle()
    {
        _pool.Return(Rent("k").With("k1"));
        Assert.Equal(["k1"], _pool.Pause(out Task drained));
        Assert.True(drained.IsCompletedSuccessfully);
        Assert.True(_pool.IsPaused);
        Assert.False(_pool.TryRent("k", out _));
        _pool.Resume();
        Assert.Null(Rent("k").Item);
    }

    //  rent  rent  overflow   Pause   return  discard  return → drained
    [Fact]
    public void Pause_is_drained_when_the_last_slot_of_any_kind_is_back()
    {
        PoolSlot<string> a = Rent("k").With("a");
        PoolSlot<string> b = Rent("m");
        PoolSlot<string> over = _pool.RentOverflow("k").With("o");
        Assert.True(_pool.TryRentOutside("k", out PoolSlot<string> outside));
        Assert.Empty(_pool.Pause(out Task drained));
        Assert.Equal("a", _pool.Return(a));
        _pool.Discard(b);
        Assert.Equal("o", _pool.Return(over));
        Assert.False(drained.IsCompleted);
        _pool.Discard(outside);
        Assert.True(drained.IsCompletedSuccessfully);
        Assert.Throws<InvalidOperationException>(() => _pool.Discard(outside));
        Assert.Equal((0, 0, 0, 0), (_pool.Rented, _pool.Overflow, _pool.Outside, _pool.Idle));
    }

    [Fact]
    public void Who_holds_one_already_still_gets_another()
    {
        PoolSlot<string> a = Rent("k");
        _pool.Pause(out Task drained);
        PoolSlot<string> over = _pool.RentOverflow("k");
        Assert.True(over.IsOverflow);
        Assert.False(_pool.TryRentOutside("k", out _));
        Assert.True(_pool.TryRentOutside("k", out PoolSlot<string> outside, evenIfPaused: true));
        _pool.Discard(a);
        _pool.Discard(over);
        Assert.False(drained.IsCompleted);
        Assert.Same(drained, _pool.WhenDrained());
        _pool.Discard(outside);
        Assert.True(drained.IsCompletedSuccessfully);
        Assert.True(_pool.WhenDrained().IsCompleted);

        // And once more, after it was drained.
        Assert.True(_pool.TryRentOutside("k", out outside, evenIfPaused: true));
        Task again = _pool.WhenDrained();
        Assert.False(again.IsCompleted);
        _pool.Discard(outside);
        Assert.True(again.IsCompleted);
    }

    [Fact]
    public void What_is_outside_takes_no_room_and_no_idle_item()
    {
        _pool.Return(Rent("k").With("k1"));
        Assert.True(_pool.TryRentOutside("k", out PoolSlot<string> outside));
        Assert.Null(outside.Item);
        Assert.Equal((0, 1, 1), (_pool.Rented, _pool.Outside, _pool.Idle));
        Assert.Equal("k1", Rent("k").Item);
        Rent("k");
        Assert.False(_pool.TryRent("k", out _));
        _pool.Discard(outside);
        Assert.False(_pool.TryRent("k", out _));
    }

    //  a full pool, three in line, Pause, both come back, Resume: the first two are served, in their order
    [Fact]
    public async Task Resume_serves_who_waits_in_their_order_up_to_the_capacity()
    {
        PoolSlot<string> a = Rent("k");
        PoolSlot<string> b = Rent("k");
        Task<PoolSlot<string>> first = _pool.RentAsync("k", Deadline.None, default).AsTask();
        _pool.Pause(out Task drained);
        Task<PoolSlot<string>> second = Schedule.OnThread(() => _pool.Rent("m", Deadline.None, default));
        Schedule.Until(() => _pool.Waiting == 2);
        Task<PoolSlot<string>> third = _pool.RentAsync("k", Deadline.None, default).AsTask();
        _pool.Discard(a);
        _pool.Discard(b);
        await drained.Comes();
        Assert.Equal(3, _pool.Waiting);
        _pool.Resume();
        PoolSlot<string> one = await first.Comes();
        await second.Comes();
        Assert.Equal((2, 1), (_pool.Rented, _pool.Waiting));
        _pool.Discard(one);
        await third.Comes();
    }

    [Fact]
    public async Task Token_and_deadline_end_a_wait_while_paused_and_say_why()
    {
        _pool.Pause(out _);
        using var leave = new CancellationTokenSource();
        Task<PoolSlot<string>> cancelled = _pool.RentAsync("k", Deadline.None, leave.Token).AsTask();
        Task<PoolSlot<string>> late = _pool.RentAsync("k", Deadline.After(TimeSpan.FromSeconds(1), _time), default).AsTask();
        Task<PoolSlot<string>> blocked = Schedule.OnThread(() => _pool.Rent("k", Deadline.After(TimeSpan.FromSeconds(1), _time), default));
        Schedule.Until(() => _pool.Waiting == 3);
        leave.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Comes());
        _time.Advance(TimeSpan.FromSeconds(1));
        foreach (Task<PoolSlot<string>> task in new[] { late, blocked })
        {
            WaitTimeoutException thrown = await Assert.ThrowsAsync<WaitTimeoutException>(() => task.Comes());
            Assert.True(Assert.IsType<PoolSnapshot>(thrown.Seen).IsPaused);
        }

        _pool.Resume();
        Assert.Equal((0, 0), (_pool.Rented, _pool.Waiting));
        Rent("k");
        Rent("k");
    }

    [Fact]
    public void Pause_given_up_goes_on_with_new_items()
    {
        PoolSlot<string> a = Rent("k").With("a");
        _pool.Pause(out Task drained);
        _pool.Resume();
        Assert.False(drained.IsCompleted);
        Assert.Equal("a", _pool.Return(a));
        Assert.Equal((0, 0), (_pool.Rented, _pool.Idle));
        Assert.False(drained.IsCompleted);
        Assert.Null(_pool.Return(Rent("k").With("b")));
        Assert.Equal("b", Rent("k").Item);
    }

    [Fact]
    public void Pause_and_resume_come_in_pairs()
    {
        Assert.Throws<InvalidOperationException>(_pool.Resume);
        _pool.Pause(out _);
        Assert.Throws<InvalidOperationException>(() => _pool.Pause(out _));
        _pool.Resume();
        Assert.Throws<InvalidOperationException>(_pool.Resume);
    }

    [Fact]
    public async Task Nothing_of_others_runs_inside_the_return_that_drains()
    {
        PoolSlot<string> a = Rent("k");
        _pool.Pause(out Task drained);
        var thread = 0;
        Task after = drained.ContinueWith(_ => thread = Environment.CurrentManagedThreadId, TaskContinuationOptions.ExecuteSynchronously);
        var returning = Schedule.OnThread(() =>
        {
            _pool.Discard(a);
            return Environment.CurrentManagedThreadId;
        });
        var returned = await returning.Comes();
        await after.Comes();
        Assert.NotEqual(returned, thread);
    }

    private PoolSlot<string> Rent(string key)
    {
        Assert.True(_pool.TryRent(key, out PoolSlot<string> slot));
        return slot;
    }
}
