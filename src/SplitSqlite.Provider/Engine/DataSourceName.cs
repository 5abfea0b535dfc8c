using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <summary>
/// A data source as Microsoft.Data.Sqlite and SQLite would understand it at this moment: it depends on the process's
/// current folder and on the application domain's <c>DataDirectory</c>.
/// </summary>
/// <param name="Kind">What it names.</param>
/// <param name="Name">
/// What to hand to SQLite: a full path for <see cref="DataSourceKind.File"/>, else the text as it was given. The path is
/// that of the open, not the identity of the file: it may run through links and <c>..</c>, which SQLite takes in another
/// order than <c>System.IO</c>; so ask SQLite, not <see cref="File"/>, about it.
/// </param>
/// <param name="MemoryName">For <see cref="DataSourceKind.SharedMemory"/> the name that connections share it by, whichever way it was spelled; else empty.</param>
internal readonly record struct DataSourceName(DataSourceKind Kind, string Name, string MemoryName = "")
{
    private const string DataDirectoryMacro = "|DataDirectory|";
    private const string InMemory = ":memory:";
    private const string UriPrefix = "file:";

    /// <summary>Resolves the data source of a connection string.</summary>
    /// <param name="dataSource">The text given as <c>Data Source</c>.</param>
    /// <param name="mode">The <c>Mode</c>.</param>
    /// <param name="cache">The <c>Cache</c>.</param>
    /// <param name="vfs">The <c>Vfs</c>, or <see langword="null"/>.</param>
    public static DataSourceName Resolve(string dataSource, SqliteOpenMode mode, SqliteCacheMode cache, string? vfs)
    {
        // Microsoft.Data.Sqlite looks for the prefix in any case, SQLite for the lower case only: what differs is neither
        // put under the DataDirectory nor read as a URI.
        var looksLikeUri = dataSource.StartsWith(UriPrefix, StringComparison.OrdinalIgnoreCase);
        var isUri = dataSource.StartsWith(UriPrefix, StringComparison.Ordinal);

        if (isUri || (mode == SqliteOpenMode.Memory && !looksLikeUri))
        {
            // For Mode=Memory, Microsoft.Data.Sqlite makes a URI of any name.
            var uri = SqliteUri.Parse(isUri ? dataSource[UriPrefix.Length..] : dataSource, mode, cache, vfs);
            return Classify(dataSource, uri.Path, isUri: true, uri.IsMemory, uri.IsShared, uri.Vfs);
        }

        var name = looksLikeUri || string.Equals(dataSource, InMemory, StringComparison.OrdinalIgnoreCase)
            ? dataSource
            : UnderDataDirectory(dataSource);
        return Classify(name, name, isUri: false, isMemory: mode == SqliteOpenMode.Memory, isShared: false, vfs);
    }

    /// <summary>Tells whether the answer of <see cref="Resolve"/> depends on the current folder or the <c>DataDirectory</c>, and so may be another one later.</summary>
    /// <param name="dataSource">The text given as <c>Data Source</c>.</param>
    /// <param name="mode">The <c>Mode</c>.</param>
    public static bool IsAmbient(string dataSource, SqliteOpenMode mode)
        => mode != SqliteOpenMode.Memory
            && dataSource != InMemory
            && !dataSource.StartsWith(UriPrefix, StringComparison.Ordinal)
            && !Path.IsPathFullyQualified(dataSource);

    // The rules of sqlite3BtreeOpen and of the memdb VFS for what is in memory and who shares it.
    private static DataSourceName Classify(string name, string path, bool isUri, bool isMemory, bool isShared, string? vfs)
    {
        isMemory |= path == InMemory;
        if (path.Length == 0)
        {
            return new(isMemory ? DataSourceKind.PrivateMemory : DataSourceKind.Temporary, name);
        }

        if (isMemory)
        {
            // Only a URI can share a cache in memory: "Data Source=:memory:;Cache=Shared" is private.
            return isUri && isShared
                ? new(DataSourceKind.SharedMemory, name, $"{vfs}:{path}")
                : new(DataSourceKind.PrivateMemory, name);
        }

        if (vfs == "memdb")
        {
            return path.Length > 1 && path[0] is '/' or '\\'
                ? new(DataSourceKind.SharedMemory, name, $"memdb:{path}")
                : new(DataSourceKind.PrivateMemory, name);
        }

        return isUri ? new(DataSourceKind.Uri, name) : new(DataSourceKind.File, FullPath(name));
    }

    private static string UnderDataDirectory(string dataSource)
    {
        if (AppDomain.CurrentDomain.GetData("DataDirectory") is not string { Length: > 0 } dataDirectory)
        {
            return dataSource;
        }

        if (dataSource.StartsWith(DataDirectoryMacro, StringComparison.InvariantCultureIgnoreCase))
        {
            return Path.Combine(dataDirectory, dataSource[DataDirectoryMacro.Length..]);
        }

        // An empty name becomes the folder itself, which then can't be opened: as in Microsoft.Data.Sqlite.
        return Path.IsPathRooted(dataSource) ? dataSource : Path.Combine(dataDirectory, dataSource);
    }

    // On Unix SQLite follows a link before it takes the ".." behind it; Path.GetFullPath would take it first.
    private static string FullPath(string path)
        => OperatingSystem.IsWindows() ? Path.GetFullPath(path) : Path.Combine(Environment.CurrentDirectory, path);
}
