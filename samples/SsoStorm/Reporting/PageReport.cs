using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SplitSqlite.Plots;

namespace SsoStorm;

/// <summary>The acts as a page with the plots of the benchmarks.</summary>
internal static class PageReport
{
    private const int SplitSqliteAct = 5;
    private const int PlainAct = 4;

    public static void Write(string file, StormResult storm)
    {
        HtmlPage page = new("SsoStorm: one service, five ways to its database");
        Opening(page, storm.Options);
        foreach (string sentence in storm.Verdict.Sentences)
        {
            page.Paragraph(sentence);
        }

        page.Heading("Acts");
        page.Table(["act", "what it does"], storm.Acts.Select(a => new HtmlCell[] { Title(a.Act), a.Act.Story }), allText: true);
        foreach (ActResult failed in storm.Acts.Where(a => a.Figures is null))
        {
            page.Paragraph($"{Title(failed.Act)} could not be run: {failed.Failure}");
        }

        List<ActResult> acts = [.. storm.Acts.Where(a => a.Figures is not null)];
        if (acts.Count > 0)
        {
            Figures(page, storm, acts);
        }

        page.Save(file);
    }

    private static void Opening(HtmlPage page, Options options)
    {
        using SqliteConnection sqlite = new("Data Source=:memory:");
        sqlite.Open();
        string loop = options.Rate is { } rate ? $"{Format.Rate(rate)} logins due each second (open loop)" : "closed loop";
        page.Paragraph(
            $"{DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC. {Format.Plural(options.Workers, "worker")}, {Format.Seconds(options.Seconds)} an act, {loop}; "
                + $"SQLite {sqlite.ServerVersion}, synchronous=FULL; {Format.Plural(Environment.ProcessorCount, "core")}; {RuntimeInformation.FrameworkDescription}; {RuntimeInformation.OSDescription}.",
            "muted");
        page.Paragraph(
            "A login reads three times, then selects, inserts and updates in one transaction. Each act runs in a process of its own, which is killed at the bound; "
            + "then what was acknowledged is held against what is in the file. A login that had not ended counts with the time it had waited, as ≥.");
    }

    private static void Figures(HtmlPage page, StormResult storm, List<ActResult> acts)
    {
        page.Heading("Logins");
        page.Legend(acts.Select(a => (Title(a.Act), Color(a.Act))));
        page.Plots(
            Bars("Logins each second (log)", acts, f => f.LoginsPerSecond, FigureText.Count, isLogarithmic: true),
            Bars("Logins that failed", acts, f => f.ErrorCount, FigureText.Count, isLogarithmic: false),
            Percentiles("Latency of a login (log)", acts, f => f.Logins),
            Percentiles("Latency of a read (log)", acts, f => f.Reads));
        page.Subheading("Logins");
        page.Table(
            ["act", "logins/s", "errors", "in flight at the bound", "p50", "p99", "p99.9", "slowest", "acknowledged", "found in the file", "integrity_check"],
            acts.Select(Row));
        page.Subheading("Reads before the transaction");
        page.Table(
            ["act", "reads/s", "p50", "p99", "p99.9", "slowest"],
            acts.Select(ReadsRow));
        page.Subheading("A lone small write and its fsync on the same disk, while no act runs");
        page.Table(
            ["", "p50", "p99", "p99.9", "slowest"],
            [["before", .. Latencies(storm.FsyncBefore)], ["after", .. Latencies(storm.FsyncAfter)]]);
        List<HtmlCell[]> errors =
        [
            .. from act in acts
               from error in act.Figures!.Errors
               orderby act.Act.Number, error.Value descending
               select new HtmlCell[] { Title(act.Act), error.Key, Format.Count(error.Value) },
        ];
        if (errors.Count > 0)
        {
            page.Subheading("Errors");
            page.Table(["act", "what its users were told", "logins"], errors);
        }
    }

    private static HtmlCell[] Row(ActResult result)
    {
        ActFigures figures = result.Figures!;
        FileCheck file = result.File!;
        return
        [
            Title(result.Act),
            Format.Rate(figures.LoginsPerSecond),
            new HtmlCell(Format.Count(figures.ErrorCount), figures.ErrorCount > 0 ? "bad" : null),
            Format.Count(figures.Logins.InFlight),
            .. Latencies(figures.Logins),
            Format.Count(file.Acknowledged),
            new HtmlCell(Format.Count(file.Found), file.Found < file.Acknowledged ? "bad" : null),
            new HtmlCell(file.Integrity, file.Integrity == "ok" ? null : "bad"),
        ];
    }

    private static HtmlCell[] ReadsRow(ActResult result)
    {
        ActFigures figures = result.Figures!;
        return [Title(result.Act), Format.Rate((figures.Reads.Count - figures.Reads.InFlight) / figures.Seconds), .. Latencies(figures.Reads)];
    }

    private static HtmlCell[] Latencies(LatencySummary summary) =>
        [Format.Time(summary.P50), Format.Time(summary.P99), Format.Time(summary.P999), Format.Time(summary.Slowest)];

    private static string Bars(string title, List<ActResult> acts, Func<ActFigures, double> figure, Func<double, string> text, bool isLogarithmic) => new BarPlot
    {
        Title = title,
        Text = text,
        IsLogarithmic = isLogarithmic,
        Groups = [.. acts.Select(a => new PlotBarGroup(Title(a.Act), [new PlotBar(Title(a.Act), Color(a.Act), figure(a.Figures!))]))],
    }.ToSvg();

    private static string Percentiles(string title, List<ActResult> acts, Func<ActFigures, LatencySummary> summary)
    {
        string[] names = ["p50", "p99", "p99.9", "slowest"];
        return new LinePlot
        {
            Title = title,
            XTitle = "percentile",
            XText = value => names[(int)value],
            YText = FigureText.Time,
            IsYLogarithmic = true,
            XTicks = [0, 1, 2, 3],
            Series =
            [
                .. from act in acts
                   let figures = summary(act.Figures!)
                   let values = new[] { figures.P50, figures.P99, figures.P999, figures.Slowest }
                   select new PlotSeries(Title(act.Act), Color(act.Act), [.. values.Select((value, i) => new PlotPoint(i, value.Microseconds))]),
            ],
        }.ToSvg();
    }

    private static string Title(Act act) => $"{act.Number} {act.Title}";

    // The colours that the two providers have on the benchmarks' page too; the others are left for the acts before.
    private static int Color(Act act) => act.Number switch
    {
        SplitSqliteAct => 0,
        PlainAct => 1,
        _ => act.Number + 1,
    };
}
