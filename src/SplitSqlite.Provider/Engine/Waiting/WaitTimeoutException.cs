namespace SplitSqlite.Engine;

/// <summary>The deadline passed while waiting in line. The engine turns it into the exception that users see.</summary>
internal sealed class WaitTimeoutException : Exception
{
    public WaitTimeoutException(TimeSpan waited, WaitSnapshot seen)
        : base("The deadline passed while waiting in line.")
    {
        Waited = waited;
        Seen = seen;
    }

    /// <summary>Gets the time waited in this line (the operation's whole wait is <see cref="Deadline.Elapsed"/>).</summary>
    public TimeSpan Waited { get; }

    /// <summary>Gets the state at the moment of giving up, without the one who gave up: a <see cref="GateSnapshot{THolder}"/> or a <see cref="PoolSnapshot"/>.</summary>
    public WaitSnapshot Seen { get; }
}
