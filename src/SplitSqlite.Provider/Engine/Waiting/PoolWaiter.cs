namespace SplitSqlite.Engine;

/// <summary>One wait at a pool, for an item of one key.</summary>
internal sealed class PoolWaiter<TKey, TItem> : Waiter<PoolSlot<TItem>>
    where TKey : notnull
    where TItem : class
{
    public PoolWaiter(Pool<TKey, TItem> pool, TKey key, bool blocks)
        : base(pool, blocks, pool.Clock.GetTimestamp())
    {
        Key = key;
    }

    public TKey Key { get; }
}
