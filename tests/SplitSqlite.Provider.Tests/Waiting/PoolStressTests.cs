using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>64 threads and tasks, three keys, four items, with random tokens, deadlines, failures, overflow, trimming, retiring and pauses.</summary>
[Collection(Alone.Name)]
public sealed class PoolStressTests
{
    private const int Capacity = 4;
    private readonly Pool<int, Item> _pool = new(Capacity, TimeProvider.System);
    private int _created;
    private int _disposed;
    private int _lent;
    private int _rents;
    private int _pausing;

    [Fact]
    public async Task Lends_each_item_to_one_and_loses_no_room_through_a_storm()
    {
        var run = new StressRun("pool");
        await run.Go(64, Step, StepAsync);

        TestContext.Current.TestOutputHelper?.WriteLine($"{_rents} rents");
        Assert.True(_rents > 1000, $"Only {_rents} rents: no storm.");
        PoolSnapshot end = _pool.Snapshot();
        Assert.Equal((0, 0, 0), (end.QueueLength, end.Rented, end.Overflow));
        Assert.InRange(end.Idle, 0, Capacity);
        Assert.Equal(_created - _disposed, end.Idle);

        // The whole capacity is there, and not more.
        for (int i = 0; i < Capacity; i++)
        {
            Assert.True(_pool.TryRent(0, out PoolSlot<Item> slot));
            slot.Evicted?.Dispose(this);
        }

        Assert.False(_pool.TryRent(0, out _));
    }

    private void Step(Random random)
    {
        int key = random.Next(3);
        (Deadline deadline, CancellationTokenSource leave) = Plan(random);
        try
        {
            Use(key, _pool.Rent(key, deadline, leave.Token), random);
        }
        catch (Exception e) when (e is OperationCanceledException or WaitTimeoutException)
        {
            Housekeep(random);
        }

        leave.Dispose();
    }

    private async Task StepAsync(Random random)
    {
        int key = random.Next(3);
        (Deadline deadline, CancellationTokenSource leave) = Plan(random);
        try
        {
            Use(key, await _pool.RentAsync(key, deadline, leave.Token).ConfigureAwait(false), random);
        }
        catch (Exception e) when (e is OperationCanceledException or WaitTimeoutException)
        {
            Housekeep(random);
        }

        leave.Dispose();
    }

    private static (Deadline Deadline, CancellationTokenSource Leave) Plan(Random random)
    {
        var leave = new CancellationTokenSource();
        if (random.Next(4) == 0)
        {
            leave.CancelAfter(random.Next(3));
        }

        return (random.Next(4) == 0 ? Deadline.After(TimeSpan.FromMilliseconds(random.Next(3)), TimeProvider.System) : Deadline.None, leave);
    }

    private void Use(int key, PoolSlot<Item> slot, Random random, bool nested = false)
    {
        Interlocked.Increment(ref _rents);
        if (!slot.IsOverflow)
        {
            Assert.InRange(Interlocked.Increment(ref _lent), 1, Capacity);
        }

        slot.Evicted?.Dispose(this);
        if (slot.Item is null && random.Next(10) == 0)
        {
            GiveBack(slot, () => _pool.Discard(slot));
            return;
        }

        if (slot.Item is null)
        {
            Interlocked.Increment(ref _created);
            slot = slot.With(new Item(key));
        }

        Item item = slot.Item!;
        Assert.Equal(key, item.Key);
        item.Take();
        Thread.SpinWait(random.Next(300));
        if (!nested && random.Next(5) == 0)
        {
            // Who holds one never waits for another.
            Use(key, _pool.RentOverflow(key), random, nested: true);
        }

        item.Release();
        if (random.Next(10) == 0)
        {
            item.Dispose(this);
            GiveBack(slot, () => _pool.Discard(slot));
        }
        else
        {
            GiveBack(slot, () => _pool.Return(slot)?.Dispose(this));
        }
    }

    private void GiveBack(PoolSlot<Item> slot, Action how)
    {
        if (!slot.IsOverflow)
        {
            Interlocked.Decrement(ref _lent);
        }

        how();
    }

    private void Housekeep(Random random)
    {
        if (random.Next(50) == 0 && Interlocked.CompareExchange(ref _pausing, 1, 0) == 0)
        {
            Pause();
        }

        List<Item> taken = random.Next(4) switch
        {
            0 => _pool.Retire(),
            1 => _pool.TakeIdle(TimeSpan.FromMilliseconds(1)),
            2 => _pool.TakeIdle((key, _) => key == 1),
            _ => [],
        };
        foreach (Item item in taken)
        {
            item.Dispose(this);
        }
    }

    private void Pause()
    {
        List<Item> idle = _pool.Pause(out Task drained);
        foreach (Item item in idle)
        {
            item.Dispose(this);
        }

        // Comes from Housekeep, where nothing is held.
        Assert.True(drained.Wait(TimeSpan.FromSeconds(60)));
        Assert.Equal((0, 0, 0), (_pool.Rented, _pool.Overflow, _pool.Idle));
        _pool.Resume();
        Volatile.Write(ref _pausing, 0);
    }

    private sealed class Item(int key)
    {
        private int _state;

        public int Key => key;

        public void Take() => Assert.Equal(0, Interlocked.CompareExchange(ref _state, 1, 0));

        public void Release() => Assert.Equal(1, Interlocked.CompareExchange(ref _state, 0, 1));

        public void Dispose(PoolStressTests owner)
        {
            Assert.Equal(0, Interlocked.CompareExchange(ref _state, 2, 0));
            Interlocked.Increment(ref owner._disposed);
        }
    }
}
