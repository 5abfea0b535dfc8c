using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace SplitSqlite.Routing;

/// <summary>
/// Plans by command text, for all sessions of the process. A hit takes no lock and allocates nothing. Bounded in plans and
/// in characters by second chance: when it is full, what was not asked for since the last sweep goes.
/// </summary>
internal sealed class PlanCache
{
    private const int SlotCount = 256;
    private const int LongestInSlot = 4096;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    // Texts by the identity of their string: constants and the cached texts of EF Core come as the same object each time,
    // so most calls never hash their text. Each slot is written whole and checked by reference, races only lose a hint.
    // A swept plan may live on here for a while: it is still right, and the slots are few and their texts short.
    private readonly Entry?[] _slots = new Entry?[SlotCount];

    // Protects nothing but the sweep against a second one; taken without waiting.
    private readonly Lock _sweep = new();

    private readonly int _maxPlans;
    private readonly int _maxCharacters;
    private readonly int _longestText;
    private int _plans;
    private int _characters;

    public PlanCache(int maxPlans = 2048, int maxCharacters = 4 * 1024 * 1024, int longestText = 64 * 1024)
    {
        _maxPlans = maxPlans;
        _maxCharacters = maxCharacters;
        _longestText = longestText;
    }

    /// <summary>Gets the cache of the process.</summary>
    public static PlanCache Shared { get; } = new();

    /// <summary>Gets how many plans are kept.</summary>
    public int Count => Volatile.Read(ref _plans);

    /// <summary>Gets how many characters the kept texts have together.</summary>
    public int Characters => Volatile.Read(ref _characters);

    /// <summary>Gets the plan of a text.</summary>
    /// <param name="text">The command text.</param>
    public SqlPlan Get(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ref var slot = ref _slots[RuntimeHelpers.GetHashCode(text) & (SlotCount - 1)];
        var entry = Volatile.Read(ref slot);
        if (entry is null || !ReferenceEquals(entry.Plan.Text, text))
        {
            if (!_entries.TryGetValue(text, out entry))
            {
                return Add(text);
            }

            if (ReferenceEquals(entry.Plan.Text, text) && text.Length <= LongestInSlot)
            {
                Volatile.Write(ref slot, entry);
            }
        }

        // Written once a sweep, not once a call: a line that everybody writes is a line that nobody has cached.
        if (!entry.Used)
        {
            entry.Used = true;
        }

        return entry.Plan;
    }

    private SqlPlan Add(string text)
    {
        var plan = RoutePlanner.Plan(text);
        if (text.Length > _longestText)
        {
            return plan;
        }

        // Room is taken before the plan goes in, so that the bounds hold at every moment.
        var plans = Interlocked.Increment(ref _plans);
        var characters = Interlocked.Add(ref _characters, text.Length);
        if (plans > _maxPlans || characters > _maxCharacters)
        {
            GiveBack(text.Length);
            Sweep();
            return plan;
        }

        if (!_entries.TryAdd(text, new Entry(plan)))
        {
            GiveBack(text.Length);
        }

        return plan;
    }

    private void GiveBack(int characters)
    {
        Interlocked.Decrement(ref _plans);
        Interlocked.Add(ref _characters, -characters);
    }

    private void Sweep()
    {
        if (!_sweep.TryEnter())
        {
            return;
        }

        try
        {
            // A quarter goes, so that sweeps are rare. The second round takes what the first one spared.
            var plans = _maxPlans - (_maxPlans / 4);
            var characters = _maxCharacters - (_maxCharacters / 4);
            for (var round = 0; round < 2; round++)
            {
                foreach (var pair in _entries)
                {
                    if (Count < plans && Characters < characters)
                    {
                        return;
                    }

                    if (pair.Value.Used)
                    {
                        pair.Value.Used = false;
                    }
                    else if (_entries.TryRemove(pair))
                    {
                        GiveBack(pair.Key.Length);
                    }
                }
            }
        }
        finally
        {
            _sweep.Exit();
        }
    }

    private sealed class Entry(SqlPlan plan)
    {
        private volatile bool _used;

        public SqlPlan Plan { get; } = plan;

        public bool Used
        {
            get => _used;
            set => _used = value;
        }
    }
}
