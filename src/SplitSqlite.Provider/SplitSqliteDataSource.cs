using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <summary>A source of connections to one database, with what is to be done to each physical connection.</summary>
public sealed class SplitSqliteDataSource : DbDataSource
{
    private readonly ConnectionSettings _settings;
    private readonly TimeSpan _shutdownTimeout;
    private volatile bool _isDisposed;

    internal SplitSqliteDataSource(string connectionString, Action<SqliteConnection>? initializer, ILogger? logger, TimeSpan shutdownTimeout)
    {
        _shutdownTimeout = shutdownTimeout;
        ConnectionString = connectionString;
        _settings = ConnectionSettings.Get(connectionString);
        Initializer = initializer;
        Logger = logger;
    }

    /// <summary>Gets the connection string as it was given.</summary>
    public override string ConnectionString { get; }

    /// <summary>Gets what is done to each physical connection once.</summary>
    internal Action<SqliteConnection>? Initializer { get; }

    /// <summary>Gets whom the database is told of.</summary>
    internal ILogger? Logger { get; }

    /// <summary>Gets the sessions that its connections have open.</summary>
    internal SessionGroup Sessions { get; } = new();

    /// <summary>Creates a data source. Nothing is opened yet.</summary>
    /// <param name="connectionString">The connection string.</param>
    /// <exception cref="ArgumentException">The connection string has an unknown keyword or a value that does not fit.</exception>
    public static SplitSqliteDataSource Create(string connectionString) => new SplitSqliteDataSourceBuilder(connectionString).Build();

    /// <summary>Creates a connection, closed.</summary>
    /// <exception cref="ObjectDisposedException">The data source has been disposed.</exception>
    public new SplitSqliteConnection CreateConnection() => (SplitSqliteConnection)CreateDbConnection();

    /// <summary>Creates and opens a connection.</summary>
    /// <exception cref="SqliteException">The database can't be opened.</exception>
    public new SplitSqliteConnection OpenConnection() => (SplitSqliteConnection)base.OpenConnection();

    /// <summary>Creates and opens a connection.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SqliteException">The database can't be opened.</exception>
    public new async ValueTask<SplitSqliteConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
        => (SplitSqliteConnection)await base.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Closes what is idle of the database's physical connections, and the rest as it comes back.</summary>
    public void Clear() => DatabaseRegistry.Find(_settings)?.Clear();

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new SplitSqliteConnection(this);
    }

    /// <summary>
    /// Shuts down: new connections are refused, and new work on the open ones; commands, data readers and transactions that are under way
    /// have the builder's <see cref="SplitSqliteDataSourceBuilder.ShutdownTimeout"/> to end, and are interrupted then
    /// (<see cref="OperationCanceledException"/>). Where nobody else has the database open, its WAL is taken in and its file closed.
    /// </summary>
    /// <remarks>
    /// Blocks while work is under way; <see cref="DbDataSource.DisposeAsync"/> does not. A COMMIT is never interrupted. What is not ended even then, a transaction whose
    /// code never comes back, keeps its physical connection until the process ends; SQLite rolls it back at the next open.
    /// </remarks>
    /// <param name="disposing">Whether it is a call of Dispose.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            Sessions.ShutDown(_shutdownTimeout);
            CloseDatabase();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc cref="Dispose(bool)" path="/summary"/>
    protected override async ValueTask DisposeAsyncCore()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await Sessions.ShutDownAsync(_shutdownTimeout).ConfigureAwait(false);
            CloseDatabase();
        }

        await base.DisposeAsyncCore().ConfigureAwait(false);
    }

    private void CloseDatabase()
    {
        // Others' warm connections are theirs.
        if (DatabaseRegistry.Find(_settings) is { } database && Sessions.HasAllOf(database))
        {
            database.Clear();
        }
    }
}
