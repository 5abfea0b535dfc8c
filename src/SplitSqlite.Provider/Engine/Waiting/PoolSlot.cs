namespace SplitSqlite.Engine;

/// <summary>
/// The right to use one item of a <see cref="Pool{TKey, TItem}"/>, or to create one; given back exactly once, by
/// <see cref="Pool{TKey, TItem}.Return"/> or <see cref="Pool{TKey, TItem}.Discard"/>. The default value is no slot.
/// </summary>
internal readonly struct PoolSlot<TItem>
    where TItem : class
{
    public PoolSlot(object pool, int index, long serial, TItem? item, TItem? evicted, bool isOverflow)
    {
        Pool = pool;
        Index = index;
        Serial = serial;
        Item = item;
        Evicted = evicted;
        IsOverflow = isOverflow;
    }

    /// <summary>Gets the pool.</summary>
    public object? Pool { get; }

    /// <summary>Gets the place in the pool's table.</summary>
    public int Index { get; }

    /// <summary>Gets the serial number, unique in that pool, so that giving back twice is noticed.</summary>
    public long Serial { get; }

    /// <summary>Gets the warm item; <see langword="null"/> in an empty slot, which the caller fills (<see cref="With"/>) or discards.</summary>
    public TItem? Item { get; }

    /// <summary>Gets another key's item that made room for this slot, for the caller to dispose before it creates its own.</summary>
    public TItem? Evicted { get; }

    /// <summary>Gets a value indicating whether the slot is beyond the pool's capacity; its item is handed back for disposal when it is returned.</summary>
    public bool IsOverflow { get; }

    /// <summary>Fills the slot: the same slot with the item in it. The unfilled value must not be given back besides.</summary>
    public PoolSlot<TItem> With(TItem item) => new(Pool!, Index, Serial, item, null, IsOverflow);
}
