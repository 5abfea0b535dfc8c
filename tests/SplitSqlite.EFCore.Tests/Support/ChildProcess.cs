using System.Diagnostics;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.EFCore.Tests.Support;

/// <summary>Another process that migrates. Killed when it is disposed.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public static ChildProcess Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "SplitSqlite.EFCore.Child" + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        return new ChildProcess(Process.Start(start)!);
    }

    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits for the line that it must say next.</summary>
    public async Task Hears(string line) => Assert.Equal(line, await _process.StandardOutput.ReadLineAsync().Comes());

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
