using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// One execution of a batch: all commands of it, or none. Its results are in memory when it is handed out, so that nothing is told of it before it
/// is known whether it was committed.
/// </summary>
/// <remarks>
/// Where it runs: in the transaction that is open, behind a savepoint; if it only reads, in a snapshot; if it writes rows and others wait for the writer, in a
/// commit group, as one member; else in a transaction of its own. The commands themselves are <see cref="CommandCursor"/>s.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The token source has no timer and no wait handle: there is nothing to dispose of.")]
internal sealed class BatchCursor : Cursor, IGroupMember
{
    private readonly Session _session;
    private readonly CommandCursor[] _parts;
    private readonly SqlPlan[] _plans;
    private readonly Deadline _deadline;
    private readonly CancellationTokenSource _cancellation = new();
    private volatile bool _isCancelled;
    private int _at;
    private Exception? _failure;
    private bool _wasGrouped;
    private bool _runsAlone;
    private SessionValues _valuesBefore;

    public BatchCursor(Session session, SqlPlan[] plans, SqliteParameterCollection?[] parameters, Deadline deadline)
    {
        _session = session;
        _plans = plans;
        _deadline = deadline;
        _parts = new CommandCursor[plans.Length];
        for (var i = 0; i < plans.Length; i++)
        {
            _parts[i] = new CommandCursor(session, plans[i], parameters[i], deadline, isPartOfBatch: true);
        }
    }

    private enum Turn : byte
    {
        // It has had none yet, and done nothing.
        None,

        // It has the writer, in a transaction of its own that has just begun.
        Begun,

        // It was run in a group, and the outcome is known.
        Settled,
    }

    /// <inheritdoc/>
    public override bool IsOfClosedSession => _session.State == SessionState.Closed;

    /// <inheritdoc/>
    public override ResultSet? Current => _at < _parts.Length ? _parts[_at].Current : null;

    /// <inheritdoc/>
    public override int RecordsAffected
    {
        get
        {
            var affected = -1;
            for (var i = 0; i <= _at && i < _parts.Length; i++)
            {
                affected = _parts[i].RecordsAffected is >= 0 and var own ? Math.Max(affected, 0) + own : affected;
            }

            return affected;
        }
    }

    /// <summary>Gets or sets the token that an <see cref="OperationCanceledException"/> is to carry, while an async call is under way.</summary>
    public CancellationToken CancelledBy { get; set; }

    Session IGroupMember.Session => _session;

    bool IGroupMember.MayJoin => !_runsAlone && _session.State == SessionState.Free;

    int IGroupMember.StatementCount => _plans.Sum(static plan => plan.Statements.Length);

    bool IGroupMember.WasStopped => Array.Exists(_parts, static part => ((IGroupMember)part).WasStopped);

    bool IGroupMember.NeedsToBeAlone => Array.Exists(_parts, static part => ((IGroupMember)part).NeedsToBeAlone);

    /// <summary>Gets how many rows a command of the batch has changed; -1 where it could change none.</summary>
    public int AffectedBy(int command) => _parts[command].AffectedInAll;

    /// <summary>Runs all of it, waiting on this thread.</summary>
    public void Run()
    {
        // Completes before it returns: nothing is awaited where it may block.
        RunAsync(mayBlock: true).GetAwaiter().GetResult();
    }

    /// <summary>The same without a thread while waiting. SQLite's own work is synchronous.</summary>
    public Task RunAsync() => RunAsync(mayBlock: false);

    /// <summary>Asks a waiting or running execution to end. Callable from any thread; harmless when it has ended.</summary>
    public void Cancel()
    {
        _isCancelled = true;
        foreach (var part in _parts)
        {
            part.Cancel();
        }

        _cancellation.Cancel();
    }

    /// <inheritdoc/>
    public override bool NextResult()
    {
        if (_at < _parts.Length && _parts[_at].NextResult())
        {
            return true;
        }

        return MoveToResult(_at + 1);
    }

    /// <inheritdoc/>
    public override void RowsEnded()
    {
        if (_at < _parts.Length)
        {
            _parts[_at].RowsEnded();
        }
    }

