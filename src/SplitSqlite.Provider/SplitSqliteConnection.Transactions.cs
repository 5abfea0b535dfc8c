using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <content>Transactions.</content>
public sealed partial class SplitSqliteConnection
{
    /// <summary>Begins a transaction that may write: waits for the writer and holds it to the transaction's end.</summary>
    /// <exception cref="InvalidOperationException">The connection is not open, or in a transaction already.</exception>
    /// <exception cref="SplitSqliteBusyException">The default timeout passed while waiting.</exception>
    public new SplitSqliteTransaction BeginTransaction() => BeginTransaction(IsolationLevel.Unspecified);

    /// <summary>Begins a transaction that may write. It is never deferred: a deferred one that writes later fails at once with SQLITE_BUSY_SNAPSHOT.</summary>
    /// <param name="deferred">Without effect; there for callers of Microsoft.Data.Sqlite.</param>
    /// <inheritdoc cref="BeginTransaction()" path="/exception"/>
    public SplitSqliteTransaction BeginTransaction(bool deferred) => BeginTransaction(IsolationLevel.Unspecified, deferred);

    /// <summary>Begins a transaction: one that may write, or, by <see cref="IsolationLevel.Snapshot"/>, one that only reads.</summary>
    /// <param name="isolationLevel">Snapshot pins a snapshot on a reader and leaves the writer alone; all others are serializable on the writer.</param>
    /// <exception cref="ArgumentException">The level is Chaos.</exception>
    /// <inheritdoc cref="BeginTransaction()" path="/exception"/>
    public new SplitSqliteTransaction BeginTransaction(IsolationLevel isolationLevel) => BeginTransaction(isolationLevel, deferred: false);

    /// <summary>Begins a transaction: one that may write, or, by <see cref="IsolationLevel.Snapshot"/>, one that only reads.</summary>
    /// <param name="isolationLevel">Snapshot pins a snapshot on a reader and leaves the writer alone; all others are serializable on the writer.</param>
    /// <param name="deferred">Without effect; there for callers of Microsoft.Data.Sqlite.</param>
    /// <exception cref="ArgumentException">The level is Chaos.</exception>
    /// <inheritdoc cref="BeginTransaction()" path="/exception"/>
    public SplitSqliteTransaction BeginTransaction(IsolationLevel isolationLevel, bool deferred)
    {
        _ = deferred;
        var session = RequireFree(isolationLevel, out var level);
        var deadline = session.DeadlineOf(null, DefaultTimeout);
        FlowMark.Mark();
        if (level == IsolationLevel.Snapshot)
        {
            session.BeginSnapshot(deadline, CancellationToken.None);
        }
        else
        {
            session.Begin(deadline, CancellationToken.None);
        }

        GC.KeepAlive(this);
        return Transaction = new SplitSqliteTransaction(this, level);
    }

    /// <summary>Begins a transaction by what it is for.</summary>
    /// <param name="options">Whether it may write.</param>
    /// <inheritdoc cref="BeginTransaction()" path="/exception"/>
    public SplitSqliteTransaction BeginTransaction(SplitSqliteTransactionOptions options) => BeginTransaction(LevelOf(options));

    /// <summary>Begins a transaction by what it is for. Waiting takes no thread.</summary>
    /// <param name="options">Whether it may write.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="BeginTransaction()" path="/exception"/>
    public ValueTask<SplitSqliteTransaction> BeginTransactionAsync(SplitSqliteTransactionOptions options, CancellationToken cancellationToken = default)
        => BeginTransactionAsync(LevelOf(options), cancellationToken);

    /// <summary>Begins a transaction that may write. Waiting takes no thread.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="BeginTransaction()" path="/exception"/>
    public new ValueTask<SplitSqliteTransaction> BeginTransactionAsync(CancellationToken cancellationToken = default)
        => BeginTransactionAsync(IsolationLevel.Unspecified, cancellationToken);

    /// <summary>Begins a transaction: one that may write, or, by <see cref="IsolationLevel.Snapshot"/>, one that only reads. Waiting takes no thread.</summary>
    /// <param name="isolationLevel">Snapshot pins a snapshot on a reader and leaves the writer alone; all others are serializable on the writer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="BeginTransaction()" path="/exception"/>
    public new ValueTask<SplitSqliteTransaction> BeginTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken = default)
    {
        // Not async itself, so that the mark stays in the caller's flow.
        FlowMark.Mark();
        return Begin(isolationLevel, cancellationToken);
    }

    /// <inheritdoc/>
    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => BeginTransaction(isolationLevel);

    /// <inheritdoc/>
    protected override ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        FlowMark.Mark();
        return Begin();

        async ValueTask<DbTransaction> Begin() => await this.Begin(isolationLevel, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<SplitSqliteTransaction> Begin(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            // As DbConnection answers it, and so Microsoft.Data.Sqlite: who awaits gets a TaskCanceledException.
            await Task.FromCanceled(cancellationToken).ConfigureAwait(false);
        }

        var session = RequireFree(isolationLevel, out var level);
        var deadline = session.DeadlineOf(null, DefaultTimeout);
        if (level == IsolationLevel.Snapshot)
        {
            await session.BeginSnapshotAsync(deadline, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await session.BeginAsync(deadline, cancellationToken).ConfigureAwait(false);
        }

        GC.KeepAlive(this);
        return Transaction = new SplitSqliteTransaction(this, level);
    }

    /// <summary>Before an execution: holds that what it names as its transaction is the connection's current one, and not gone.</summary>
    internal void RequireCurrent(SplitSqliteTransaction? named)
    {
        if (named != Transaction)
        {
            throw new InvalidOperationException(
                named is null
                    ? "The connection is in a transaction, and the command's Transaction is not set to it. Set it, or create the command by connection.CreateCommand()."
                    : "The command's Transaction is not the connection's current one: it has ended, or it belongs to another connection.");
        }

        if (named?.WasRolledBack == true)
        {
            throw new InvalidOperationException("SQLite has rolled this transaction back by itself. Dispose it and begin another one.");
        }
    }

    private static IsolationLevel LevelOf(SplitSqliteTransactionOptions options)
        => options switch
        {
            SplitSqliteTransactionOptions.ReadWrite => IsolationLevel.Serializable,
            SplitSqliteTransactionOptions.ReadOnly => IsolationLevel.Snapshot,
            _ => throw new ArgumentOutOfRangeException(nameof(options), options, "Not a transaction option."),
        };

    private Session RequireFree(IsolationLevel isolationLevel, out IsolationLevel level)
    {
        if (Session is null)
        {
            throw new InvalidOperationException("BeginTransaction needs an open connection. Call Open() first.");
        }

        if (Transaction is not null)
        {
            throw new InvalidOperationException("The connection is in a transaction already, and SQLite does not nest them. Use a savepoint (Save), or end the transaction first.");
        }

        level = isolationLevel switch
        {
            IsolationLevel.Snapshot => IsolationLevel.Snapshot,
            IsolationLevel.Unspecified or IsolationLevel.ReadUncommitted or IsolationLevel.ReadCommitted or IsolationLevel.RepeatableRead or IsolationLevel.Serializable => IsolationLevel.Serializable,
            _ => throw new ArgumentException($"The isolation level '{isolationLevel}' is not supported.", nameof(isolationLevel)),
        };
        return Session!;
    }
}
