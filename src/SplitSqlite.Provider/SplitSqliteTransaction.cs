using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace SplitSqlite;

/// <summary>
/// A transaction. One that may write holds the writer of its file from its beginning to its end, so it is best kept short; one that only
/// reads (<see cref="SplitSqliteTransactionOptions.ReadOnly"/>) sees one snapshot and holds up nobody.
/// </summary>
public sealed class SplitSqliteTransaction : DbTransaction
{
    private readonly IsolationLevel _isolationLevel;
    private SplitSqliteConnection? _connection;
    private bool _isCompleted;

    internal SplitSqliteTransaction(SplitSqliteConnection connection, IsolationLevel isolationLevel)
    {
        _connection = connection;
        _isolationLevel = isolationLevel;
    }

    /// <summary>Gets the connection, or <see langword="null"/> once the transaction is completed.</summary>
    public new SplitSqliteConnection? Connection => _connection;

    /// <summary>Gets the isolation level: <see cref="IsolationLevel.Serializable"/>, or <see cref="IsolationLevel.Snapshot"/> for one that only reads.</summary>
    public override IsolationLevel IsolationLevel => _isolationLevel;

    /// <summary>Gets <see langword="true"/>.</summary>
    public override bool SupportsSavepoints => true;

    /// <inheritdoc/>
    protected override DbConnection? DbConnection => Connection;

    /// <summary>Gets whether SQLite has rolled the transaction back by itself (ON CONFLICT ROLLBACK, RAISE(ROLLBACK), an interrupt, a raw ROLLBACK).</summary>
    internal bool WasRolledBack => _connection is { Session: { } session } && !session.IsInTransaction && session.LastEndWasRollback;

    private bool IsUsable => !_isCompleted && _connection is { State: ConnectionState.Open };

    /// <summary>Commits. When it returns, SQLite's COMMIT has returned.</summary>
    /// <exception cref="InvalidOperationException">The transaction is completed, or SQLite has rolled it back.</exception>
    /// <exception cref="SqliteException">SQLite refuses to commit, for one because of a deferred foreign key; the transaction is still open.</exception>
    public override void Commit()
    {
        if (!IsUsable || WasRolledBack)
        {
            throw Completed();
        }

        var session = _connection!.Session!;
        session.Commit(session.DeadlineOf(null, _connection.DefaultTimeout));
        Complete();
    }

    /// <summary>Rolls back.</summary>
    /// <exception cref="InvalidOperationException">The transaction is completed.</exception>
    public override void Rollback()
    {
        if (!IsUsable)
        {
            throw Completed();
        }

        RollbackIfOpen(dispose: false);
    }

    /// <summary>Sets a savepoint.</summary>
    /// <param name="savepointName">Its name.</param>
    /// <exception cref="InvalidOperationException">The transaction is completed.</exception>
    public override void Save(string savepointName) => Execute("SAVEPOINT ", savepointName);

    /// <summary>Rolls back to a savepoint, which stays.</summary>
    /// <param name="savepointName">Its name.</param>
    /// <exception cref="InvalidOperationException">The transaction is completed.</exception>
    /// <exception cref="SqliteException">There is no such savepoint.</exception>
    public override void Rollback(string savepointName) => Execute("ROLLBACK TO SAVEPOINT ", savepointName);

    /// <summary>Releases a savepoint and all after it.</summary>
    /// <param name="savepointName">Its name.</param>
    /// <exception cref="InvalidOperationException">The transaction is completed.</exception>
    /// <exception cref="SqliteException">There is no such savepoint.</exception>
    public override void Release(string savepointName) => Execute("RELEASE SAVEPOINT ", savepointName);

    /// <summary>Rolls back if the transaction is still open.</summary>
    /// <param name="disposing">Whether it is a call of Dispose.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing && IsUsable)
        {
            RollbackIfOpen(dispose: true);
        }

        base.Dispose(disposing);
    }

    /// <summary>Ends the transaction object with its connection.</summary>
    internal void Complete()
    {
        if (_connection is { } connection && connection.Transaction == this)
        {
            connection.Transaction = null;
        }

        _connection = null;
        _isCompleted = true;
    }

    private static InvalidOperationException Completed()
        => new("This transaction has ended: it was committed or rolled back, SQLite rolled it back by itself, or its connection was closed. Begin another one.");

    private void RollbackIfOpen(bool dispose)
    {
        try
        {
            var session = _connection!.Session!;
            if (session.IsInTransaction || (!dispose && !session.LastEndWasRollback))
            {
                session.Rollback();
            }
        }
        finally
        {
            // If SQLite would not end it, it is still open, and can be tried again.
            if (_connection?.Session is not { IsInTransaction: true })
            {
                Complete();
            }
        }
    }

    private void Execute(string verb, string savepointName)
    {
        ArgumentNullException.ThrowIfNull(savepointName);
        if (!IsUsable)
        {
            throw Completed();
        }

        using var command = _connection!.CreateCommand();
        command.Transaction = this;
        command.CommandText = $"{verb}\"{savepointName.Replace("\"", "\"\"", StringComparison.Ordinal)}\";";
        command.ExecuteNonQuery();
    }
}
