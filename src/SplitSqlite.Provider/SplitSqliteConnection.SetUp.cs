using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <content>What a user may do to the connection itself: collations, extensions, backups, and how set-ups of its own are kept.</content>
public sealed partial class SplitSqliteConnection
{
    // Kept over Close and Open, as Microsoft.Data.Sqlite keeps them.
    private List<Action<SqliteConnection>>? _setUps;

    /// <summary>Creates a collation for this connection's own use, or removes it. The connection from then on has a physical one of its own.</summary>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="comparison">The comparison, or <see langword="null"/> to remove it.</param>
    /// <exception cref="InvalidOperationException">The connection is in a read-only snapshot.</exception>
    /// <seealso href="https://learn.microsoft.com/dotnet/standard/data/sqlite/collation">Collation</seealso>
    public void CreateCollation(string name, Comparison<string>? comparison)
        => SetUp(connection => connection.CreateCollation(name, comparison));

    /// <inheritdoc cref="CreateCollation(string, Comparison{string})"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the comparison is given as its first argument at each call.</param>
    /// <param name="comparison">The comparison, or <see langword="null"/> to remove it.</param>
    public void CreateCollation<T>(string name, T state, Func<T, string, string, int>? comparison)
        => SetUp(connection => connection.CreateCollation(name, state, comparison));

    /// <summary>Lets SQL load extensions by <c>load_extension()</c>, or forbids it. The connection from then on has a physical one of its own.</summary>
    /// <param name="enable">Whether to let it.</param>
    /// <exception cref="InvalidOperationException">The connection is in a read-only snapshot.</exception>
    public void EnableExtensions(bool enable = true)
        => SetUp(connection => connection.EnableExtensions(enable));

    /// <summary>Loads an extension library for this connection's own use. The connection from then on has a physical one of its own.</summary>
    /// <param name="file">The library.</param>
    /// <param name="proc">Its entry point, or <see langword="null"/> for the usual one.</param>
    /// <exception cref="SqliteException">The library can't be loaded.</exception>
    /// <exception cref="InvalidOperationException">The connection is in a read-only snapshot.</exception>
    /// <seealso href="https://learn.microsoft.com/dotnet/standard/data/sqlite/extensions">Extensions</seealso>
    public void LoadExtension(string file, string? proc = null)
        => SetUp(connection => connection.LoadExtension(file, proc));

    /// <summary>Copies this database into another, from one consistent state, without holding up writers of this one.</summary>
    /// <param name="destination">The connection to copy to; it is opened for the copy if it is closed. Its database is overwritten.</param>
    /// <exception cref="InvalidOperationException">This connection is not open.</exception>
    /// <exception cref="SqliteException">SQLite reports an error.</exception>
    /// <seealso href="https://sqlite.org/backup.html">SQLite's backup</seealso>
    public void BackupDatabase(SqliteConnection destination) => BackupDatabase(destination, "main", "main");

    /// <inheritdoc cref="BackupDatabase(SqliteConnection)"/>
    /// <param name="destination">The connection to copy to; it is opened for the copy if it is closed. Its database is overwritten.</param>
    /// <param name="destinationName">The schema to copy to.</param>
    /// <param name="sourceName">The schema to copy.</param>
    public void BackupDatabase(SqliteConnection destination, string destinationName, string sourceName)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var session = RequireSession(nameof(BackupDatabase));
        session.BackupTo(destination, destinationName, sourceName, session.DeadlineOf(null, DefaultTimeout));
        GC.KeepAlive(this);
    }

    /// <inheritdoc cref="BackupDatabase(SqliteConnection)"/>
    /// <remarks>The copy holds the destination's writer; its readers see the old state until it is done.</remarks>
    public void BackupDatabase(SplitSqliteConnection destination) => BackupDatabase(destination, "main", "main");

    /// <inheritdoc cref="BackupDatabase(SqliteConnection)"/>
    /// <param name="destination">The connection to copy to; it is opened for the copy if it is closed. Its database is overwritten.</param>
    /// <param name="destinationName">The schema to copy to.</param>
    /// <param name="sourceName">The schema to copy.</param>
    /// <remarks>The copy holds the destination's writer; its readers see the old state until it is done.</remarks>
    public void BackupDatabase(SplitSqliteConnection destination, string destinationName, string sourceName)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var session = RequireSession(nameof(BackupDatabase));
        var close = destination.State == System.Data.ConnectionState.Closed;
        if (close)
        {
            destination.Open();
        }

        try
        {
            var deadline = session.DeadlineOf(null, DefaultTimeout);
            destination.RequireSession(nameof(BackupDatabase))
                .WithWriter(deadline, inner => session.BackupTo(inner, destinationName, sourceName, deadline));
        }
        finally
        {
            if (close)
            {
                destination.Close();
            }

            GC.KeepAlive(this);
            GC.KeepAlive(destination);
        }
    }

    private Session RequireSession(string method)
        => Session ?? throw new InvalidOperationException($"{method} needs an open connection. Call Open() first.");

    private void SetUp(Action<SqliteConnection> setUp)
    {
        Session?.SetUp(setUp, Session.DeadlineOf(null, DefaultTimeout));
        (_setUps ??= []).Add(setUp);
        GC.KeepAlive(this);
    }
}
