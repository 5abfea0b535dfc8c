using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <content>The execution of a command.</content>
public sealed partial class SplitSqliteCommand
{
    /// <summary>Executes the SQL and gives its results.</summary>
    /// <param name="behavior">Only <see cref="CommandBehavior.CloseConnection"/> makes a difference, as with Microsoft.Data.Sqlite.</param>
    /// <exception cref="InvalidOperationException">The connection is not open, a data reader of this command is, or the transaction is not the connection's.</exception>
    /// <exception cref="SqliteException">SQLite reports an error.</exception>
    /// <exception cref="SplitSqliteBusyException">The command timeout passed while waiting.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public new SplitSqliteDataReader ExecuteReader(CommandBehavior behavior = CommandBehavior.Default)
    {
        var cursor = Begin(nameof(ExecuteReader));
        cursor.Run();
        return Open(cursor, behavior);
    }

    /// <summary>Executes the SQL and gives its results. Waiting takes no thread; SQLite's own work is synchronous.</summary>
    /// <param name="behavior">Only <see cref="CommandBehavior.CloseConnection"/> makes a difference, as with Microsoft.Data.Sqlite.</param>
    /// <param name="cancellationToken">Ends the wait, or interrupts the execution.</param>
    /// <inheritdoc cref="ExecuteReader(CommandBehavior)" path="/exception"/>
    public new Task<SplitSqliteDataReader> ExecuteReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken = default)
        => RunAsync(
            nameof(ExecuteReader),
            static (command, cursor, behavior) => command.Open(cursor, behavior),
            behavior,
            cancellationToken);

    /// <inheritdoc cref="ExecuteReaderAsync(CommandBehavior, CancellationToken)"/>
    public new Task<SplitSqliteDataReader> ExecuteReaderAsync(CancellationToken cancellationToken = default)
        => ExecuteReaderAsync(CommandBehavior.Default, cancellationToken);

    /// <summary>Executes the SQL to its end.</summary>
    /// <returns>The rows changed, or -1 where no statement could change any.</returns>
    /// <inheritdoc cref="ExecuteReader(CommandBehavior)" path="/exception"/>
    public override int ExecuteNonQuery()
    {
        var cursor = Begin(nameof(ExecuteNonQuery));
        cursor.Run();
        return Drain(this, cursor);
    }

    /// <summary>Executes the SQL to its end. Waiting takes no thread; SQLite's own work is synchronous.</summary>
    /// <param name="cancellationToken">Ends the wait, or interrupts the execution.</param>
    /// <returns>The rows changed, or -1 where no statement could change any.</returns>
    /// <inheritdoc cref="ExecuteReader(CommandBehavior)" path="/exception"/>
    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<int>(cancellationToken) // As DbCommand answers it, and so Microsoft.Data.Sqlite.
            : RunAsync(nameof(ExecuteNonQuery), static (command, cursor, _) => Drain(command, cursor), 0, cancellationToken);

    /// <summary>Executes the SQL to its end and gives the first value of its first row.</summary>
    /// <returns>The value, or <see langword="null"/> where there is no row.</returns>
    /// <inheritdoc cref="ExecuteReader(CommandBehavior)" path="/exception"/>
    public override object? ExecuteScalar()
    {
        var cursor = Begin(nameof(ExecuteScalar));
        cursor.Run();
        return First(this, cursor);
    }

    /// <summary>Executes the SQL to its end and gives the first value of its first row. Waiting takes no thread; SQLite's own work is synchronous.</summary>
    /// <param name="cancellationToken">Ends the wait, or interrupts the execution.</param>
    /// <returns>The value, or <see langword="null"/> where there is no row.</returns>
    /// <inheritdoc cref="ExecuteReader(CommandBehavior)" path="/exception"/>
    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<object?>(cancellationToken) // As DbCommand answers it, and so Microsoft.Data.Sqlite.
            : RunAsync(nameof(ExecuteScalar), static (command, cursor, _) => First(command, cursor), 0, cancellationToken);

    /// <inheritdoc/>
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => ExecuteReader(behavior);

    /// <inheritdoc/>
    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        => RunAsync<CommandBehavior, DbDataReader>(
            nameof(ExecuteReader),
            static (command, cursor, behavior) => command.Open(cursor, behavior),
            behavior,
            cancellationToken);

    private static int Drain(SplitSqliteCommand command, CommandCursor cursor)
    {
        try
        {
            cursor.Complete();
        }
        finally
        {
            command.Done();
        }

        return cursor.RecordsAffected;
    }

    private static object? First(SplitSqliteCommand command, CommandCursor cursor)
    {
        try
        {
            var rows = cursor.Current;
            var value = rows?.Read() == true ? ValueConversions.GetValue(rows, 0) : null;
            cursor.Complete();
            return value;
        }
        catch
        {
            cursor.Abandon();
            throw;
        }
        finally
        {
            command.Done();
        }
    }

    private async Task<TResult> RunAsync<TState, TResult>(
        string method,
        Func<SplitSqliteCommand, CommandCursor, TState, TResult> finish,
        TState state,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var cursor = Begin(method);

        // The token ends what waits and what runs in the same way as Cancel() does.
        var registration = cancellationToken.UnsafeRegister(static cursor => ((CommandCursor)cursor!).Cancel(), cursor);
        try
        {
            cursor.CancelledBy = cancellationToken;
            await cursor.RunAsync().ConfigureAwait(false);
            return finish(this, cursor, state);
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            cursor.EndCall();
            GC.KeepAlive(_connection);
        }
    }

    private CommandCursor Begin(string method)
    {
        if (_reader is { IsClosed: false })
        {
            throw new InvalidOperationException("A data reader of this command is still open. Close it first, or use another command.");
        }

        var session = RequireSession(method);
        _connection!.RequireCurrent(Transaction);
        return _running = new CommandCursor(session, Plan(), _parameters, Deadline(session));
    }

    private SplitSqliteDataReader Open(CommandCursor cursor, CommandBehavior behavior)
    {
        GC.KeepAlive(_connection);
        return _reader = new SplitSqliteDataReader(this, cursor, behavior);
    }

    private void Done()
    {
        _running = null;
        GC.KeepAlive(_connection);
    }
}
