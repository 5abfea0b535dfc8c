namespace SplitSqlite.Benchmarks.Reporting;

/// <summary>The median of some runs, the lowest and the highest of them.</summary>
internal readonly record struct Spread(double Median, double Low, double High, int Count)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0
            ? default
            : new Spread((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1], sorted.Length);
    }

    /// <summary>Ratios taken run by run: what was measured in the same minute is compared.</summary>
    public static Spread OfRatios(IEnumerable<double> dividends, IEnumerable<double> divisors)
        => Of(dividends.Zip(divisors).Where(pair => pair.Second > 0).Select(pair => pair.First / pair.Second));

    public string Text(Func<double, string> format)
        => Count == 0 ? "–" : Count == 1 || format(Low) == format(High) ? format(Median) : $"{format(Median)} ({Range(format(Low), format(High))})";

    // A unit that both have is told once.
    private static string Range(string low, string high)
    {
        var space = low.LastIndexOf(' ');
        return space > 0 && high.EndsWith(low[space..], StringComparison.Ordinal) ? $"{low[..space]} to {high}" : $"{low} to {high}";
    }
}
