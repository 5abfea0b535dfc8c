using System.ComponentModel;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite;

/// <summary>
/// A connection to a SQLite database that reads on a few pooled read-only connections and writes on the one serialized writer of the
/// file. Opening one opens nothing physical but for the first of its kind; thousands are cheap.
/// </summary>
/// <remarks>As with every ADO.NET provider, one connection is not for several threads at a time; open one for each.</remarks>
[DesignerCategory("")]
public sealed partial class SplitSqliteConnection : DbConnection
{
    private readonly SplitSqliteDataSource? _source;
    private Action<SqliteConnection>? _initializer;
    private ConnectionSettings? _settings;
    private int _defaultTimeout;
    private bool _isDefaultTimeoutSet;
    private bool _isFinalizerSuppressed;

    /// <summary>Makes a closed connection without a connection string.</summary>
    public SplitSqliteConnection()
    {
    }

    /// <summary>Makes a closed connection.</summary>
    /// <param name="connectionString">The connection string: Microsoft.Data.Sqlite's keywords and those of SplitSqlite.</param>
    /// <exception cref="ArgumentException">It has an unknown keyword or a value that does not fit.</exception>
    public SplitSqliteConnection(string? connectionString) => ConnectionString = connectionString;

    internal SplitSqliteConnection(SplitSqliteDataSource source)
        : this(source.ConnectionString)
    {
        _source = source;
        _initializer = source.Initializer;
    }

    /// <summary>Gets or sets the connection string.</summary>
    /// <exception cref="InvalidOperationException">The connection is open.</exception>
    /// <exception cref="ArgumentException">It has an unknown keyword or a value that does not fit.</exception>
    [AllowNull]
    public override string ConnectionString
    {
        get => _settings?.Text ?? string.Empty;
        set
        {
            if (Session is not null)
            {
                throw new InvalidOperationException("ConnectionString can't be set while the connection is open. Close it first.");
            }

            _settings = ConnectionSettings.Get(value ?? string.Empty);
        }
    }

    /// <summary>Gets or sets for how many seconds a command may wait where its own <see cref="DbCommand.CommandTimeout"/> is not set; 0 means for ever. The default is that of the connection string, or 30.</summary>
    public int DefaultTimeout
    {
        get => _isDefaultTimeoutSet ? _defaultTimeout : _settings?.DefaultTimeout ?? 30;
        set
        {
            _defaultTimeout = value;
            _isDefaultTimeoutSet = true;
        }
    }

    /// <summary>Gets <c>main</c>, the name of the schema, as Microsoft.Data.Sqlite does.</summary>
    public override string Database => "main";

    /// <summary>Gets the file: its full name while the connection is open, else as the connection string has it.</summary>
    public override string DataSource
        => Session is { } session ? session.Database.FileName : _settings?.DataSource ?? string.Empty;

    /// <summary>Gets the version of SQLite.</summary>
    public override string ServerVersion => raw.sqlite3_libversion().utf8_to_string();

    /// <inheritdoc/>
    public override ConnectionState State => Session is null ? ConnectionState.Closed : ConnectionState.Open;

    /// <summary>Gets the engine's side of the connection, while it is open.</summary>
    internal Session? Session { get; private set; }

    /// <summary>Gets or sets the transaction object that is current.</summary>
    internal SplitSqliteTransaction? Transaction { get; set; }

    /// <inheritdoc/>
    protected override DbProviderFactory DbProviderFactory => SplitSqliteFactory.Instance;

    /// <summary>Closes what is idle of the physical connections to a connection's database, whoever opened them, and the rest as it comes back.</summary>
    /// <param name="connection">A connection to the database, open or closed.</param>
    public static void ClearPool(SplitSqliteConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var database = connection.Session?.Database ?? (connection._settings is { } settings ? DatabaseRegistry.Find(settings) : null);
        database?.Clear();
    }

    /// <summary>Does the same as <see cref="ClearPool"/> for all databases of the process.</summary>
    public static void ClearAllPools()
    {
        foreach (var database in DatabaseRegistry.All())
        {
            database.Clear();
        }
    }

    /// <summary>Opens the connection. Does nothing where it is open.</summary>
    /// <exception cref="SqliteException">The database can't be opened.</exception>
    public override void Open()
    {
        if (Session is not null)
        {
            return;
        }

        // Before anything is opened: the session is counted in only afterwards.
        _source?.Sessions.ThrowIfClosed();
        var settings = Settings;
        Opened(DatabaseRegistry.Open(settings, _initializer, _source?.Logger), settings);
    }

