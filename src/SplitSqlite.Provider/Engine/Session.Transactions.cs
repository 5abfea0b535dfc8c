using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Transactions: begun by the API or by words, ended however SQLite ends them.</content>
internal sealed partial class Session
{
    /// <summary>Begins a transaction on the writer, waiting on this thread.</summary>
    /// <exception cref="SqliteException">SQLite refuses, for one because a transaction is open already.</exception>
    public void Begin(Deadline deadline, CancellationToken cancellationToken)
    {
        ForgetSql();
        var lease = TryAcquire(BeginRoute, deadline, out var free) ? free : Acquire(BeginRoute, deadline, cancellationToken);
        lease.AddUser();
        _waits++;
        try
        {
            // Another process is waited for in place: who would leave the gate meanwhile stood behind everybody else afterwards.
            while (!TryBegin(lease, deadline))
            {
                Busy.Wait(deadline, cancellationToken);
            }
        }
        finally
        {
            _waits--;
            Release(lease);
        }
    }

    /// <summary>Begins a transaction on the writer without a thread while waiting.</summary>
    /// <exception cref="SqliteException">SQLite refuses, for one because a transaction is open already.</exception>
    public async ValueTask BeginAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        ForgetSql();
        var lease = TryAcquire(BeginRoute, deadline, out var free) ? free : await AcquireAsync(BeginRoute, deadline, cancellationToken).ConfigureAwait(false);
        lease.AddUser();
        _waits++;
        try
        {
            while (!TryBegin(lease, deadline))
            {
                await Busy.WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _waits--;
            Release(lease);
        }
    }

    /// <summary>Pins a snapshot on a reader, waiting on this thread.</summary>
    public void BeginSnapshot(Deadline deadline, CancellationToken cancellationToken)
    {
        var route = SnapshotRoute();
        var lease = TryAcquire(route, deadline, out var free) ? free : Acquire(route, deadline, cancellationToken);
        lease.AddUser();
        _waits++;
        try
        {
            while (!TryBeginSnapshot(lease, deadline))
            {
                Busy.Wait(deadline, cancellationToken);
            }
        }
        finally
        {
            _waits--;
            Release(lease);
        }
    }

    /// <summary>Pins a snapshot on a reader without a thread while waiting.</summary>
    public async ValueTask BeginSnapshotAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        var route = SnapshotRoute();
        var lease = TryAcquire(route, deadline, out var free) ? free : await AcquireAsync(route, deadline, cancellationToken).ConfigureAwait(false);
        lease.AddUser();
        _waits++;
        try
        {
            while (!TryBeginSnapshot(lease, deadline))
            {
                await Busy.WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _waits--;
            Release(lease);
        }
    }

    /// <summary>Commits. A commit is acknowledged by returning: SQLite's COMMIT has returned by then.</summary>
    /// <exception cref="SqliteException">SQLite refuses; the transaction is still open unless SQLite ended it.</exception>
    /// <exception cref="SplitSqliteBusyException">Another process was in the way until the deadline; the transaction is still open.</exception>
    /// <param name="deadline">Until when another process that is in the way is waited for (only where the file is not in WAL mode).</param>
    public void Commit(Deadline deadline)
    {
        if (_held is { } lease && IsInTransaction)
        {
            DetachCursors(lease, except: null);
            if (IsInTransaction)
            {
                ThrowIfMoved(lease);
                int rc;
                while (Busy.IsBusy(rc = lease.Connection.Commit()) && !lease.Connection.IsAutocommit && !deadline.HasPassed)
                {
                    Busy.Wait(deadline, CancellationToken.None);
                }

                End(lease, rc, committed: true, deadline);
                return;
            }
        }

        ThrowNoTransaction("cannot commit - no transaction is active");
    }

    /// <summary>Rolls back.</summary>
    /// <exception cref="SqliteException">No transaction is open.</exception>
    public void Rollback()
    {
        if (_held is { } lease && IsInTransaction)
        {
            DetachCursors(lease, except: null);
            if (IsInTransaction)
            {
                End(lease, lease.Connection.Rollback(), committed: false, Deadline.None);
            }

            return;
        }

        ThrowNoTransaction("cannot rollback - no transaction is active");
    }

    /// <summary>Runs a statement of transaction control that came as text, in the way that the session's rules ask for.</summary>
    /// <returns>SQLite's result code.</returns>
    public int RunControl(CommandCursor cursor, ConnectionLease lease, SqlStatement statement, PreparedStatement? prepared)
    {
        var connection = lease.Connection;
        var name = statement.SavepointName;
        int rc;
        switch (statement.Kind)
        {
            case StatementKind.Begin:
                // Whatever its words: a deferred transaction that writes later fails with BUSY_SNAPSHOT at once (FACTS 8.8).
                return State == SessionState.Free && Options.IsReadOnly ? connection.BeginSnapshot() : connection.BeginImmediate();

            case StatementKind.Commit:
                DetachCursors(lease, cursor);
                ThrowIfMoved(lease);
                return connection.Commit();

            case StatementKind.Rollback:
                DetachCursors(lease, cursor);
                return connection.Rollback();

            case StatementKind.Savepoint when connection.IsAutocommit:
                rc = Options.IsReadOnly ? connection.BeginSnapshot() : connection.BeginImmediate();
                if (rc != raw.SQLITE_OK)
                {
                    return rc;
                }

                rc = StepToEnd(connection, statement);
                if (rc == raw.SQLITE_OK)
                {
                    Savepoints = new SavepointStack();
                    Savepoints.Push(name!);
                }
                else
                {
                    _ = connection.Rollback();
                }

                return rc;

            case StatementKind.Savepoint:
                rc = StepToEnd(connection, statement);
                if (rc == raw.SQLITE_OK)
                {
                    Savepoints?.Push(name!);
                }

                return rc;

            case StatementKind.Release when Savepoints?.IsOutermost(name!) == true:
                // COMMIT in its place: it releases all savepoints, and where it fails (deferred foreign keys) all of them still stand, as with RELEASE.
                DetachCursors(lease, cursor);
                ThrowIfMoved(lease);
                return connection.Commit();

            default:
                rc = prepared!.Step();
                prepared.Reset();
                if (rc == raw.SQLITE_DONE)
                {
                    rc = raw.SQLITE_OK;
                    if (statement.Kind == StatementKind.Release)
                    {
                        Savepoints?.Release(name!);
                    }
                    else
                    {
                        Savepoints?.RollbackTo(name!);
                    }
                }

                return rc;
        }
    }

