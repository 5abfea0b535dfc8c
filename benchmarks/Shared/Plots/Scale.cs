namespace SplitSqlite.Plots;

/// <summary>Maps values to a place between 0 and 1 along an axis, linearly or by their logarithm, with round numbers as ticks.</summary>
internal sealed class Scale
{
    private readonly bool _isLogarithmic;
    private readonly double _least;
    private readonly double _most;

    private Scale(bool isLogarithmic, double least, double most, IReadOnlyList<double> ticks)
    {
        _isLogarithmic = isLogarithmic;
        _least = least;
        _most = most;
        Ticks = [.. ticks.Where(tick => tick >= least * (1 - 1e-9) && tick <= most * (1 + 1e-9))];
    }

    /// <summary>The values to be labelled.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>, whose ends are those of <paramref name="ticks"/>.</summary>
    public static Scale Given(bool isLogarithmic, IReadOnlyList<double> ticks)
        => new(isLogarithmic, ticks[0], ticks[^1], ticks);

    /// <summary>From 0 to a round number not below any value.</summary>
    public static Scale Linear(IEnumerable<double> values)
    {
        var most = values.DefaultIfEmpty(1).Max();
        most = most > 0 ? most : 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        var step = new[] { 0.2, 0.25, 0.5, 1, 2 }.Select(factor => factor * power).First(candidate => most / candidate <= 5.001);
        var count = (int)Math.Ceiling((most / step) - 1e-9);
        return Given(false, [.. Enumerable.Range(0, count + 1).Select(i => i * step)]);
    }

    /// <summary>Between round numbers around the values that are above 0; the others sit at the lower end.</summary>
    public static Scale Logarithmic(IEnumerable<double> values)
    {
        double[] positive = [.. values.Where(value => value > 0).DefaultIfEmpty(1)];
        var (least, most) = (positive.Min(), positive.Max());
        var decades = Math.Log10(most / least);
        double[] factors = decades <= 2.5 ? [1, 2, 5] : [1];
        double[] candidates = [.. from power in Enumerable.Range(-6, 20) from factor in factors select factor * Math.Pow(10, power)];
        var low = candidates.Last(candidate => candidate <= least * (1 + 1e-9));
        var high = candidates.First(candidate => candidate >= most * (1 - 1e-9) && candidate > low);
        return Given(true, [.. candidates.Where(candidate => candidate >= low && candidate <= high)]);
    }

    /// <summary>Where a value is: 0 at the lower end, 1 at the upper; values beyond an end sit at it.</summary>
    public double At(double value)
    {
        var place = _isLogarithmic
            ? value <= 0 ? 0 : Math.Log(value / _least) / Math.Log(_most / _least)
            : (value - _least) / (_most - _least);
        return Math.Clamp(place, 0, 1);
    }
}
