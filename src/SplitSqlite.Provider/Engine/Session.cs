using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// One open connection as the engine sees it: what it holds, where its commands run, and the values that are its own. It never waits for
/// itself: what it holds, it uses. It knows no public type, so that nothing static roots a connection that its owner has dropped.
/// </summary>
/// <remarks>Not thread-safe, as ADO.NET's connections are not; only a cursor's <see cref="CommandCursor.Cancel"/> may come from elsewhere.</remarks>
internal sealed partial class Session : WriterHolder, ISessionValues
{
    // Open cursors, linked through themselves: one is opened and closed with each command.
    private CommandCursor? _cursors;

    // The reader lease taken last, offered to a nested read while it is still open and fresh.
    private ConnectionLease? _reading;
    private int _readLeases;

    // What a transaction, a snapshot or a private session holds between commands.
    private ConnectionLease? _held;

    public Session(OptionSet options, ConnectionSettings settings)
    {
        Options = options;
        Settings = settings;
    }

    /// <summary>Gets the option set whose connections serve the session.</summary>
    public OptionSet Options { get; private set; }

    /// <summary>Gets the database.</summary>
    public Database Database => Options.Database;

    /// <summary>Gets the settings of the connection string.</summary>
    public ConnectionSettings Settings { get; private set; }

    /// <summary>Gets what PRAGMAs the session has set without their being run.</summary>
    public SessionPragmas Pragmas => Rarely.Pragmas ??= new SessionPragmas(this);

    /// <summary>Gets what the session is doing.</summary>
    public SessionState State { get; private set; }

    /// <summary>Gets whether a transaction or snapshot is open.</summary>
    public bool IsInTransaction => State is SessionState.Transaction or SessionState.Snapshot or SessionState.PrivateTransaction or SessionState.PrivateSnapshot;

    /// <summary>Gets whether the connection at hand is the session's alone, or will be when the transaction ends: what it sets there is really set.</summary>
    public bool HasOwnConnection => State is SessionState.Private or SessionState.PrivateTransaction || _held is { Connection: { IsTainted: true, Role: PhysicalRole.Writer } };

    /// <summary>Gets how the last transaction ended: <see langword="true"/> if by a rollback that nobody asked the transaction object for.</summary>
    public bool LastEndWasRollback { get; private set; }

    /// <summary>Gets the route of a plan in this session outside of a transaction, its own PRAGMA values considered.</summary>
    public Route EffectiveRoute(SqlPlan plan)
    {
        var route = plan.Route;
        if (plan.HasSessionPragmas)
        {
            foreach (var statement in plan.Statements)
            {
                if (statement.Pragma is { } pragma && statement.Kind == StatementKind.Pragma && !Pragmas.Answers(pragma))
                {
                    // A tuning PRAGMA that is not answered is one of a private session, and set on its connection.
                    var needed = statement.Route == Route.None ? Route.Reader : statement.Route;
                    route = needed > route ? needed : route;
                }
            }
        }

        if (route == Route.Unpooled && !Database.IsSplit && !Options.IsReadOnly)
        {
            // Without WAL it would meet the writer's locks.
            route = Route.Writer;
        }

        if (route == Route.Reader && (plan.IsRefusedByReaders || Settings.Routing == SplitSqliteRouting.Writer || !Database.IsSplit))
        {
            route = Route.Writer;
        }

        return Options.IsReadOnly && route is Route.Writer ? Route.Reader : route;
    }

