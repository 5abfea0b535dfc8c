using System.Collections.Concurrent;
using System.Diagnostics;
using SsoStorm;

namespace SplitSqlite.Benchmarks.Load;

/// <summary>One operation of one caller.</summary>
/// <param name="caller">Which caller, from 0.</param>
/// <param name="sequence">The caller's count of operations, from 0; a warm-up counts too.</param>
internal delegate Task Operation(int caller, long sequence);

/// <summary>Puts a load on something for a fixed time and records what its callers see.</summary>
internal sealed class LoadRun
{
    private readonly LoadPlan _plan;
    private readonly Operation _operation;
    private readonly LatencyRecorder[] _latencies;
    private readonly long[] _sequences;
    private readonly ConcurrentDictionary<string, long> _errors = new();
    private long _completed;
    private long _taken;
    private long _givenUp;
    private volatile bool _isGivingUp;

    private LoadRun(LoadPlan plan, Operation operation)
    {
        _plan = plan;
        _operation = operation;
        _latencies = [.. Enumerable.Range(0, plan.Callers).Select(_ => new LatencyRecorder())];
        _sequences = new long[plan.Callers];
    }

    /// <summary>Warms up, runs, and waits until every operation that was begun has ended or was given up.</summary>
    public static async Task<LoadFigures> RunAsync(LoadPlan plan, Operation operation)
    {
        // A caller of a provider that blocks needs a thread of its own; the pool would grow too slowly to give it one. The same on all sides.
        ThreadPool.GetMinThreads(out _, out var completionPorts);
        ThreadPool.SetMinThreads(plan.Callers + Environment.ProcessorCount, completionPorts);
        var run = new LoadRun(plan, operation);
        await run.WarmUpAsync();
        return await run.MeasureAsync();
    }

    // One caller alone: many would have to be waited for, and they fail in their own way only when it counts.
    private async Task WarmUpAsync()
    {
        var end = Clock.Start() + _plan.WarmUp;
        while (end.IsAhead)
        {
            await new GlobalYield();
            await _operation(0, _sequences[0]++);
        }
    }

    private async Task<LoadFigures> MeasureAsync()
    {
        var begin = Clock.Start();
        var end = begin + _plan.Duration;
        var all = AllAsync(caller => _plan.Rate is { } rate ? OpenAsync(caller, begin, end, rate) : ClosedAsync(caller, end));
        if (await Task.WhenAny(all, Task.Delay(_plan.Duration + _plan.Patience)) != all)
        {
            _isGivingUp = true;
            _plan.GiveUp?.Invoke();
        }

        await all;
        var notBegun = RecordNotBegun(begin, end);
        return new LoadFigures
        {
            Seconds = _plan.Duration.TotalSeconds,
            Completed = _completed,
            Errors = new Dictionary<string, long>(_errors),
            NotBegun = notBegun,
            GivenUp = _givenUp,
            Latencies = LatencyRecorder.Summarize(_latencies),
        };
    }

    private Task AllAsync(Func<int, Task> run) => Task.WhenAll(Enumerable.Range(0, _plan.Callers).Select(caller => Task.Run(() => run(caller))));

    private async Task ClosedAsync(int caller, Clock end)
    {
        while (end.IsAhead)
        {
            // The request arrives when the last one has been answered; the wait for a thread is part of what its sender sees.
            var arrived = Clock.Start();
            await new GlobalYield();
            await RunOneAsync(caller, arrived, end);
        }
    }

    // The callers share one timetable: operation i is due at i / rate. Whoever is free takes the next.
    private async Task OpenAsync(int caller, Clock begin, Clock end, double rate)
    {
        while (true)
        {
            var due = DueAt(begin, Interlocked.Increment(ref _taken) - 1, rate);
            if (!due.IsBefore(end) || !end.IsAhead)
            {
                Interlocked.Decrement(ref _taken);
                return;
            }

            var wait = due.Left;
            if (wait > TimeSpan.Zero)
            {
                // Whole milliseconds, upwards: a timer cuts the rest off, and nothing may begin before it is due.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)));
            }
            else
            {
                await new GlobalYield();
            }

            await RunOneAsync(caller, due, end);
        }
    }

    private async Task RunOneAsync(int caller, Clock began, Clock end)
    {
        string? failure = null;
        try
        {
            await _operation(caller, _sequences[caller]++);
        }
        catch (Exception error)
        {
            failure = ErrorKind.Of(error);
        }

        _latencies[caller].Record(began.Elapsed);
        if (failure is not null && _isGivingUp)
        {
            Interlocked.Increment(ref _givenUp);
        }
        else if (failure is not null)
        {
            _errors.AddOrUpdate(failure, 1, (_, count) => count + 1);
        }
        else if (end.IsAhead)
        {
            Interlocked.Increment(ref _completed);
        }
    }

    private long RecordNotBegun(Clock begin, Clock end)
    {
        long count = 0;
        while (_plan.Rate is { } rate && DueAt(begin, _taken, rate) is var due && due.IsBefore(end))
        {
            _latencies[0].Record(end - due);
            _taken++;
            count++;
        }

        return count;
    }

    private static Clock DueAt(Clock begin, long index, double rate) => begin + TimeSpan.FromSeconds(index / rate);

    /// <summary>A moment of the machine's monotonic clock.</summary>
    private readonly record struct Clock(long Timestamp)
    {
        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(Timestamp);

        public TimeSpan Left => -Elapsed;

        public bool IsAhead => Stopwatch.GetTimestamp() < Timestamp;

        public static Clock Start() => new(Stopwatch.GetTimestamp());

        public static Clock operator +(Clock clock, TimeSpan time) => new(clock.Timestamp + (long)(time.TotalSeconds * Stopwatch.Frequency));

        public static TimeSpan operator -(Clock later, Clock earlier) => Stopwatch.GetElapsedTime(earlier.Timestamp, later.Timestamp);

        public bool IsBefore(Clock other) => Timestamp < other.Timestamp;
    }
}
