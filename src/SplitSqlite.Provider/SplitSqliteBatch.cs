using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Routing;

namespace SplitSqlite;

/// <summary>
/// Several commands that are executed as one: all of them or, if one fails, none. Its commit may be shared with other writes that wait at the same time, so that
/// it costs less than a transaction.
/// </summary>
/// <remarks>
/// Within a transaction it is a part of that, behind a savepoint of its own. The results are read into memory before the first is handed out. A batch that only reads sees one
/// snapshot. Microsoft.Data.Sqlite has no batches.
/// </remarks>
public sealed class SplitSqliteBatch : DbBatch, IDataReaderOwner
{
    private SplitSqliteConnection? _connection;
    private int? _timeout;
    private SplitSqliteDataReader? _reader;

    // What Cancel() is to end; another thread reads it.
    private volatile BatchCursor? _running;

    /// <summary>Makes a batch without connection.</summary>
    public SplitSqliteBatch()
    {
    }

    /// <summary>Makes a batch.</summary>
    /// <param name="connection">The connection, which need not be open yet.</param>
    /// <param name="transaction">The connection's transaction, if it is in one.</param>
    public SplitSqliteBatch(SplitSqliteConnection? connection, SplitSqliteTransaction? transaction = null)
    {
        _connection = connection;
        Transaction = transaction;
    }

    /// <summary>Gets the commands.</summary>
    public new SplitSqliteBatchCommandCollection BatchCommands { get; } = new();

    /// <summary>Gets or sets for how many seconds the batch may wait for the writer, for a reader and for other processes' locks together; 0 means for ever. The default is the connection's.</summary>
    public override int Timeout
    {
        get => _timeout ?? _connection?.DefaultTimeout ?? 30;
        set => _timeout = value;
    }

    /// <summary>Gets or sets the connection.</summary>
    /// <exception cref="InvalidOperationException">A data reader of this batch is open.</exception>
    public new SplitSqliteConnection? Connection
    {
        get => _connection;
        set
        {
            RequireNoReader();
            _connection = value;
        }
    }

    /// <summary>Gets or sets the transaction that the batch is part of. It must be the connection's own.</summary>
    public new SplitSqliteTransaction? Transaction { get; set; }

    /// <inheritdoc/>
    protected override DbBatchCommandCollection DbBatchCommands => BatchCommands;

    /// <inheritdoc/>
    protected override DbConnection? DbConnection
    {
        get => Connection;
        set => Connection = value switch
        {
            null => null,
            SplitSqliteConnection connection => connection,
            _ => throw new InvalidCastException($"A batch of SplitSqlite needs a SplitSqliteConnection, not a {value.GetType().Name}."),
        };
    }

    /// <inheritdoc/>
    protected override DbTransaction? DbTransaction
    {
        get => Transaction;
        set => Transaction = value switch
        {
            null => null,
            SplitSqliteTransaction transaction => transaction,
            _ => throw new InvalidCastException($"A batch of SplitSqlite needs a SplitSqliteTransaction, not a {value.GetType().Name}."),
        };
    }

    /// <summary>Executes the commands and gives their results, one after the other.</summary>
    /// <param name="behavior">Only <see cref="CommandBehavior.CloseConnection"/> makes a difference.</param>
    /// <exception cref="InvalidOperationException">The connection is not open, a data reader of this batch is, the transaction is not the connection's, there is no command, or one controls transactions.</exception>
    /// <exception cref="SqliteException">SQLite reports an error; nothing of the batch was done.</exception>
    /// <exception cref="SplitSqliteBusyException">The timeout passed while waiting; nothing of the batch was done.</exception>
    /// <exception cref="SplitSqliteOutcomeUnknownException">The commit failed while it was made durable.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of the batch was done.</exception>
    public new SplitSqliteDataReader ExecuteReader(CommandBehavior behavior = CommandBehavior.Default)
    {
        var cursor = Begin(nameof(ExecuteReader));
        cursor.Run();
        return Open(cursor, behavior);
    }

