using System.Diagnostics;
using System.Globalization;

namespace Processes;

/// <summary>One of the processes, as the one that starts it sees it.</summary>
internal sealed class Neighbour : IDisposable
{
    private readonly Process _process;

    public Neighbour(string path, string options, bool plain, int number, int workers, int timeout, int hold)
    {
        Number = number;
        Name = (plain ? "plain " : "SplitSqlite ") + (number + 1).ToString(CultureInfo.InvariantCulture);
        var program = Path.Combine(AppContext.BaseDirectory, "SplitSqlite.CrashChild" + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])["neighbour", $"Data Source={path};Default Timeout={timeout.ToString(CultureInfo.InvariantCulture)};{(plain ? string.Empty : options)}", plain ? "plain" : "split", number.ToString(CultureInfo.InvariantCulture), workers.ToString(CultureInfo.InvariantCulture), hold.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
    }

    public int Number { get; }

    public string Name { get; }

    public long Writes { get; private set; }

    public long Errors { get; private set; }

    public double Slowest { get; private set; }

    public long[] Acknowledged { get; private set; } = [];

    public string? FirstError { get; private set; }

    public void WaitUntilReady()
    {
        if (_process.StandardOutput.ReadLine() != "ready")
        {
            throw new InvalidOperationException($"{Name} did not start.");
        }
    }

    public void Go() => Say("go");

    public void Stop() => Say("stop");

    public void ReadReport()
    {
        var report = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{Name} died.");
        var values = report.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        Writes = long.Parse(values["writes"], CultureInfo.InvariantCulture);
        Errors = long.Parse(values["errors"], CultureInfo.InvariantCulture);
        Slowest = double.Parse(values["slowest"], CultureInfo.InvariantCulture);
        Acknowledged = [.. values["acknowledged"].Split(',').Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
        FirstError = _process.StandardOutput.ReadLine();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }
}
