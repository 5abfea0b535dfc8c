using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>From a route to a lease to results: waiting, running to the first result or to the end, and what is kept in memory.</content>
internal sealed partial class CommandCursor
{
    /// <summary>Executes up to the first result set, waiting on this thread.</summary>
    public void Run() => Guarded(static cursor => cursor.RunWaiting());

    private TResult Guarded<TResult>(Func<CommandCursor, TResult> run)
    {
        _isExecuting = true;
        try
        {
            return run(this);
        }
        catch (Exception exception)
        {
            if (Fail(exception) is { } translated)
            {
                throw translated;
            }

            throw;
        }
        finally
        {
            _isExecuting = false;
        }
    }

    private Outcome RunWaiting()
    {
        Outcome outcome;
        do
        {
            var route = NextRoute();
            if (route != Route.None)
            {
                if (!_session.TryAcquire(route, _deadline, out var lease))
                {
                    if (_session.Acquire(route, _deadline, OfferFor(route), WaitToken()) is not { } granted)
                    {
                        return TakeAnswers();
                    }

                    lease = granted;
                }

                Start(lease);
            }

            while ((outcome = Proceed(route)) == Outcome.Busy)
            {
                WaitForOthers();
            }
        }
        while (outcome is Outcome.Refused or Outcome.Elsewhere);
        return outcome;
    }

    private async ValueTask RunSlowlyAsync(Route route, Outcome? begun)
    {
        try
        {
            var outcome = begun ?? Outcome.Refused;
            while (outcome is Outcome.Busy or Outcome.Refused or Outcome.Elsewhere)
            {
                if (outcome is Outcome.Refused or Outcome.Elsewhere)
                {
                    if (begun is not null)
                    {
                        route = NextRoute();
                    }

                    begun ??= outcome;
                    if (!_session.TryAcquire(route, _deadline, out var lease))
                    {
                        if (await _session.AcquireAsync(route, _deadline, OfferFor(route), WaitToken()).ConfigureAwait(false) is not { } granted)
                        {
                            _ = TakeAnswers();
                            return;
                        }

                        lease = granted;
                    }

                    Start(lease);
                }
                else
                {
                    MeetOthers();
                    await Busy.WaitAsync(_deadline, WaitToken()).ConfigureAwait(false);
                }

                outcome = Proceed(route);
            }
        }
        catch (Exception exception)
        {
            if (Fail(exception) is { } translated)
            {
                throw translated;
            }

            throw;
        }
        finally
        {
            _isExecuting = false;
        }
    }

    // A read's error belongs to the row that would have met it; but what fails in a batch has to fail before its commit.
    private ResultSet Buffer(ResultSet rows)
        => rows as BufferedRows ?? BufferedRows.Drain(rows, deferErrors: !_isPartOfBatch && _active?.Prepared?.IsReadOnly == true);

    // The state of the session decides first, then the plan.
    private Route NextRoute()
    {
        if (_session.IsInTransaction)
        {
            _session.Sql = _plan.Text;
            return _plan.Statements.Length == 0 ? Route.None : _plan.Route == Route.None ? Route.Reader : _plan.Route;
        }

        if (_part == 0 && TuningBatch.Of(_plan) is { } tuning && _session.Pragmas.Answers(tuning))
        {
            Rarely.Tuning = tuning;
            return Route.None;
        }

        foreach (var statement in _plan.HasSessionPragmas ? _plan.Statements : [])
        {
            if (statement.Pragma is { } pragma && _session.Pragmas.AsksForStronger(pragma) is { } level)
            {
                _session.MoveToSynchronous(level, _deadline);
            }
        }

        var route = _session.EffectiveRoute(_plan);
        if (route == Route.Refused)
        {
            throw Refusal();
        }

        if (route >= Route.Writer)
        {
            _session.Sql = _plan.Text;
        }

        return route;
    }

    private bool Start(ConnectionLease lease)
    {
        lease.AddUser();
        _lease = lease;
        _command = lease.Connection.Commands.Rent(_plan);
        if (!_isRegistered)
        {
            _session.Add(this);
            _isRegistered = true;
        }

        _state = State.Live;
        _stages = null;
        InterruptAtDeadline();
        return true;
    }

    // Runs to the first result set, or, on the writer outside of a transaction, to the very end.
    private Outcome Proceed(Route route)
    {
        if (route == Route.None)
        {
            return ProceedWithoutLease();
        }

        // Once begun to buffer, always: a batch may have begun a transaction on its way.
        var runsToEnd = _stages is not null || _isPartOfBatch
            || (!_session.IsInTransaction && (_lease!.HoldsGate || _lease.Connection.Role == PhysicalRole.Unpooled || !_session.Database.IsSplit));
        var outcome = runsToEnd ? ProceedToEnd() : Advance();
        if (outcome == Outcome.Refused)
        {
            _plan.IsRefusedByReaders = true;
            _session.Database.CountReroute();
            ReturnLease();
            _part = 0;
        }
        else if (outcome == Outcome.Elsewhere)
        {
            ReturnLease();
        }
        else if (outcome is Outcome.Rows or Outcome.End && _state == State.Live && _lease is { HoldsGate: true } && !_session.IsInTransaction)
        {
            // Inside a transaction before, outside of it now: the writer waits for no slow reader.
            GoOnInMemory();
        }

        return outcome;
    }

