using Microsoft.Extensions.Logging;

namespace SplitSqlite.Diagnostics;

/// <summary>All that the provider logs, in one place. The numbers are for filters and alerts: one that has been released is never given another meaning.</summary>
internal static partial class LogMessages
{
    /// <summary>The category of all messages.</summary>
    public const string Category = "SplitSqlite";

    // 1000 to 1099: what is decided when a database is opened.
    [LoggerMessage(1001, LogLevel.Warning, "Database '{Database}' is served by one connection, its statements one after the other: {Reason}.")]
    public static partial void NotSplit(this ILogger logger, string database, string reason);

    [LoggerMessage(1002, LogLevel.Information, "Database '{Database}' has been switched to WAL: reads run beside the writer from now on.")]
    public static partial void NowSplit(this ILogger logger, string database);

    [LoggerMessage(1003, LogLevel.Information, "SQLite can open database '{Database}' for reading only. Reads are served, writes get SQLite's error.")]
    public static partial void ReadOnly(this ILogger logger, string database);

    [LoggerMessage(1004, LogLevel.Warning, "Database '{Database}' is in WAL mode on a file system of type {FileSystem}. That is safe only while no other host uses the file.")]
    public static partial void WalOnSharedFileSystem(this ILogger logger, string database, string fileSystem);

    [LoggerMessage(1005, LogLevel.Information, "A shared cache was asked for on the file '{Database}'; each physical connection has a private one. With a shared cache, readers and the writer would meet at its table locks.")]
    public static partial void SharedCacheReplaced(this ILogger logger, string database);

    [LoggerMessage(1006, LogLevel.Warning, "{Keyword}={Value} is ignored for database '{Database}': it belongs to the database as a whole, and the first open decided {Decided}.")]
    public static partial void OptionIgnored(this ILogger logger, string database, string keyword, string value, string decided);
}
