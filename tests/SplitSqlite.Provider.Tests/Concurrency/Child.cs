using System.Diagnostics;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>Another process: locks are kept per process, so some things only show there.</summary>
internal static class Child
{
    public static Process Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "SplitSqlite.CrashChild" + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Says something to a child that waits for a line.</summary>
    public static void Say(this Process child, string line)
    {
        child.StandardInput.WriteLine(line);
        child.StandardInput.Flush();
    }

    /// <summary>Waits for a line that the child must say next.</summary>
    public static async Task Hears(this Process child, string line) => Assert.Equal(line, await child.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
}
