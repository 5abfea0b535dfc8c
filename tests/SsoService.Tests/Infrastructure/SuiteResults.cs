using System.Text.Json;

namespace SsoService.Tests.Infrastructure;

/// <summary>What a run of the suite saw, in numbers; <c>SSO_RESULTS</c> names the file.</summary>
/// <param name="Database">Provider and habits.</param>
/// <param name="TimeoutSeconds">How long a command waited for a lock at most.</param>
/// <param name="Seconds">From the first host to the last test.</param>
/// <param name="Requests">Answered, over all tests.</param>
/// <param name="Answers500">Of these, 500s; what the health check says of itself (503) is not among them.</param>
/// <param name="Failures">The exceptions behind them, by kind and endpoint.</param>
/// <param name="MedianMilliseconds">Of all answers.</param>
/// <param name="P99Milliseconds">Of all answers.</param>
/// <param name="SlowestMilliseconds">Of all answers.</param>
internal sealed record SuiteResults(
    string Database,
    int TimeoutSeconds,
    double Seconds,
    int Requests,
    int Answers500,
    IReadOnlyList<SuiteResults.FailureCount> Failures,
    double MedianMilliseconds,
    double P99Milliseconds,
    double SlowestMilliseconds)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static SuiteResults From(SsoHost host, TimeSpan took)
    {
        var entries = host.Ledger.Entries;
        var times = entries.Select(e => e.Took.TotalMilliseconds).Order().ToArray();
        double At(double quantile) => times.Length == 0 ? 0 : Math.Round(times[(int)((times.Length - 1) * quantile)], 1);
        return new SuiteResults(
            host.Database.ServerHabits ? $"{host.Database.Provider}, server habits" : host.Database.Provider.ToString(),
            host.Database.TimeoutSeconds,
            Math.Round(took.TotalSeconds, 1),
            times.Length,
            entries.Count(e => e.Status == 500),
            [.. host.Failures.Failures
                .GroupBy(f => (f.Kind, f.Endpoint))
                .Select(g => new FailureCount(g.Key.Kind, g.Key.Endpoint, g.Count()))
                .OrderByDescending(f => f.Count)],
            At(0.5),
            At(0.99),
            At(1));
    }

    public Task WriteAsync(string path) => File.WriteAllTextAsync(path, JsonSerializer.Serialize(this, Indented) + "\n");

    internal sealed record FailureCount(string Kind, string Endpoint, int Count);
}
