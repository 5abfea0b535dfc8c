#:property PublishAot=false

// What compare.sh has measured, as one picture: dotnet run --file picture.cs -- RESULTS PICTURE.svg
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

var (results, target) = (args[0], args[1]);
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var runs = new[]
{
    Run.Read(results, "splitsqlite", "UseSplitSqlite", "one writer, pooled readers"),
    Run.Read(results, "sqlite", "UseSqlite, as EF Core sets it up", "WAL, immediate transactions, a pool"),
    Run.Read(results, "sqlite-server-habits", "UseSqlite, with server habits", "rollback journal, deferred transactions, a pool"),
};

File.WriteAllText(target, Picture.Draw(runs));
Console.WriteLine(target);

/// <summary>One run of the suite: what the suite counted itself, and how its tests ended.</summary>
internal sealed record Run(
    string Title, string Subtitle, int Passed, int Failed, int Timeout, double Seconds, int Requests, int Errors,
    IReadOnlyList<(string Kind, int Count)> Kinds, double Median, double P99, double Slowest)
{
    public int Tests => Passed + Failed;

    public static Run Read(string folder, string name, string title, string subtitle)
    {
        using var counts = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, $"{name}.json")));
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, $"{name}.ctrf.json")));
        var summary = report.RootElement.GetProperty("results").GetProperty("summary");
        var own = counts.RootElement;
        return new Run(
            title,
            subtitle,
            summary.GetProperty("passed").GetInt32(),
            summary.GetProperty("failed").GetInt32(),
            own.GetProperty("timeoutSeconds").GetInt32(),
            own.GetProperty("seconds").GetDouble(),
            own.GetProperty("requests").GetInt32(),
            own.GetProperty("answers500").GetInt32(),
            [.. own.GetProperty("failures").EnumerateArray()
                .GroupBy(f => f.GetProperty("kind").GetString()!, f => f.GetProperty("count").GetInt32())
                .Select(g => (g.Key, g.Sum()))
                .OrderByDescending(g => g.Item2)],
            own.GetProperty("medianMilliseconds").GetDouble(),
            own.GetProperty("p99Milliseconds").GetDouble(),
            own.GetProperty("slowestMilliseconds").GetDouble());
    }
}

internal static class Picture
{
    private const string Fonts = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif";
    private const int Width = 1000;
    private const int Left = 28;
    private const int RowHeight = 118;
    private const int Top = 96;
    private const int BarLeft = 350;
    private const int BarWidth = 390;

    public static string Draw(IReadOnlyList<Run> runs)
    {
        var height = Top + (runs.Count * RowHeight) + 40;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" role="img" font-family="{Fonts}">""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""  <rect width="{Width}" height="{height}" fill="#ffffff"/>""");
        Text(svg, Left, 40, 22, "#111827", $"One service, one suite of {runs[0].Tests} tests, eight workers, one database file", weight: 600);
        Text(svg, Left, 66, 14, "#4b5563",
            $"The same code and tests; only the provider and the set-up change. A command waits {runs[0].Timeout} s for a lock, synchronous=FULL.");

        for (var i = 0; i < runs.Count; i++)
        {
            Row(svg, runs[i], Top + (i * RowHeight));
        }

        Text(svg, Left, height - 16, 12, "#6b7280", "Made by tests/SsoService.Tests/compare.sh. Times depend on the machine and on what else it does; failures are the point.");
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void Row(StringBuilder svg, Run run, int y)
    {
        svg.AppendLine(CultureInfo.InvariantCulture, $"""  <line x1="{Left}" y1="{y}" x2="{Width - Left}" y2="{y}" stroke="#e5e7eb"/>""");
        Text(svg, Left, y + 36, 16, "#111827", run.Title, weight: 600);
        Text(svg, Left, y + 58, 13, "#4b5563", run.Subtitle);

        var passed = run.Tests == 0 ? 0 : (int)Math.Round((double)BarWidth * run.Passed / run.Tests);
        if (run.Failed > 0)
        {
            passed = Math.Min(passed, BarWidth - 4);
        }

        svg.AppendLine(CultureInfo.InvariantCulture, $"""  <rect x="{BarLeft}" y="{y + 20}" width="{BarWidth}" height="24" rx="3" fill="#c62828"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""  <rect x="{BarLeft}" y="{y + 20}" width="{passed}" height="24" rx="3" fill="#2e7d32"/>""");
        Text(svg, BarLeft + BarWidth + 16, y + 38, 15, run.Failed == 0 ? "#2e7d32" : "#c62828",
            run.Failed == 0 ? $"all {run.Tests} tests pass" : $"{run.Failed} of {run.Tests} tests fail", weight: 600);
        Text(svg, BarLeft, y + 66, 14, "#111827",
            run.Errors == 0
                ? $"no 500 among {run.Requests:N0} answers"
                : $"{run.Errors:N0} of {run.Requests:N0} answers are a 500: {string.Join(", ", run.Kinds.Select(k => $"{k.Kind} {k.Count:N0}"))}");
        Text(svg, BarLeft, y + 90, 14, "#4b5563",
            $"answers: median {Time(run.Median)}, 99 % in {Time(run.P99)}, slowest {Time(run.Slowest)}; the suite took {run.Seconds:N0} s");
    }

    private static string Time(double milliseconds) => milliseconds switch
    {
        < 10 => $"{milliseconds:0.0} ms",
        < 1000 => $"{milliseconds:0} ms",
        _ => $"{milliseconds / 1000:0.0} s",
    };

    private static void Text(StringBuilder svg, int x, int y, int size, string fill, string text, int weight = 400) =>
        svg.AppendLine(CultureInfo.InvariantCulture, $"""  <text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}">{WebUtility.HtmlEncode(text)}</text>""");
}
