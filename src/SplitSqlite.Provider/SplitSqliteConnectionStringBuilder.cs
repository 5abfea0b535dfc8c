using System.Collections;
using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SplitSqlite.ConnectionStrings;

namespace SplitSqlite;

/// <summary>
/// Makes and reads the connection strings of <c>SplitSqliteConnection</c>: those of
/// <see cref="SqliteConnectionStringBuilder"/>, with its keywords, synonyms and conversions, and SplitSqlite's own keywords.
/// </summary>
/// <remarks>
/// The category of each property says what the keyword belongs to. <c>Database</c>: the first open of a file in the process
/// decides for all. <c>Option set</c>: connections with different values share no physical connection. <c>Session</c>: each
/// open connection has its own.
/// </remarks>
/// <seealso href="https://learn.microsoft.com/dotnet/standard/data/sqlite/connection-strings">Connection strings of Microsoft.Data.Sqlite</seealso>
[DefaultProperty(nameof(DataSource))]
[SuppressMessage("Design", "CA1010:Generic interface should also be implemented", Justification = "As every connection string builder: the base class is a non-generic collection.")]
public sealed class SplitSqliteConnectionStringBuilder : DbConnectionStringBuilder
{
    private const string OfDatabase = "Database";
    private const string OfOptionSet = "Option set";
    private const string OfSession = "Session";

    // By ConnectionStringKeyword.Index. The base class holds the same values as text, for the keywords that were set.
    private readonly object?[] _values = ConnectionStringKeywords.DefaultValues();

    /// <summary>Makes a builder in which nothing is set.</summary>
    public SplitSqliteConnectionStringBuilder()
    {
    }

    /// <summary>Makes a builder from a connection string.</summary>
    /// <param name="connectionString">The connection string, or <see langword="null"/> for an empty one.</param>
    /// <exception cref="ArgumentException">The text is no connection string, has an unknown keyword, or a value that its keyword doesn't take.</exception>
    /// <exception cref="FormatException">A boolean or a number of one of Microsoft.Data.Sqlite's keywords does not parse (as there).</exception>
    public SplitSqliteConnectionStringBuilder(string? connectionString)
        => ConnectionString = connectionString;

    /// <summary>Gets or sets the database file: a path, a <c>file:</c> URI, or <c>:memory:</c> (keyword <c>Data Source</c>).</summary>
    /// <value>The default is empty: a temporary database, gone with its connection.</value>
    [Category(OfDatabase)]
    [DisplayName("Data Source")]
    [Description("The database file: a path, a `file:` URI, or `:memory:`. `|DataDirectory|` at the start and relative paths resolve as in Microsoft.Data.Sqlite. Empty: a temporary database.")]
    [DefaultValue("")]
    [AllowNull]
    public string DataSource
    {
        get => Get(ConnectionStringKeywords.DataSource);
        set => Set(ConnectionStringKeywords.DataSource, value ?? string.Empty);
    }

    /// <summary>Gets or sets how the file is opened (keyword <c>Mode</c>). As in Microsoft.Data.Sqlite, the property takes undefined numbers too.</summary>
    /// <value>The default is <see cref="SqliteOpenMode.ReadWriteCreate"/>.</value>
    [Category(OfOptionSet)]
    [DisplayName("Mode")]
    [Description("`ReadWriteCreate`, `ReadWrite` (a missing file is an error), `ReadOnly` (a write is SQLite's own error) or `Memory`.")]
    [DefaultValue(SqliteOpenMode.ReadWriteCreate)]
    public SqliteOpenMode Mode
    {
        get => Get(ConnectionStringKeywords.Mode);
        set => Set(ConnectionStringKeywords.Mode, value);
    }

    /// <summary>Gets or sets SQLite's cache mode (keyword <c>Cache</c>). As in Microsoft.Data.Sqlite, the property takes undefined numbers too.</summary>
    /// <value>The default is <see cref="SqliteCacheMode.Default"/>.</value>
    [Category(OfDatabase)]
    [DisplayName("Cache")]
    [Description("`Shared` with `Mode=Memory` makes one in-memory database of that name for the whole process. Database files always have private caches.")]
    [DefaultValue(SqliteCacheMode.Default)]
    public SqliteCacheMode Cache
    {
        get => Get(ConnectionStringKeywords.Cache);
        set => Set(ConnectionStringKeywords.Cache, value);
    }

    /// <summary>Gets or sets the encryption key (keyword <c>Password</c>). It needs a native SQLite library with encryption; without one, opening fails as in Microsoft.Data.Sqlite.</summary>
    /// <value>The default is empty: no key is sent.</value>
    /// <seealso href="https://learn.microsoft.com/dotnet/standard/data/sqlite/encryption">Encryption</seealso>
    [Category(OfOptionSet)]
    [DisplayName("Password")]
    [Description("The encryption key, for a native SQLite library with encryption: `PRAGMA key` is sent on open.")]
    [DefaultValue("")]
    [PasswordPropertyText(true)]
    [AllowNull]
    public string Password
    {
        get => Get(ConnectionStringKeywords.Password);
        set => Set(ConnectionStringKeywords.Password, value ?? string.Empty);
    }

