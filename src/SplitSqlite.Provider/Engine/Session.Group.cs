namespace SplitSqlite.Engine;

/// <content>What the disposal of the session's data source means to it.</content>
internal sealed partial class Session
{
    // How many waits for the gate or a reader, and batches that lead, are under way. Volatile: read by the disposal, on another thread.
    private volatile int _waits;

    private SessionGroup.Membership? _membership;

    /// <summary>Gets the sessions of the same data source, or <see langword="null"/> for a connection that was made without one.</summary>
    public SessionGroup? Group => _membership?.Group;

    /// <summary>Gets whether what runs has to end, because the data source was disposed and has waited long enough.</summary>
    public bool IsStopped => Group is { IsStopped: true };

    /// <summary>Gets whether something of the session is under way: a command, an open data reader, a transaction, a wait. A glance, from any thread.</summary>
    public bool IsAtWork => Volatile.Read(ref _cursors) is not null || IsInTransaction || _waits > 0;

    /// <summary>Something is under way that neither a wait nor an open cursor tells of: a batch leads a commit group.</summary>
    public void BeginWork() => _waits++;

    /// <summary>The end of what <see cref="BeginWork"/> began.</summary>
    public void EndWork() => _waits--;

    /// <summary>Counts the session in with those of its data source.</summary>
    /// <exception cref="ObjectDisposedException">The data source has been disposed.</exception>
    public void Join(SessionGroup group)
    {
        _membership = group.Add(this);
    }

    private void LeaveGroup()
    {
        if (_membership is { } membership)
        {
            membership.Group.Remove(membership);
        }
    }

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(State == SessionState.Closed, typeof(SplitSqliteConnection));

    // What has begun may go on: a transaction to its end, the reads within an open data reader.
    private void ThrowIfRefused() => ObjectDisposedException.ThrowIf(Group is { IsClosed: true } && !IsAtWork, typeof(SplitSqliteDataSource));

    // A wait ends with the caller's token, and with the data source.
    private CancellationTokenSource? LinkToGroup(ref CancellationToken cancellationToken)
    {
        if (Group is null)
        {
            return null;
        }

        var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Group.Stopping);
        cancellationToken = linked.Token;
        return linked;
    }

    // The caller knows his own token, not the linked one.
    private static OperationCanceledException CancelledBy(OperationCanceledException exception, CancellationToken asked)
        => asked.IsCancellationRequested
            ? new(exception.Message, exception, asked)
            : new("The execution was cancelled: its data source has been disposed.", exception);
}
