using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;

namespace SplitSqlite.Engine;

/// <content>What is done to physical connections from outside: functions of the session's own, and backups.</content>
internal sealed partial class Session
{
    /// <summary>Does something to the session's own physical connection, giving it one first; inside a transaction the shared writer becomes it at its end.</summary>
    /// <exception cref="InvalidOperationException">The session is in a read-only snapshot, or has readers only.</exception>
    public void SetUp(Action<SqliteConnection> setUp, Deadline deadline)
    {
        switch (State)
        {
            case SessionState.Snapshot or SessionState.PrivateSnapshot:
                throw new InvalidOperationException("Functions, collations and extensions can't be added inside a read-only snapshot: its reader goes back to the pool. Add them before the transaction begins, or for all connections by UsePhysicalConnectionInitializer.");
            case SessionState.Free:
                EnterPrivate(deadline);
                break;
            case SessionState.Transaction:
                _held!.Connection.IsTainted = true;
                break;
            default:
                break;
        }

        setUp(_held!.Connection.Inner);

        // A function redefined expires prepared statements by itself; one whose name was unknown before does not (FACTS 1).
        _held.Connection.Commands.Clear();
    }

    /// <summary>
    /// Moves the session to the option set whose physical connections have one initializer more. One with a physical connection of its own, or in a transaction, has it done to
    /// that; one in a snapshot has it done to its reader, which serves nobody afterwards, and moves.
    /// </summary>
    public void MoveToInitializer(Action<SqliteConnection> all, Action<SqliteConnection> added, Deadline deadline)
    {
        switch (State)
        {
            case SessionState.Free:
                MoveToInitializer(all, deadline);
                break;
            case SessionState.Snapshot:
                var before = Options;
                MoveToInitializer(all, deadline);
                try
                {
                    InitializeHeld(added);
                }
                catch
                {
                    Options = before;
                    throw;
                }

                break;
            case SessionState.PrivateSnapshot:
                InitializeHeld(added);
                break;
            default:
                SetUp(added, deadline);
                break;
        }
    }

    // An initializer may do what a read is denied (load an extension), and must not write.
    private void InitializeHeld(Action<SqliteConnection> initializer)
    {
        var connection = _held!.Connection;
        var mode = connection.Guard.Mode;
        connection.Guard.Mode = GuardMode.Off;
        connection.IsTainted |= connection.Role == PhysicalRole.Reader;
        try
        {
            initializer(connection.Inner);
        }
        finally
        {
            connection.Guard.Mode = mode;
            connection.Commands.Clear();
        }
    }

    private void MoveToInitializer(Action<SqliteConnection> initializer, Deadline deadline)
    {
        // It may open a writer, without the gate: not while the file is kept closed.
        var slot = RentOutside(deadline);
        try
        {
            Options = Database.GetOrOpen(Settings, Options.DataSource, initializer, Options.IsReadOnly, deadline);

            // A data reader that is open goes on where it is; a read beside it must not join it there.
            _reading = null;
        }
        finally
        {
            Database.Readers.Discard(slot);
        }
    }

    /// <summary>Runs something on a connection that may write, under the gate.</summary>
    public void WithWriter(Deadline deadline, Action<SqliteConnection> action)
    {
        if (State is SessionState.Snapshot or SessionState.PrivateSnapshot)
        {
            throw new InvalidOperationException("The connection is in a read-only snapshot. End that transaction first.");
        }

        var lease = TryAcquire(Route.Writer, deadline, out var free) ? free : Acquire(Route.Writer, deadline, CancellationToken.None);
        lease.AddUser();
        try
        {
            DetachCursors(lease, except: null);
            action(lease.Connection.Inner);
            CountCommit();
        }
        finally
        {
            Release(lease);
        }
    }

    /// <summary>Copies a schema from one consistent state, on a read-only connection of its own: no gate, no place in the pool. Where nothing is split, under the gate.</summary>
    public void BackupTo(SqliteConnection destination, string destinationName, string sourceName, Deadline deadline)
    {
        var isSplit = Database.IsSplit || Options.IsReadOnly;
        if (IsInTransaction || (State == SessionState.Private && isSplit))
        {
            // What a transaction has not committed, and TEMP objects and attached files, only its own connection knows.
            _held!.Connection.Inner.BackupDatabase(destination, destinationName, sourceName);
            return;
        }

        // Without WAL a connection of its own would meet the writer's locks, which Microsoft.Data.Sqlite's copy does not wait for.
        var lease = isSplit ? OpenUnpooled(RentOutside(deadline), deadline)
            : TryAcquire(Route.Writer, deadline, out var free) ? free : Acquire(Route.Writer, deadline, CancellationToken.None);
        lease.AddUser();
        try
        {
            // Another process that recovers the file or closes it as the last is waited for here; the backup itself would fail at once.
            Busy.Retry(lease.Connection, deadline, static (c, _) => c.ExecuteOwn("PRAGMA schema_version"), this);
            lease.Connection.Inner.BackupDatabase(destination, destinationName, sourceName);
        }
        finally
        {
            Release(lease);
        }
    }
}
