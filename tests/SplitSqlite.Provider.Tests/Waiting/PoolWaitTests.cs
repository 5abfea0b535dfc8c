using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>Waiting for a pool of one. In the timelines time runs down; <c>[</c> rents, <c>]</c> returns, <c>…</c> waits.</summary>
public sealed class PoolWaitTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Pool<string, string> _pool;
    private readonly PoolSlot<string> _slot;

    public PoolWaitTests()
    {
        _pool = new Pool<string, string>(1, _time);
        Assert.True(_pool.TryRent("k", out _slot));
        _slot = _slot.With("k1");
    }

    // K1  K2  M   K3          K: key k, M: key m; sync: K2, K3; async: M
    // [
    //     …   …   …
    // ]   [                   warm
    //     ]   [               M's turn although K3 could use the item: it is handed back for disposal, M gets an empty slot
    //         ]   [           and the same the other way
    [Fact]
    public async Task Serves_threads_and_tasks_of_all_keys_in_one_order()
    {
        Task<PoolSlot<string>> k2 = Schedule.OnThread(() => _pool.Rent("k", Deadline.None, default));
        Schedule.Until(() => _pool.Waiting == 1);
        Task<PoolSlot<string>> m = _pool.RentAsync("m", Deadline.None, default).AsTask();
        Task<PoolSlot<string>> k3 = Schedule.OnThread(() => _pool.Rent("k", Deadline.None, default));
        Schedule.Until(() => _pool.Waiting == 3);

        Assert.Null(_pool.Return(_slot));
        PoolSlot<string> slot = await k2.Comes();
        Assert.Equal("k1", slot.Item);
        Assert.Equal("k1", _pool.Return(slot));
        slot = await m.Comes();
        Assert.Null(slot.Item);
        Assert.Null(slot.Evicted);
        Assert.Equal("m1", _pool.Return(slot.With("m1")));
        slot = await k3.Comes();
        Assert.Null(slot.Item);
        Assert.Equal((1, 0, 0), (_pool.Rented, _pool.Idle, _pool.Waiting));
        Assert.Null(_pool.Return(slot.With("k2")));
        Assert.Equal((0, 1), (_pool.Rented, _pool.Idle));
    }

    [Fact]
    public async Task A_returned_item_belongs_to_the_first_waiter_at_once()
    {
        ValueTask<PoolSlot<string>> second = _pool.RentAsync("k", Deadline.None, default);
        Assert.Null(_pool.Return(_slot));
        Assert.False(_pool.TryRent("k", out _));
        Assert.True(_pool.RentOverflow("k").IsOverflow);
        Assert.Equal("k1", (await second.Comes()).Item);
    }

    [Fact]
    public async Task A_discarded_slot_goes_on_to_the_first_waiter_empty()
    {
        Task<PoolSlot<string>> second = _pool.RentAsync("k", Deadline.None, default).AsTask();
        Task<PoolSlot<string>> third = _pool.RentAsync("k", Deadline.None, default).AsTask();
        _pool.Discard(_slot);
        PoolSlot<string> slot = await second.Comes();
        Assert.Null(slot.Item);

        // Creation failed: the next one may try.
        _pool.Discard(slot);
        slot = await third.Comes();
        Assert.Null(slot.Item);
        _pool.Discard(slot);
        Assert.Equal((0, 0, 0), (_pool.Rented, _pool.Idle, _pool.Waiting));
    }

    [Fact]
    public async Task A_retired_item_makes_room_for_the_first_waiter()
    {
        Task<PoolSlot<string>> second = _pool.RentAsync("k", Deadline.None, default).AsTask();
        Assert.Empty(_pool.Retire());
        Assert.Equal("k1", _pool.Return(_slot));
        PoolSlot<string> slot = await second.Comes();
        Assert.Null(slot.Item);
        Assert.Null(_pool.Return(slot.With("k2")));
        Assert.Equal(1, _pool.Idle);
    }

    [Fact]
    public async Task Returning_overflow_serves_no_waiter()
    {
        PoolSlot<string> over = _pool.RentOverflow("k").With("o");
        Task<PoolSlot<string>> second = _pool.RentAsync("k", Deadline.None, default).AsTask();
        Assert.Equal("o", _pool.Return(over));
        Assert.False(second.IsCompleted);
        Assert.Equal(1, _pool.Waiting);
        _pool.Return(_slot);
        Assert.Equal("k1", (await second.Comes()).Item);
    }

    [Fact]
    public async Task Tokens_and_deadlines_take_waiters_out()
    {
        using var leave = new CancellationTokenSource();
        Task<PoolSlot<string>> byToken = _pool.RentAsync("k", Deadline.None, leave.Token).AsTask();
        Task<PoolSlot<string>> byDeadline = Schedule.OnThread(
            () => _pool.Rent("k", Deadline.After(TimeSpan.FromSeconds(1), _time), default));
        Schedule.Until(() => _pool.Waiting == 2);
        Task<PoolSlot<string>> stays = _pool.RentAsync("k", Deadline.None, default).AsTask();

        leave.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => byToken.Comes());
        _time.Advance(TimeSpan.FromSeconds(1));
        WaitTimeoutException thrown = await Assert.ThrowsAsync<WaitTimeoutException>(() => byDeadline.Comes());
        Assert.Equal(new PoolSnapshot(1, 1, 1, 0, 0, 1, 0, false), thrown.Seen);

        Assert.Null(_pool.Return(_slot));
        Assert.Equal("k1", (await stays.Comes()).Item);
        Assert.Equal(0, _time.LiveTimers);
    }

    [Fact]
    public async Task A_token_that_has_fired_rents_nothing()
    {
        _pool.Return(_slot);
        var fired = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => _pool.Rent("k", Deadline.None, fired));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _pool.RentAsync("k", Deadline.None, fired).AsTask());
        Assert.Equal((0, 1), (_pool.Rented, _pool.Idle));
    }
}
