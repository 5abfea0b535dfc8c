using System.Collections.Concurrent;

namespace SplitSqlite.History;

/// <summary>How often each kind of operation was done, and how it ended.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<(string Kind, string Outcome), long> _counts = new();

    /// <summary>Gets how many operations there were; what is in brackets tells more of them, or what was done to them.</summary>
    public long Total => _counts.Where(IsOperation).Sum(count => count.Value);

    public void Count(string kind, string outcome, long times = 1)
        => _counts.AddOrUpdate((kind, outcome.StartsWith("failed", StringComparison.Ordinal) ? "failed" : outcome), times, (_, before) => before + times);

    public void Add(Tally other)
    {
        foreach (var ((kind, outcome), times) in other._counts)
        {
            Count(kind, outcome, times);
        }
    }

    private static bool IsOperation(KeyValuePair<(string Kind, string Outcome), long> count) => !count.Key.Kind.TrimStart().StartsWith('(');

    public void Print(TextWriter to, TimeSpan elapsed)
    {
        string[] outcomes = ["done", "late", "cancelled", "interrupted", "failed"];
        to.WriteLine($"{"operation",-34}{string.Concat(outcomes.Select(outcome => $"{outcome,12}"))}{"a second",12}");
        foreach (var kind in _counts.Keys.Select(key => key.Kind).Distinct().Order(StringComparer.Ordinal))
        {
            var counts = outcomes.Select(outcome => _counts.GetValueOrDefault((kind, outcome))).ToArray();
            to.WriteLine($"{kind,-34}{string.Concat(counts.Select(count => $"{count,12}"))}{counts.Sum() / elapsed.TotalSeconds,12:0.0}");
        }

        to.WriteLine($"{"all",-34}{string.Concat(outcomes.Select(outcome => $"{_counts.Where(count => IsOperation(count) && count.Key.Outcome == outcome).Sum(count => count.Value),12}"))}{Total / elapsed.TotalSeconds,12:0.0}");
    }
}
