using Microsoft.Data.Sqlite;

namespace SplitSqlite;

/// <summary>Builds a <see cref="SplitSqliteDataSource"/>.</summary>
public sealed class SplitSqliteDataSourceBuilder
{
    private Action<SqliteConnection>? _initializer;

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

    /// <summary>Makes the data source. Nothing is opened yet.</summary>
    public SplitSqliteDataSource Build() => new(ConnectionStringBuilder.ConnectionString, _initializer);
}
