using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// One execution of a command: takes a lease where the session's state and the plan's route send it, runs the statements one after the
/// other, and hands out their results, streamed from the statement or, once <see cref="Detach"/>ed, from memory.
/// </summary>
/// <remarks>
/// <code>
///   New ──Run──► Live ──────────Close──► Closed
///           │     ▲ │                      ▲
///           │     │ └─Detach─┬─► Parked ───┤   rows in memory, the lease given back, statements of the batch left
///           │     └─NextResult───┘ │       │
///           └──────────────────────┴─► Detached    all has been run
/// </code>
/// On the writer outside of a transaction a cursor detaches before it is handed out: everything is run, committed and buffered, and the
/// writer is free, however slowly the rows are read (DESIGN 3). A live cursor of a transaction detaches when the transaction ends; what is
/// left of its batch is run when its reader gets there, where the session then runs things, as it is with Microsoft.Data.Sqlite.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The timer ends with the execution, in Unregister.")]
internal sealed partial class CommandCursor : Cursor, IStoppable
{
    private readonly Session _session;
    private readonly SqlPlan _plan;
    private readonly SqliteParameterCollection? _parameters;
    private readonly Deadline _deadline;
    private ConnectionLease? _lease;
    private PreparedCommand? _command;
    private int _part;
    private State _state;
    private ResultSet? _current;
    private PreparedPart? _active;
    private int _recordsAffected = -1;

    // What RecordsAffected becomes when the buffered rows at hand end; whether the live ones at hand are counted already.
    private int? _affectedAtEnd;
    private bool _isCounted;
    private int _parkedAffected;
    private TuningBatch? _tuning;
    private int _answer;
    private Queue<Stage>? _stages;

    // While it runs something itself, nobody detaches it from below.
    private bool _isExecuting;
    private bool _isRegistered;

    public CommandCursor(Session session, SqlPlan plan, SqliteParameterCollection? parameters, Deadline deadline)
    {
        _session = session;
        _plan = plan;
        _parameters = parameters;
        _deadline = deadline;
    }

    private enum State : byte
    {
        New,
        Live,
        Parked,
        Detached,
        Closed,
    }

    private enum Outcome : byte
    {
        // A result set is at hand.
        Rows,

        // No statement is left.
        End,

        // Another process is in the way; the same statement is to be tried again.
        Busy,

        // A text that looked like a read is none; nothing has been handed out yet.
        Refused,
    }

    /// <summary>Gets or sets the next in the session's list of open cursors.</summary>
    public CommandCursor? NextOpen { get; set; }

    /// <summary>Gets or sets the one before in the session's list of open cursors.</summary>
    public CommandCursor? PreviousOpen { get; set; }

    /// <inheritdoc/>
    public override ResultSet? Current => _current;

    /// <inheritdoc/>
    public override int RecordsAffected => _recordsAffected;

    /// <summary>Gets whether the cursor has been closed, by its data reader or with its session.</summary>
    public bool IsClosed => _state == State.Closed;

    /// <summary>Says whether the cursor keeps a lease.</summary>
    public bool Uses(ConnectionLease lease) => _lease == lease;

    /// <summary>Executes up to the first result set, waiting on this thread.</summary>
    public void Run() => Guarded(static cursor => cursor.RunWaiting());

    /// <summary>The same without a thread while waiting. SQLite's own work is synchronous.</summary>
    public ValueTask RunAsync()
    {
        // Where the lease is there at once, which is most of the time, there is nothing to await.
        _isExecuting = true;
        try
        {
            var route = NextRoute();
            if (route == Route.None || (_session.TryAcquire(route, _deadline, out var lease) && Start(lease)))
            {
                var outcome = Proceed(route);
                if (outcome is Outcome.Rows or Outcome.End)
                {
                    _isExecuting = false;
                    return default;
                }

                return RunSlowlyAsync(route, outcome);
            }

            return RunSlowlyAsync(route, null);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException(Fail(exception) ?? exception);
        }
    }

