using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Scenarios;
using SplitSqlite.Benchmarks.Sides;
using SplitSqlite.Plots;

namespace SplitSqlite.Benchmarks.Reporting;

/// <summary>A scenario's plots and its table.</summary>
internal sealed class ScenarioSection(HtmlPage page, BenchResults results, Scenario scenario)
{
    private readonly LoadCell[] _cells = [.. results.Load.Where(cell => cell.Scenario == scenario.Key)];

    public void Write()
    {
        page.Heading(scenario.Title, scenario.Key);
        page.Paragraph(scenario.About);
        page.Legend(Side.All.Where(side => _cells.Any(cell => cell.Side == side.Key)).Select(side => (side == Side.Plain ? $"plain: {side.Name}" : side.Name, side.Color)));
        page.Plots(Plots());
        page.Table(
            ["load", "sync", "side", $"{scenario.Operations}/s", "p50", "p99", "p99.9", "slowest (worst run)", "errors", .. HasUnfinished() ? ["unfinished"] : Array.Empty<string>(), "rate / plain", .. ExtraNames()],
            _cells.OrderByDescending(cell => cell.Synchronous).ThenBy(cell => cell.X).GroupBy(cell => (cell.Setting, cell.Synchronous)).SelectMany(setting => setting.Select((cell, i) => Row(cell, isFirst: i == 0))));
        var kinds = ErrorKinds().ToArray();
        if (kinds.Length > 0)
        {
            page.Table(["errors by kind", "side", "count"], kinds.Select(kind => new HtmlCell[] { kind.Kind, kind.Side.Name, FigureText.Count(kind.Count) }));
        }
    }

    private IEnumerable<string> Plots() => scenario.Key switch
    {
        LeakedReader.Name => [WalOverTime()],
        OpenSessions.Name => [CostOfSessions(), PhysicalConnections()],
        ReadsBesideAWriter.Name => Synchronicities().SelectMany(synchronous => new[] { Bars("Reads each second", synchronous, figures => figures.PerSecond, FigureText.Count), Percentiles(synchronous, 1) }),
        _ => [.. Synchronicities().SelectMany(Curves), .. Synchronicities().SelectMany(Levels)],
    };

    private IEnumerable<string> Curves(Synchronous synchronous)
    {
        LoadCell[] cells = [.. _cells.Where(cell => cell.Synchronous == synchronous)];
        double[] places = [.. cells.Select(cell => cell.X).Distinct().Order()];
        if (places.Length > 2)
        {
            yield return Lines(
                $"{Capital(scenario.Operations)} each second (log), {Name(synchronous)}", cells, places, FigureText.Count, (_, name) => name, [(figures => figures.PerSecond, "", false)], isLogarithmic: true);
            yield return Lines(
                $"Latency (log), {Name(synchronous)}: p50 dashed, p99 solid", [.. cells.Where(cell => cell.Side != Side.Raw.Key)], places, FigureText.Time, (figure, name) => $"{name} {figure}",
                [(figures => figures.Latencies.P50, "p50", true), (figures => figures.Latencies.P99, "p99", false)], isLogarithmic: true);
        }

        foreach (var place in places.Where(place => place is 32 or 64 || (scenario.Key == LoginsAtRate.Name && place == places[^1])))
        {
            yield return Percentiles(synchronous, place);
        }
    }

    private IEnumerable<string> Levels(Synchronous synchronous)
    {
        LoadCell[] cells = [.. _cells.Where(cell => cell.Synchronous == synchronous)];
        if (cells.Select(cell => cell.X).Distinct().Count() <= 2)
        {
            yield return Bars($"{Capital(scenario.Operations)} each second, {Name(synchronous)}", synchronous, figures => figures.PerSecond, FigureText.Count);
        }

        if (cells.Any(cell => cell.Runs.Any(run => run.ErrorCount > 0)))
        {
            yield return Bars($"Errors each second, {Name(synchronous)}", synchronous, figures => figures.ErrorCount / figures.Seconds, FigureText.Count);
        }
    }

