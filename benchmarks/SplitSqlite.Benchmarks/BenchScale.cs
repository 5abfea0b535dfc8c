using SplitSqlite.Benchmarks.Sides;

namespace SplitSqlite.Benchmarks;

/// <summary>How much is measured, and for how long.</summary>
internal sealed record BenchScale
{
    public required string Name { get; init; }

    /// <summary>How often each single-thread work is measured on each side; the median counts.</summary>
    public required int SingleRounds { get; init; }

    public required int IterationMilliseconds { get; init; }

    public required int Iterations { get; init; }

    /// <summary>How often each load runs on each side; the median counts.</summary>
    public required int Repetitions { get; init; }

    /// <summary>A run whose rate is what matters.</summary>
    public required TimeSpan Run { get; init; }

    /// <summary>A run whose slowest is what matters.</summary>
    public required TimeSpan Tail { get; init; }

    /// <summary>The run of 32 writers.</summary>
    public required TimeSpan Writers { get; init; }

    public required TimeSpan AtRate { get; init; }

    public required TimeSpan Wal { get; init; }

    public required int WalRepetitions { get; init; }

    public required IReadOnlyList<int> Callers { get; init; }

    public required IReadOnlyList<int> CallersNormal { get; init; }

    public required IReadOnlyList<int> Rates { get; init; }

    public required IReadOnlyList<Synchronous> ReadsWith { get; init; }

    public static BenchScale Short { get; } = new()
    {
        Name = "short",
        SingleRounds = 5,
        IterationMilliseconds = 30,
        Iterations = 3,
        Repetitions = 5,
        Run = TimeSpan.FromSeconds(0.35),
        Tail = TimeSpan.FromSeconds(1),
        Writers = TimeSpan.FromSeconds(2),
        AtRate = TimeSpan.FromSeconds(0.7),
        Wal = TimeSpan.FromSeconds(4),
        WalRepetitions = 1,
        Callers = [1, 8, 64, 512],
        CallersNormal = [64],
        Rates = [250, 1000],
        ReadsWith = [Synchronous.Full],
    };

    public static BenchScale Long { get; } = new()
    {
        Name = "long",
        SingleRounds = 9,
        IterationMilliseconds = 200,
        Iterations = 7,
        Repetitions = 5,
        Run = TimeSpan.FromSeconds(3),
        Tail = TimeSpan.FromSeconds(10),
        Writers = TimeSpan.FromSeconds(15),
        AtRate = TimeSpan.FromSeconds(8),
        Wal = TimeSpan.FromSeconds(20),
        WalRepetitions = 3,
        Callers = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
        CallersNormal = [1, 8, 64, 512],
        Rates = [250, 500, 1000, 1500, 2000, 3000],
        ReadsWith = [Synchronous.Full, Synchronous.Normal],
    };
}
