using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Deadlines and cancellation of what runs.</content>
internal sealed partial class CommandCursor
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private volatile bool _isCancelled;
    private volatile bool _isLate;
    private bool _mindsDeadline = true;

    /// <summary>Gets or sets the token that an <see cref="OperationCanceledException"/> is to carry, while an async call is under way.</summary>
    public CancellationToken CancelledBy
    {
        get => _seldom?.CancelledBy ?? default;
        set
        {
            if (_seldom is not null || value.CanBeCanceled)
            {
                Rarely.CancelledBy = value;
            }
        }
    }

    /// <summary>Gets whether the execution was asked to end.</summary>
    public bool IsCancelled => _isCancelled;

    /// <inheritdoc/>
    public bool MustStop => IsEnded || (_isLate && _mindsDeadline);

    // By its user, or by the disposal of its data source.
    private bool IsEnded => _isCancelled || _session.IsStopped;

    /// <summary>Asks a waiting or running execution to end. Callable from any thread; harmless when it has ended.</summary>
    public void Cancel()
    {
        // What runs sees the flag; what waits has made its token before it looked at the flag, or will see it.
        _isCancelled = true;
        Thread.MemoryBarrier();
        try
        {
            _seldom?.Waiting?.Cancel();
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
        var source = Rarely.Waiting ??= new CancellationTokenSource();
        Thread.MemoryBarrier();
        if (_isCancelled)
        {
            source.Cancel();
        }

        return source.Token;
    }

    private int FirstStep(PhysicalConnection connection, PreparedStatement statement)
    {
        if (MustStop)
        {
            throw Interrupted();
        }

        return connection.Step(statement, this);
    }

    // One step of a statement after its first. Nobody detaches the cursor meanwhile: not a user's function that runs a command of its own
    // in the middle of the step, nor the end of the transaction that the step may bring about.
    private int StepOn(PreparedStatement statement)
    {
        var wasExecuting = _isExecuting;
        _isExecuting = true;
        try
        {
            return StepAlone(statement);
        }
        finally
        {
            _isExecuting = wasExecuting;
        }
    }

    private int StepAlone(PreparedStatement statement)
    {
        var connection = _lease!.Connection;
        int rc;
        if (statement.IsReadOnly)
        {
            if (IsEnded)
            {
                EndActive(throws: false);
                throw Cancelled();
            }

            // A deadline that passed between two rows, while nothing ran, interrupts nothing.
            _mindsDeadline = !_isLate;
            rc = connection.Step(statement, this);
        }
        else
        {
            // It has written everything at its first step and commits when it is reset. Left in the middle here it would be told as
            // cancelled and yet be committed; so its rows are read to their end, which takes no time: they are in memory.
            rc = statement.Step();
        }

        if (rc is not (raw.SQLITE_ROW or raw.SQLITE_DONE) && connection.Role is PhysicalRole.Writer or PhysicalRole.Private)
        {
            // Now, not when the data reader closes: the error may have ended the transaction, and the next command must not run in none.
            var error = statement.IsReadOnly ? null : _session.ErrorOf(_lease, rc, MayCommit(connection, statement));
            EndActive(throws: false);
            if (error is SplitSqliteOutcomeUnknownException)
            {
                throw error;
            }
        }

        return rc == raw.SQLITE_INTERRUPT && IsEnded ? throw Cancelled() : rc;
    }

    private void WaitForOthers()
    {
        MeetOthers();
        Busy.Wait(_deadline, WaitToken());
    }

    private void MeetOthers()
    {
        if (_session.IsStopped)
        {
            throw Cancelled();
        }

        if (_seldom?.ClosedFile is { } file)
        {
            if (_deadline.HasPassed)
            {
                throw BusyReport.DescribeHeld(file, _deadline.Elapsed, queueLength: 0);
            }

            return;
        }

        if (_session.MissingGate is { } attached)
        {
            // In the way is a session of this process.
            if (_deadline.HasPassed)
            {
                throw BusyReport.Describe(_session, attached, new WaitTimeoutException(_deadline.Elapsed, attached.Gate.Snapshot()));
            }

            return;
        }

        _session.MeetOthers(_lease!);
        if (_deadline.HasPassed)
        {
            throw BusyReport.DescribeForeign(_session.Database, _deadline, _seldom?.BusyCode ?? raw.SQLITE_BUSY);
        }
    }

    private Exception Translate(Exception exception)
        => exception switch
        {
            SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT } when IsEnded => Cancelled(exception),
            OperationCanceledException cancelled when cancelled.CancellationToken != CancelledBy => Cancelled(exception),
            _ => exception,
        };

    private Exception Interrupted()
        => IsEnded ? Cancelled() : new SqliteException("SQLite Error 9: 'interrupted'.", raw.SQLITE_INTERRUPT, raw.SQLITE_INTERRUPT);

    private OperationCanceledException Cancelled(Exception? cause = null)
        => new(_session.IsStopped ? "The execution was cancelled: its data source has been disposed." : "The execution was cancelled.", cause, CancelledBy.IsCancellationRequested ? CancelledBy : default);

    // Interrupt On Timeout: the deadline ends what runs too, with SQLite's own code 9.
    private void InterruptAtDeadline()
    {
        // Nothing runs for as long as the longest timer, seven weeks.
        if (!_session.Settings.InterruptOnTimeout || _deadline.IsNone || _seldom?.Timeout is not null || _deadline.Remaining > LongestTimer)
        {
            return;
        }

        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            var alarm = Rarely.Timeout = new Timer(
                static state => ((CommandCursor)state!).NoticeDeadline(),
                this,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);

            // Started only now: its callback reads the field.
            StartAlarm(alarm);
        }
    }

    private void NoticeDeadline()
    {
        if (_deadline.HasPassed)
        {
            _isLate = true;
        }
        else
        {
            StartAlarm(_seldom!.Timeout!);
        }
    }

    // A timer's range is 49 days. Whole milliseconds, rounded up: not just before the deadline, only to be started again.
    private void StartAlarm(Timer alarm)
    {
        try
        {
            alarm.Change((uint)Math.Min(Math.Ceiling(_deadline.Remaining.TotalMilliseconds), uint.MaxValue - 1), Timeout.Infinite);
        }
        catch (ObjectDisposedException)
        {
            // The execution has just ended.
        }
    }
}
