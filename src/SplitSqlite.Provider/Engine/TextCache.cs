using System.Collections.Concurrent;

namespace SplitSqlite.Engine;

/// <summary>Remembers what was made of a text. A known text costs one lookup, without a lock and without an allocation.</summary>
/// <typeparam name="T">What is made of a text: immutable, because all who ask get the same one.</typeparam>
internal sealed class TextCache<T>
    where T : class
{
    private readonly int _capacity;
    private readonly Func<string, T> _make;

    // When it is full it is replaced by an empty one: the texts in use come back the next time they are asked for.
    private volatile ConcurrentDictionary<string, T> _known = new(StringComparer.Ordinal);

    /// <param name="capacity">How many texts are remembered; threads that add one at the same moment may exceed it by their number.</param>
    /// <param name="make">Makes the value of a text. What it throws goes to whoever asked, and is not remembered.</param>
    public TextCache(int capacity, Func<string, T> make)
    {
        _capacity = capacity;
        _make = make;
    }

    /// <summary>Gets how many texts are remembered.</summary>
    public int Count => _known.Count;

    /// <summary>Gets the value of a text.</summary>
    public T Get(string text)
    {
        var known = _known;
        return known.TryGetValue(text, out var value) ? value : Make(known, text);
    }

    private T Make(ConcurrentDictionary<string, T> known, string text)
    {
        var value = _make(text);
        if (known.Count >= _capacity)
        {
            _known = known = new(StringComparer.Ordinal);
        }

        // Threads that made one of the same text at once go on with the same object.
        return known.GetOrAdd(text, value);
    }
}