    /// <inheritdoc/>
    public override void Close()
    {
        try
        {
            while (NextResult())
            {
            }
        }
        finally
        {
            Abandon();
        }
    }

    /// <summary>Lets go of the results. All has been run, or undone, when <see cref="Run"/> has returned.</summary>
    public void Abandon()
    {
        foreach (var part in _parts)
        {
            part.Abandon();
        }

        _at = _parts.Length;
    }

    /// <inheritdoc/>
    public override Stream? OpenBlob(string database, string table, string column, long rowid) => null;

    /// <inheritdoc/>
    void IGroupMember.RunInGroup(ConnectionLease lease)
    {
        _valuesBefore = _session.Values;
        var connection = lease.Connection;
        try
        {
            SqliteException.ThrowExceptionForRC(connection.Savepoint(), connection.Handle);
            foreach (var part in _parts)
            {
                ((IGroupMember)part).RunInGroup(lease);
                if (part.Failure is not null || ((IGroupMember)part).NeedsToBeAlone || connection.IsAutocommit)
                {
                    _failure = part.Failure;
                    break;
                }
            }

            if (connection.IsAutocommit || ((IGroupMember)this).NeedsToBeAlone)
            {
                return;
            }

            // As its own COMMIT would.
            if (_failure is null && connection.HasDeferredViolations)
            {
                _failure = new SqliteException("SQLite Error 19: 'FOREIGN KEY constraint failed'.", raw.SQLITE_CONSTRAINT, raw.SQLITE_CONSTRAINT_FOREIGNKEY);
            }

            if (_failure is not null)
            {
                SqliteException.ThrowExceptionForRC(connection.RollbackToSavepoint(), connection.Handle);
            }

            SqliteException.ThrowExceptionForRC(connection.ReleaseSavepoint(), connection.Handle);
        }
        catch (SqliteException exception)
        {
            // A savepoint fails where the disk does; then nothing that follows in this transaction can be trusted.
            _failure = exception;
            if (!connection.IsAutocommit)
            {
                _ = connection.Rollback();
            }
        }
    }

    /// <inheritdoc/>
    void IGroupMember.Undo(bool endedTransaction)
    {
        foreach (var part in _parts)
        {
            ((IGroupMember)part).Undo(endedTransaction && part.Failure is not null);
        }

        _session.Values = _valuesBefore;
        _runsAlone = true;
        _failure = ((IGroupMember)this).WasStopped ? _failure : null;
    }

    /// <inheritdoc/>
    void IGroupMember.Fail(Exception exception) => _failure = ((IGroupMember)this).WasStopped ? _failure : exception;

