using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// What belongs to a connection in SQLite and so can't be shared (password, VFS, mode, foreign keys, …), with the writer opened for it.
/// Readers and writer of an option set are configured here, and nowhere else.
/// </summary>
internal sealed class OptionSet(Database database, ConnectionSettings settings, DataSourceName dataSource, Action<SqliteConnection>? initializer, bool isReadOnly)
{
    private readonly string _readOnlyString = settings.ToMicrosoftDataSqliteString(dataSource, SqliteOpenMode.ReadOnly);
    private readonly string _writingString = settings.ToMicrosoftDataSqliteString(dataSource, settings.OptionSet.Mode);

    // An initializer that opened the same database would wait for itself.
    [ThreadStatic]
    private static bool IsInInitializer;

    /// <summary>Gets or sets whether this thread is inside a user's initializer.</summary>
    public static bool IsInitializing
    {
        get => IsInInitializer;
        private set => IsInInitializer = value;
    }

    /// <summary>Gets the database.</summary>
    public Database Database { get; } = database;

    /// <summary>Gets the settings that the option set was first opened with; only those of its key may be read from here.</summary>
    public ConnectionSettings Settings { get; } = settings;

    /// <summary>Gets where the database is, as SQLite named it when it was opened first.</summary>
    public DataSourceName DataSource { get; } = dataSource;

    /// <summary>Gets what the user wants done to each physical connection once.</summary>
    public Action<SqliteConnection>? Initializer { get; } = initializer;

    /// <summary>Gets whether there is no writer: <c>Mode=ReadOnly</c>, or SQLite could open the file for reading only.</summary>
    public bool IsReadOnly { get; } = isReadOnly;

    /// <summary>Says whether the connections of two option sets surely see each other's locks: the same virtual file system, named the same way.</summary>
    public bool LocksAs(OptionSet other)
        => Settings.OptionSet.Vfs == other.Settings.OptionSet.Vfs
            && (DataSource.Kind == DataSourceKind.Uri ? DataSource.Name : null) == (other.DataSource.Kind == DataSourceKind.Uri ? other.DataSource.Name : null);

    /// <summary>Gets or sets the writer. Opened and replaced only under <see cref="Database.WriterLock"/>, used only under the gate.</summary>
    public PhysicalConnection? Writer { get; set; }

    /// <summary>Gets the durability that connections of this option set run with, as SQLite numbers it.</summary>
    public int SynchronousLevel => (int)(Settings.OptionSet.Synchronous ?? SplitSqliteSynchronous.Full);

    /// <summary>Gets the connection string of a physical connection. It may hold the password.</summary>
    public string ConnectionString(bool readOnly) => readOnly ? _readOnlyString : _writingString;

    /// <summary>Sets up a connection that may write.</summary>
    public void ConfigureWriting(PhysicalConnection connection, Deadline deadline)
    {
        connection.TakeOverCheckpoints();
        Busy.Retry(connection, deadline, static (c, set) => set.ApplySynchronous(c), this);
        SessionFunctions.RegisterOnWriter(connection);
        Initialize(connection);
        connection.Guard.Attach(connection.Handle);
        connection.Guard.Mode = connection.Role == PhysicalRole.Writer ? GuardMode.Record : GuardMode.Off;
    }

    /// <summary>Opens a reader.</summary>
    public PhysicalConnection OpenReader(Deadline deadline)
        => Database.OpenBeside(
            this,
            PhysicalRole.Reader,
            connection =>
            {
                ApplySynchronous(connection);
                SessionFunctions.RegisterOnReader(connection);
                Initialize(connection);
                if (!IsReadOnly)
                {
                    // Not for Mode=ReadOnly: there the file is the user's to be refused by, with SQLite's own words.
                    _ = connection.ExecuteOwn("PRAGMA query_only=1");
                }

                connection.Guard.Attach(connection.Handle);
                connection.Guard.Mode = IsReadOnly ? GuardMode.Record : GuardMode.Read;
            },
            deadline);

    /// <summary>Opens a connection that belongs to one session.</summary>
    public PhysicalConnection OpenPrivate(PhysicalRole role, Deadline deadline)
        => Database.OpenBeside(
            this,
            role,
            connection =>
            {
                if (role == PhysicalRole.Private)
                {
                    ConfigureWriting(connection, Deadline.After(TimeSpan.Zero, TimeProvider.System));
                }
                else
                {
                    SessionFunctions.RegisterOnReader(connection);
                    Initialize(connection);
                }
            },
            deadline);

    private void Initialize(PhysicalConnection connection)
    {
        if (Initializer is null)
        {
            return;
        }

        IsInitializing = true;
        try
        {
            Initializer(connection.Inner);
        }
        finally
        {
            IsInitializing = false;
        }
    }

    private void ApplySynchronous(PhysicalConnection connection)
    {
        if (Settings.OptionSet.Synchronous is { } level)
        {
            _ = connection.ExecuteOwn(level switch
            {
                SplitSqliteSynchronous.Off => "PRAGMA synchronous=OFF",
                SplitSqliteSynchronous.Normal => "PRAGMA synchronous=NORMAL",
                SplitSqliteSynchronous.Extra => "PRAGMA synchronous=EXTRA",
                _ => "PRAGMA synchronous=FULL",
            });
        }
    }
}
