using System.Diagnostics;

namespace SplitSqlite.Engine;

/// <summary>
/// Lends out at most a given number of items over all keys; last in, first out within a key; first come, first served beyond that. Creates and
/// disposes nothing itself: it answers what the caller has to create or dispose. Knows no database.
/// </summary>
/// <remarks>
/// Counted against the capacity are slots rented (filled or not) and items idle; an item handed out for disposal no longer is. While anything
/// is idle or free, nobody waits, unless the pool is paused (<see cref="Pause"/>). The lock is that of <see cref="WaitingLine{TResult}"/>; it protects the fields below, and the only foreign
/// code that it sees is the key's equality. See <c>docs/design/pool.md</c>.
/// </remarks>
internal sealed partial class Pool<TKey, TItem> : WaitingLine<PoolSlot<TItem>>
    where TKey : notnull
    where TItem : class
{
    // Of all keys, the longest idle first. Searched from its end: as short as the capacity, and nearly always hit at once.
    private readonly List<IdleItem> _idle;
    private readonly SlotTable<TKey> _slots;
    private int _rented;
    private int _overflow;
    private int _outside;
    private int _peakRented;
    private long _overflowRents;
    private int _generation;

    /// <param name="capacity">How many items there may be at once, overflow aside.</param>
    /// <param name="time">The clock and the timers.</param>
    public Pool(int capacity, TimeProvider time)
        : base(time, onQueued: null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _idle = new List<IdleItem>(capacity);
        _slots = new SlotTable<TKey>(capacity);
    }

    /// <summary>Gets how many items there may be at once, overflow aside.</summary>
    public int Capacity { get; }

    /// <summary>Gets the slots of the capacity that are rented; a glance without the lock, as are the others.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>Gets the items that are idle.</summary>
    public int Idle => _idle.Count;

    /// <summary>Gets the slots beyond the capacity that are rented.</summary>
    public int Overflow => Volatile.Read(ref _overflow);

    /// <summary>Gets the number of waiters.</summary>
    public int Waiting => QueueLength;

    /// <summary>Rents what is there; never waits, and allocates nothing.</summary>
    public bool TryRent(TKey key, out PoolSlot<TItem> slot)
    {
        lock (Sync)
        {
            return TryTake(key, out slot);
        }
    }

    /// <summary>Rents, blocking the thread while the capacity is used up.</summary>
    /// <exception cref="WaitTimeoutException">The deadline passed first.</exception>
    /// <exception cref="OperationCanceledException">The token fired first.</exception>
    public PoolSlot<TItem> Rent(TKey key, Deadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryRent(key, out PoolSlot<TItem> slot))
        {
            return slot;
        }

        var waiter = new PoolWaiter<TKey, TItem>(this, key, blocks: true);
        Join(waiter, deadline, cancellationToken);
        return waiter.Block();
    }

    /// <summary>Rents, blocking no thread.</summary>
    /// <inheritdoc cref="Rent" path="/exception"/>
    public ValueTask<PoolSlot<TItem>> RentAsync(TKey key, Deadline deadline, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<PoolSlot<TItem>>(cancellationToken);
        }

        if (TryRent(key, out PoolSlot<TItem> slot))
        {
            return new ValueTask<PoolSlot<TItem>>(slot);
        }

        var waiter = new PoolWaiter<TKey, TItem>(this, key, blocks: false);
        Join(waiter, deadline, cancellationToken);
        return waiter.AsValueTask();
    }

    /// <summary>Rents for a caller who already holds a lease: takes what is there, or a slot beyond the capacity; never waits, so that nobody waits while holding.</summary>
    public PoolSlot<TItem> RentOverflow(TKey key)
    {
        lock (Sync)
        {
            if (TryTake(key, out PoolSlot<TItem> slot))
            {
                return slot;
            }

            slot = Issue(key, item: null, evicted: null, SlotKind.Overflow);
            Volatile.Write(ref _overflow, _overflow + 1);
            _overflowRents++;
            NotePeak();
            return slot;
        }
    }

    /// <summary>Gives a slot back with its item, in a clean state: to the first waiter, or to rest. An empty slot is taken as <see cref="Discard"/>.</summary>
    /// <returns>The item, where the caller has to dispose it: it was beyond the capacity, retired, or has to make room for a waiter of another key.</returns>
    /// <exception cref="InvalidOperationException">The slot was given back before. Nothing changes.</exception>
    public TItem? Return(PoolSlot<TItem> slot) => GiveBack(slot, slot.Item);

    /// <summary>Gives a slot back whose item is broken or was never created; disposing it is the caller's matter. Its room goes to the first waiter.</summary>
    /// <inheritdoc cref="Return" path="/exception"/>
    public void Discard(PoolSlot<TItem> slot) => GiveBack(slot, null);

    /// <summary>Takes out idle items, which frees their room.</summary>
    /// <param name="idleFor">For how long they must have been idle; zero takes all.</param>
    /// <returns>The items, the longest idle first, for the caller to dispose.</returns>
    public List<TItem> TakeIdle(TimeSpan idleFor = default)
    {
        long now = Clock.GetTimestamp();
        List<TItem> taken = [];
        lock (Sync)
        {
            int kept = 0;
            for (int i = 0; i < _idle.Count; i++)
            {
                if (Age(_idle[i].Since, now) >= idleFor)
                {
                    taken.Add(_idle[i].Item);
                }
                else
                {
                    _idle[kept++] = _idle[i];
                }
            }

            _idle.RemoveRange(kept, _idle.Count - kept);
        }

        return taken;
    }

    /// <summary>Takes out the idle items that a predicate picks, which frees their room.</summary>
    /// <param name="picks">Called outside the lock, for those idle when this is called; one that is rented meanwhile stays.</param>
    /// <returns>The items, for the caller to dispose.</returns>
    public List<TItem> TakeIdle(Func<TKey, TItem, bool> picks)
    {
        IdleItem[] candidates;
        lock (Sync)
        {
            candidates = [.. _idle];
        }

        List<TItem> taken = [];
        IdleItem[] picked = Array.FindAll(candidates, idle => picks(idle.Key, idle.Item));
        lock (Sync)
        {
            foreach (IdleItem pick in picked)
            {
                // The same rest, not only the same item: it may have been rented and returned since the predicate saw it.
                int at = _idle.FindIndex(idle => ReferenceEquals(idle.Item, pick.Item) && idle.Rest == pick.Rest);
                if (at >= 0)
                {
                    taken.Add(pick.Item);
                    _idle.RemoveAt(at);
                }
            }
        }

        return taken;
    }

    /// <summary>Ends a generation: what is idle is taken out, and what is rented now will be handed back for disposal when it is returned.</summary>
    /// <returns>The idle items, for the caller to dispose.</returns>
    public List<TItem> Retire()
    {
        List<TItem> taken = [];
        lock (Sync)
        {
            _generation++;
            foreach (IdleItem idle in _idle)
            {
                taken.Add(idle.Item);
            }

            _idle.Clear();
        }

        return taken;
    }

    /// <summary>Gets all figures of one moment.</summary>
    public PoolSnapshot Snapshot()
    {
        lock (Sync)
        {
            return Figures();
        }
    }

    protected override bool TryTake(Waiter<PoolSlot<TItem>> waiter, long now, out PoolSlot<TItem> result) =>
        TryTake(((PoolWaiter<TKey, TItem>)waiter).Key, out result);

    protected override WaitSnapshot Look(long now) => Figures();

    private PoolSnapshot Figures() => new(QueueLength, Capacity, _rented, _idle.Count, _overflow, _peakRented, _overflowRents, IsPaused);

    private bool TryTake(TKey key, out PoolSlot<TItem> slot)
    {
        if (_drained is not null)
        {
            slot = default;
            return false;
        }

        // The search comes before any change: it calls the key's equality, which might throw.
        int at = FindIdle(key);
        TItem? item = null;
        TItem? evicted = null;
        if (at >= 0)
        {
            item = _idle[at].Item;
            _idle.RemoveAt(at);
        }
        else if (_rented + _idle.Count >= Capacity)
        {
            if (_idle.Count == 0)
            {
                slot = default;
                return false;
            }

            evicted = _idle[0].Item;
            _idle.RemoveAt(0);
        }

        Debug.Assert(First is null, "While anything is idle or free, nobody waits.");
        slot = Issue(key, item, evicted, SlotKind.Capacity);
        Volatile.Write(ref _rented, _rented + 1);
        NotePeak();
        return true;
    }

    private TItem? GiveBack(PoolSlot<TItem> slot, TItem? item)
    {
        long now = item is null ? 0 : Clock.GetTimestamp();
        PoolWaiter<TKey, TItem>? next = null;
        PoolSlot<TItem> granted = default;
        TItem? unwanted = item;
        TaskCompletionSource? drained = null;
        lock (Sync)
        {
            ThrowUnlessOut(slot);
            SlotTable<TKey>.Entry entry = _slots.Get(slot.Index);
            if (entry.Kind != SlotKind.Capacity || _drained is not null)
            {
                _slots.Remove(slot.Index);
                ref int count = ref CountOf(entry.Kind);
                Volatile.Write(ref count, count - 1);
                drained = IsDrained ? _drained : null;
            }
            else
            {
                TItem? usable = entry.Generation == _generation ? item : null;
                next = (PoolWaiter<TKey, TItem>?)First;
                if (next is not null && usable is not null && !EqualityComparer<TKey>.Default.Equals(next.Key, entry.Key))
                {
                    usable = null;
                }

                _slots.Remove(slot.Index);
                if (next is not null)
                {
                    // The rent count stays: the room goes from the one to the other.
                    granted = Issue(next.Key, usable, evicted: null, SlotKind.Capacity);
                    Grant(next);
                }
                else
                {
                    Volatile.Write(ref _rented, _rented - 1);
                    if (usable is not null)
                    {
                        // The slot's serial number makes this rest unlike any other.
                        _idle.Add(new IdleItem(entry.Key, usable, now, slot.Serial));
#if SABOTAGE_DOUBLERETURN
                        // Broken on purpose: now and then as if it had been given back twice.
                        if (slot.Serial % 20 == 0)
                        {
                            _idle.Add(new IdleItem(entry.Key, usable, now, slot.Serial));
                        }
#endif
                    }
                }

                unwanted = usable is null ? item : null;
            }
        }

        drained?.TrySetResult();
        next?.Succeed(granted);
        return unwanted;
    }

    private ref int CountOf(SlotKind kind)
    {
        switch (kind)
        {
            case SlotKind.Overflow:
                return ref _overflow;
            case SlotKind.Outside:
                return ref _outside;
            default:
                return ref _rented;
        }
    }

    private int FindIdle(TKey key)
    {
        for (int i = _idle.Count - 1; i >= 0; i--)
        {
            if (EqualityComparer<TKey>.Default.Equals(_idle[i].Key, key))
            {
                return i;
            }
        }

        return -1;
    }

    private PoolSlot<TItem> Issue(TKey key, TItem? item, TItem? evicted, SlotKind kind)
    {
        (int index, long serial) = _slots.Add(key, _generation, kind);
        return new PoolSlot<TItem>(this, index, serial, item, evicted, kind == SlotKind.Overflow);
    }

    private void ThrowUnlessOut(PoolSlot<TItem> slot)
    {
        if (slot.Pool != this || !_slots.Has(slot.Index, slot.Serial))
        {
            throw new InvalidOperationException("This slot was given back before, or belongs to another pool.");
        }
    }

    private void NotePeak() => _peakRented = Math.Max(_peakRented, _rented + _overflow);

    /// <summary>An item at rest.</summary>
    private readonly record struct IdleItem(TKey Key, TItem Item, long Since, long Rest);
}
