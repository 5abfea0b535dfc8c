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
    private const int Unchanged = int.MinValue;

    private readonly Session _session;
    private readonly SqlPlan _plan;
    private readonly SqliteParameterCollection? _parameters;
    private readonly Deadline _deadline;
    private readonly bool _isPartOfBatch;
    private ConnectionLease? _lease;
    private PreparedCommand? _command;
    private int _part;
    private State _state;
    private ResultSet? _current;
    private PreparedPart? _active;
    private int _recordsAffected = -1;

    // What RecordsAffected becomes when the buffered rows at hand end, if it changes then; whether the live ones at hand are counted already.
    private int _affectedAtEnd = Unchanged;
    private bool _isCounted;
    private Queue<Stage>? _stages;

    // While it runs something itself, nobody detaches it from below.
    private bool _isExecuting;
    private bool _isRegistered;

    /// <param name="session">The session.</param>
    /// <param name="plan">The plan of the text.</param>
    /// <param name="parameters">The parameters, which must stay as they are while it is executed.</param>
    /// <param name="deadline">Until when it may wait.</param>
    /// <param name="isPartOfBatch">Whether others run before and after it in one transaction, whose end is not its own: it is run whole, and fails whole.</param>
    public CommandCursor(Session session, SqlPlan plan, SqliteParameterCollection? parameters, Deadline deadline, bool isPartOfBatch = false)
    {
        _isPartOfBatch = isPartOfBatch;
        _session = session;
        _plan = plan;
        _parameters = parameters;
        _deadline = deadline;
    }

    // Volatile: another thread's Cancel looks into it.
    private volatile Seldom? _seldom;

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

        // The batch has ended its transaction on a connection where the rest of it must not run without the gate; the lease is given back.
        Elsewhere,
    }

    /// <summary>Gets or sets the next in the session's list of open cursors.</summary>
    public CommandCursor? NextOpen { get; set; }

    /// <inheritdoc/>
    public override bool IsOfClosedSession => _session.State == SessionState.Closed;

    /// <inheritdoc/>
    public override ResultSet? Current => _current;

    /// <inheritdoc/>
    public override int RecordsAffected => _recordsAffected;

    /// <summary>Gets whether the cursor has been closed, by its data reader or with its session.</summary>
    public bool IsClosed => _state == State.Closed;

    /// <summary>Gets whether the rows at hand are those of a statement that writes, and are not in memory yet.</summary>
    public bool IsWriting => _state == State.Live && _active?.Prepared is { IsReadOnly: false };

    /// <summary>Says whether the cursor keeps a lease.</summary>
    public bool Uses(ConnectionLease lease) => _lease == lease;

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

                    return (outcome == Outcome.Elsewhere ? cursor.RunWaiting() : outcome) == Outcome.Rows;
                });

            case State.Parked:
                _current = null;
                _affectedAtEnd = Unchanged;
                _recordsAffected = Rarely.ParkedAffected;
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
        if (_affectedAtEnd != Unchanged)
        {
            _recordsAffected = _affectedAtEnd;
            _affectedAtEnd = Unchanged;
        }
        else if (_state == State.Live && !_isCounted && _active?.Prepared is { IsReadOnly: false } && _current is { HasRows: true })
        {
            // The session takes the statement's values over when it is reset.
            _isCounted = true;
            var connection = _lease!.Connection;
            var changes = connection.Role == PhysicalRole.Reader ? (int)_session.Changes : connection.Changes;
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
        try
        {
            ReturnLease();
        }
        finally
        {
            _current = null;
            Unregister();
        }
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

            _affectedAtEnd = rows is { HasRows: true } ? _recordsAffected : Unchanged;
            Rarely.ParkedAffected = _recordsAffected;
            _state = _part < _plan.Statements.Length ? State.Parked : State.Detached;
            (_stages = new Queue<Stage>(1)).Enqueue(new Stage(null, _recordsAffected, Unchanged, null));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Thrown when the reader gets there, or at the latest when it closes.
            _state = State.Detached;
            (_stages = new Queue<Stage>(1)).Enqueue(new Stage(null, _recordsAffected, Unchanged, ExceptionDispatchInfo.Capture(Translate(exception))));
        }

        ReturnLease();
        _recordsAffected = affected;
        _current = rows;
    }

    private void ReturnLease()
    {
        if (_lease is not { } lease)
        {
            return;
        }

        var group = _seldom?.Group;
        if (group is not null)
        {
            Rarely.Group = null;
        }

        try
        {
            try
            {
                // After an error, or dropped on the way: what it has done is told to the session all the same.
                EndActive(throws: false);
            }
            finally
            {
                group?.Close();
            }
        }
        finally
        {
            try
            {
                _lease = null;
                ReturnCommand(lease);
                _session.Release(lease);
            }
            finally
            {
                group?.Tell();
            }
        }
    }

    private void ReturnCommand(ConnectionLease lease)
    {
        if (_command is { } command)
        {
            _command = null;
            lease.Connection.Commands.Return(command);
        }
    }

    private void Unregister()
    {
        _seldom?.Timeout?.Dispose();
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

    // Made where it is needed, by the thread that executes: most executions never need any of it.
    private Seldom Rarely => _seldom ??= new Seldom();

    /// <summary>What few executions have to remember.</summary>
    private sealed class Seldom
    {
        /// <summary>What RecordsAffected goes on from when a parked cursor does.</summary>
        public int ParkedAffected;

        /// <summary>The tuning PRAGMAs that it only answers, and how many it has.</summary>
        public TuningBatch? Tuning;
        public int Answered;

        /// <summary>What SQLite said when it sent the execution waiting.</summary>
        public int BusyCode = raw.SQLITE_BUSY;

        /// <summary>The commit group that it leads.</summary>
        public CommitGroup? Group;

        /// <summary>What RecordsAffected will be when all results have been read, for a batch.</summary>
        public int AffectedInAll = -1;

        /// <summary>What ATTACH has to wait for: a file that this process keeps closed, or is just closing.</summary>
        public string? ClosedFile;

        /// <summary>The alarm of <c>Interrupt On Timeout</c>.</summary>
        public Timer? Timeout;

        /// <summary>What ends a wait.</summary>
        public volatile CancellationTokenSource? Waiting;

        /// <summary>The token of the async call.</summary>
        public CancellationToken CancelledBy;

        /// <summary>What it has failed with in a group.</summary>
        public Exception? Failure;

        /// <summary>The session's values before it ran in a group.</summary>
        public SessionValues ValuesBefore;
    }

    /// <summary>One result, or the end, or an error, of a cursor whose lease is gone.</summary>
    private readonly record struct Stage(ResultSet? Rows, int RecordsAffected, int AffectedAtEnd, ExceptionDispatchInfo? Error);
}
