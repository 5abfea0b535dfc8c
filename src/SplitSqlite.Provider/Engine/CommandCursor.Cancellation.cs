using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Deadlines and cancellation of what runs.</content>
internal sealed partial class CommandCursor
{
    private volatile bool _isCancelled;
    private volatile bool _isLate;
    private Timer? _timeout;
    private volatile CancellationTokenSource? _waiting;

    /// <summary>Gets or sets the token that an <see cref="OperationCanceledException"/> is to carry, while an async call is under way.</summary>
    public CancellationToken CancelledBy { get; set; }

    /// <summary>Gets whether the execution was asked to end.</summary>
    public bool IsCancelled => _isCancelled;

    /// <inheritdoc/>
    public bool MustStop => _isCancelled || _isLate;

    /// <summary>Asks a waiting or running execution to end. Callable from any thread; harmless when it has ended.</summary>
    public void Cancel()
    {
        // What runs sees the flag; what waits has made its token before it looked at the flag, or will see it.
        _isCancelled = true;
        Thread.MemoryBarrier();
        try
        {
            _waiting?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has stopped waiting meanwhile.
        }
    }

    /// <summary>Ends the async call that executed the command. Its token means nothing to a data reader that it has handed out.</summary>
    public void EndCall()
    {
        if (CancelledBy.IsCancellationRequested && _state is not State.Closed)
        {
            // It fired when there was nothing left to cancel.
            _isCancelled = false;
        }

        CancelledBy = default;
    }

    // Made only when there is something to wait for: most executions never wait.
    private CancellationToken WaitToken()
    {
        var source = _waiting ??= new CancellationTokenSource();
        Thread.MemoryBarrier();
        if (_isCancelled)
        {
            source.Cancel();
        }

        return source.Token;
    }

    // The first step of a statement, or a later one of a read.
    private int RunStep(PhysicalConnection connection, PreparedStatement statement)
    {
        if (_isCancelled)
        {
            throw Cancelled();
        }

        if (_isLate)
        {
            throw new SqliteException("SQLite Error 9: 'interrupted'.", raw.SQLITE_INTERRUPT, raw.SQLITE_INTERRUPT);
        }

        return connection.Step(statement, this);
    }

    private void WaitForOthers()
    {
        ThrowIfLate();
        Busy.Wait(_deadline, WaitToken());
    }

    private void ThrowIfLate()
    {
        if (_deadline.HasPassed)
        {
            throw BusyReport.DescribeForeign(_session, _deadline, raw.SQLITE_BUSY);
        }
    }

    private Exception Translate(Exception exception)
        => exception switch
        {
            SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT } when _isCancelled => Cancelled(exception),
            OperationCanceledException cancelled when cancelled.CancellationToken != CancelledBy => Cancelled(exception),
            _ => exception,
        };

    private OperationCanceledException Cancelled(Exception? cause = null)
        => new("The execution was cancelled.", cause, CancelledBy.IsCancellationRequested ? CancelledBy : default);

    // Interrupt On Timeout: the deadline ends what runs too, with SQLite's own code 9.
    private void InterruptAtDeadline()
    {
        if (!_session.Settings.InterruptOnTimeout || _deadline.IsNone || _timeout is not null)
        {
            return;
        }

        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _timeout = new Timer(
                static state => ((CommandCursor)state!)._isLate = true,
                this,
                _deadline.Remaining,
                Timeout.InfiniteTimeSpan);
        }
    }
}
