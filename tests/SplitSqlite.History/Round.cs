using System.Collections.Concurrent;
using SplitSqlite.Engine;

namespace SplitSqlite.History;

/// <summary>One round: files, workers, some seconds of work, and the judgement.</summary>
internal sealed class Round : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("splitsqlite-history-").FullName;
    private readonly ConcurrentQueue<Anomaly> _anomalies = new();
    private readonly List<Worker> _workers = [];
    private readonly HistoryOptions _options;
    private readonly Random _random;
    private volatile bool _isOver;
    private int _toCollect;

    public Round(HistoryOptions options, int seed)
    {
        _options = options;
        _random = new Random(seed);
        string[] kinds = ["Synchronous=Normal", "Synchronous=Normal", "Synchronous=Off", "Synchronous=Full"];
        Files = [.. Enumerable.Range(0, options.Files).Select(i => new HistoryFile(
            _folder,
            i,
            $"Default Timeout=0;Max Readers={_random.Next(1, 5)};{kinds[_random.Next(kinds.Length)]}"))];
        for (var i = 0; i < options.Sessions; i++)
        {
            _workers.Add(new Worker(this, i, sync: i % 2 == 0, seed));
        }
    }

    public IReadOnlyList<HistoryFile> Files { get; }

    public Tally Tally { get; } = new();

    public bool IsOver => _isOver;

    public IReadOnlyList<Anomaly> Anomalies => [.. _anomalies];

    public IReadOnlyList<SessionLog> Logs => _workers.ConvertAll(worker => worker.Log);

    public long Acknowledged => Logs.Sum(log => log.Units.Count(unit => unit is { Outcome: Outcome.Acknowledged, Tokens.Count: > 0 }));

    public long Refused => Logs.Sum(log => log.Units.Count(unit => unit is { Outcome: Outcome.Refused, Tokens.Count: > 0 }));

    public long Reads => Logs.Sum(log => log.States.Count + log.Accounts.Count);

    // Errors alone do not end the search for what they do to the history.
    private bool HasSeenEnough => _options.FindsHistory ? _anomalies.Any(anomaly => anomaly.IsOfTheHistory) : !_anomalies.IsEmpty;

    public void Report(Anomaly anomaly)
    {
        // Where everything goes wrong, the first ones tell enough.
        if (_anomalies.Count < 10_000)
        {
            _anomalies.Enqueue(anomaly);
        }
    }

    /// <summary>Somebody has dropped a connection: the collector is to find it.</summary>
    public void LeftToCollect() => Volatile.Write(ref _toCollect, 1);

    public async Task Run(TimeSpan length)
    {
        var failures = Background.Failures;
        var running = _workers.ConvertAll(worker => Start(worker));
        var all = Task.WhenAll(running);
        var until = Environment.TickCount64 + (long)length.TotalMilliseconds;
        while (Environment.TickCount64 < until && !all.IsCompleted && !HasSeenEnough)
        {
            await Disturb();
        }

        _isOver = true;

        // Dropped connections hold things until they are collected; a lost permit shows as workers that never end.
        var patience = Environment.TickCount64 + (_options.FindsHistory ? 4000 : 30_000);
        while (!all.IsCompleted && Environment.TickCount64 < patience)
        {
            await Disturb();
        }

        if (!all.IsCompleted)
        {
            Report(new Anomaly("stuck", string.Join("; ", Files.Select(file => file.WhatIsOut())), [.. Logs.Select(log => log.Operations[^1]).Where(operation => operation.End == long.MaxValue)]));
        }

        CountShared(length);
        await Settle(all.IsCompleted);
        if (Background.Failures != failures)
        {
            Report(new Anomaly("background failure", $"{Background.Failures - failures} failed, the last: {Background.LastFailure}"));
        }

        // Workers that are stuck tell nothing more; what they were at is of unknown outcome.
        foreach (var file in Files)
        {
            new Judge(file.Index, Logs, FinalLog.Read(file), Report).Decide();
        }

        if (all.IsCompleted)
        {
            await all;
        }
    }

    public void Dispose()
    {
        foreach (var file in Files)
        {
            file.Dispose();
        }

        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException) when (OperatingSystem.IsWindows())
        {
            // After an anomaly it may still be open.
        }
    }

    // Writes that never share a commit would prove nothing of those that do.
    private void CountShared(TimeSpan length)
    {
        var shared = Files.Sum(file => file.Database.SharedCommits);
        Tally.Count("(shared commit)", "done", shared);
        Tally.Count("(write in a shared commit)", "done", Files.Sum(file => file.Database.SharingWrites));
        Tally.Count("(commit group undone)", "done", Files.Sum(file => file.Database.UndoneGroups));
        if (shared == 0 && _options.Sessions >= 16 && length >= TimeSpan.FromSeconds(2) && _anomalies.IsEmpty)
        {
            Report(new Anomaly("no shared commit", $"{Acknowledged} writes were acknowledged, and no two of them shared a commit."));
        }
    }

    // Everything is back: no permit, slot or session is out. What is left to the collector and to background work takes its time.
    private async Task Settle(bool ended)
    {
        var patience = Environment.TickCount64 + (_options.FindsHistory ? 1000 : 10_000);
        while (ended && Files.Any(file => file.WhatIsOut() is not null) && Environment.TickCount64 < patience)
        {
            LeftToCollect();
            await Disturb();
        }

        foreach (var file in Files)
        {
            if (file.WhatIsOut() is { } held)
            {
                Report(new Anomaly("lease not back", $"{file.Path}: {held}"));
            }
            else if (file.Close() is { } unsound)
            {
                Report(new Anomaly("file not sound", $"{file.Path}: {unsound}"));
            }
        }
    }

    // What happens to a process beside its work: the collector runs, and somebody clears a pool.
    private async Task Disturb()
    {
        await Task.Delay(_random.Next(10, 60));
        if (Interlocked.Exchange(ref _toCollect, 0) == 1 || _random.Next(20) == 0)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Tally.Count("(collection)", "done");
        }

        if (!_isOver && _random.Next(10) == 0)
        {
            Files[_random.Next(Files.Count)].Clear();
            Tally.Count("(clear pool)", "done");
        }
    }

    private static Task Start(Worker worker)
    {
        if (worker.IsSync)
        {
            return Task.Factory.StartNew(worker.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        return Task.Run(worker.RunAsync);
    }
}
