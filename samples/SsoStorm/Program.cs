using System.Runtime.InteropServices;
using Spectre.Console;

namespace SsoStorm;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is [ActProcess.Verb, ..])
        {
            return await ActProcess.RunAsync(arguments);
        }

        Options options;
        try
        {
            options = Options.Parse(arguments);
        }
        catch (OptionException error)
        {
            Console.Error.WriteLine(error.Message + " See --help.");
            return 2;
        }

        if (options.ShowHelp)
        {
            Console.WriteLine(Options.Help);
            return 0;
        }

        return await StormAsync(options);
    }

    private static async Task<int> StormAsync(Options options)
    {
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);

        IAnsiConsole console = Terminal.Create();
        string folder = Path.Combine(options.Folder, "ssostorm-" + Path.GetRandomFileName());
        try
        {
            Directory.CreateDirectory(folder);
            StormReport report = new(console, options, folder);
            report.Opening();
            LatencySummary before = FsyncControl.Measure(folder);
            IReadOnlyList<ActResult> acts = await RunActsAsync(console, options, folder, stop.Token);
            StormResult storm = new()
            {
                Options = options,
                FsyncBefore = before,
                FsyncAfter = FsyncControl.Measure(folder),
                Acts = acts,
            };
            report.Closing(storm);
            if (options.Json is { } file)
            {
                JsonReport.Write(file, storm);
            }

            if (options.Report is { } page)
            {
                PageReport.Write(page, storm);
            }

            return storm.Verdict.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Interrupted.");
            return 130;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"SsoStorm could not go on: {error.Message}");
            return 1;
        }
        finally
        {
            Remove(folder);
        }

        // The first signal ends the run in good order, a second one at once.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static async Task<IReadOnlyList<ActResult>> RunActsAsync(
        IAnsiConsole console, Options options, string folder, CancellationToken cancellation)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            IReadOnlyList<ActResult> results = await RunAllAsync(new PlainView(console));
            console.WriteLine();
            console.Write(Tables.Logins(results.Select(r => (r.Act, r.Figures, (string?)"failed"))));
            return results;
        }

        return await console.Live(new Text("")).StartAsync(context => RunAllAsync(new LiveView(context, options)));

        async Task<IReadOnlyList<ActResult>> RunAllAsync(IStormView view)
        {
            ActRunner runner = new(options, folder, view);
            List<ActResult> results = [];
            foreach (int number in options.Acts)
            {
                results.Add(await runner.RunAsync(number, cancellation));
            }

            return results;
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (IOException error)
        {
            Console.Error.WriteLine($"The folder {folder} could not be removed: {error.Message}");
        }
    }
}
