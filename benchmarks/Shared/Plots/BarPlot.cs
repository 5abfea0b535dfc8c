namespace SplitSqlite.Plots;

/// <summary>One bar: the median, and the lowest and highest of the runs it is the median of.</summary>
/// <param name="Name">Whose bar it is.</param>
/// <param name="Color">Number of a colour of <see cref="HtmlPage"/>.</param>
internal sealed record PlotBar(string Name, int Color, double Value, double Low, double High)
{
    public PlotBar(string name, int color, double value)
        : this(name, color, value, value, value)
    {
    }
}

/// <summary>Bars that are compared with each other.</summary>
internal sealed record PlotBarGroup(string Name, IReadOnlyList<PlotBar> Bars);

/// <summary>Lying bars in groups, each with its value beside it.</summary>
internal sealed record BarPlot
{
    private const double Width = 560;
    private const double Right = 74;
    private const double Top = 30;
    private const double Bottom = 30;
    private const double BarHeight = 13;
    private const double GroupGap = 10;
    private const double LetterWidth = 5.9;

    public required string Title { get; init; }

    public required Func<double, string> Text { get; init; }

    public required IReadOnlyList<PlotBarGroup> Groups { get; init; }

    public bool IsLogarithmic { get; init; }

    /// <summary>A value all groups are held against, drawn as an upright line.</summary>
    public (double Value, string Name)? Reference { get; init; }

    public string ToSvg()
    {
        var left = 20 + (Groups.Max(group => group.Name.Length) * LetterWidth);
        var height = Top + Bottom + Groups.Sum(group => (group.Bars.Count * BarHeight) + GroupGap);
        var svg = new Svg(Width, height, Title);

        // One run gone wrong must not press all bars to the edge: its range is cut off, and told by the tooltip.
        var bars = Groups.SelectMany(group => group.Bars);
        var most = 2 * bars.Select(bar => bar.Value).DefaultIfEmpty(0).Max();
        var values = bars.SelectMany(bar => new[] { Math.Min(bar.Low, most), Math.Min(bar.High, most) }).Append(Reference?.Value ?? 0);

        // A bar of a logarithmic plot has to begin below its value, or it would not be seen.
        var scale = IsLogarithmic ? Scale.Logarithmic(values.SelectMany(value => new[] { value, value / 2 })) : Scale.Linear(values);
        double At(double value) => left + (scale.At(value) * (Width - left - Right));

        svg.Text(8, 16, Title, "title");
        foreach (var tick in scale.Ticks)
        {
            svg.Line(At(tick), Top, At(tick), height - Bottom, "grid");
            svg.Text(At(tick), height - Bottom + 16, Text(tick), "tick", "middle");
        }

        var top = Top + (GroupGap / 2);
        foreach (var group in Groups)
        {
            svg.Text(left - 8, top + (group.Bars.Count * BarHeight / 2) + 4, group.Name, "name", "end");
            foreach (var bar in group.Bars)
            {
                var spread = bar.High > bar.Low ? $" ({Text(bar.Low)} to {Text(bar.High)})" : "";
                svg.Box(left, top + 1, Math.Max(bar.Value > 0 ? 1 : 0, At(bar.Value) - left), BarHeight - 2, $"bar c{bar.Color}", $"{bar.Name}, {group.Name}: {Text(bar.Value)}{spread}");
                svg.Line(At(bar.Low), top + (BarHeight / 2), At(bar.High), top + (BarHeight / 2), "range");
                svg.Text(Math.Max(At(bar.Value), At(bar.High)) + 5, top + (BarHeight / 2) + 4, Text(bar.Value), "tick");
                top += BarHeight;
            }

            top += GroupGap;
        }

        svg.Line(left, Top, left, height - Bottom, "axis");
        if (Reference is { } reference)
        {
            svg.Line(At(reference.Value), Top - 4, At(reference.Value), height - Bottom, "goal");
            svg.Text(At(reference.Value), Top - 7, reference.Name, "tick", "middle");
        }

        return svg.ToString();
    }
}
