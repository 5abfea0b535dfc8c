using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <summary>A connection string, parsed once: immutable and shared by all sessions that were opened with the same text.</summary>
internal sealed class ConnectionSettings
{
    // A program has a few connection strings; one that makes a new text for each file must not fill the memory with them.
    private static readonly TextCache<ConnectionSettings> Known = new(256, static text => new(text, new SplitSqliteConnectionStringBuilder(text)));

    // By the identity of their string: most programs set the same object each time, and need not have it hashed. A race loses a hint.
    private static readonly ConnectionSettings?[] Recent = new ConnectionSettings?[16];

    [DebuggerBrowsable(DebuggerBrowsableState.Never)] // It holds the password.
    private readonly string _plain;

    private readonly DataSourceName? _fixedDataSource;

    // By level; a race fills a slot with one of two equal objects.
    private readonly ConnectionSettings?[] _withSynchronous;

    private ConnectionSettings(string text, SplitSqliteConnectionStringBuilder builder)
    {
        Text = text;
        _plain = builder.ToMicrosoftDataSqliteString();
        _withSynchronous = new ConnectionSettings?[Enum.GetValues<SplitSqliteSynchronous>().Length];

        DataSource = builder.DataSource;
        Cache = builder.Cache;
        OptionSet = new(
            builder.Password,
            string.IsNullOrWhiteSpace(builder.Vfs) ? null : builder.Vfs,
            builder.Mode,
            builder.ForeignKeys,
            builder.RecursiveTriggers,
            builder.Synchronous);

        DefaultTimeout = builder.DefaultTimeout;
        MaxReaders = builder.MaxReaders;
        IdleLifetime = builder.Pooling ? TimeSpan.FromSeconds(builder.ConnectionIdleLifetime) : TimeSpan.Zero;
        JournalMode = builder.JournalMode;
        Routing = builder.Routing;
        SharesCommits = builder.GroupCommit == SplitSqliteGroupCommit.Autocommit;
        StatementCacheSize = builder.StatementCacheSize;
        InterruptOnTimeout = builder.InterruptOnTimeout;
        IncludeHolderStackTrace = builder.IncludeHolderStackTrace;

        if (builder.Synchronous is { } level)
        {
            _withSynchronous[(int)level] = this;
        }

        _fixedDataSource = DataSourceName.IsAmbient(DataSource, OptionSet.Mode) ? null : Resolve();
    }

    private ConnectionSettings(ConnectionSettings other, SplitSqliteSynchronous synchronous)
    {
        Text = other.Text;
        _plain = other._plain;
        _fixedDataSource = other._fixedDataSource;
        _withSynchronous = other._withSynchronous;

        DataSource = other.DataSource;
        Cache = other.Cache;
        OptionSet = other.OptionSet with { Synchronous = synchronous };

        DefaultTimeout = other.DefaultTimeout;
        MaxReaders = other.MaxReaders;
        IdleLifetime = other.IdleLifetime;
        JournalMode = other.JournalMode;
        Routing = other.Routing;
        SharesCommits = other.SharesCommits;
        StatementCacheSize = other.StatementCacheSize;
        InterruptOnTimeout = other.InterruptOnTimeout;
        IncludeHolderStackTrace = other.IncludeHolderStackTrace;
    }

    /// <summary>Gets the connection string as it was given. It may hold the password.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Text { get; }

    /// <summary>Gets the data source as it was given.</summary>
    public string DataSource { get; }

    /// <summary>Gets the cache mode.</summary>
    public SqliteCacheMode Cache { get; }

    /// <summary>Gets what belongs to the physical connections.</summary>
    public OptionSetKey OptionSet { get; }

    /// <summary>Gets the default command timeout in seconds; 0 waits for ever.</summary>
    public int DefaultTimeout { get; }

    /// <summary>Gets the deadline of an open that begins now.</summary>
    public Deadline OpenDeadline()
        => Deadline.After(DefaultTimeout == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(Math.Max(DefaultTimeout, 0)), TimeProvider.System);

    /// <summary>Gets how many readers the database has at most; at least 1.</summary>
    public int MaxReaders { get; }

    /// <summary>Gets how long the database stays open after its last session; zero with <c>Pooling=False</c>.</summary>
    public TimeSpan IdleLifetime { get; }

    /// <summary>Gets what is done about the file's journal mode.</summary>
    public SplitSqliteJournalMode JournalMode { get; }

    /// <summary>Gets how statements find their physical connection.</summary>
    public SplitSqliteRouting Routing { get; }

    /// <summary>Gets whether autocommit writes may share a commit with others.</summary>
    public bool SharesCommits { get; }

