using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using SplitSqlite.EFCore.Infrastructure.Internal;

namespace SplitSqlite.EFCore.Storage.Internal;

/// <summary>Creates and deletes databases: EF Core's own, but for what it does to the file itself.</summary>
public class SplitSqliteDatabaseCreator : SqliteDatabaseCreator
{
    // SQLITE_CANTOPEN
    private const int CantOpen = 14;

    // What SQLite may have left beside a database: https://sqlite.org/tempfiles.html. A journal that outlives its file would be rolled back into the next one.
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    private readonly ISqliteRelationalConnection _connection;

    /// <summary>Makes the creator of a context.</summary>
    /// <param name="dependencies">What EF Core's own needs.</param>
    /// <param name="connection">The context's connection.</param>
    /// <param name="rawSqlCommandBuilder">What EF Core's own needs.</param>
    public SplitSqliteDatabaseCreator(RelationalDatabaseCreatorDependencies dependencies, ISqliteRelationalConnection connection, IRawSqlCommandBuilder rawSqlCommandBuilder)
        : base(dependencies, connection, rawSqlCommandBuilder)
        => _connection = connection;

    private bool IsSplit => _connection is SplitSqliteRelationalConnection { IsSplit: true };

    // EF Core opens and closes a connection where it only asks; that is a session of ours.
    private SplitSqliteConnection? Connection => _connection.DbConnection as SplitSqliteConnection;

    /// <inheritdoc/>
    public override bool Exists()
    {
        if (!IsSplit || Connection is null)
        {
            return base.Exists();
        }

        if (IsInMemory)
        {
            return true;
        }

        using var readOnly = _connection.CreateReadOnlyConnection();
        try
        {
            readOnly.Open(errorsExpected: true);
            return true;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == CantOpen)
        {
            return false;
        }
    }

    /// <summary>
    /// Deletes the database: waits for those in this process who are at work in it, closes all physical connections, deletes the file with its <c>-wal</c> and
    /// <c>-shm</c>. Connections that are open stay open; their next statement finds a new, empty database.
    /// </summary>
    /// <exception cref="InvalidOperationException">The context's own connection is in a transaction, has a query open, or has a physical connection of its own (TEMP tables, ATTACH, functions).</exception>
    /// <exception cref="SplitSqliteBusyException">The database was in use until the command timeout, or the default timeout, passed.</exception>
    public override void Delete()
    {
        if (!IsSplit || Connection is not { } connection)
        {
            base.Delete();
            return;
        }

        if (IsInMemory)
        {
            Renew(connection);
            return;
        }

        try
        {
            using var access = SplitSqliteConnection.CloseForFileAccess(connection, TimeoutOf(connection));
            DeleteFiles(access.FileName);
        }
        catch (ArgumentException exception) when (IsOfNoFile(exception))
        {
            Renew(connection);
        }
    }

    /// <inheritdoc cref="Delete"/>
    /// <param name="cancellationToken">Ends the wait.</param>
    public override async Task DeleteAsync(CancellationToken cancellationToken = default)
    {
        if (!IsSplit || Connection is not { } connection || IsInMemory)
        {
            await base.DeleteAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            await using var access = await SplitSqliteConnection.CloseForFileAccessAsync(connection, TimeoutOf(connection), cancellationToken).ConfigureAwait(false);
            DeleteFiles(access.FileName);
        }
        catch (ArgumentException exception) when (IsOfNoFile(exception))
        {
            Renew(connection);
        }
    }

    // What is in memory by its URI (mode=memory, another virtual file system) the provider tells, who resolves them.
    private static bool IsOfNoFile(ArgumentException exception) => exception.ParamName == "connection";

    private bool IsInMemory
    {
        get
        {
            var connectionString = new SplitSqliteConnectionStringBuilder(_connection.ConnectionString);
            return connectionString.DataSource.Length == 0
                || connectionString.DataSource.Equals(":memory:", StringComparison.OrdinalIgnoreCase)
                || connectionString.Mode == SqliteOpenMode.Memory;
        }
    }

    // A database in memory is gone with its connection, as with EF Core's own creator.
    private static void Renew(SplitSqliteConnection connection)
    {
        if (connection.State == ConnectionState.Open)
        {
            connection.Close();
            SplitSqliteConnection.ClearPool(connection);
            connection.Open();
        }
    }

    private static void DeleteFiles(string path)
    {
        // Plain connections of others in this process, which EF Core's own creator closes too.
        SqliteConnection.ClearAllPools();
        File.Delete(path);
        foreach (var companion in Companions)
        {
            File.Delete(path + companion);
        }
    }

    private TimeSpan TimeoutOf(SplitSqliteConnection connection)
        => (_connection.CommandTimeout ?? connection.DefaultTimeout) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan;
}