    private async Task RunAsync(bool mayBlock)
    {
        try
        {
            var turn = IsGroupable ? await TakeTurnAsync(mayBlock).ConfigureAwait(false) : Turn.None;
            if (turn != Turn.Settled)
            {
                await RunInTransactionAsync(turn == Turn.Begun, mayBlock).ConfigureAwait(false);
            }
            else
            {
                _wasGrouped = true;
                if (_failure is { } failure)
                {
                    ExceptionDispatchInfo.Throw(failure);
                }
            }

            _ = MoveToResult(0);
        }
        catch (OperationCanceledException exception) when (_isCancelled && exception.CancellationToken != CancelledBy)
        {
            Abandon();
            throw new OperationCanceledException(
                "The execution was cancelled.", exception, CancelledBy.IsCancellationRequested ? CancelledBy : default);
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    // Only where somebody is in the writer already: alone, a transaction of its own costs no more.
    private bool IsGroupable
        => _session.MayShareCommits
            && !_session.Database.Gate.IsFree
            && Array.Exists(_plans, static plan => plan.Route == Route.Writer)
            && Array.TrueForAll(_plans, plan => plan.MayShareCommit || (plan.IsKept && _session.EffectiveRoute(plan) <= Route.Reader));

    // By its own turn, or in the group of another.
    private async ValueTask<Turn> TakeTurnAsync(bool mayBlock)
    {
        _session.Sql = _plans[0].Text;
        var lease = _session.TryAcquire(Route.Writer, _deadline, out var free) ? free
            : mayBlock ? _session.Acquire(Route.Writer, _deadline, this, _cancellation.Token)
            : await _session.AcquireAsync(Route.Writer, _deadline, this, _cancellation.Token).ConfigureAwait(false);
        if (lease is null)
        {
            return Turn.Settled;
        }

        lease.AddUser();
        _session.BeginWork();
        CommitGroup? group = null;
        try
        {
            var outcome = GroupOutcome.Undone;
            if (!_runsAlone)
            {
                group = new CommitGroup(this, lease);
                while ((outcome = group.Run()) == GroupOutcome.Busy)
                {
                    MeetOthers(lease, group.BusyCode);
                    await WaitAsync(mayBlock).ConfigureAwait(false);
                }
            }

            // Undone: alone then, and with the writer in hand.
            while (outcome == GroupOutcome.Undone && !_session.TryBegin(lease, _deadline))
            {
                await WaitAsync(mayBlock).ConfigureAwait(false);
            }

            return outcome switch
            {
                GroupOutcome.Settled => Turn.Settled,
                GroupOutcome.Undone => Turn.Begun,
                _ => Turn.None,
            };
        }
        finally
        {
            try
            {
                group?.Close();
            }
            finally
            {
                try
                {
                    _session.Release(lease);
                }
                finally
                {
                    _session.EndWork();
                    group?.Tell();
                }
            }
        }
    }

    private Task WaitAsync(bool mayBlock)
    {
        if (!mayBlock)
        {
            return Busy.WaitAsync(_deadline, _cancellation.Token);
        }

        Busy.Wait(_deadline, _cancellation.Token);
        return Task.CompletedTask;
    }

    private void MeetOthers(ConnectionLease lease, int code)
    {
        if (_session.IsStopped)
        {
            throw new OperationCanceledException("The execution was cancelled: its data source has been disposed.");
        }

        _session.MeetOthers(lease);
        if (_deadline.HasPassed)
        {
            throw BusyReport.DescribeForeign(_session.Database, _deadline, code);
        }
    }

    private async ValueTask RunInTransactionAsync(bool isBegun, bool mayBlock)
    {
        var isInside = !isBegun && _session.IsInTransaction;
        if (isInside)
        {
            _session.EnterSavepoint();
        }
        else if (!isBegun)
        {
            await BeginAsync(mayBlock).ConfigureAwait(false);
        }

        try
        {
            foreach (var part in _parts)
            {
                if (mayBlock)
                {
                    part.Run();
                }
                else
                {
                    part.CancelledBy = CancelledBy;
                    await part.RunAsync().ConfigureAwait(false);
                }
            }

            if (isInside)
            {
                _session.LeaveSavepoint(undo: false);
            }
            else
            {
                _session.Commit(_deadline);
            }
        }
        catch
        {
            if (isInside)
            {
                _session.LeaveSavepoint(undo: true);
            }
            else if (_session.IsInTransaction)
            {
                _session.Rollback();
            }

            throw;
        }
    }

    private async ValueTask BeginAsync(bool mayBlock)
    {
        var onlyReads = Array.TrueForAll(_plans, plan => _session.EffectiveRoute(plan) <= Route.Reader);
        switch (onlyReads, mayBlock)
        {
            case (true, true):
                _session.BeginSnapshot(_deadline, _cancellation.Token);
                break;
            case (true, false):
                await _session.BeginSnapshotAsync(_deadline, _cancellation.Token).ConfigureAwait(false);
                break;
            case (false, true):
                _session.Begin(_deadline, _cancellation.Token);
                break;
            default:
                await _session.BeginAsync(_deadline, _cancellation.Token).ConfigureAwait(false);
                break;
        }
    }

    private bool MoveToResult(int from)
    {
        for (_at = from; _at < _parts.Length; _at++)
        {
            if (_wasGrouped ? _parts[_at].OpenAnswers() : _parts[_at].Current is not null)
            {
                return true;
            }
        }

        return false;
    }
}