    // What is named as the SQL of this transaction must be its own, not that of a command before it.
    private void ForgetSql()
    {
        if (!IsInTransaction)
        {
            Sql = null;
        }
    }

    private Route BeginRoute => Options.IsReadOnly ? Route.Reader : Route.Writer;

    private Route SnapshotRoute()
    {
        if (State is SessionState.Private)
        {
            // The connection may hold TEMP objects that the snapshot's reads need: it serves its own snapshot. Without WAL that shuts out the writer.
            return Database.IsSplit || Database.IsUnshared || Options.IsReadOnly ? Route.Reader : Route.Writer;
        }

        // A reader of its own: one that is shared with an open cursor may be on an older snapshot already.
        _reading = null;
        return Database.IsSplit || Options.IsReadOnly ? Route.Reader : Route.Writer;
    }

    /// <summary>Begins a transaction on a lease that the session has.</summary>
    /// <returns><see langword="false"/> where another process is in the way and there is time left to wait for it.</returns>
    /// <exception cref="SplitSqliteBusyException">The deadline passed.</exception>
    public bool TryBegin(ConnectionLease lease, Deadline deadline)
    {
        // Closed by another thread while this one waited.
        ThrowIfClosed();
        var rc = Options.IsReadOnly && lease != _held ? lease.Connection.BeginSnapshot() : lease.Connection.BeginImmediate();
        if (IsBusy(lease, rc, deadline))
        {
            return false;
        }

        NoticeTransaction(lease, autocommit: false, committed: false);
        return true;
    }

    private bool TryBeginSnapshot(ConnectionLease lease, Deadline deadline)
    {
        ThrowIfClosed();
        var connection = lease.Connection;
        // Nothing to split: the only connection that there is gives the snapshot, and is held for it.
        var isWriter = connection.Role == PhysicalRole.Writer;
        var rc = isWriter ? connection.BeginImmediate() : connection.BeginSnapshot();
        if (IsBusy(lease, rc, deadline))
        {
            return false;
        }

        if (isWriter)
        {
            NoticeTransaction(lease, autocommit: false, committed: false);
            return true;
        }

        if (connection.Role == PhysicalRole.Private)
        {
            MoveTo(SessionState.PrivateSnapshot);
            return true;
        }

        if (connection.Guard.Mode == GuardMode.Read)
        {
            connection.Guard.Mode = GuardMode.Snapshot;
        }

        Hold(lease, SessionState.Snapshot);
        return true;
    }

    // Answers whether another process is in the way and there is time left to wait for it; throws what else went wrong.
    private bool IsBusy(ConnectionLease lease, int rc, Deadline deadline)
    {
        if (!Busy.IsBusy(rc))
        {
            SqliteException.ThrowExceptionForRC(rc, lease.Connection.Handle);
            return false;
        }

        MeetOthers(lease);
        if (IsStopped)
        {
            throw new OperationCanceledException("The execution was cancelled: its data source has been disposed.");
        }

        return deadline.HasPassed ? throw BusyReport.DescribeForeign(Database, deadline, rc) : true;
    }

    private void End(ConnectionLease lease, int rc, bool committed, Deadline deadline)
    {
        lease.AddUser();
        try
        {
            var error = rc == raw.SQLITE_OK ? null
                : Busy.IsBusy(rc) ? BusyReport.DescribeForeign(Database, deadline, rc)
                : ErrorOf(lease, rc, mayCommit: committed);
            var autocommit = lease.Connection.IsAutocommit;
            if (committed && rc == raw.SQLITE_OK && State is SessionState.Transaction or SessionState.PrivateTransaction)
            {
                CountCommit();
            }

            NoticeTransaction(lease, autocommit, committed: rc == raw.SQLITE_OK);
            if (error is not null)
            {
                throw error;
            }
        }
        finally
        {
            Release(lease);
        }
    }

    // Before COMMIT: what is written to a file that is gone is lost, and must not be acknowledged.
    private void ThrowIfMoved(ConnectionLease lease)
    {
        if (State is not (SessionState.Transaction or SessionState.PrivateTransaction) || lease.Connection.HasMoved() != true)
        {
            return;
        }

        lease.AddUser();
        try
        {
            _ = lease.Connection.Rollback();
            NoticeTransaction(lease, lease.Connection.IsAutocommit, committed: false);
            throw Database.FileIsGone(isTransaction: true);
        }
        finally
        {
            Release(lease);
        }
    }

    // What SQLite itself would answer; there is no connection to ask.
    private static void ThrowNoTransaction(string message) => throw new SqliteException($"SQLite Error 1: '{message}'.", raw.SQLITE_ERROR, raw.SQLITE_ERROR);

    private static int StepToEnd(PhysicalConnection connection, SqlStatement statement)
    {
        using var prepared = PreparedStatement.Prepare(connection.Handle, statement.Utf8, out _);
        var rc = prepared!.Step();
        return rc == raw.SQLITE_DONE ? raw.SQLITE_OK : rc;
    }
}