    /// <summary>Gets or sets whether foreign keys are enforced (keyword <c>Foreign Keys</c>): <c>PRAGMA foreign_keys</c> is sent on open, except for <see langword="null"/>.</summary>
    /// <value>The default is <see langword="null"/>: what the native library was compiled with (e_sqlite3: enforced).</value>
    [Category(OfOptionSet)]
    [DisplayName("Foreign Keys")]
    [Description("Whether foreign keys are enforced: `PRAGMA foreign_keys` is sent on open. Not set: what the native library was compiled with (e_sqlite3: enforced).")]
    [DefaultValue(null)]
    public bool? ForeignKeys
    {
        get => Get(ConnectionStringKeywords.ForeignKeys);
        set => Set(ConnectionStringKeywords.ForeignKeys, value);
    }

    /// <summary>Gets or sets whether triggers may fire themselves (keyword <c>Recursive Triggers</c>): for <see langword="true"/>, <c>PRAGMA recursive_triggers</c> is sent on open.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    [Category(OfOptionSet)]
    [DisplayName("Recursive Triggers")]
    [Description("Whether triggers may fire themselves: for `True`, `PRAGMA recursive_triggers` is sent on open.")]
    [DefaultValue(false)]
    public bool RecursiveTriggers
    {
        get => Get(ConnectionStringKeywords.RecursiveTriggers);
        set => Set(ConnectionStringKeywords.RecursiveTriggers, value);
    }

    /// <summary>Gets or sets the default <see cref="DbCommand.CommandTimeout"/> in seconds (keyword <c>Default Timeout</c>); 0 waits for ever.</summary>
    /// <value>The default is 30.</value>
    [Category(OfSession)]
    [DisplayName("Default Timeout")]
    [Description("The default `CommandTimeout` in seconds; `0` waits for ever.")]
    [DefaultValue(30)]
    public int DefaultTimeout
    {
        get => Get(ConnectionStringKeywords.DefaultTimeout);
        set => Set(ConnectionStringKeywords.DefaultTimeout, value);
    }

    /// <summary>Gets or sets whether physical connections stay open for <see cref="ConnectionIdleLifetime"/> after the last session (keyword <c>Pooling</c>).</summary>
    /// <value>The default is <see langword="true"/>.</value>
    [Category(OfDatabase)]
    [DisplayName("Pooling")]
    [Description("Whether physical connections stay open after the last session has closed. `False`: they close with it, as with `Connection Idle Lifetime=0`.")]
    [DefaultValue(true)]
    public bool Pooling
    {
        get => Get(ConnectionStringKeywords.Pooling);
        set => Set(ConnectionStringKeywords.Pooling, value);
    }

    /// <summary>Gets or sets the name of SQLite's virtual file system (keyword <c>Vfs</c>).</summary>
    /// <value>The default is <see langword="null"/>: that of the operating system.</value>
    /// <seealso href="https://www.sqlite.org/vfs.html"/>
    [Category(OfOptionSet)]
    [DisplayName("Vfs")]
    [Description("The name of SQLite's virtual file system. Not set: that of the operating system.")]
    [DefaultValue(null)]
    public string? Vfs
    {
        get => Get(ConnectionStringKeywords.Vfs);
        set => Set(ConnectionStringKeywords.Vfs, value);
    }

    /// <summary>Gets or sets how many read-only connections a database has at most (keyword <c>Max Readers</c>); a session that already holds one may exceed it.</summary>
    /// <value>At least 1. The default is the larger of 4 and <see cref="Environment.ProcessorCount"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    [Category(OfDatabase)]
    [DisplayName("Max Readers")]
    [Description("How many read-only connections the database has at most, over all option sets. A session that already holds one may exceed it.")]
    [DefaultMaxReaders]
    public int MaxReaders
    {
        get => Get(ConnectionStringKeywords.MaxReaders);
        set => Set(ConnectionStringKeywords.MaxReaders, value);
    }

    /// <summary>Gets or sets how many seconds the physical connections of a database stay open after its last session has closed (keyword <c>Connection Idle Lifetime</c>).</summary>
    /// <value>At least 0, which closes them with the last session. The default is 60.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 0.</exception>
    [Category(OfDatabase)]
    [DisplayName("Connection Idle Lifetime")]
    [Description("How many seconds the physical connections stay open after the last session has closed; `0` closes them with it.")]
    [DefaultValue(60)]
    public int ConnectionIdleLifetime
    {
        get => Get(ConnectionStringKeywords.ConnectionIdleLifetime);
        set => Set(ConnectionStringKeywords.ConnectionIdleLifetime, value);
    }

