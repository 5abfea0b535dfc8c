namespace SsoStorm;

/// <summary>A latency; <paramref name="IsAtLeast"/> if it is that of a request which had not ended yet.</summary>
internal readonly record struct Latency(long Microseconds, bool IsAtLeast);

/// <summary>What is told of many requests, whether they succeeded, failed or had not ended.</summary>
internal sealed record LatencySummary
{
    public required long Count { get; init; }

    public required long OverOneSecond { get; init; }

    public required int InFlight { get; init; }

    public required long OldestInFlight { get; init; }

    public required Latency P50 { get; init; }

    public required Latency P99 { get; init; }

    public required Latency P999 { get; init; }

    public required Latency Slowest { get; init; }
}
