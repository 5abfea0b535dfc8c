namespace SsoStorm;

/// <summary>The figures of one act, while it runs or after its end.</summary>
internal sealed record ActFigures
{
    public required double Seconds { get; init; }

    public required long Acknowledged { get; init; }

    public required LatencySummary Logins { get; init; }

    public required LatencySummary Reads { get; init; }

    /// <summary>Logins whose user was told of an error, by kind.</summary>
    public required IReadOnlyDictionary<string, int> Errors { get; init; }

    /// <summary>Attempts that failed and were tried again, by kind.</summary>
    public required IReadOnlyDictionary<string, int> Retries { get; init; }

    /// <summary>Open loop: logins that were due and that no worker had taken up. They count as in flight.</summary>
    public required int Waiting { get; init; }

    public int ErrorCount => Errors.Values.Sum();

    public double LoginsPerSecond => Seconds > 0 ? Acknowledged / Seconds : 0;
}