    /// <summary>Gets or sets whether the file is changed to write-ahead logging on open (keyword <c>Journal Mode</c>).</summary>
    /// <value>The default is <see cref="SplitSqliteJournalMode.Wal"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    [Category(OfDatabase)]
    [DisplayName("Journal Mode")]
    [Description("`Wal` changes the file to write-ahead logging, for good. `Keep` leaves its journal mode as it is; in any but WAL, statements run one after the other.")]
    [DefaultValue(SplitSqliteJournalMode.Wal)]
    public SplitSqliteJournalMode JournalMode
    {
        get => Get(ConnectionStringKeywords.JournalMode);
        set => Set(ConnectionStringKeywords.JournalMode, value);
    }

    /// <summary>Gets or sets how often SQLite syncs to disk (keyword <c>Synchronous</c>): <c>PRAGMA synchronous</c> is sent on open, except for <see langword="null"/>.</summary>
    /// <value>The default is <see langword="null"/>: SQLite's own, which is <see cref="SplitSqliteSynchronous.Full"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    [Category(OfOptionSet)]
    [DisplayName("Synchronous")]
    [Description("How often SQLite syncs to disk: `Off`, `Normal`, `Full` or `Extra`, sent as `PRAGMA synchronous` on open. Not set: SQLite's own, which is `Full`.")]
    [DefaultValue(null)]
    public SplitSqliteSynchronous? Synchronous
    {
        get => Get(ConnectionStringKeywords.Synchronous);
        set => Set(ConnectionStringKeywords.Synchronous, value);
    }

    /// <summary>Gets or sets how the session's statements find their physical connection (keyword <c>Routing</c>).</summary>
    /// <value>The default is <see cref="SplitSqliteRouting.Auto"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    [Category(OfSession)]
    [DisplayName("Routing")]
    [Description("`Auto`: reads on pooled read-only connections, writes and transactions on the writer. `Writer`: everything on the writer.")]
    [DefaultValue(SplitSqliteRouting.Auto)]
    public SplitSqliteRouting Routing
    {
        get => Get(ConnectionStringKeywords.Routing);
        set => Set(ConnectionStringKeywords.Routing, value);
    }

    /// <summary>Gets or sets which writes may share a commit (keyword <c>Group Commit</c>).</summary>
    /// <value>The default is <see cref="SplitSqliteGroupCommit.Autocommit"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    [Category(OfSession)]
    [DisplayName("Group Commit")]
    [Description("`Autocommit`: autocommit writes that wait for the writer at the same time are committed together. `Off`: each write commits alone.")]
    [DefaultValue(SplitSqliteGroupCommit.Autocommit)]
    public SplitSqliteGroupCommit GroupCommit
    {
        get => Get(ConnectionStringKeywords.GroupCommit);
        set => Set(ConnectionStringKeywords.GroupCommit, value);
    }

    /// <summary>Gets or sets how many statements each physical connection keeps prepared (keyword <c>Statement Cache Size</c>).</summary>
    /// <value>At least 0, which keeps none. The default is 128.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 0.</exception>
    [Category(OfDatabase)]
    [DisplayName("Statement Cache Size")]
    [Description("How many statements each physical connection keeps prepared; `0` keeps none.")]
    [DefaultValue(128)]
    public int StatementCacheSize
    {
        get => Get(ConnectionStringKeywords.StatementCacheSize);
        set => Set(ConnectionStringKeywords.StatementCacheSize, value);
    }

    /// <summary>Gets or sets whether the command timeout also interrupts a statement that runs, where it otherwise only bounds the waiting (keyword <c>Interrupt On Timeout</c>).</summary>
    /// <value>The default is <see langword="false"/>, as in Microsoft.Data.Sqlite.</value>
    [Category(OfSession)]
    [DisplayName("Interrupt On Timeout")]
    [Description("Whether the command timeout also interrupts a statement that runs. `False`: it bounds the waiting only, as in Microsoft.Data.Sqlite.")]
    [DefaultValue(false)]
    public bool InterruptOnTimeout
    {
        get => Get(ConnectionStringKeywords.InterruptOnTimeout);
        set => Set(ConnectionStringKeywords.InterruptOnTimeout, value);
    }

    /// <summary>Gets or sets whether the stack trace of whoever took the writer is kept, for the message of a session that waited for it in vain (keyword <c>Include Holder Stack Trace</c>). Costs time at each write.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    [Category(OfSession)]
    [DisplayName("Include Holder Stack Trace")]
    [Description("Whether the stack trace of whoever took the writer is kept, for the message of a session that waited for it in vain. Costs time at each write.")]
    [DefaultValue(false)]
    public bool IncludeHolderStackTrace
    {
        get => Get(ConnectionStringKeywords.IncludeHolderStackTrace);
        set => Set(ConnectionStringKeywords.IncludeHolderStackTrace, value);
    }

