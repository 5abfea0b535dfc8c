namespace SsoStorm;

/// <summary>What came of one act.</summary>
internal sealed record ActResult
{
    public required Act Act { get; init; }

    /// <summary>Null if the act could not be run.</summary>
    public ActFigures? Figures { get; init; }

    public FileCheck? File { get; init; }

    /// <summary>Why the act could not be run to its bound; null if it was.</summary>
    public string? Failure { get; init; }
}

/// <summary>Says that an act could not be run, in words for the user.</summary>
internal sealed class StormException(string message) : Exception(message);

/// <summary>Runs acts: a database file, a child process, a bound, a count of what is in the file.</summary>
internal sealed class ActRunner(Options options, string folder, IStormView view)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    public async Task<ActResult> RunAsync(int number, CancellationToken cancellation)
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, $"act-{number}")).FullName, "sso.db");
        Act act = Act.For(number, file);
        view.Started(act);
        ActResult result;
        try
        {
            Database.Create(file);
            result = await RunChildAsync(act, file, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            result = new ActResult
            {
                Act = act,
                Failure = error is StormException ? error.Message : $"{error.GetType().Name}: {error.Message}",
            };
        }

        view.Ended(result);
        return result;
    }

    private async Task<ActResult> RunChildAsync(Act act, string file, CancellationToken cancellation)
    {
        ActRecording recording = new(options.Rate);
        using ChildProcess child = ChildProcess.Start(
            ActProcess.Arguments(act.Number, file, options.Workers, options.Rate), recording);

        ActClock clock = await WaitForGoAsync(child, recording, cancellation);
        long bound = (long)(options.Seconds * 1e6);
        while (clock.Now < bound && !child.Ended.IsCompleted)
        {
            TimeSpan left = TimeSpan.FromMicroseconds(bound - clock.Now);
            await Task.WhenAny(child.Ended, Task.Delay(left < Refresh ? left : Refresh, cancellation));
            cancellation.ThrowIfCancellationRequested();
            view.Progress(act, recording.Snapshot(Math.Min(clock.Now, bound)));
        }

        if (child.Ended.IsCompleted)
        {
            throw new StormException(
                $"the child process ended by itself after {clock.Now / 1e6:0.0} s: {await child.ExplainEndAsync(recording)}");
        }

        long killed = clock.Now;
        await child.KillAsync();
        view.Checking(act);
        return new ActResult
        {
            Act = act,
            Figures = recording.Snapshot(killed),
            File = FileCheck.Of(file, recording),
        };
    }

    private static async Task<ActClock> WaitForGoAsync(
        ChildProcess child, ActRecording recording, CancellationToken cancellation)
    {
        Task first = await Task.WhenAny(recording.Go, child.Ended, Task.Delay(StartPatience, cancellation));
        cancellation.ThrowIfCancellationRequested();
        if (recording.Go.IsCompleted)
        {
            return await recording.Go;
        }

        throw new StormException(first == child.Ended
            ? $"the child process did not start: {await child.ExplainEndAsync(recording)}"
            : $"the child process was not ready after {StartPatience.TotalSeconds} s");
    }
}
