using SplitSqlite.Benchmarks.Sides;
using SplitSqlite.Plots;

namespace SplitSqlite.Benchmarks.Reporting;

/// <summary>What one thread's work costs on each side.</summary>
internal sealed class SingleThreadSection(HtmlPage page, BenchResults results)
{
    public void Write()
    {
        if (results.Single.Count == 0)
        {
            return;
        }

        page.Heading("One thread", "single");
        page.Paragraph(
            "BenchmarkDotNet, in rounds. Time and allocations of SplitSqlite and of SQLite's own API, as parts of Microsoft.Data.Sqlite's in the same round. EF Core and Dapper make a new command for each call; "
            + "statements that are kept prepared are what they gain from.");
        page.Legend([(Side.Split.Name, Side.Split.Color), (Side.Raw.Name, Side.Raw.Color)]);
        page.Plots(Relative("Time, Microsoft.Data.Sqlite = 1", cell => cell.Microseconds), Relative("Allocated bytes, Microsoft.Data.Sqlite = 1", cell => cell.Bytes));
        page.Table(
            ["work", "Microsoft.Data.Sqlite", "SplitSqlite", "ratio", "SQLite's API", "bytes, plain", "bytes, split", "ratio"],
            results.Single.Select(cell => cell.Work).Distinct().Select(Row));
    }

    private string Relative(string title, Func<SingleCell, IReadOnlyList<double>> values)
    {
        var groups = from work in results.Single.Select(cell => cell.Work).Distinct()
                     let plain = results.FindSingle(work, Side.Plain)
                     where plain is not null
                     select new PlotBarGroup(plain.Title, [.. Bars(work, values(plain), values)]);
        return new BarPlot { Title = title, Text = FigureText.Short, Groups = [.. groups], Reference = (1, "") }.ToSvg();
    }

    private IEnumerable<PlotBar> Bars(string work, IReadOnlyList<double> plain, Func<SingleCell, IReadOnlyList<double>> values)
        => from side in new[] { Side.Split, Side.Raw }
           let cell = results.FindSingle(work, side)
           where cell is not null
           let ratio = Spread.OfRatios(values(cell), plain)
           select new PlotBar(side.Name, side.Color, ratio.Median, ratio.Low, ratio.High);

    private IReadOnlyList<HtmlCell> Row(string work)
    {
        var plain = results.FindSingle(work, Side.Plain);
        var split = results.FindSingle(work, Side.Split);
        var raw = results.FindSingle(work, Side.Raw);
        return
        [
            (plain ?? split)!.Title,
            Time(plain),
            Time(split),
            Ratio(split, plain, cell => cell.Microseconds),
            new(Time(raw), "muted"),
            Bytes(plain),
            Bytes(split),
            Ratio(split, plain, cell => cell.Bytes),
        ];
    }

    private static string Time(SingleCell? cell) => cell is null ? "–" : FigureText.Time(Spread.Of(cell.Microseconds).Median);

    private static string Bytes(SingleCell? cell) => cell is null ? "–" : FigureText.Bytes(Spread.Of(cell.Bytes).Median);

    private static string Ratio(SingleCell? dividend, SingleCell? divisor, Func<SingleCell, IReadOnlyList<double>> values)
        => dividend is null || divisor is null ? "–" : Spread.OfRatios(values(dividend), values(divisor)).Text(FigureText.Ratio);
}
