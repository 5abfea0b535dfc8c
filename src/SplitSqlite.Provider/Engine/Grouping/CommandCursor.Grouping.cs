using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>The execution as a member of a commit group: led by another's thread, or leading.</content>
internal sealed partial class CommandCursor : IGroupMember
{
    private bool _runsAlone;
    private bool _needsToBeAlone;
    private bool _wasStopped;
    private bool _isBehindSavepoint;

    /// <summary>Gets what <see cref="RecordsAffected"/> will be when all results have been read, once all has been run.</summary>
    public int AffectedInAll => _seldom?.AffectedInAll ?? -1;

    /// <summary>Gets what it has failed with in a group, if it has.</summary>
    public Exception? Failure => _seldom?.Failure;

    Session IGroupMember.Session => _session;

    bool IGroupMember.MayJoin => !_runsAlone && _session.State == SessionState.Free;

    int IGroupMember.StatementCount => _plan.Statements.Length;

    bool IGroupMember.WasStopped => _wasStopped;

    bool IGroupMember.NeedsToBeAlone => _needsToBeAlone;

    /// <inheritdoc/>
    void IGroupMember.RunInGroup(ConnectionLease lease)
    {
        Rarely.ValuesBefore = _session.Values;
        _stages = new Queue<Stage>(1);
        var isGuest = _lease is null;
        if (isGuest)
        {
            // Not registered with its session: that is for its own thread.
            lease.AddUser();
            _lease = lease;
        }

        try
        {
            _command ??= lease.Connection.Commands.Rent(_plan);
            InterruptAtDeadline();
            if (TryRunRest())
            {
                Enqueue(null);
                NoteAffectedInAll();
            }
            else
            {
                _needsToBeAlone = true;
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            KeepFailure(exception);
        }
        finally
        {
            if (isGuest)
            {
                ReturnLease();
            }
            else
            {
                // The others most often run the same text, and take the leader's kept statement over.
                EndActive(throws: false);
                ReturnCommand(lease);
            }
        }
    }

    /// <inheritdoc/>
    void IGroupMember.Undo(bool endedTransaction)
    {
        // A disk that is full or fails ends transactions too, and is not the text's doing.
        if (endedTransaction && Rarely.Failure is SqliteException { SqliteErrorCode: raw.SQLITE_CONSTRAINT })
        {
            _plan.EndsTransactions = true;
        }

        _session.Values = Rarely.ValuesBefore;
        _runsAlone = true;
        _needsToBeAlone = false;
        _isBehindSavepoint = false;
        Rarely.Failure = _wasStopped ? Rarely.Failure : null;
        _stages = null;
        _current = null;
        _part = 0;
        _recordsAffected = -1;
        _affectedAtEnd = Unchanged;
        _isCounted = false;
    }

    /// <inheritdoc/>
    void IGroupMember.Fail(Exception exception) => Rarely.Failure = _wasStopped ? Rarely.Failure : exception;

    // Whether to offer it to whoever leads when it has to wait for the writer.
    private CommandCursor? OfferFor(Route route) => route == Route.Writer && MayShareCommit ? this : null;

    private bool MayShareCommit => !_isPartOfBatch && _plan.MayShareCommit && !_runsAlone && _part == 0 && _stages is null or { Count: 0 } && _session.MayShareCommits;

    // It has the writer; is there anybody to share the commit with?
    private bool MayLead => _session.Database.Gate.IsOfferedWork && MayShareCommit && _lease is { HoldsGate: true };

    private Outcome Lead()
    {
        var group = Rarely.Group ??= new CommitGroup(this, _lease!);
        switch (group.Run())
        {
            case GroupOutcome.Busy:
                Rarely.BusyCode = group.BusyCode;
                return Outcome.Busy;

            case GroupOutcome.Moved:
                _runsAlone = false;
                return Outcome.Elsewhere;

            case GroupOutcome.Settled:
                _state = State.Detached;
                ReturnLease();
                return TakeAnswers();

            default:
                Rarely.Group = null;
                _command ??= _lease!.Connection.Commands.Rent(_plan);
                return ProceedToEnd();
        }
    }

    /// <summary>Stands on the first result of what has been run in a group.</summary>
    /// <returns>Whether there is one.</returns>
    public bool OpenAnswers() => TakeAnswers() == Outcome.Rows;

    // On its own thread, the outcome known: what came of it is the session's now.
    private Outcome TakeAnswers()
    {
        _session.Sql = null;
        if (_seldom?.Failure is { } failure)
        {
            Rarely.Failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }

        if (!_isRegistered)
        {
            _session.Add(this);
            _isRegistered = true;
        }

        _state = State.Detached;
        return NextStage() ? Outcome.Rows : Outcome.End;
    }

    // Asked for by a batch alone.
    private void NoteAffectedInAll()
    {
        if (_isPartOfBatch)
        {
            Rarely.AffectedInAll = _recordsAffected;
        }
    }

    // Behind a savepoint each statement of a group can be undone alone, where SQLite alone would undo it at its commit.
    private void EnterSavepoint(PhysicalConnection connection)
    {
        SqliteException.ThrowExceptionForRC(connection.Savepoint(), connection.Handle);
        _isBehindSavepoint = true;
    }

    // In autocommit SQLite would check the deferred foreign keys now (sqlite3VdbeHalt); in the group's transaction a later member's parent
    // would make good for this one's orphan.
    private void LeaveSavepoint()
    {
        if (!_isBehindSavepoint)
        {
            return;
        }

        _isBehindSavepoint = false;
        var connection = _lease!.Connection;
        if (connection.IsAutocommit)
        {
            // Gone with the group's transaction.
            return;
        }

        // Should one of the two fail, or throw, what is behind the savepoint must not be committed with the rest.
        var wasToBeAlone = _needsToBeAlone;
        _needsToBeAlone = true;
        var isViolated = connection.HasDeferredViolations;
        var rc = isViolated ? connection.RollbackToSavepoint() : raw.SQLITE_OK;
        rc = rc == raw.SQLITE_OK ? connection.ReleaseSavepoint() : rc;
        _needsToBeAlone = wasToBeAlone || rc != raw.SQLITE_OK;
        if (isViolated)
        {
            _session.ForgetChanges(_lease);
            throw new SqliteException("SQLite Error 19: 'FOREIGN KEY constraint failed'.", raw.SQLITE_CONSTRAINT, raw.SQLITE_CONSTRAINT_FOREIGNKEY);
        }
    }

    private void KeepFailure(Exception exception)
    {
        EndActive(throws: false);
        try
        {
            LeaveSavepoint();
        }
        catch (SqliteException foreignKeys)
        {
            // A statement that has failed and kept what it had done until then (ON CONFLICT FAIL) is checked too, and then undone.
            exception = foreignKeys;
        }

        var failure = Translate(exception);
        _wasStopped = failure is OperationCanceledException || (_isLate && failure is SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT });
        if (_stages!.Count > 0 && !_isPartOfBatch && !_wasStopped && !_lease!.Connection.IsAutocommit)
        {
            // The results before it are handed out first. Not of one that was stopped: it is told so even if the group is undone, and they with it.
            _stages.Enqueue(new Stage(null, _recordsAffected, Unchanged, ExceptionDispatchInfo.Capture(failure)));
        }
        else
        {
            Rarely.Failure = failure;
        }
    }
}
