using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SplitSqlite.Diagnostics;

namespace SplitSqlite;

/// <summary>Builds a <see cref="SplitSqliteDataSource"/>.</summary>
public sealed class SplitSqliteDataSourceBuilder
{
    private Action<SqliteConnection>? _initializer;
    private TimeSpan _shutdownTimeout = TimeSpan.FromSeconds(5);
    private ILoggerFactory? _loggerFactory;

    /// <summary>Begins with a connection string.</summary>
    /// <param name="connectionString">The connection string, or nothing, to be set through <see cref="ConnectionStringBuilder"/>.</param>
    /// <exception cref="ArgumentException">The connection string has an unknown keyword or a value that does not fit.</exception>
    public SplitSqliteDataSourceBuilder(string? connectionString = null)
        => ConnectionStringBuilder = new SplitSqliteConnectionStringBuilder(connectionString ?? string.Empty);

    /// <summary>Gets the connection string, open to changes until <see cref="Build"/>.</summary>
    public SplitSqliteConnectionStringBuilder ConnectionStringBuilder { get; }

    /// <summary>
    /// Has something done to each physical connection once, when it is opened: functions, aggregates, collations, extensions. Readers run
    /// reads and the writer runs writes, so what SQL may call has to be on all of them; registered here it costs nothing per session.
    /// </summary>
    /// <param name="initializer">
    /// What to do. It must not keep the connection, nor write to the database. Called on whatever thread opens a physical connection, at most
    /// once for each, possibly for several at the same time. If called more than once, each initializer is run, in order.
    /// </param>
    /// <returns>This builder.</returns>
    public SplitSqliteDataSourceBuilder UsePhysicalConnectionInitializer(Action<SqliteConnection> initializer)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        _initializer += initializer;
        return this;
    }

    /// <summary>
    /// Gets or sets how long a disposed data source lets commands, data readers and transactions that are under way go on before it
    /// interrupts them; zero interrupts at once. The default is 5 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan ShutdownTimeout
    {
        get => _shutdownTimeout;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            _shutdownTimeout = value;
        }
    }

    /// <summary>
    /// Has what the provider decides and notices logged, in the category <c>SplitSqlite</c>. A database is one for the whole process: it logs to the
    /// first data source with a logger that opened it. No parameter value and no password is ever logged.
    /// </summary>
    /// <param name="loggerFactory">Makes the logger, or <see langword="null"/> for none.</param>
    /// <returns>This builder.</returns>
    public SplitSqliteDataSourceBuilder UseLoggerFactory(ILoggerFactory? loggerFactory)
    {
        _loggerFactory = loggerFactory;
        return this;
    }

    /// <summary>Makes the data source. Nothing is opened yet.</summary>
    public SplitSqliteDataSource Build() => new(ConnectionStringBuilder.ConnectionString, _initializer, _loggerFactory?.CreateLogger(LogMessages.Category), ShutdownTimeout);
}
