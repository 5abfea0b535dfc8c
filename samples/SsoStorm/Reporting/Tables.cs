using Spectre.Console;

namespace SsoStorm;

/// <summary>The tables, narrow enough for a terminal of 80 columns.</summary>
internal static class Tables
{
    public static Table Logins(IEnumerable<(Act Act, ActFigures? Figures, string? Remark)> rows)
    {
        Table table = New("logins/s", "errors");
        foreach ((Act act, ActFigures? figures, string? remark) in rows)
        {
            if (figures is null)
            {
                table.AddRow([Title(act), .. Enumerable.Repeat("", 6), remark ?? ""]);
                continue;
            }

            string errors = Format.ShortCount(figures.ErrorCount);
            table.AddRow(
            [
                Title(act),
                Format.Rate(figures.LoginsPerSecond),
                figures.ErrorCount > 0 ? $"[red]{errors}[/]" : errors,
                .. Latencies(figures.Logins),
            ]);
        }

        return table;
    }

    public static Table Reads(IEnumerable<ActResult> results)
    {
        Table table = New("reads/s", "");
        foreach (ActResult result in results)
        {
            if (result.Figures is { } figures)
            {
                table.AddRow(
                [
                    Title(result.Act),
                    Format.Rate((figures.Reads.Count - figures.Reads.InFlight) / figures.Seconds),
                    "",
                    .. Latencies(figures.Reads),
                ]);
            }
        }

        return table;
    }

    private static string Title(Act act) => Markup.Escape($"{act.Number} {act.Title}");

    private static string[] Latencies(LatencySummary summary) =>
    [
        summary.OverOneSecond > 0
            ? $"[red]{Format.ShortCount(summary.OverOneSecond)}[/]"
            : "0",
        Format.Time(summary.P50),
        Format.Time(summary.P99),
        Format.Time(summary.P999),
        summary.Slowest.Microseconds > 1_000_000 ? $"[red]{Format.Time(summary.Slowest)}[/]" : Format.Time(summary.Slowest),
    ];

    private static Table New(string rate, string errors)
    {
        Table table = new() { Border = TableBorder.Simple, ShowRowSeparators = false };
        Add("act", width: 18, Justify.Left);
        Add(rate, width: 8);
        Add(errors, width: 6);
        Add("> 1 s", width: 6);
        Add("p50", width: 8);
        Add("p99", width: 8);
        Add("p99.9", width: 8);
        Add("slowest", width: 8);
        return table;

        void Add(string header, int width, Justify justify = Justify.Right) =>
            table.AddColumn(new TableColumn(header)
            {
                Width = width,
                Alignment = justify,
                NoWrap = true,
                Padding = new Padding(0),
            });
    }
}
