using System.Numerics;

namespace SsoStorm;

/// <summary>
/// Counts of microseconds in buckets no wider than 1/128 of their value (as in HdrHistogram), with the exact maximum:
/// a fixed size for any number of values, and cheap enough to be asked while the storm runs.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Precision = 7;
    private const int LargestShift = 40 - Precision;
    private const long OneSecond = 1_000_000;

    private readonly long[] _counts = new long[((LargestShift + 2) << Precision) + 1];

    public long Count { get; private set; }

    public long OverOneSecond { get; private set; }

    public long Maximum { get; private set; }

    public void Add(long microseconds)
    {
        long value = Math.Max(0, microseconds);
        _counts[BucketOf(value)]++;
        Count++;
        Maximum = Math.Max(Maximum, value);
        if (value > OneSecond)
        {
            OverOneSecond++;
        }
    }

    /// <summary>The figures, with requests that have not ended counted as at least as long as they have lasted.</summary>
    public LatencySummary Summarize(IEnumerable<long> inFlight)
    {
        long[] open = [.. inFlight.Order()];
        return new LatencySummary
        {
            Count = Count + open.Length,
            OverOneSecond = OverOneSecond + open.LongCount(age => age > OneSecond),
            InFlight = open.Length,
            OldestInFlight = open.LastOrDefault(),
            P50 = At(0.50, open),
            P99 = At(0.99, open),
            P999 = At(0.999, open),
            Slowest = At(1, open),
        };
    }

    private Latency At(double part, long[] open)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(part * (Count + open.Length)));
        long seen = 0;
        int next = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
            {
                return new Latency(Math.Min(UpperBoundOf(bucket), Maximum), IsAtLeast: false);
            }

            for (; next < open.Length && BucketOf(open[next]) == bucket; next++)
            {
                if (++seen >= rank)
                {
                    return new Latency(open[next], IsAtLeast: true);
                }
            }
        }

        return default; // nothing was counted
    }

    private static int BucketOf(long value)
    {
        int shift = Math.Clamp(BitOperations.Log2((ulong)value | 1) - Precision, 0, LargestShift);
        return (int)Math.Min((shift << Precision) + (value >> shift), ((LargestShift + 2) << Precision) - 1);
    }

    private static long UpperBoundOf(int bucket)
    {
        int shift = Math.Max(0, (bucket >> Precision) - 1);
        long mantissa = bucket - ((long)shift << Precision);
        return ((mantissa + 1) << shift) - 1;
    }
}