    private string Lines(
        string title,
        LoadCell[] cells,
        double[] places,
        Func<double, string> text,
        Func<string, string, string> name,
        (Func<LoadFigures, double> Figure, string Name, bool IsDashed)[] figures,
        bool isLogarithmic) => new LinePlot
        {
            Title = title,
            XTitle = scenario.XTitle,
            XText = value => FigureText.Count(value),
            YText = text,
            IsXLogarithmic = true,
            IsYLogarithmic = isLogarithmic,
            XTicks = places,
            Series =
            [
                .. from side in Side.All
                   from figure in figures
                   let points = cells.Where(cell => cell.Side == side.Key).OrderBy(cell => cell.X).Select(cell => At(cell.X, cell.Of(figure.Figure))).ToArray()
                   where points.Length > 0
                   select new PlotSeries(name(figure.Name, ShortName(side)), side.Color, Across(points, places), figure.IsDashed || points.Length == 1),
            ],
        }.ToSvg();

    // Whoever works alone is a level to hold the others against.
    private static PlotPoint[] Across(PlotPoint[] points, double[] places) => points.Length == 1 ? [points[0], points[0] with { X = places[^1] }] : points;

    // The tail is what users feel: evenly spaced nines, on a logarithmic scale.
    private string Percentiles(Synchronous synchronous, double place)
    {
        string[] names = ["p50", "p90", "p99", "p99.9", "slowest"];
        Func<Latencies, double>[] figures = [l => l.P50, l => l.P90, l => l.P99, l => l.P999, l => l.Max];
        LoadCell[] cells = [.. _cells.Where(cell => cell.Synchronous == synchronous && cell.X == place)];
        return new LinePlot
        {
            Title = $"Latency by percentile (log), {cells[0].Setting}, {Name(synchronous)}",
            XTitle = "percentile of a run",
            XText = value => names[(int)value],
            YText = FigureText.Time,
            IsYLogarithmic = true,
            XTicks = [0, 1, 2, 3, 4],
            Series =
            [
                .. from side in Side.All
                   let cell = Array.Find(cells, cell => cell.Side == side.Key)
                   where cell is not null
                   select new PlotSeries(ShortName(side), side.Color, [.. figures.Select((figure, i) => At(i, cell.Of(run => figure(run.Latencies))))]),
            ],
            Goal = scenario.Key == ThreeInserts.Name && synchronous == Synchronous.Full ? (Goals.SlowestWriterMicroseconds, "goal for the slowest") : null,
        }.ToSvg();
    }

    private string Bars(string title, Synchronous synchronous, Func<LoadFigures, double> figure, Func<double, string> text) => new BarPlot
    {
        Title = title,
        Text = text,
        Groups =
        [
            .. from place in _cells.Where(cell => cell.Synchronous == synchronous).OrderBy(cell => cell.X).GroupBy(cell => cell.Setting)
               select new PlotBarGroup(
                   place.Key,
                   [
                       .. from side in Side.All
                          let cell = place.FirstOrDefault(cell => cell.Side == side.Key)
                          where cell is not null
                          let spread = cell.Of(figure)
                          select new PlotBar(side.Name, side.Color, spread.Median, spread.Low, spread.High),
                   ]),
        ],
    }.ToSvg();

    private string WalOverTime()
    {
        var duration = _cells[0].Runs[0].Seconds;
        return new LinePlot
        {
            Title = "Size of the WAL, one run",
            XTitle = "seconds",
            XText = FigureText.Short,
            YText = mebibytes => FigureText.Short(mebibytes) + " MiB",
            HasPoints = false,
            Marks = [(LeakedReader.Opened * duration, "reader opened"), (LeakedReader.Dropped * duration, "dropped")],
            Series =
            [
                .. from side in Side.Both
                   let cell = Array.Find(_cells, cell => cell.Side == side.Key)
                   where cell is not null
                   select new PlotSeries(ShortName(side), side.Color, [.. cell.Runs[^1].Samples.Select(sample => new PlotPoint(sample.Seconds, sample.Value / 1024 / 1024))]),
            ],
        }.ToSvg();
    }

