using System.Collections.Concurrent;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>
/// What a storm believes: the effects (tokens) that were acknowledged, those refused, and those of which only a beginning may be there (a batch
/// without a transaction that failed on its way). Held against the file at the end.
/// </summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string[]> _atomic = [];
    private readonly ConcurrentBag<string[]> _prefix = [];
    private long _lastToken;

    public int Acknowledged => _acknowledged.Count;

    public int Refused => _atomic.Count + _prefix.Count;

    public string NextToken(string kind = "t") => kind + Interlocked.Increment(ref _lastToken);

    /// <summary>Was acknowledged: has to be there, once.</summary>
    public void Acknowledge(params ReadOnlySpan<string> tokens)
    {
        foreach (var token in tokens)
        {
            Assert.True(_acknowledged.TryAdd(token, true));
        }
    }

    /// <summary>Was answered by an exception: nothing of it may be there.</summary>
    public void Refuse(params string[] tokens) => _atomic.Add(tokens);

    /// <summary>Statements that each commit alone, and an exception: the first so many may be there, and no others.</summary>
    public void RefuseFrom(params string[] tokens) => _prefix.Add(tokens);

    /// <summary>Holds all of it against what the file says.</summary>
    public void Compare(IReadOnlyList<string> present)
    {
        var there = present.ToHashSet(StringComparer.Ordinal);
        Assert.Equal(present.Count, there.Count);
        foreach (var token in _acknowledged.Keys)
        {
            Assert.True(there.Remove(token), $"{token} was acknowledged and is not there.");
        }

        foreach (var tokens in _prefix)
        {
            var ended = false;
            foreach (var token in tokens)
            {
                var isThere = there.Remove(token);
                Assert.False(isThere && ended, $"{token} is there, and one before it in its batch is not.");
                ended |= !isThere;
            }
        }

        foreach (var tokens in _atomic)
        {
            foreach (var token in tokens)
            {
                Assert.False(there.Contains(token), $"{token} was answered by an exception and is there.");
            }
        }

        Assert.True(there.Count == 0, $"{there.Count} tokens are there that nobody was told of, as {there.FirstOrDefault()}.");
    }
}