    /// <summary>Gets how many statements each physical connection keeps prepared; 0 keeps none.</summary>
    public int StatementCacheSize { get; }

    /// <summary>Gets whether the command timeout interrupts a statement that runs.</summary>
    public bool InterruptOnTimeout { get; }

    /// <summary>Gets whether the stack trace of the writer's holder is kept.</summary>
    public bool IncludeHolderStackTrace { get; }

    /// <summary>Gets the settings of a connection string. Takes no lock for a text that was seen before.</summary>
    /// <exception cref="ArgumentException">As from the constructor of <see cref="SplitSqliteConnectionStringBuilder"/>, with its other exceptions too. What fails is not remembered.</exception>
    public static ConnectionSettings Get(string connectionString)
    {
        ref var recent = ref Recent[RuntimeHelpers.GetHashCode(connectionString) & (Recent.Length - 1)];
        if (Volatile.Read(ref recent) is { } hit && ReferenceEquals(hit.Text, connectionString))
        {
            return hit;
        }

        var settings = Known.Get(connectionString);
        if (ReferenceEquals(settings.Text, connectionString))
        {
            Volatile.Write(ref recent, settings);
        }

        return settings;
    }

    /// <summary>Gets these settings with another <c>synchronous</c> level, one that is defined, as if it had been in the connection string.</summary>
    public ConnectionSettings WithSynchronous(SplitSqliteSynchronous level)
        => OptionSet.Synchronous == level ? this : _withSynchronous[(int)level] ??= new(this, level);

    /// <summary>
    /// Gets or sets where this connection string led last, for names that always lead to the same place, so that opening a session looks
    /// nothing up. A hint: the registry decides whether it still holds.
    /// </summary>
    public Engine.OptionSet? LastTarget { get; set; }

    /// <summary>Gets whether the data source leads to the same place at any time, whatever the current folder is.</summary>
    public bool IsFixed => _fixedDataSource is not null;

    /// <summary>Gets where the database is, as Microsoft.Data.Sqlite would find it if it opened it now.</summary>
    public DataSourceName ResolveDataSource() => _fixedDataSource ?? Resolve();

    /// <summary>Makes the connection string of a physical connection, for Microsoft.Data.Sqlite: its keywords only, with <c>Pooling=False</c>. It holds the password.</summary>
    public string ToMicrosoftDataSqliteString() => _plain;

    /// <summary>
    /// Makes the connection string of a physical connection to a resolved data source. A file or URI gets a private cache:
    /// a shared one would bring back the table locks that WAL readers do without.
    /// </summary>
    /// <param name="dataSource">Where, from <see cref="ResolveDataSource"/>.</param>
    /// <param name="mode">How: that of the option set for a writer, read-only for a reader.</param>
    public string ToMicrosoftDataSqliteString(DataSourceName dataSource, SqliteOpenMode mode)
    {
        var physical = new SqliteConnectionStringBuilder(_plain) { DataSource = dataSource.Name, Mode = mode };
        if (dataSource.Kind == DataSourceKind.Uri)
        {
            // In a URI the cache wins over the keyword's; and SQLite refuses one that asks for more than the flags allow ("access mode not allowed: rwc").
            physical.DataSource = SqliteUri.Without(dataSource.Name, mode == SqliteOpenMode.ReadOnly ? ["cache", "mode"] : ["cache"]);
        }

        if (dataSource.Kind is DataSourceKind.File or DataSourceKind.Uri && physical.Cache == SqliteCacheMode.Shared)
        {
            physical.Cache = SqliteCacheMode.Private;
        }

        return physical.ConnectionString;
    }

    /// <summary>Says whether a shared cache is asked for, by keyword or in a URI.</summary>
    public bool AsksForSharedCache(DataSourceName dataSource)
        => Cache == SqliteCacheMode.Shared
            || (dataSource.Kind == DataSourceKind.Uri && SqliteUri.Parse(dataSource.Name["file:".Length..], OptionSet.Mode, Cache, OptionSet.Vfs).IsShared);

    /// <summary>Makes the connection string of a connection that only keeps a database in memory alive: nothing in it that Microsoft.Data.Sqlite would send as SQL.</summary>
    public string ToAnchorString(DataSourceName dataSource)
        => new SqliteConnectionStringBuilder
        {
            DataSource = dataSource.Name,
            Mode = OptionSet.Mode,
            Cache = Cache,
            Vfs = OptionSet.Vfs,
            Pooling = false,
        }.ConnectionString;

    /// <summary>Says what a log may show: the password is not in it.</summary>
    public override string ToString() => $"Data Source = {DataSource}, {OptionSet}";

    private DataSourceName Resolve() => DataSourceName.Resolve(DataSource, OptionSet.Mode, Cache, OptionSet.Vfs);
}
