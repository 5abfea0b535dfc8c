namespace SplitSqlite.Engine;

/// <content>Getting everything back: nothing more is lent, what is out is waited for.</content>
internal sealed partial class Pool<TKey, TItem>
{
    // Set while paused; ends when nothing is out any more.
    private TaskCompletionSource? _drained;

    /// <summary>Gets a value indicating whether the pool lends nothing but to who holds a lease already; a glance without the lock.</summary>
    public bool IsPaused => Volatile.Read(ref _drained) is not null;

    /// <summary>Gets the slots rented outside of the pool's lending (<see cref="TryRentOutside"/>).</summary>
    public int Outside => Volatile.Read(ref _outside);

    private bool IsDrained => _rented + _overflow + _outside == 0;

    /// <summary>
    /// Counts an item in that the pool neither lends nor keeps (one with a single user for its life), so that a pause waits for it too. Its
    /// slot is given back by <see cref="Discard"/>. Takes no room and no idle item.
    /// </summary>
    /// <param name="key">For whom.</param>
    /// <param name="slot">The slot, empty.</param>
    /// <param name="evenIfPaused">For who has something already that a pause waits for, and so must not wait itself.</param>
    /// <returns>No while the pool is paused: then wait by <see cref="Rent"/>, and ask again.</returns>
    public bool TryRentOutside(TKey key, out PoolSlot<TItem> slot, bool evenIfPaused = false)
    {
        lock (Sync)
        {
            if (_drained is not null && !evenIfPaused)
            {
                slot = default;
                return false;
            }

            slot = Issue(key, item: null, evicted: null, SlotKind.Outside);
            Volatile.Write(ref _outside, _outside + 1);
            return true;
        }
    }

    /// <summary>
    /// Lends nothing from now on: who comes waits in line. Only <see cref="RentOverflow"/> goes on, beyond the capacity, for who holds a lease
    /// already and would never give it back if it had to wait. What comes back is handed back for disposal.
    /// </summary>
    /// <param name="drained">Ends when nothing is lent any more, for the first time (<see cref="WhenDrained"/>). Never runs code of others inside a return.</param>
    /// <returns>The idle items, for the caller to dispose.</returns>
    /// <exception cref="InvalidOperationException">It is paused already.</exception>
    public List<TItem> Pause(out Task drained)
    {
        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<TItem> taken;
        bool isDrained;
        lock (Sync)
        {
            if (_drained is not null)
            {
                throw new InvalidOperationException("The pool is paused already.");
            }

            Volatile.Write(ref _drained, source);
            _generation++;
            taken = [.. _idle.Select(static idle => idle.Item)];
            _idle.Clear();
            isDrained = IsDrained;
        }

        if (isDrained)
        {
            source.TrySetResult();
        }

        drained = source.Task;
        return taken;
    }

    /// <summary>Gets what ends when nothing is out any more, as it is now: who was let through a pause may have rented once more since.</summary>
    /// <exception cref="InvalidOperationException">It is not paused.</exception>
    public Task WhenDrained()
    {
        lock (Sync)
        {
            if (_drained is null)
            {
                throw new InvalidOperationException("The pool is not paused.");
            }

            if (IsDrained)
            {
                return Task.CompletedTask;
            }

            if (_drained.Task.IsCompleted)
            {
                Volatile.Write(ref _drained, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            return _drained.Task;
        }
    }

    /// <summary>Lends again: those in line first, in their order, as far as there is room.</summary>
    /// <exception cref="InvalidOperationException">It is not paused.</exception>
    public void Resume()
    {
        List<(PoolWaiter<TKey, TItem> Waiter, PoolSlot<TItem> Slot)> granted = [];
        lock (Sync)
        {
            if (_drained is null)
            {
                throw new InvalidOperationException("The pool is not paused.");
            }

            Volatile.Write(ref _drained, null);
            while (_rented < Capacity && First is PoolWaiter<TKey, TItem> next)
            {
                granted.Add((next, Issue(next.Key, item: null, evicted: null, SlotKind.Capacity)));
                Volatile.Write(ref _rented, _rented + 1);
                Grant(next);
            }

            NotePeak();
        }

        foreach ((PoolWaiter<TKey, TItem> waiter, PoolSlot<TItem> slot) in granted)
        {
            waiter.Succeed(slot);
        }
    }
}
