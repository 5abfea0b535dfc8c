using System.Diagnostics;
using System.Reflection;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>
/// The history checker in its short form. The long one is <c>dotnet run -c Release --project tests/SplitSqlite.History -- --minutes 10</c>. Length and seed of
/// this one can be given by SPLITSQLITE_HISTORY (seconds) and SPLITSQLITE_SEED.
/// </summary>
[Collection(Alone.Name)]
public sealed class HistoryTests
{
    [Fact]
    public async Task Short_history_has_no_anomaly()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "SplitSqlite.History" + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("--seconds");
        start.ArgumentList.Add(Environment.GetEnvironmentVariable("SPLITSQLITE_HISTORY") ?? "3");
        if (Environment.GetEnvironmentVariable("SPLITSQLITE_SEED") is { } seed)
        {
            start.ArgumentList.Add("--seed");
            start.ArgumentList.Add(seed);
        }

        using var child = Process.Start(start)!;
        var said = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.True(child.ExitCode == 0, said);
    }

    // -p:Sabotage=… makes a build that is broken on purpose; it says so of itself.
    [Fact]
    public void This_build_is_not_broken_on_purpose()
        => Assert.DoesNotContain(typeof(SplitSqliteConnection).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>(), data => data.Key == "Sabotage");
}
