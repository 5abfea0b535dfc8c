using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <summary>A source of connections to one database, with what is to be done to each physical connection.</summary>
public sealed class SplitSqliteDataSource : DbDataSource
{
    private readonly ConnectionSettings _settings;
    private readonly Action<SqliteConnection>? _initializer;
    private volatile bool _isDisposed;

    internal SplitSqliteDataSource(string connectionString, Action<SqliteConnection>? initializer)
    {
        ConnectionString = connectionString;
        _settings = ConnectionSettings.Get(connectionString);
        _initializer = initializer;
    }

    /// <summary>Gets the connection string as it was given.</summary>
    public override string ConnectionString { get; }

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
        return new SplitSqliteConnection(ConnectionString, _initializer);
    }

    /// <summary>Refuses new connections and closes idle physical ones; connections that are open go on.</summary>
    /// <param name="disposing">Whether it is a call of Dispose.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            Clear();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore()
    {
        Dispose(true);
        return base.DisposeAsyncCore();
    }
}
