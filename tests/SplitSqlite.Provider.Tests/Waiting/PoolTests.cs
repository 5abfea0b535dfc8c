using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>What is lent, kept, evicted and handed back where nobody waits. Items are strings: key and number.</summary>
public sealed class PoolTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Pool<string, string> _pool;

    public PoolTests() => _pool = new Pool<string, string>(3, _time);

    [Fact]
    public void Hands_out_empty_slots_up_to_its_capacity()
    {
        Assert.True(_pool.TryRent("k", out PoolSlot<string> slot));
        Assert.Null(slot.Item);
        Assert.True(_pool.TryRent("k", out _));
        Assert.True(_pool.TryRent("m", out _));
        Assert.False(_pool.TryRent("k", out _));
        Assert.Equal((3, 3, 0, 0), (_pool.Capacity, _pool.Rented, _pool.Idle, _pool.Waiting));
    }

    [Fact]
    public void The_last_in_is_the_first_out()
    {
        Fill("k1", "k2", "k3");
        Assert.Equal(["k3", "k2", "k1"], [Rent("k").Item!, Rent("k").Item!, Rent("k").Item!]);
    }

    [Fact]
    public void A_key_never_gets_another_keys_item()
    {
        Fill("k1", "m1", "k2");
        Assert.Equal("m1", Rent("m").Item);
        Assert.Equal("k2", Rent("k").Item);
        Assert.Equal("k1", Rent("k").Item);
    }

    [Fact]
    public void The_longest_idle_item_of_another_key_makes_room()
    {
        Fill("m1", "k1", "m2");
        PoolSlot<string> slot = Rent("n");
        Assert.Null(slot.Item);
        Assert.Equal("m1", slot.Evicted);
        Assert.Equal((1, 2), (_pool.Rented, _pool.Idle));
        slot = slot.With("n1");
        Assert.Null(slot.Evicted);
        Assert.Null(_pool.Return(slot));
        Assert.Equal(3, _pool.Idle);
    }

    [Fact]
    public void Room_is_used_before_anything_is_evicted()
    {
        Fill("m1", "m2");
        Assert.Null(Rent("k").Evicted);
    }

    [Fact]
    public void A_slot_is_given_back_once()
    {
        PoolSlot<string> slot = Rent("k").With("k1");
        Assert.Null(_pool.Return(slot));
        Assert.Throws<InvalidOperationException>(() => _pool.Return(slot));
        Assert.Throws<InvalidOperationException>(() => _pool.Discard(slot));
        Assert.Throws<InvalidOperationException>(() => _pool.Return(default));
        Assert.Equal((0, 1), (_pool.Rented, _pool.Idle));

        // The same place in the table, rented anew: the old value stays void.
        PoolSlot<string> again = Rent("k");
        Assert.Throws<InvalidOperationException>(() => _pool.Return(slot));
        Assert.Throws<InvalidOperationException>(() => new Pool<string, string>(3, _time).Return(again));
        Assert.Null(_pool.Return(again));
    }

    [Fact]
    public void A_discarded_slot_frees_its_room()
    {
        PoolSlot<string> slot = Rent("k");
        _pool.Discard(slot);
        Assert.Throws<InvalidOperationException>(() => _pool.Discard(slot));
        _pool.Discard(Rent("k").With("broken"));

        // An empty slot given back is as good as discarded.
        Assert.Null(_pool.Return(Rent("k")));
        Assert.Equal((0, 0), (_pool.Rented, _pool.Idle));
    }

    [Fact]
    public void Overflow_never_waits_and_is_handed_back()
    {
        Fill("k1");
        Assert.Equal("k1", _pool.RentOverflow("k").Item);
        Assert.False(_pool.RentOverflow("k").IsOverflow);
        Assert.False(_pool.RentOverflow("k").IsOverflow);
        PoolSlot<string>[] over = [.. Enumerable.Range(0, 10).Select(_ => _pool.RentOverflow("k"))];
        Assert.All(over, slot => Assert.True(slot.IsOverflow && slot.Item is null));
        Assert.Equal((3, 10), (_pool.Rented, _pool.Overflow));

        Assert.Equal("o", _pool.Return(over[0].With("o")));
        Assert.Throws<InvalidOperationException>(() => _pool.Return(over[0]));
        foreach (PoolSlot<string> slot in over[1..])
        {
            _pool.Discard(slot);
        }

        Assert.Equal((3, 0, 0), (_pool.Rented, _pool.Overflow, _pool.Idle));
        PoolSnapshot seen = _pool.Snapshot();
        Assert.Equal((13, 10), (seen.PeakRented, seen.OverflowRents));
    }

    [Fact]
    public void Overflow_evicts_before_it_overflows()
    {
        Fill("m1", "m2", "m3");
        PoolSlot<string> slot = _pool.RentOverflow("k");
        Assert.False(slot.IsOverflow);
        Assert.Equal("m1", slot.Evicted);
    }

    [Fact]
    public void What_is_idle_for_long_is_trimmed()
    {
        PoolSlot<string> k1 = Rent("k").With("k1");
        PoolSlot<string> k2 = Rent("k").With("k2");
        _pool.Return(k1);
        _time.Advance(TimeSpan.FromSeconds(10));
        _pool.Return(k2);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(_pool.TakeIdle(TimeSpan.FromSeconds(16)));
        Assert.Equal(["k1"], _pool.TakeIdle(TimeSpan.FromSeconds(15)));
        Assert.Equal(["k2"], _pool.TakeIdle());
        Assert.Equal((0, 0), (_pool.Rented, _pool.Idle));
    }

    [Fact]
    public void What_is_used_is_not_idle_since_long()
    {
        Fill("k1", "k2");
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(_pool.Return(Rent("k")));
        Assert.Equal(["k1"], _pool.TakeIdle(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_predicate_picks_what_to_trim_outside_the_lock()
    {
        Fill("k1", "m1", "k2");

        // While it is asked, k2 is rented, and k1 is used and back: neither is what the predicate has judged any more.
        bool asked = false;
        List<string> taken = _pool.TakeIdle((key, _) =>
        {
            if (!asked)
            {
                asked = true;
                PoolSlot<string> k2 = Rent("k");
                _pool.Return(Rent("k"));
                Assert.Equal("k2", k2.Item);
            }

            return true;
        });
        Assert.Equal(["m1"], taken);
        Assert.Equal((1, 1), (_pool.Rented, _pool.Idle));
    }

    [Fact]
    public void Retiring_takes_what_is_idle_and_later_what_is_rented()
    {
        Fill("k1", "k2", "m1");
        PoolSlot<string> k2 = Rent("k");
        Assert.Equal(["k1", "m1"], _pool.Retire());
        Assert.Equal("k2", _pool.Return(k2));
        Assert.Equal((0, 0), (_pool.Rented, _pool.Idle));

        // The new generation is kept.
        Assert.Null(_pool.Return(Rent("k").With("k3")));
        Assert.Equal("k3", Rent("k").Item);
    }

    [Fact]
    public void A_pool_without_capacity_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pool<string, string>(0, _time));

    private PoolSlot<string> Rent(string key)
    {
        Assert.True(_pool.TryRent(key, out PoolSlot<string> slot));
        return slot;
    }

    /// <summary>Makes items idle in this order, in a new pool; an item's key is its first letter.</summary>
    private void Fill(params string[] items)
    {
        var filled = new List<PoolSlot<string>>();
        foreach (string item in items)
        {
            // All are rented before the first is returned, so that none is lent again in between.
            PoolSlot<string> slot = Rent(item[..1]);
            Assert.Null(slot.Item);
            filled.Add(slot.With(item));
        }

        foreach (PoolSlot<string> slot in filled)
        {
            Assert.Null(_pool.Return(slot));
        }
    }
}