    private Outcome ProceedToEnd()
    {
        if (_seldom?.Group is not null || MayLead)
        {
            return Lead();
        }

        _stages ??= new Queue<Stage>(1);
        try
        {
            if (!TryRunRest())
            {
                return Outcome.Busy;
            }
        }
        catch (Exception exception) when (_stages.Count > 0 && !_isPartOfBatch && exception is not OutOfMemoryException)
        {
            // The results before it are handed out first, as they would be by Microsoft.Data.Sqlite.
            EndActive(throws: false);
            _stages.Enqueue(new Stage(null, _recordsAffected, Unchanged, ExceptionDispatchInfo.Capture(Translate(exception))));
            return EndOfRun();
        }

        Enqueue(null);
        NoteAffectedInAll();
        return EndOfRun();
    }

    private Outcome EndOfRun()
    {
        _state = State.Detached;
        ReturnLease();
        return NextStage() ? Outcome.Rows : Outcome.End;
    }

    private Outcome ProceedWithoutLease()
    {
        if (_seldom?.Tuning is { } tuning)
        {
            _session.Pragmas.Take(tuning);
            _part = _plan.Statements.Length;
            _state = State.Detached;
            return NextStage() ? Outcome.Rows : Outcome.End;
        }

        _stages = new Queue<Stage>(1);
        for (; _part < _plan.Statements.Length; _part++)
        {
            if (_session.Pragmas.Answer(_plan.Statements[_part].Pragma!) is { } rows)
            {
                Enqueue(rows);
            }
            else
            {
                AddChanges();
            }
        }

        Enqueue(null);
        NoteAffectedInAll();
        _state = State.Detached;
        return NextStage() ? Outcome.Rows : Outcome.End;
    }

    private bool TryRunRest()
    {
        while (Advance() is var outcome && outcome != Outcome.End)
        {
            if (outcome == Outcome.Busy)
            {
                return false;
            }

            ResultSet rows;
            try
            {
                rows = Buffer(_current!);
            }
            catch (SqliteException exception) when (IsUndone(exception))
            {
                ForgetActive();
                _part--;
                return false;
            }

            var shown = _recordsAffected;
            EndActive(throws: rows is not BufferedRows { Failure: not null });
            LeaveSavepoint();
            if (_lease!.IsInGroup && _lease.Connection.IsAutocommit)
            {
                // A read that the disk fails ends the transaction too (sqlite3VdbeHalt). What is left would commit by itself, and be run once more with the rest.
                return false;
            }

            _stages!.Enqueue(new Stage(rows, shown, rows.HasRows ? _recordsAffected : Unchanged, null));
        }

        return true;
    }

    // An autocommit RETURNING commits with its last step. Where another process is in the way of that (a reader, without WAL), SQLite
    // undoes the whole statement (sqlite3VdbeHalt), nobody has seen a row of it yet, and it is run again.
    private bool IsUndone(SqliteException exception)
        => Busy.IsBusy(exception.SqliteExtendedErrorCode) && exception.SqliteExtendedErrorCode != raw.SQLITE_BUSY_SNAPSHOT
            && !_session.IsInTransaction && _lease!.Connection.IsAutocommit;

    private void Enqueue(ResultSet? rows) => _stages!.Enqueue(new Stage(rows, _recordsAffected, Unchanged, null));

    private bool NextStage()
    {
        _current = null;
        if (_seldom?.Tuning is { } tuning)
        {
            var answer = _seldom.Answered < tuning.Answers.Length ? tuning.Answers[_seldom.Answered++] : default;
            var silent = answer.Column is null ? tuning.Silent : answer.SilentBefore;
            _recordsAffected = silent == 0 ? -1 : (int)(silent * _session.Changes);
            _current = answer.Column is null ? null : BufferedRows.Single(answer.Column, answer.Value);
            return _current is not null;
        }

        if (_stages is null || !_stages.TryDequeue(out var stage))
        {
            return false;
        }

        _recordsAffected = stage.RecordsAffected;
        _affectedAtEnd = stage.AffectedAtEnd;
        if (stage.Error is { } error)
        {
            _state = State.Closed;
            Unregister();
            error.Throw();
        }

        _current = stage.Rows;
        return stage.Rows is not null;
    }

    private void EndCurrent()
    {
        if (_current is not null)
        {
            EndActive();
            _current = null;
        }
    }
}
