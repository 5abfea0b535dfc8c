using System.Collections.Concurrent;

namespace SsoService.Tests.Infrastructure;

/// <summary>One answer, as the client got it.</summary>
public sealed record LedgerEntry(string RequestId, string Method, string Path, int Status, string? Problem, TimeSpan Took);

/// <summary>All that was asked and answered, over all tests.</summary>
public sealed class Ledger
{
    private readonly ConcurrentQueue<LedgerEntry> _entries = new();

    public IReadOnlyCollection<LedgerEntry> Entries => _entries;

    public void Add(LedgerEntry entry) => _entries.Enqueue(entry);
}