    /// <summary>Gets the names of all keywords, set or not.</summary>
    public override ICollection Keys => ConnectionStringKeywords.Names;

    /// <summary>Gets the values of all keywords, set or not, in the order of <see cref="Keys"/>.</summary>
    public override ICollection Values => new ReadOnlyCollection<object?>((object?[])_values.Clone());

    /// <summary>Gets or sets a value by its keyword or a synonym, in any case. Setting <see langword="null"/> removes it.</summary>
    /// <param name="keyword">The keyword.</param>
    /// <exception cref="ArgumentNullException"><paramref name="keyword"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The keyword is unknown (the message says what to write instead, where that is known), or doesn't take the value.</exception>
    /// <exception cref="FormatException">A text is no boolean or number, for one of Microsoft.Data.Sqlite's keywords (as there).</exception>
    [AllowNull]
    public override object this[string keyword]
    {
        // Null for a nullable value that is not set, as in Microsoft.Data.Sqlite; the base class has no annotation for it.
        get => _values[ConnectionStringKeywords.Find(keyword).Index]!;
        set
        {
            if (value is null)
            {
                Remove(keyword);
                return;
            }

            var found = ConnectionStringKeywords.Find(keyword);
            Set(found, found.Convert(value));
        }
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        base.Clear();
        ConnectionStringKeywords.DefaultValues().CopyTo(_values, 0);
    }

    /// <summary>Tells whether a word is a keyword or a synonym, set or not.</summary>
    /// <param name="keyword">The word.</param>
    /// <exception cref="ArgumentNullException"><paramref name="keyword"/> is <see langword="null"/>.</exception>
    public override bool ContainsKey(string keyword) => ConnectionStringKeywords.TryFind(keyword, out _);

    /// <summary>Sets a keyword back to its default and takes it out of the connection string.</summary>
    /// <param name="keyword">The keyword or a synonym.</param>
    /// <returns>Whether it was set.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keyword"/> is <see langword="null"/>.</exception>
    public override bool Remove(string keyword)
    {
        if (!ConnectionStringKeywords.TryFind(keyword, out var found) || !base.Remove(found.Name))
        {
            return false;
        }

        _values[found.Index] = found.DefaultValue;
        return true;
    }

    /// <summary>Tells whether a keyword is set and so stands in the connection string.</summary>
    /// <param name="keyword">The keyword or a synonym.</param>
    /// <exception cref="ArgumentNullException"><paramref name="keyword"/> is <see langword="null"/>.</exception>
    public override bool ShouldSerialize(string keyword)
        => ConnectionStringKeywords.TryFind(keyword, out var found) && base.ShouldSerialize(found.Name);

    /// <summary>Gets the value of a keyword, set or not.</summary>
    /// <param name="keyword">The keyword or a synonym.</param>
    /// <param name="value">The value, or <see langword="null"/> for a word that is no keyword.</param>
    /// <returns>Whether the word is a keyword.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keyword"/> is <see langword="null"/>.</exception>
    public override bool TryGetValue(string keyword, [NotNullWhen(true)] out object? value)
    {
        if (!ConnectionStringKeywords.TryFind(keyword, out var found))
        {
            value = null;
            return false;
        }

        value = _values[found.Index]!;
        return true;
    }

    /// <summary>Gets the part that Microsoft.Data.Sqlite understands, with <c>Pooling=False</c>: the connections are pooled here.</summary>
    internal string ToMicrosoftDataSqliteString()
    {
        var plain = new SqliteConnectionStringBuilder();
        foreach (var keyword in ConnectionStringKeywords.All.Take(ConnectionStringKeywords.PlainCount))
        {
            if (ShouldSerialize(keyword.Name))
            {
                // As text, because there a text may hold an undefined number ("Mode=99") and a typed value may not.
                plain[keyword.Name] = Convert.ToString(_values[keyword.Index], CultureInfo.CurrentCulture)!;
            }
        }

        plain.Pooling = false;
        return plain.ConnectionString;
    }

    private T Get<T>(ConnectionStringKeyword<T> keyword) => (T)_values[keyword.Index]!;

    private void Set<T>(ConnectionStringKeyword<T> keyword, T value)
    {
        keyword.Check(value);
        Set((ConnectionStringKeyword)keyword, value);
    }

    // The base class first: it refuses values that no connection string can hold, and takes null as a removal.
    private void Set(ConnectionStringKeyword keyword, object? value)
    {
        base[keyword.Name] = value;
        _values[keyword.Index] = value;
    }
}
