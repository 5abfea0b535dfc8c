using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <content>Closing a database's file for work on it by other means.</content>
public sealed partial class SplitSqliteConnection
{
    /// <summary>
    /// Closes a database's file in this process and keeps it closed until the result is disposed: for restoring, copying, moving or deleting it.
    /// Waits for running statements, transactions, snapshots, open data readers and sessions with a connection of their own (TEMP objects, ATTACH,
    /// functions); then takes the WAL into the file and closes all physical connections, which leaves one clean file. New opens, and new statements of
    /// connections that are open, wait meanwhile, to their own deadlines (<see cref="SplitSqliteBusyException"/>). Connections that are open stay open, and use
    /// the file that is there afterwards. A file that nobody has open is only kept from being opened.
    /// </summary>
    /// <param name="path">
    /// The file, in any spelling that a <c>Data Source</c> may have: a path, relative or not, with <c>|DataDirectory|</c> or as a <c>file:</c> URI. Or a whole
    /// connection string: a text that has a <c>Data Source</c> keyword (or <c>DataSource</c>, <c>Filename</c>).
    /// </param>
    /// <param name="timeout">How long to wait for those who use the file; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>What lets everybody go on when it is disposed. The calling code must not use the database itself before that: it would wait for itself.</returns>
    /// <exception cref="SplitSqliteBusyException">The file was in use until the timeout, by what the message names. Everything goes on as before.</exception>
    /// <exception cref="ArgumentException">The text is no path or connection string, or names a database that is no file.</exception>
    /// <exception cref="SqliteException">The WAL could not be taken into the file.</exception>
    public static SplitSqliteFileAccess CloseForFileAccess(string path, TimeSpan timeout)
        => new(FileHold.Take(FileNameOf(path), DeadlineAfter(timeout), CancellationToken.None));

    /// <inheritdoc cref="CloseForFileAccess(string, TimeSpan)"/>
    /// <remarks>Waits without a thread. Taking in the WAL and closing are SQLite's work, and synchronous.</remarks>
    /// <param name="path">See <see cref="CloseForFileAccess(string, TimeSpan)"/>.</param>
    /// <param name="timeout">See <see cref="CloseForFileAccess(string, TimeSpan)"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<SplitSqliteFileAccess> CloseForFileAccessAsync(string path, TimeSpan timeout, CancellationToken cancellationToken = default)
        => new(await FileHold.TakeAsync(FileNameOf(path), DeadlineAfter(timeout), cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Does the same for the file of a connection, which may be open or closed. If this very connection keeps the file in use, the call fails at once: it would
    /// wait for itself.
    /// </summary>
    /// <param name="connection">The connection. It stays as it is, and open if it is open.</param>
    /// <param name="timeout">How long to wait for the others who use the file; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>What lets everybody go on when it is disposed. The calling code must not use the database itself before that: it would wait for itself.</returns>
    /// <exception cref="InvalidOperationException">The connection is in a transaction or snapshot, has an open data reader or stream, or has a physical connection of its own (TEMP objects, ATTACH, functions).</exception>
    /// <exception cref="SplitSqliteBusyException">The file was in use until the timeout, by what the message names. Everything goes on as before.</exception>
    /// <exception cref="ArgumentException">The connection's database is no file.</exception>
    /// <exception cref="SqliteException">The WAL could not be taken into the file.</exception>
    public static SplitSqliteFileAccess CloseForFileAccess(SplitSqliteConnection connection, TimeSpan timeout)
        => new(FileHold.Take(FileNameOf(connection), DeadlineAfter(timeout), CancellationToken.None));

    /// <inheritdoc cref="CloseForFileAccess(SplitSqliteConnection, TimeSpan)"/>
    /// <remarks>Waits without a thread. Taking in the WAL and closing are SQLite's work, and synchronous.</remarks>
    /// <param name="connection">See <see cref="CloseForFileAccess(SplitSqliteConnection, TimeSpan)"/>.</param>
    /// <param name="timeout">See <see cref="CloseForFileAccess(SplitSqliteConnection, TimeSpan)"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<SplitSqliteFileAccess> CloseForFileAccessAsync(SplitSqliteConnection connection, TimeSpan timeout, CancellationToken cancellationToken = default)
        => new(await FileHold.TakeAsync(FileNameOf(connection), DeadlineAfter(timeout), cancellationToken).ConfigureAwait(false));

    private static Deadline DeadlineAfter(TimeSpan timeout) => Deadline.After(timeout, TimeProvider.System);

    private static string FileNameOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FileNameOf(ConnectionSettings.Get(IsConnectionString(path) ? path : new SplitSqliteConnectionStringBuilder { DataSource = path }.ConnectionString), nameof(path));
    }

    private static string FileNameOf(SplitSqliteConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var path = FileNameOf(connection.Settings, nameof(connection));
        if (connection.Session?.FileUse is { } use)
        {
            throw new InvalidOperationException($"'{path}' can't be closed for file access, the call would wait for itself: {use}.");
        }

        return path;
    }

    private static string FileNameOf(ConnectionSettings settings, string parameter)
        => DatabaseRegistry.IdentityOf(settings.ResolveDataSource(), settings.OptionSet.Vfs)
            ?? throw new ArgumentException($"'{settings.DataSource}' names a database that is no file.", parameter);

    // A path may have an equals sign, and a semicolon; hardly both a keyword of ours before it.
    private static bool IsConnectionString(string text)
    {
        if (text.StartsWith("file:", StringComparison.Ordinal) || !text.Contains('=', StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            var parsed = new DbConnectionStringBuilder { ConnectionString = text };
            return parsed.ContainsKey("Data Source") || parsed.ContainsKey("DataSource") || parsed.ContainsKey("Filename");
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