    /// <inheritdoc/>
    public override bool NextResult()
    {
        switch (_state)
        {
            case State.Live:
                return Guarded(static cursor =>
                {
                    cursor.EndCurrent();
                    Outcome outcome;
                    while ((outcome = cursor.Proceed(Route.Reader)) == Outcome.Busy)
                    {
                        cursor.WaitForOthers();
                    }

                    return outcome == Outcome.Rows;
                });

            case State.Parked:
                _current = null;
                _affectedAtEnd = null;
                _recordsAffected = _parkedAffected;
                return Guarded(static cursor => cursor.RunWaiting() == Outcome.Rows);

            case State.Detached:
                return NextStage();

            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public override void RowsEnded()
    {
        if (_affectedAtEnd is { } affected)
        {
            _affectedAtEnd = null;
            _recordsAffected = affected;
        }
        else if (_state == State.Live && !_isCounted && _active?.Prepared is { IsReadOnly: false } && _current is { HasRows: true })
        {
            // The session takes the statement's values over when it is reset.
            _isCounted = true;
            var connection = _lease!.Connection;
            var changes = connection.Role == PhysicalRole.Reader ? (int)_session.Changes : raw.sqlite3_changes(connection.Handle);
            _recordsAffected = Math.Max(_recordsAffected, 0) + changes;
        }
    }

    /// <summary>Ends the execution for a data reader: what is left of the batch is run, as Microsoft.Data.Sqlite does; unlike there, what it throws is thrown.</summary>
    /// <remarks>Not after a Cancel, which callers send to an abandoned reader just before they close it.</remarks>
    public override void Close()
    {
        if (_isCancelled)
        {
            Abandon();
        }
        else
        {
            Complete();
        }
    }

    /// <summary>Ends the execution for who wants it whole: what is left is run, and a cancellation that left something out is thrown.</summary>
    public void Complete()
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

    /// <summary>Ends the execution without running what is left: for sessions whose owner has dropped them, and after an error.</summary>
    public void Abandon()
    {
        if (_state == State.Closed)
        {
            return;
        }

        _state = State.Closed;
        ReturnLease();
        _current = null;
        Unregister();
    }

    /// <summary>Reads the rows at hand into memory and gives back the lease; the data reader above notices nothing.</summary>
    public void Detach()
    {
        if (_state != State.Live || _isExecuting)
        {
            return;
        }

        _isExecuting = true;
        try
        {
            GoOnInMemory();
        }
        finally
        {
            _isExecuting = false;
        }
    }

    private void GoOnInMemory()
    {
        var affected = _recordsAffected;
        BufferedRows? rows = null;
        try
        {
            if (_current is not null)
            {
                // A read's error belongs to the row that would have met it, and to nobody who stops before.
                rows = _current as BufferedRows ?? BufferedRows.Drain(_current, deferErrors: _active?.Prepared?.IsReadOnly == true);
                EndActive(throws: rows.Failure is null);
            }

            _affectedAtEnd = rows is { HasRows: true } ? _recordsAffected : null;
            _parkedAffected = _recordsAffected;
            _state = _part < _plan.Statements.Length ? State.Parked : State.Detached;
            (_stages = new Queue<Stage>()).Enqueue(new Stage(null, _recordsAffected, null, null));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Thrown when the reader gets there, or at the latest when it closes.
            _state = State.Detached;
            (_stages = new Queue<Stage>()).Enqueue(new Stage(null, _recordsAffected, null, ExceptionDispatchInfo.Capture(Translate(exception))));
        }

        ReturnLease();
        _recordsAffected = affected;
        _current = rows;
    }

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
                Start(_session.TryAcquire(route, _deadline, out var lease) ? lease : _session.Acquire(route, _deadline, WaitToken()));
            }

            while ((outcome = Proceed(route)) == Outcome.Busy)
            {
                WaitForOthers();
            }
        }
        while (outcome == Outcome.Refused);
        return outcome;
    }

    private async ValueTask RunSlowlyAsync(Route route, Outcome? begun)
    {
        try
        {
            var outcome = begun ?? Outcome.Refused;
            if (begun is null)
            {
                Start(await _session.AcquireAsync(route, _deadline, WaitToken()).ConfigureAwait(false));
                outcome = Proceed(route);
            }

            while (outcome is Outcome.Busy or Outcome.Refused)
            {
                if (outcome == Outcome.Refused)
                {
                    route = NextRoute();
                    Start(_session.TryAcquire(route, _deadline, out var lease)
                        ? lease
                        : await _session.AcquireAsync(route, _deadline, WaitToken()).ConfigureAwait(false));
                }
                else
                {
                    ThrowIfLate();
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

    private ResultSet Buffer(ResultSet rows)
        => rows as BufferedRows ?? BufferedRows.Drain(rows, deferErrors: _active?.Prepared?.IsReadOnly == true);

    // The state of the session decides first, then the plan.
    private Route NextRoute()
    {
        if (_session.IsInTransaction)
        {
            _session.Sql = _plan.Text;
            return _plan.Statements.Length == 0 ? Route.None : _plan.Route == Route.None ? Route.Reader : _plan.Route;
        }

        if (TuningBatch.Of(_plan) is { } tuning && _session.Pragmas.Answers(tuning))
        {
            _tuning = tuning;
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
        var runsToEnd = _stages is not null
            || (!_session.IsInTransaction && (_lease!.HoldsGate || _lease.Connection.Role == PhysicalRole.Unpooled || !_session.Database.IsSplit));
        var outcome = runsToEnd ? ProceedToEnd() : Advance();
        if (outcome == Outcome.Refused)
        {
            _plan.IsRefusedByReaders = true;
            _session.Database.CountReroute();
            ReturnLease();
            _part = 0;
        }
        else if (outcome is Outcome.Rows or Outcome.End && _state == State.Live && _lease is { IsPinned: false, HoldsGate: true })
        {
            // Inside a transaction before, outside of it now: the writer waits for no slow reader.
            GoOnInMemory();
        }

        return outcome;
    }

    private Outcome ProceedToEnd()
    {
        _stages ??= new Queue<Stage>();
        try
        {
            if (!TryRunRest())
            {
                return Outcome.Busy;
            }
        }
        catch (Exception exception) when (_stages.Count > 0 && exception is not OutOfMemoryException)
        {
            // The results before it are handed out first, as they would be by Microsoft.Data.Sqlite.
            EndActive(throws: false);
            _stages.Enqueue(new Stage(null, _recordsAffected, null, ExceptionDispatchInfo.Capture(Translate(exception))));
            return EndOfRun();
        }

        Enqueue(null);
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
        if (_tuning is { } tuning)
        {
            _session.Pragmas.Take(tuning);
            _part = _plan.Statements.Length;
            _state = State.Detached;
            return NextStage() ? Outcome.Rows : Outcome.End;
        }

        _stages = new Queue<Stage>();
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

            var rows = Buffer(_current!);
            var shown = _recordsAffected;
            EndActive(throws: rows is not BufferedRows { Failure: not null });
            _stages!.Enqueue(new Stage(rows, shown, rows.HasRows ? _recordsAffected : null, null));
        }

        return true;
    }

    private void Enqueue(ResultSet? rows) => _stages!.Enqueue(new Stage(rows, _recordsAffected, null, null));

    private bool NextStage()
    {
        _current = null;
        if (_tuning is { } tuning)
        {
            var answer = _answer < tuning.Answers.Length ? tuning.Answers[_answer++] : default;
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

    private void ReturnLease()
    {
        if (_lease is not { } lease)
        {
            return;
        }

        // After an error, or dropped on the way: what it has done is told to the session all the same.
        EndActive(throws: false);
        _lease = null;
        if (_command is { } command)
        {
            _command = null;
            lease.Connection.Commands.Return(command);
        }

        _session.Release(lease);
    }

    private void Unregister()
    {
        _timeout?.Dispose();
        if (_isRegistered)
        {
            _isRegistered = false;
            _session.Remove(this);
        }
    }

    // Ends the execution; gives another exception to throw in place of this one, if there is one.
    private Exception? Fail(Exception exception)
    {
        var translated = Translate(exception);
        Abandon();
        return ReferenceEquals(translated, exception) ? null : translated;
    }

    /// <summary>One result, or the end, or an error, of a cursor whose lease is gone.</summary>
    private readonly record struct Stage(ResultSet? Rows, int RecordsAffected, int? AffectedAtEnd, ExceptionDispatchInfo? Error);
}