    private string CostOfSessions() => Lines(
        "Time of an operation", _cells, Places(), FigureText.Time, (_, name) => name, [(figures => 1e6 / figures.PerSecond, "", false)], isLogarithmic: false);

    private string PhysicalConnections() => Lines(
        "Physical connections (log)", _cells, Places(), FigureText.Count, (_, name) => name,
        [(figures => figures.Extra.GetValueOrDefault(OpenSessions.Physical), "", false)], isLogarithmic: true);

    private double[] Places() => [.. _cells.Select(cell => cell.X).Distinct().Order()];

    private IEnumerable<Synchronous> Synchronicities() => _cells.Select(cell => cell.Synchronous).Distinct().OrderDescending();

    private bool HasUnfinished() => _cells.Any(cell => cell.Runs.Any(run => run.NotBegun + run.GivenUp > 0));

    private string[] ExtraNames() => [.. _cells.SelectMany(cell => cell.Runs).SelectMany(run => run.Extra.Keys).Distinct()];

    private IReadOnlyList<HtmlCell> Row(LoadCell cell, bool isFirst)
    {
        var side = Side.All.Single(candidate => candidate.Key == cell.Side);
        var errors = cell.Runs.Sum(run => run.ErrorCount);
        var plain = results.FindLoad(cell.Scenario, cell.X, cell.Synchronous, Side.Plain);
        return
        [
            isFirst ? cell.Setting : "",
            isFirst ? Name(cell.Synchronous) : "",
            ShortName(side),
            cell.Of(figures => figures.PerSecond).Text(FigureText.Count),
            Time(cell, l => l.P50), Time(cell, l => l.P99), Time(cell, l => l.P999),
            Slowest(cell.Of(figures => figures.Latencies.Max)),
            new($"{errors}", errors > 0 ? "bad" : null),
            .. HasUnfinished() ? [new HtmlCell(FigureText.Count(cell.Of(figures => figures.NotBegun + figures.GivenUp).Median))] : Array.Empty<HtmlCell>(),
            plain is null || side == Side.Plain
                ? new HtmlCell("–", "muted")
                : cell.RatioTo(plain, run => run.PerSecond).Text(FigureText.Ratio),
            .. ExtraNames().Select(name => new HtmlCell(cell.Extra(name) is { Count: > 0 } extra ? Format(name)(extra.Median) : "–")),
        ];
    }

    private static string Slowest(Spread slowest) => $"{FigureText.Time(slowest.Median)} ({FigureText.Time(slowest.High)})";

    private static string Time(LoadCell cell, Func<Latencies, double> figure) => FigureText.Time(cell.Of(figures => figure(figures.Latencies)).Median);

    private static Func<double, string> Format(string extra) => extra switch
    {
        OpenSessions.Memory or LeakedReader.Largest or LeakedReader.GrewAtTheEnd => FigureText.Bytes,
        OpenSessions.OpenTime or Logins.ReadP99 => FigureText.Time,
        _ => FigureText.Count,
    };

    private IEnumerable<(string Kind, Side Side, long Count)> ErrorKinds()
        => from cell in _cells
           from run in cell.Runs
           from error in run.Errors
           group error.Value by (error.Key, cell.Side) into counts
           select (counts.Key.Key, Side.All.Single(side => side.Key == counts.Key.Side), counts.Sum());

    private static PlotPoint At(double x, Spread spread) => new(x, spread.Median, spread.Low, spread.High);

    private static string Name(Synchronous synchronous) => synchronous == Synchronous.Full ? "FULL" : "NORMAL";

    private static string ShortName(Side side) => side == Side.Plain ? "plain" : side == Side.Raw ? "SQLite" : side == Side.SplitAlone ? "no groups" : "SplitSqlite";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
