using Microsoft.Data.Sqlite;

namespace SsoStorm;

/// <summary>Names an error by its kind, so that the same ones are counted together.</summary>
internal static class ErrorKind
{
    private static readonly Dictionary<int, string> Names = new()
    {
        [5] = "SQLITE_BUSY",
        [261] = "SQLITE_BUSY_RECOVERY",
        [517] = "SQLITE_BUSY_SNAPSHOT",
        [773] = "SQLITE_BUSY_TIMEOUT",
        [6] = "SQLITE_LOCKED",
        [262] = "SQLITE_LOCKED_SHAREDCACHE",
        [8] = "SQLITE_READONLY",
        [9] = "SQLITE_INTERRUPT",
        [10] = "SQLITE_IOERR",
        [11] = "SQLITE_CORRUPT",
        [13] = "SQLITE_FULL",
        [14] = "SQLITE_CANTOPEN",
        [19] = "SQLITE_CONSTRAINT",
        [2067] = "SQLITE_CONSTRAINT_UNIQUE",
        [21] = "SQLITE_MISUSE",
    };

    public static string Of(Exception error) => error switch
    {
        SqliteException { SqliteErrorCode: 1 } e => Quoted(e.Message),
        SqliteException e => Names.GetValueOrDefault(e.SqliteExtendedErrorCode)
            ?? Names.GetValueOrDefault(e.SqliteErrorCode)
            ?? $"SQLite error {e.SqliteExtendedErrorCode}",
        TimeoutException e => $"timeout: {e.Message}",
        _ => $"{error.GetType().Name}: {error.Message}",
    };

    /// <summary>Whether trying again can help, as retry policies in the wild see it.</summary>
    public static bool IsWorthRetrying(Exception error) => error is SqliteException { SqliteErrorCode: 5 or 6 };

    // "SQLite Error 1: 'cannot commit - no transaction is active'."
    private static string Quoted(string message)
    {
        int first = message.IndexOf('\'', StringComparison.Ordinal);
        int last = message.LastIndexOf('\'');
        return first >= 0 && last > first ? message[(first + 1)..last] : message;
    }
}