    /// <summary>Executes the commands and gives their results, one after the other. Waiting takes no thread; SQLite's own work is synchronous.</summary>
    /// <param name="behavior">Only <see cref="CommandBehavior.CloseConnection"/> makes a difference.</param>
    /// <param name="cancellationToken">Ends the wait, or interrupts the execution.</param>
    /// <inheritdoc cref="ExecuteReader(CommandBehavior)" path="/exception"/>
    public new Task<SplitSqliteDataReader> ExecuteReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken = default)
        => RunAsync(nameof(ExecuteReader), static (batch, cursor, behavior) => batch.Open(cursor, behavior), behavior, cancellationToken);

    /// <inheritdoc cref="ExecuteReaderAsync(CommandBehavior, CancellationToken)"/>
    public new Task<SplitSqliteDataReader> ExecuteReaderAsync(CancellationToken cancellationToken = default)
        => ExecuteReaderAsync(CommandBehavior.Default, cancellationToken);

    /// <summary>Executes the commands.</summary>
    /// <returns>The rows changed by all of them, or -1 where none could change any.</returns>
    /// <inheritdoc cref="ExecuteReader(CommandBehavior)" path="/exception"/>
    public override int ExecuteNonQuery()
    {
        var cursor = Begin(nameof(ExecuteNonQuery));
        cursor.Run();
        return Drain(cursor);
    }

    /// <summary>Executes the commands. Waiting takes no thread; SQLite's own work is synchronous.</summary>
    /// <param name="cancellationToken">Ends the wait, or interrupts the execution.</param>
    /// <returns>The rows changed by all of them, or -1 where none could change any.</returns>
    /// <inheritdoc cref="ExecuteReader(CommandBehavior)" path="/exception"/>
    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default)
        => RunAsync(nameof(ExecuteNonQuery), static (batch, cursor, _) => batch.Drain(cursor), 0, cancellationToken);

    /// <summary>Executes the commands and gives the first value of the first row of the first result.</summary>
    /// <returns>The value, or <see langword="null"/> where there is no row.</returns>
    /// <inheritdoc cref="ExecuteReader(CommandBehavior)" path="/exception"/>
    public override object? ExecuteScalar()
    {
        var cursor = Begin(nameof(ExecuteScalar));
        cursor.Run();
        return First(cursor);
    }

    /// <summary>Executes the commands and gives the first value of the first row of the first result. Waiting takes no thread; SQLite's own work is synchronous.</summary>
    /// <param name="cancellationToken">Ends the wait, or interrupts the execution.</param>
    /// <returns>The value, or <see langword="null"/> where there is no row.</returns>
    /// <inheritdoc cref="ExecuteReader(CommandBehavior)" path="/exception"/>
    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default)
        => RunAsync(nameof(ExecuteScalar), static (batch, cursor, _) => batch.First(cursor), 0, cancellationToken);

    /// <summary>Has the statements prepared, so that errors in the texts are told now.</summary>
    /// <exception cref="InvalidOperationException">The connection is not open.</exception>
    /// <exception cref="SqliteException">SQLite does not accept a text.</exception>
    public override void Prepare()
    {
        var session = RequireSession(nameof(Prepare));
        foreach (var command in BatchCommands)
        {
            session.Prepare(PlanCache.Shared.Get(command.CommandText), Deadline(session));
        }

        GC.KeepAlive(_connection);
    }

    /// <summary>The same; SQLite's own work is synchronous.</summary>
    /// <param name="cancellationToken">Looked at before it begins.</param>
    /// <inheritdoc cref="Prepare" path="/exception"/>
    public override Task PrepareAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Prepare();
        return Task.CompletedTask;
    }

    /// <summary>Ends the execution that is under way, from whatever thread. Nothing of the batch is done then. Does nothing where nothing runs.</summary>
    public override void Cancel() => _running?.Cancel();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _reader?.Dispose();
        base.Dispose();
    }

    void IDataReaderOwner.ReaderClosed(SplitSqliteDataReader reader)
    {
        if (_reader == reader)
        {
            _reader = null;
        }

        _running = null;
    }

    /// <inheritdoc/>
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => ExecuteReader(behavior);

    /// <inheritdoc/>
    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        => await ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override DbBatchCommand CreateDbBatchCommand() => new SplitSqliteBatchCommand();

    private async Task<TResult> RunAsync<TState, TResult>(
        string method,
        Func<SplitSqliteBatch, BatchCursor, TState, TResult> finish,
        TState state,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var cursor = Begin(method);
        var registration = cancellationToken.UnsafeRegister(static cursor => ((BatchCursor)cursor!).Cancel(), cursor);
        try
        {
            cursor.CancelledBy = cancellationToken;
            await cursor.RunAsync().ConfigureAwait(false);
            return finish(this, cursor, state);
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            GC.KeepAlive(_connection);
        }
    }

    private BatchCursor Begin(string method)
    {
        RequireNoReader();
        var session = RequireSession(method);
        _connection!.RequireCurrent(Transaction);
        if (BatchCommands.Count == 0)
        {
            throw new InvalidOperationException("The batch has no commands. Add some to BatchCommands.");
        }

        var plans = new SqlPlan[BatchCommands.Count];
        var parameters = new SqliteParameterCollection?[plans.Length];
        for (var i = 0; i < plans.Length; i++)
        {
            var command = BatchCommands[i];
            command.Affected = -1;
            parameters[i] = command.ParametersIfAny;
            plans[i] = PlanCache.Shared.Get(command.CommandText);
            if (plans[i].HasTransactionControl)
            {
                throw new InvalidOperationException(
                    $"Command {i + 1} of the batch begins or ends a transaction or savepoint. A batch is a transaction itself: leave these statements out, or send them as commands of their own.");
            }
        }

        return _running = new BatchCursor(session, plans, parameters, Deadline(session));
    }

    private SplitSqliteDataReader Open(BatchCursor cursor, CommandBehavior behavior)
    {
        Count(cursor);
        GC.KeepAlive(_connection);
        return _reader = new SplitSqliteDataReader(this, cursor, behavior);
    }

    private int Drain(BatchCursor cursor)
    {
        Count(cursor);
        cursor.Close();
        _running = null;
        var affected = -1;
        foreach (SplitSqliteBatchCommand command in BatchCommands)
        {
            affected = command.Affected >= 0 ? Math.Max(affected, 0) + command.Affected : affected;
        }

        GC.KeepAlive(_connection);
        return affected;
    }

    private object? First(BatchCursor cursor)
    {
        Count(cursor);
        try
        {
            return cursor.Current is { } rows && rows.Read() ? ValueConversions.GetValue(rows, 0) : null;
        }
        finally
        {
            cursor.Abandon();
            _running = null;
            GC.KeepAlive(_connection);
        }
    }

    private void Count(BatchCursor cursor)
    {
        for (var i = 0; i < BatchCommands.Count; i++)
        {
            BatchCommands[i].Affected = cursor.AffectedBy(i);
        }
    }

    private Deadline Deadline(Session session) => session.DeadlineOf(_timeout, _connection!.DefaultTimeout);

    private void RequireNoReader()
    {
        if (_reader is { IsClosed: false })
        {
            throw new InvalidOperationException("A data reader of this batch is still open. Close it first, or use another batch.");
        }
    }

    private Session RequireSession(string method)
        => _connection is { State: ConnectionState.Open, Session: { } session }
            ? session
            : throw new InvalidOperationException($"{method} needs an open connection. {(_connection is null ? "Set the batch's Connection." : "Call Open() first.")}");
}
