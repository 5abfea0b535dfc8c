using Microsoft.Data.Sqlite;
using Spectre.Console;

namespace SsoStorm;

/// <summary>What is told before the acts and after them.</summary>
internal sealed class StormReport(IAnsiConsole console, Options options, string folder)
{
    // Below this no disk has been asked: the folder is in memory, or something in between lies about fsync.
    private const long SuspiciouslyFast = 15;

    public void Opening()
    {
        string loop = options.Rate is { } rate
            ? $"{Format.Rate(rate)} logins due each second (open loop)"
            : "closed loop";
        Line($"SsoStorm: {Format.Plural(options.Workers, "worker")}, {Format.Seconds(options.Seconds)} an act, {loop}");
        using SqliteConnection sqlite = new("Data Source=:memory:");
        sqlite.Open();
        Line($"SQLite {sqlite.ServerVersion}, synchronous=FULL, {Format.Plural(Environment.ProcessorCount, "core")}, "
            + $"files in {folder}", "grey");
        Line();
        foreach (int number in options.Acts)
        {
            Act act = Act.For(number, "");
            Line($"{number} {act.Title}: {act.Story}", "grey", indent: 2);
        }

        Line();
    }

    public void Closing(StormResult storm)
    {
        foreach (ActResult result in storm.Acts.Where(a => a.Figures is { } f && f.ErrorCount > f.Acknowledged))
        {
            Line($"Most logins of act {result.Act.Number} failed: its p50 is that of an error.", "yellow");
        }

        Line("Reads (three in each login, before its transaction):");
        console.Write(Tables.Reads(storm.Acts));
        Fsync(storm);
        foreach (ActResult result in storm.Acts)
        {
            Details(result);
        }

        if (options.Acts.Contains(4) && options.Acts.Contains(5))
        {
            Difference();
        }

        Line();
        foreach (string sentence in Verdict.Of(storm).Sentences)
        {
            Line(sentence, storm.Verdict.Color);
        }
    }

    private void Fsync(StormResult storm)
    {
        Line("A lone small write + fsync on the same disk, while no act runs:");
        One("before", storm.FsyncBefore);
        One("after", storm.FsyncAfter);
        if (storm.FsyncBefore.P50.Microseconds < SuspiciouslyFast)
        {
            Line("That is no disk: --folder DIR puts the files on one.", "yellow", indent: 2);
        }

        void One(string when, LatencySummary summary) => Line(
            $"{when,-6}  p50 {Format.Time(summary.P50)}, p99 {Format.Time(summary.P99)}, "
                + $"slowest {Format.Time(summary.Slowest)} of {Format.Count(summary.Count)}",
            indent: 2);
    }

    private void Details(ActResult result)
    {
        Line();
        Line($"Act {result.Act.Number}, {result.Act.Title}", "bold");
        if (result.Figures is not { } figures || result.File is not { } file)
        {
            Line($"could not be run: {result.Failure}", "red", indent: 2);
            return;
        }

        foreach ((string kind, int count) in figures.Errors.OrderByDescending(e => e.Value))
        {
            Line($"{Format.Plural(count, "error")}: {kind}", "red", indent: 2);
        }

        foreach ((string kind, int count) in figures.Retries.OrderByDescending(e => e.Value))
        {
            Line($"{Format.Plural(count, "attempt")} tried again: {kind}", "yellow", indent: 2);
        }

        if (figures.Logins.InFlight > 0)
        {
            string waiting = figures.Waiting > 0 ? $" ({Format.Count(figures.Waiting)} of them not begun)" : "";
            Line($"{Format.Plural(figures.Logins.InFlight, "login")} still in flight at the bound{waiting}, the oldest for "
                + Format.Time(figures.Logins.OldestInFlight), indent: 2);
        }

        Line(FoundInFile(file), file.IsGood ? null : "red", indent: 2);
    }

    private static string FoundInFile(FileCheck file)
    {
        List<string> parts = [$"{Format.Count(file.Found)} of {Format.Plural(file.Acknowledged, "acknowledged login")} found"];
        if (file.Lost > 0)
        {
            parts.Add($"{Format.Count(file.Lost)} lost");
        }

        if (file.Twice > 0)
        {
            parts.Add($"{Format.Count(file.Twice)} there more than once");
        }

        if (file.Unanswered > 0)
        {
            parts.Add($"{Format.Count(file.Unanswered)} more that the kill left without an answer");
        }

        if (file.Unexplained > 0)
        {
            parts.Add($"{Format.Count(file.Unexplained)} unexplained");
        }

        if (file.FailedYetThere > 0)
        {
            parts.Add($"{Format.Count(file.FailedYetThere)} there whose user was told it had failed");
        }

        if (file.WrongCounts > 0)
        {
            parts.Add($"{Format.Plural(file.WrongCounts, "user")} with a wrong count");
        }

        return $"In the file: {string.Join(", ", parts)}; integrity_check: {file.Integrity}";
    }

    private void Difference()
    {
        Line();
        Line("All that differs between act 4 and act 5:");
        Setup plain = Act.For(4, "act-4/sso.db").Setup;
        Setup split = Act.For(5, "act-5/sso.db").Setup;
        foreach ((string member, string left, string right) in Act.Differences(plain, split))
        {
            Line($"{Format.Words(member)}", indent: 2);
            Line($"- {left}", "red", indent: 4);
            Line($"+ {right}", "green", indent: 4);
        }
    }

    private void Line(string text = "", string? style = null, int indent = 0)
    {
        foreach (string line in Terminal.Wrap(text, console.Profile.Width - 1, indent))
        {
            console.WriteLine(line, style is null ? Style.Plain : Style.Parse(style));
        }
    }
}
