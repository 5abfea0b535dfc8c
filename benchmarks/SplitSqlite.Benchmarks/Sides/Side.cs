using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Benchmarks.Sides;

/// <summary>One of those compared: a way to reach a file.</summary>
/// <param name="Key">Its name in files of results.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Color">Number of its colour in the plots.</param>
/// <param name="Factory">Null where SQLite is called without a provider.</param>
/// <param name="Keywords">What its connection string has beside <c>Data Source</c>.</param>
internal sealed record Side(string Key, string Name, int Color, DbProviderFactory? Factory, string Keywords = "")
{
    /// <summary>SplitSqlite as it comes.</summary>
    public static Side Split { get; } = new("split", "SplitSqlite", 0, SplitSqliteFactory.Instance);

    /// <summary>Microsoft.Data.Sqlite done well: WAL, immediate transactions, its own pool, a thread for each caller.</summary>
    public static Side Plain { get; } = new("plain", "Microsoft.Data.Sqlite", 1, SqliteFactory.Instance);

    /// <summary>SplitSqlite with one commit for each write.</summary>
    public static Side SplitAlone { get; } = new("split-off", "Group Commit=Off", 2, SplitSqliteFactory.Instance, "Group Commit=Off");

    /// <summary>One thread that steps kept statements by SQLitePCLRaw: what SQLite itself takes.</summary>
    public static Side Raw { get; } = new("raw", "SQLite, one thread", 3, null);

    /// <summary>Whether the build that is measured knows the keyword that <see cref="SplitAlone"/> needs.</summary>
    public static bool HasGroupCommit { get; } = new SplitSqliteConnectionStringBuilder().ContainsKey("Group Commit");

    public static IReadOnlyList<Side> All { get; } = [Split, Plain, SplitAlone, Raw];

    /// <summary>SplitSqlite beside what it wraps.</summary>
    public static IReadOnlyList<Side> Both { get; } = [Split, Plain];

    public bool IsSplit => Factory == SplitSqliteFactory.Instance;

    /// <summary>The connection string for <paramref name="file"/>; Microsoft.Data.Sqlite has no keyword for <c>synchronous</c>.</summary>
    public string ConnectionString(string file, Synchronous synchronous)
        => $"Data Source={file}" + (IsSplit ? $";Synchronous={synchronous}" : "") + (Keywords.Length > 0 ? ";" + Keywords : "");
}