    /// <summary>Opens the connection. Waiting for another open of the same database takes no thread; SQLite's own work is synchronous.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SqliteException">The database can't be opened.</exception>
    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            // As DbConnection answers it, and so Microsoft.Data.Sqlite: who awaits gets a TaskCanceledException.
            await Task.FromCanceled(cancellationToken).ConfigureAwait(false);
        }

        if (Session is not null)
        {
            return;
        }

        // Before anything is opened: the session is counted in only afterwards.
        _source?.Sessions.ThrowIfClosed();
        var settings = Settings;
        Opened(await DatabaseRegistry.OpenAsync(settings, _initializer, _source?.Logger, cancellationToken).ConfigureAwait(false), settings);
    }

    /// <summary>Closes the connection: its data readers are closed, its transaction is rolled back. Does nothing where it is closed.</summary>
    public override void Close()
    {
        if (Session is not { } session)
        {
            return;
        }

        try
        {
            session.Close(runRest: true);
        }
        finally
        {
            Transaction?.Complete();
            Session = null;
            GC.KeepAlive(this);
            OnStateChange(ClosedChange);
        }
    }

    /// <summary>Not possible: a SQLite connection has one database. ATTACH adds others.</summary>
    /// <param name="databaseName">The name.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void ChangeDatabase(string databaseName)
        => throw new NotSupportedException("A SQLite connection can't change its database. Open another connection, or use ATTACH.");

    /// <summary>Lists the schema collections that there are, as Microsoft.Data.Sqlite does.</summary>
    public override DataTable GetSchema() => GetSchema(DbMetaDataCollectionNames.MetaDataCollections);

    /// <summary>Gets a schema collection: <c>MetaDataCollections</c> or <c>ReservedWords</c>, as with Microsoft.Data.Sqlite. For tables and columns, ask SQLite's <c>pragma_…</c> functions.</summary>
    /// <param name="collectionName">The collection's name.</param>
    /// <exception cref="ArgumentException">There is no such collection.</exception>
    public override DataTable GetSchema(string collectionName) => GetSchema(collectionName, []);

    /// <inheritdoc cref="GetSchema(string)"/>
    /// <param name="collectionName">The collection's name.</param>
    /// <param name="restrictionValues">Must be empty: the collections take no restrictions.</param>
    public override DataTable GetSchema(string collectionName, string?[] restrictionValues)
    {
        // Both collections are Microsoft.Data.Sqlite's own and the same for every database.
        using var plain = new SqliteConnection("Data Source=:memory:");
        plain.Open();
        return plain.GetSchema(collectionName, restrictionValues);
    }

    /// <summary>Makes a command of this connection and its present transaction.</summary>
    public new SplitSqliteCommand CreateCommand() => new() { Connection = this, Transaction = Transaction };

    /// <summary>Tells in words which way a command text would go in this session, and why.</summary>
    /// <param name="sql">The command text.</param>
    /// <returns>The route (<c>none</c>, <c>reader</c>, <c>writer</c>, <c>private</c>, …), a colon, and the reason.</returns>
    public string ExplainRoute(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        return RouteExplanation.Explain(PlanCache.Shared.Get(sql), Session);
    }

    /// <inheritdoc/>
    protected override DbCommand CreateDbCommand() => CreateCommand();

    /// <summary>Gets <see langword="true"/>: there are batches.</summary>
    public override bool CanCreateBatch => true;

    /// <summary>Creates a batch of this connection, in its current transaction.</summary>
    public new SplitSqliteBatch CreateBatch() => new(this, Transaction);

    /// <inheritdoc/>
    protected override DbBatch CreateDbBatch() => CreateBatch();

    /// <summary>Closes the connection. A connection that was dropped without Dispose gives back what it holds in the background.</summary>
    /// <param name="disposing">Whether it is a call of Dispose, and not the finalizer's.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();

            // The caller suppresses the finalizer now. ADO.NET allows to open the connection again.
            _isFinalizerSuppressed = true;
        }
        else if (Session is { } leaked)
        {
            LeakRecovery.Enqueue(leaked);
        }

        base.Dispose(disposing);
    }

    private static readonly StateChangeEventArgs OpenedChange = new(ConnectionState.Closed, ConnectionState.Open);
    private static readonly StateChangeEventArgs ClosedChange = new(ConnectionState.Open, ConnectionState.Closed);

    // Without a connection string SQLite makes a private database in a temporary file, as with an empty Data Source.
    private ConnectionSettings Settings => _settings ??= ConnectionSettings.Get(string.Empty);

    private void Opened(OptionSet options, ConnectionSettings settings)
    {
        var session = new Session(options, settings);
        if (_source is not null)
        {
            JoinGroup(session, _source.Sessions);
        }

        if (options.Database.IsUnshared || _setUps is not null)
        {
            var deadline = session.DeadlineOf(null, DefaultTimeout);
            try
            {
                session.EnterPrivate(deadline);
                foreach (var setUp in _setUps ?? [])
                {
                    session.SetUp(setUp, deadline);
                }
            }
            catch
            {
                session.Close(runRest: false);
                throw;
            }
        }

        if (_isFinalizerSuppressed)
        {
            _isFinalizerSuppressed = false;
            GC.ReRegisterForFinalize(this);
        }

        Session = session;
        OnStateChange(OpenedChange);
    }

    private static void JoinGroup(Session session, SessionGroup group)
    {
        try
        {
            session.Join(group);
        }
        catch
        {
            session.Close(runRest: false);
            throw;
        }
    }
}
