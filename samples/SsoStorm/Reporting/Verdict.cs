namespace SsoStorm;

/// <summary>All that a run has found out.</summary>
internal sealed record StormResult
{
    public required Options Options { get; init; }

    public required LatencySummary FsyncBefore { get; init; }

    public required LatencySummary FsyncAfter { get; init; }

    public required IReadOnlyList<ActResult> Acts { get; init; }

    public Verdict Verdict => Verdict.Of(this);
}

/// <summary>The verdict: in words for people, as an exit code for scripts.</summary>
internal sealed record Verdict(int ExitCode, IReadOnlyList<string> Sentences)
{
    public string Color => ExitCode switch { 0 => "green", 3 => "yellow", _ => "red" };

    public static Verdict Of(StormResult storm)
    {
        List<string> sentences = [];
        List<ActResult> failed = [.. storm.Acts.Where(a => a.Failure is not null)];
        sentences.AddRange(failed.Select(a => $"Act {a.Act.Number} could not be run: {a.Failure}."));
        ActResult? split = storm.Acts.FirstOrDefault(a => a.Act.Number == 5);
        if (split is null)
        {
            sentences.Add("Act 5 was left out, so nothing is judged.");
            return new Verdict(failed.Count > 0 ? 1 : 3, sentences);
        }

        if (split is not { Figures: { } figures, File: { } file })
        {
            return new Verdict(1, sentences);
        }

        bool good = figures.ErrorCount == 0 && file.IsGood;
        sentences.Add(good
            ? $"SplitSqlite: {Format.Plural(figures.Acknowledged, "login")} acknowledged, no error, all of them in the file."
            : $"SplitSqlite FAILED: {Format.Plural(figures.ErrorCount, "error")}, "
                + $"{Format.Plural(file.Faults, "fault")} in the file, integrity_check: {file.Integrity}.");
        if (storm.Acts.FirstOrDefault(a => a.Act.Number == 4)?.Figures is { Acknowledged: > 0 } plain)
        {
            Latency slowest = figures.Logins.Slowest, slowestPlain = plain.Logins.Slowest;
            sentences.Add(
                $"Against the plain provider done well it made {Format.Times(figures.LoginsPerSecond / plain.LoginsPerSecond)} "
                + $"the logins a second ({Format.Rate(figures.LoginsPerSecond)} and {Format.Rate(plain.LoginsPerSecond)}), "
                + $"and its slowest login took {Format.Time(slowest)}, not {Format.Time(slowestPlain)}.");
        }

        if (storm.Acts.FirstOrDefault(a => a.Act.Number == 1)?.Figures is { } habits)
        {
            sentences.Add(
                $"Server habits on the same load: {Format.Rate(habits.LoginsPerSecond)} logins a second, "
                + $"{Format.Plural(habits.ErrorCount, "login")} failed, the slowest {Format.Time(habits.Logins.Slowest)}.");
        }

        return new Verdict(good && failed.Count == 0 ? 0 : 1, sentences);
    }
}
