using HdrHistogram;

namespace SplitSqlite.Benchmarks.Load;

/// <summary>One caller's latencies. Callers do not share one, so that recording costs them no waiting.</summary>
internal sealed class LatencyRecorder
{
    private const long HighestNanoseconds = 1_000_000_000_000;
    private const int Digits = 2;

    private readonly LongHistogram _histogram = new(HighestNanoseconds, Digits);

    public void Record(TimeSpan latency) => _histogram.RecordValue(Math.Clamp((long)latency.TotalNanoseconds, 0, HighestNanoseconds));

    public static Latencies Summarize(IEnumerable<LatencyRecorder> recorders)
    {
        var all = new LongHistogram(HighestNanoseconds, Digits);
        foreach (var recorder in recorders)
        {
            all.Add(recorder._histogram);
        }

        double At(double percent) => all.TotalCount == 0 ? 0 : all.GetValueAtPercentile(percent) / 1e3;
        return new Latencies(At(50), At(90), At(99), At(99.9), At(100));
    }
}
