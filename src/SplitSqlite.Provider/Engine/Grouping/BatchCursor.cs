using System.Diagnostics.CodeAnalysis;
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
internal sealed partial class BatchCursor : Cursor, IGroupMember
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
