using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.ConnectionStrings;

/// <summary>
/// The keywords of a connection string. A new one is an entry here and a property of
/// <see cref="SplitSqliteConnectionStringBuilder"/> whose attributes document it.
/// </summary>
internal static class ConnectionStringKeywords
{
    // First, because the entries below register themselves in it; their order is the order in a connection string.
    private static readonly List<ConnectionStringKeyword> Registered = [];

    // Microsoft.Data.Sqlite's own, in its order, with its conversions.
    public static readonly ConnectionStringKeyword<string> DataSource = Add<string>(
        new("Data Source", string.Empty, PlainValue.Text, synonyms: ["DataSource", "Filename"]));

    public static readonly ConnectionStringKeyword<SqliteOpenMode> Mode = Add<SqliteOpenMode>(
        new("Mode", SqliteOpenMode.ReadWriteCreate, PlainValue.Enumeration<SqliteOpenMode>));

    public static readonly ConnectionStringKeyword<SqliteCacheMode> Cache = Add<SqliteCacheMode>(
        new("Cache", SqliteCacheMode.Default, PlainValue.Enumeration<SqliteCacheMode>));

    public static readonly ConnectionStringKeyword<string> Password = Add<string>(
        new("Password", string.Empty, PlainValue.Text));

    public static readonly ConnectionStringKeyword<bool?> ForeignKeys = Add<bool?>(
        new("Foreign Keys", null, PlainValue.NullableBoolean));

    public static readonly ConnectionStringKeyword<bool> RecursiveTriggers = Add<bool>(
        new("Recursive Triggers", false, PlainValue.Boolean));

    public static readonly ConnectionStringKeyword<int> DefaultTimeout = Add<int>(
        new("Default Timeout", 30, PlainValue.Number, synonyms: ["Command Timeout"]));

    public static readonly ConnectionStringKeyword<bool> Pooling = Add<bool>(
        new("Pooling", true, PlainValue.Boolean));

    public static readonly ConnectionStringKeyword<string?> Vfs = Add<string?>(
        new("Vfs", null, PlainValue.Text));

    /// <summary>Gets how many of <see cref="All"/>, counted from the first, Microsoft.Data.Sqlite knows.</summary>
    public static readonly int PlainCount = Registered.Count;

    // SplitSqlite's own.
    public static readonly ConnectionStringKeyword<int> MaxReaders = Add<int>(
        new("Max Readers", Math.Max(4, Environment.ProcessorCount), SplitValue.Number, SplitValue.AtLeast(1)));

    public static readonly ConnectionStringKeyword<int> ConnectionIdleLifetime = Add<int>(
        new("Connection Idle Lifetime", 60, SplitValue.Number, SplitValue.AtLeast(0)));

    public static readonly ConnectionStringKeyword<SplitSqliteJournalMode> JournalMode = Add<SplitSqliteJournalMode>(
        new("Journal Mode", SplitSqliteJournalMode.Wal, SplitValue.JournalMode, SplitValue.Defined));

    public static readonly ConnectionStringKeyword<SplitSqliteSynchronous?> Synchronous = Add<SplitSqliteSynchronous?>(
        new("Synchronous", null, SplitValue.NullableEnumeration<SplitSqliteSynchronous>, SplitValue.NullOrDefined));

    public static readonly ConnectionStringKeyword<SplitSqliteRouting> Routing = Add<SplitSqliteRouting>(
        new("Routing", SplitSqliteRouting.Auto, SplitValue.Enumeration<SplitSqliteRouting>, SplitValue.Defined));

    public static readonly ConnectionStringKeyword<SplitSqliteGroupCommit> GroupCommit = Add<SplitSqliteGroupCommit>(
        new("Group Commit", SplitSqliteGroupCommit.Autocommit, SplitValue.Enumeration<SplitSqliteGroupCommit>, SplitValue.Defined));

    public static readonly ConnectionStringKeyword<int> StatementCacheSize = Add<int>(
        new("Statement Cache Size", 128, SplitValue.Number, SplitValue.AtLeast(0)));

    public static readonly ConnectionStringKeyword<bool> InterruptOnTimeout = Add<bool>(
        new("Interrupt On Timeout", false, SplitValue.Boolean));

    public static readonly ConnectionStringKeyword<bool> IncludeHolderStackTrace = Add<bool>(
        new("Include Holder Stack Trace", false, SplitValue.Boolean));

    /// <summary>Gets the keywords in the order in which a connection string names them.</summary>
    public static readonly ReadOnlyCollection<ConnectionStringKeyword> All = Registered.AsReadOnly();

    /// <summary>Gets their names, in that order.</summary>
    public static readonly ReadOnlyCollection<string> Names = Registered.ConvertAll(keyword => keyword.Name).AsReadOnly();

    private static readonly Dictionary<string, ConnectionStringKeyword> BySpelling = IndexSpellings();

    /// <summary>Finds a keyword by any of its spellings, in any case.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="spelling"/> is <see langword="null"/>.</exception>
    public static bool TryFind(string spelling, [NotNullWhen(true)] out ConnectionStringKeyword? keyword)
        => BySpelling.TryGetValue(spelling, out keyword);

    /// <summary>Finds a keyword by any of its spellings, in any case.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="spelling"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">It is no keyword; the message says what to write instead where that is known.</exception>
    public static ConnectionStringKeyword Find(string spelling)
        => TryFind(spelling, out var keyword) ? keyword : throw new ArgumentException(KeywordAdvice.Unknown(spelling));

    /// <summary>Makes the values of a builder in which nothing is set.</summary>
    public static object?[] DefaultValues() => Registered.ConvertAll(keyword => keyword.DefaultValue).ToArray();

    private static ConnectionStringKeyword<T> Add<T>(ConnectionStringKeyword<T> keyword)
    {
        keyword.Index = Registered.Count;
        Registered.Add(keyword);
        return keyword;
    }

    private static Dictionary<string, ConnectionStringKeyword> IndexSpellings()
    {
        var bySpelling = new Dictionary<string, ConnectionStringKeyword>(StringComparer.OrdinalIgnoreCase);
        foreach (var keyword in Registered)
        {
            bySpelling.Add(keyword.Name, keyword);
            foreach (var synonym in keyword.Synonyms)
            {
                bySpelling.Add(synonym, keyword);
            }
        }

        return bySpelling;
    }
}
