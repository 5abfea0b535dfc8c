namespace SplitSqlite.Engine;

/// <summary>
/// What a pool knows of each slot that is out: for whom, from which generation, of which kind. Grows with what is beyond the capacity only, so a
/// rent allocates nothing. No lock of its own: used under the pool's.
/// </summary>
internal sealed class SlotTable<TKey>
{
    private const int None = -1;

    private Entry[] _entries;
    private int _firstUnused = None;
    private int _used;
    private long _lastSerial;

    public SlotTable(int size)
    {
        _entries = new Entry[size];
    }

    /// <summary>Enters a slot.</summary>
    /// <returns>Where, and under which serial number.</returns>
    public (int Index, long Serial) Add(TKey key, int generation, SlotKind kind)
    {
        int index = _firstUnused;
        if (index != None)
        {
            _firstUnused = _entries[index].NextUnused;
        }
        else
        {
            if (_used == _entries.Length)
            {
                Array.Resize(ref _entries, Math.Max(4, _entries.Length * 2));
            }

            index = _used++;
        }

        _entries[index] = new Entry(key, ++_lastSerial, generation, kind, None);
        return (index, _lastSerial);
    }

    /// <summary>Tells whether a slot is out. Serial numbers begin at 1, and an unused entry has 0.</summary>
    public bool Has(int index, long serial) =>
        (uint)index < (uint)_entries.Length && serial != 0 && _entries[index].Serial == serial;

    /// <summary>Gets a slot that is out.</summary>
    public ref readonly Entry Get(int index) => ref _entries[index];

    /// <summary>Strikes a slot out.</summary>
    public void Remove(int index)
    {
        _entries[index] = new Entry(default!, 0, 0, default, _firstUnused);
        _firstUnused = index;
    }

    /// <summary>One slot that is out.</summary>
    internal readonly record struct Entry(TKey Key, long Serial, int Generation, SlotKind Kind, int NextUnused);
}

/// <summary>How a slot is counted.</summary>
internal enum SlotKind : byte
{
    /// <summary>Against the capacity.</summary>
    Capacity,

    /// <summary>Beyond it: for who holds one already.</summary>
    Overflow,

    /// <summary>Not of the pool at all, but waited for by a pause.</summary>
    Outside,
}
