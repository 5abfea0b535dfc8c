using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Deadlines and cancellation of what runs.</content>
internal sealed partial class CommandCursor
{
    private volatile bool _isCancelled;
    private volatile bool _isLate;
    private volatile bool _wasInterrupted;
    private Timer? _timeout;
    private volatile CancellationTokenSource? _waiting;
    private volatile PhysicalConnection? _physical;
    private volatile PhysicalConnection? _runsOn;

    /// <summary>Gets or sets the token that an <see cref="OperationCanceledException"/> is to carry, while an async call is under way.</summary>
    public CancellationToken CancelledBy { get; set; }

    /// <summary>Gets whether the execution was asked to end.</summary>
    public bool IsCancelled => _isCancelled;

    /// <inheritdoc/>
    public PhysicalConnection? RunsOn
    {
        get => _runsOn;
        set => _runsOn = value;
    }

    /// <inheritdoc/>
    public void NoteInterrupt() => _wasInterrupted = true;

    /// <summary>Asks a waiting or running execution to end. Callable from any thread; harmless when it has ended.</summary>
    public void Cancel()
    {
        // The flag first: an execution that registers itself as running after this sees it, one that did before is interrupted.
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

        _physical?.Interrupt(this);
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

    private void BeginRunning(PhysicalConnection connection)
    {
        connection.BeginRunning(this);
        Thread.MemoryBarrier();
        if (_isCancelled || _isLate)
        {
            EndStep(raw.SQLITE_OK);
            _active = null;
            throw Interrupted();
        }
    }

    // An interrupt that came when the step had just ended would hit the connection's next statement: SQLite takes it back only when no
    // statement is active any more. Answers whether one came so late; the statement at hand, if it is on a row, is then the caller's to end.
    private bool EndStep(int rc)
    {
        EndRunning();
        if (!_wasInterrupted)
        {
            return false;
        }

        _wasInterrupted = false;
        if (rc == raw.SQLITE_INTERRUPT)
        {
            return false;
        }

        _session.EndInterrupt(_lease!, this);
        return true;
    }

    private void EndRunning()
    {
        if (_runsOn is { } connection)
        {
            connection.EndRunning(this);
        }
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

    private Exception Interrupted()
        => _isCancelled ? Cancelled() : new SqliteException("SQLite Error 9: 'interrupted'.", raw.SQLITE_INTERRUPT, raw.SQLITE_INTERRUPT);

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
                static state =>
                {
                    var cursor = (CommandCursor)state!;
                    cursor._isLate = true;
                    Thread.MemoryBarrier();
                    cursor._physical?.Interrupt(cursor);
                },
                this,
                _deadline.Remaining,
                Timeout.InfiniteTimeSpan);
        }
    }
}