    /// <summary>Gets the deadline of a command from now: its own timeout, or <c>PRAGMA busy_timeout</c>, or the default.</summary>
    /// <param name="commandTimeout">The command's own timeout in seconds, if set.</param>
    /// <param name="defaultTimeout">The connection's default in seconds; 0 means none.</param>
    public Deadline DeadlineOf(int? commandTimeout, int defaultTimeout)
    {
        var timeout = commandTimeout is { } own ? TimeSpan.FromSeconds(own)
            : PragmasIfAny?.BusyTimeout is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds)
            : TimeSpan.FromSeconds(defaultTimeout);
        // Microsoft.Data.Sqlite takes a negative one for no wait at all.
        return timeout == TimeSpan.Zero ? Deadline.None : Deadline.After(timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout, TimeProvider.System);
    }

    /// <summary>Prepares the statements of a plan where they would run if that is possible without the writer, so that errors in them show.</summary>
    public void Prepare(SqlPlan plan, Deadline deadline)
    {
        var route = IsInTransaction || Database.IsSplit || Options.IsReadOnly ? Route.Reader : Route.Writer;
        var lease = TryAcquire(route, deadline, out var free) ? free : Acquire(route, deadline, CancellationToken.None);
        lease.AddUser();
        try
        {
            var connection = lease.Connection;
            var command = connection.Commands.Rent(plan);
            try
            {
                for (var i = 0; i < plan.Statements.Length; i++)
                {
                    Busy.Retry(connection, deadline, static (c, part) => _ = part.Command.Part(part.Index, c.Handle), (Command: command, Index: i));
                }
            }
            catch (SqliteException) when (connection.Guard.HasDenied)
            {
                // Not for a reader: it will be prepared where it runs.
            }
            finally
            {
                connection.Guard.ForgetDenied();
                connection.Commands.Return(command);
            }
        }
        finally
        {
            Release(lease);
        }
    }

    /// <summary>Registers an open cursor.</summary>
    public void Add(CommandCursor cursor)
    {
        cursor.NextOpen = _cursors;
        _cursors = cursor;
    }

    /// <summary>Forgets a cursor that has closed: the one that was opened last, nearly always.</summary>
    public void Remove(CommandCursor cursor)
    {
        if (_cursors == cursor)
        {
            _cursors = cursor.NextOpen;
        }
        else
        {
            var before = _cursors;
            while (before is not null && before.NextOpen != cursor)
            {
                before = before.NextOpen;
            }

            before?.NextOpen = cursor.NextOpen;
        }

        cursor.NextOpen = null;
    }

    /// <summary>Buffers what the open cursors of a lease have not handed out yet, and frees the lease of them.</summary>
    public void DetachCursors(ConnectionLease lease, CommandCursor? except)
    {
        // A cursor that is detached stays in the list until its reader closes.
        for (var cursor = _cursors; cursor is not null; cursor = cursor.NextOpen)
        {
            if (cursor != except && cursor.Uses(lease))
            {
                cursor.Detach();
            }
        }

        DetachStreams(lease);
    }

    private void DetachStreams(ConnectionLease? lease)
    {
        for (var i = Streams?.Count - 1 ?? -1; i >= 0; i--)
        {
            if (lease is null || Streams![i].Uses(lease))
            {
                Streams![i].Detach();
            }
        }
    }

    /// <summary>Opens a stream over one stored value; it keeps the lease until it is closed.</summary>
    public Stream OpenBlob(ConnectionLease lease, string database, string table, string column, long rowid)
    {
        var stream = new LeasedStream(new SqliteBlob(lease.Connection.Inner, database, table, column, rowid, readOnly: true), this, lease);
        lease.AddUser();
        (Rarely.Streams ??= []).Add(stream);
        return stream;
    }

    /// <summary>Forgets a stream that has closed or become a copy.</summary>
    public void Remove(LeasedStream stream, ConnectionLease lease)
    {
        Streams?.Remove(stream);
        Release(lease);
    }

    /// <summary>Before a statement runs on a connection that can write: makes SQLite's per-connection values the session's.</summary>
    public void BeforeStatement(ConnectionLease lease)
    {
        lease.Connection.AssumeLastInsertRowId(LastInsertRowId);
        lease.Connection.ForgetCommits();
        lease.TotalChangesAtStart = lease.Connection.TotalChanges;
    }

    /// <summary>
    /// After a statement ran, well or badly, on a connection that can write: takes over the values that SQLite keeps per connection, counts
    /// a commit before anybody is told of it, and notices that a transaction began or ended, however it did.
    /// </summary>
    public void AfterStatement(ConnectionLease lease, SqlStatement statement, bool isReadOnly, bool failed)
    {
        var connection = lease.Connection;
        var autocommit = connection.IsAutocommit;
        if (!isReadOnly)
        {
            var total = connection.TotalChanges;
            var changed = total - lease.TotalChangesAtStart;
            TotalChanges += changed;

            // A failed or fruitless INSERT, UPDATE or DELETE sets changes() too; other statements leave the last one's, which on a shared writer may be somebody else's.
            if (changed != 0 || statement.ChangesRows)
            {
                Changes = connection.Changes;
            }

            LastInsertRowId = connection.ReadLastInsertRowId();
            if (autocommit)
            {
                CountCommit();
            }
        }

        if (statement.Route == Route.Private && connection.Role == PhysicalRole.Writer && !failed
            && Pragmas.ChangesConnection(statement, isInTransaction: !autocommit))
        {
            connection.IsTainted = true;
        }

        NoticeTransaction(lease, autocommit, statement.Kind is StatementKind.Commit or StatementKind.Release && !failed);
    }

    /// <summary>Ends the session: its cursors, its transaction, its private connection. Safe to call twice.</summary>
    /// <param name="runRest">Whether what is left of open batches is run, as Microsoft.Data.Sqlite does on Close; not for leaked sessions.</param>
    public void Close(bool runRest)
    {
        if (State == SessionState.Closed)
        {
            return;
        }

        if (_cursors is null && _held is null && Attachments is null && Streams is not { Count: > 0 })
        {
            MoveTo(SessionState.Closed);
            LeaveGroup();
            Database.RemoveSession();
            return;
        }

        CloseAll(runRest);
    }

    private void CloseAll(bool runRest)
    {
        var errors = new List<Exception>();
        while (_cursors is { } cursor)
        {
            Try(runRest ? cursor.Close : cursor.Abandon);
        }

        Try(() => DetachStreams(null));
        var database = Database;
        if (_held is { } held)
        {
            // Closed first: giving back a lease must find a session that keeps nothing.
            var wasPrivate = held.Connection.Role == PhysicalRole.Private;
            MoveTo(SessionState.Closed);
            _held = null;
            held.IsPinned = false;
            if (wasPrivate)
            {
                Try(() => CloseOutside(held));
                Try(() => ExitGate(held));
                held.End();
            }
            else
            {
                Try(() => GiveBack(held));
            }
        }
        else
        {
            MoveTo(SessionState.Closed);
        }

        LeaveGroup();
        if (Attachments is { } attached)
        {
            Try(attached.Dispose);
        }

        Try(database.RemoveSession);
        if (errors.Count > 0)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(errors[0]);
        }

        void Try(Action action)
        {
            try
            {
                action();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // The first one is thrown when everything has been given back.
                errors.Add(exception);
            }
        }
    }

    /// <summary>The only place that changes the state.</summary>
    private void MoveTo(SessionState next)
    {
        var legal = (State, next) switch
        {
            (SessionState.Closed, _) => false,
            (_, SessionState.Closed) => true,
            (SessionState.Free, SessionState.Transaction or SessionState.Snapshot or SessionState.Private) => true,
            (SessionState.Transaction, SessionState.Free) => true,
            (SessionState.Snapshot, SessionState.Free) => true,
            (SessionState.Private, SessionState.PrivateTransaction or SessionState.PrivateSnapshot) => true,
            (SessionState.PrivateTransaction or SessionState.PrivateSnapshot, SessionState.Private) => true,
            _ => false,
        };
        if (!legal)
        {
            throw new UnreachableException($"A session can't go from {State} to {next}.");
        }

        State = next;
    }

    /// <summary>Moves the session to the option set of another durability, because it asked for a stronger one.</summary>
    public void MoveToSynchronous(SplitSqliteSynchronous level, Deadline deadline)
    {
        var settings = Settings.WithSynchronous(level);

        // It may open a writer, without the gate: not while the file is kept closed.
        var slot = RentOutside(deadline);
        try
        {
            Options = Database.GetOrOpen(settings, Options.DataSource, Options.Initializer, Options.IsReadOnly, deadline);
        }
        finally
        {
            Database.Readers.Discard(slot);
        }

        Settings = settings;
    }

    private void NoticeTransaction(ConnectionLease lease, bool autocommit, bool committed)
    {
        if (lease.IsInGroup)
        {
            // The group's, which asks for itself.
            return;
        }

        switch (State)
        {
            case SessionState.Free when !autocommit:
                // Without the gate it is a session of Mode=ReadOnly, whose BEGIN is a read transaction whatever its words.
                Hold(lease, lease.HoldsGate ? SessionState.Transaction : SessionState.Snapshot);
                break;
            case SessionState.Private when !autocommit:
                MoveTo(SessionState.PrivateTransaction);
                IsTransaction = true;
                break;
            case SessionState.Transaction or SessionState.Snapshot when autocommit && lease == _held:
                Unhold(lease, committed);
                break;
            case SessionState.PrivateTransaction or SessionState.PrivateSnapshot when autocommit:
                MoveTo(SessionState.Private);
                EndOfTransaction(committed);
                DetachCursors(lease, except: null);
                break;
            default:
                break;
        }
    }

    private void Hold(ConnectionLease lease, SessionState state)
    {
        MoveTo(state);
        _held = lease;
        lease.IsPinned = true;
        IsTransaction = state == SessionState.Transaction;
    }

    private void Unhold(ConnectionLease lease, bool committed)
    {
        MoveTo(SessionState.Free);
        _held = null;
        lease.IsPinned = false;
        EndOfTransaction(committed);

        // However it ended (a constraint's ON CONFLICT ROLLBACK, an interrupt): nobody keeps the writer but who runs on it right now.
        DetachCursors(lease, except: null);
    }

    private void EndOfTransaction(bool committed)
    {
        IsTransaction = false;
        Savepoints = null;
        LastEndWasRollback = !committed;
    }
}
