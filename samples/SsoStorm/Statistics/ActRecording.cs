namespace SsoStorm;

/// <summary>All that the parent has heard from the child of one act.</summary>
internal sealed class ActRecording(double? rate)
{
    private readonly Lock _lock = new(); // protects everything below; held for a record or a snapshot
    private readonly LatencyHistogram _logins = new();
    private readonly LatencyHistogram _reads = new();
    private readonly Dictionary<int, WorkerState> _workers = [];
    private readonly HashSet<LoginId> _acknowledged = [];
    private readonly HashSet<LoginId> _failed = [];
    private readonly Dictionary<string, int> _errors = [];
    private readonly Dictionary<string, int> _retries = [];
    private readonly TaskCompletionSource<ActClock> _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _started;
    private string? _fatal;

    /// <summary>The act's clock, as soon as its load has begun.</summary>
    public Task<ActClock> Go => _go.Task;

    /// <summary>Why the child gave up, if it did.</summary>
    public string? Fatal
    {
        get
        {
            lock (_lock)
            {
                return _fatal;
            }
        }
    }

    /// <summary>The logins whose COMMIT was reported. To be read when the child is gone.</summary>
    public IReadOnlySet<LoginId> Acknowledged => _acknowledged;

    /// <summary>The logins whose user was told of an error. To be read when the child is gone.</summary>
    public IReadOnlySet<LoginId> Failed => _failed;

    public void Fail(string reason)
    {
        lock (_lock)
        {
            _fatal ??= reason;
        }
    }

    /// <exception cref="FormatException">The line is no record.</exception>
    public void Apply(ReadOnlySpan<char> line)
    {
        RecordFields fields = new(line);
        lock (_lock)
        {
            switch (fields.Kind)
            {
                case RecordKind.Go:
                    _go.TrySetResult(new ActClock(fields.NextNumber()));
                    break;
                case RecordKind.LoginStarted:
                    _started++;
                    WorkerState starting = Worker(fields.NextNumber());
                    _ = fields.NextNumber(); // the sequence is told again when the login ends
                    starting.LoginStart = fields.NextNumber();
                    break;
                case RecordKind.LoginAcknowledged:
                    _acknowledged.Add(EndLogin(ref fields));
                    break;
                case RecordKind.LoginFailed:
                    _failed.Add(EndLogin(ref fields));
                    Count(_errors, fields.Text());
                    break;
                case RecordKind.LoginRetried:
                    _ = (fields.NextNumber(), fields.NextNumber(), fields.NextNumber());
                    Count(_retries, fields.Text());
                    break;
                case RecordKind.ReadStarted:
                    Worker(fields.NextNumber()).ReadStart = fields.NextNumber();
                    break;
                case RecordKind.ReadEnded:
                    WorkerState reading = Worker(fields.NextNumber());
                    _reads.Add(fields.NextNumber() - reading.ReadStart!.Value);
                    reading.ReadStart = null;
                    break;
                case RecordKind.Fatal:
                    _fatal = fields.Text();
                    break;
                default:
                    throw new FormatException($"'{line}' is no record.");
            }
        }
    }

    /// <summary>The figures at <paramref name="now"/> of the act's clock.</summary>
    public ActFigures Snapshot(long now)
    {
        lock (_lock)
        {
            List<long> waiting = [.. WaitingSince(now)];
            return new ActFigures
            {
                Seconds = now / 1e6,
                Acknowledged = _acknowledged.Count,
                Logins = _logins.Summarize(
                    waiting.Concat(_workers.Values.Where(w => w.LoginStart <= now).Select(w => now - w.LoginStart!.Value))),
                Reads = _reads.Summarize(
                    _workers.Values.Where(w => w.ReadStart <= now).Select(w => now - w.ReadStart!.Value)),
                Errors = new Dictionary<string, int>(_errors),
                Retries = new Dictionary<string, int>(_retries),
                Waiting = waiting.Count,
            };
        }
    }

    // Open loop: what was due before now and is still in nobody's hands has been waiting since it was due.
    private IEnumerable<long> WaitingSince(long now)
    {
        if (rate is not { } perSecond)
        {
            yield break;
        }

        for (long index = _started; DueTimes.At(index, perSecond) < now; index++)
        {
            yield return now - DueTimes.At(index, perSecond);
        }
    }

    private LoginId EndLogin(ref RecordFields fields)
    {
        int number = (int)fields.NextNumber();
        long sequence = fields.NextNumber();
        WorkerState worker = Worker(number);
        _logins.Add(fields.NextNumber() - worker.LoginStart!.Value);
        worker.LoginStart = null;
        return new LoginId(number, sequence);
    }

    private WorkerState Worker(long number)
    {
        if (!_workers.TryGetValue((int)number, out WorkerState? state))
        {
            _workers.Add((int)number, state = new WorkerState());
        }

        return state;
    }

    private static void Count(Dictionary<string, int> counts, string kind) =>
        counts[kind] = counts.GetValueOrDefault(kind) + 1;

    private sealed class WorkerState
    {
        public long? LoginStart { get; set; }

        public long? ReadStart { get; set; }
    }
}

/// <summary>The name of a login: who served it, and which one it was.</summary>
internal readonly record struct LoginId(int Worker, long Sequence);
