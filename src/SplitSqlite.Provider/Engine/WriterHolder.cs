using System.Diagnostics;

namespace SplitSqlite.Engine;

/// <summary>Who holds or wants the writer of a database, in words that a message can use. Never roots a public object.</summary>
internal abstract class WriterHolder
{
    private static long LastId;

    private long _id;

    /// <summary>Gets a number that tells sessions apart in messages.</summary>
    public long Id
    {
        get
        {
            // Few are ever spoken of, and counting all would be a line of memory that all cores write to.
            if (Volatile.Read(ref _id) == 0)
            {
                Interlocked.CompareExchange(ref _id, Interlocked.Increment(ref LastId), 0);
            }

            return Volatile.Read(ref _id);
        }
    }

    /// <summary>Gets or sets the SQL that runs, or ran last, under the writer.</summary>
    public string? Sql { get; set; }

    /// <summary>Gets or sets whether it is a transaction that holds the writer, and not a single command.</summary>
    public bool IsTransaction { get; set; }

    /// <summary>Gets where the transaction or command began, if <c>Include Holder Stack Trace</c> asks for it.</summary>
    public string? StackTrace => _taken?.StackTrace;

    /// <summary>Gets the logical flow of control that took the writer, for the hint that a flow waits for itself.</summary>
    public FlowMark Flow => _taken?.Flow ?? default;

    /// <summary>Takes note of who took the writer.</summary>
    public void NoteTaking(FlowMark flow, string? stackTrace)
    {
        var taken = _taken ??= new Taking();
        taken.Flow = flow;
        taken.StackTrace = stackTrace;
    }

    // Most sessions never have the writer. Used again each time; who reads it meanwhile makes a message of it, no more.
    private Taking? _taken;

    private sealed class Taking
    {
        public FlowMark Flow;
        public string? StackTrace;
    }
}

/// <summary>What tells one logical flow of control from another: a box that flows with the execution context, the trace, the thread.</summary>
internal readonly struct FlowMark
{
    private static readonly AsyncLocal<object?> Box = new();

    private readonly object? _box;
    private readonly ActivityTraceId _trace;
    private readonly int _thread;

    private FlowMark(object? box, ActivityTraceId trace, int thread)
    {
        _box = box;
        _trace = trace;
        _thread = thread;
    }

    /// <summary>Marks the present flow so that work begun in it later is known by it. To be called from code that is not async: an
    /// AsyncLocal set inside an async method is gone in its caller (FACTS 9, EF).</summary>
    public static void Mark() => Box.Value ??= new object();

    /// <summary>Gets the mark of the present flow.</summary>
    public static FlowMark Current => new(Box.Value, Activity.Current?.TraceId ?? default, Environment.CurrentManagedThreadId);

    /// <summary>Says whether two marks seem to be of one flow; a guess, good for a hint only (work that merely inherits the flow looks the same).</summary>
    public bool SeemsSameAs(FlowMark other)
        => (_box is not null && ReferenceEquals(_box, other._box)) || (_trace != default && _trace == other._trace) || (_thread != 0 && _thread == other._thread);
}
