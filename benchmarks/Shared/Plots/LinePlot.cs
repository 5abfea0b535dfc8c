namespace SplitSqlite.Plots;

/// <summary>A measured value: the median at <paramref name="X"/>, and the lowest and highest of the runs it is the median of.</summary>
internal sealed record PlotPoint(double X, double Y, double Low, double High)
{
    public PlotPoint(double x, double y)
        : this(x, y, y, y)
    {
    }
}

/// <summary>Points that belong together.</summary>
/// <param name="Name">What the line is called at its right end.</param>
/// <param name="Color">Number of a colour of <see cref="HtmlPage"/>.</param>
/// <param name="IsDashed">For the second figure of the same side.</param>
internal sealed record PlotSeries(string Name, int Color, IReadOnlyList<PlotPoint> Points, bool IsDashed = false);

/// <summary>Lines over one axis, each named at its right end, with the spread of the runs as a bar.</summary>
internal sealed record LinePlot
{
    private const double Width = 560;
    private const double Height = 310;
    private const double Left = 62;
    private const double Top = 34;
    private const double Bottom = 44;
    private const double NameHeight = 13;
    private const double Inset = 12;
    private const double LetterWidth = 5.9;

    public required string Title { get; init; }

    public required string XTitle { get; init; }

    public required Func<double, string> XText { get; init; }

    public required Func<double, string> YText { get; init; }

    public required IReadOnlyList<PlotSeries> Series { get; init; }

    public bool IsXLogarithmic { get; init; }

    public bool IsYLogarithmic { get; init; }

    /// <summary>The values along the lower axis; null: round numbers.</summary>
    public IReadOnlyList<double>? XTicks { get; init; }

    /// <summary>Times or counts at which something happened, drawn as upright lines with a name.</summary>
    public IReadOnlyList<(double X, string Name)> Marks { get; init; } = [];

    /// <summary>A level that is wanted, drawn across.</summary>
    public (double Y, string Name)? Goal { get; init; }

    /// <summary>Whether each point is drawn; a curve of many points is better without.</summary>
    public bool HasPoints { get; init; } = true;

    private double Right => 34 + (Series.Max(series => series.Name.Length) * LetterWidth);

    public string ToSvg()
    {
        var svg = new Svg(Width, Height, Title);
        var x = XTicks is null ? Fit(IsXLogarithmic, Series.SelectMany(series => series.Points).Select(point => point.X)) : Scale.Given(IsXLogarithmic, XTicks);
        var y = Fit(IsYLogarithmic, Series.SelectMany(series => series.Points).SelectMany(point => new[] { point.Low, point.High }).Append(Goal?.Y ?? 0));
        double AtX(double value) => Left + Inset + (x.At(value) * (Width - Left - Right - Inset));
        double AtY(double value) => Height - Bottom - (y.At(value) * (Height - Top - Bottom));

        svg.Text(Left - 54, 16, Title, "title");
        foreach (var tick in y.Ticks)
        {
            svg.Line(Left, AtY(tick), Width - Right, AtY(tick), "grid");
            svg.Text(Left - 7, AtY(tick) + 4, YText(tick), "tick", "end");
        }

        foreach (var tick in x.Ticks)
        {
            svg.Line(AtX(tick), Height - Bottom, AtX(tick), Height - Bottom + 4, "axis");
            svg.Text(AtX(tick), Height - Bottom + 17, XText(tick), "tick", "middle");
        }

        svg.Line(Left, Height - Bottom, Width - Right, Height - Bottom, "axis");
        svg.Text((Left + Width - Right) / 2, Height - 8, XTitle, "tick", "middle");
        foreach (var (at, name) in Marks)
        {
            svg.Line(AtX(at), Top, AtX(at), Height - Bottom, "mark");
            svg.Text(AtX(at) + 4, Top + 8, name, "tick");
        }

        if (Goal is { } goal)
        {
            svg.Line(Left, AtY(goal.Y), Width - Right, AtY(goal.Y), "goal");
            svg.Text(Left + 4, AtY(goal.Y) - 4, goal.Name, "tick");
        }

        foreach (var series in Series.Where(series => series.Points.Count > 0))
        {
            Draw(svg, series, AtX, AtY);
        }

        DrawNames(svg, AtX, AtY);
        return svg.ToString();
    }

    private static Scale Fit(bool isLogarithmic, IEnumerable<double> values) => isLogarithmic ? Scale.Logarithmic(values) : Scale.Linear(values);

    private void Draw(Svg svg, PlotSeries series, Func<double, double> atX, Func<double, double> atY)
    {
        var color = $"c{series.Color}";
        svg.Path(series.Points.Select(point => (atX(point.X), atY(point.Y))), $"line {color}" + (series.IsDashed ? " dashed" : ""));
        if (!HasPoints)
        {
            return;
        }

        foreach (var point in series.Points)
        {
            var spread = point.High > point.Low ? $" ({YText(point.Low)} to {YText(point.High)})" : "";
            svg.Line(atX(point.X), atY(point.Low), atX(point.X), atY(point.High), $"spread {color}");
            svg.Circle(atX(point.X), atY(point.Y), 3.2, $"dot {color}", $"{series.Name}, {XText(point.X)}: {YText(point.Y)}{spread}");
        }
    }

    // Each name at the height of its line's end, moved apart where they would meet.
    private void DrawNames(Svg svg, Func<double, double> atX, Func<double, double> atY)
    {
        PlotSeries[] named = [.. Series.Where(series => series.Points.Count > 0).OrderBy(series => atY(series.Points[^1].Y))];
        double[] places = [.. named.Select(series => atY(series.Points[^1].Y))];
        for (var i = 1; i < places.Length; i++)
        {
            places[i] = Math.Max(places[i], places[i - 1] + NameHeight);
        }

        var tooLow = places.Length > 0 ? places[^1] - (Height - Bottom) : 0;
        for (var i = places.Length - 1; i >= 0 && tooLow > 0; i--)
        {
            places[i] = Math.Min(places[i], Height - Bottom - ((places.Length - 1 - i) * NameHeight));
        }

        for (var i = 0; i < named.Length; i++)
        {
            var end = atX(named[i].Points[^1].X);
            var begin = Width - Right + 6;
            svg.Line(end + 4, atY(named[i].Points[^1].Y), begin + 4, places[i], "leader");
            svg.Line(begin + 4, places[i], begin + 14, places[i], $"line c{named[i].Color}" + (named[i].IsDashed ? " dashed" : ""));
            svg.Text(begin + 18, places[i] + 4, named[i].Name, "name");
        }
    }
}
