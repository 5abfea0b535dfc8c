using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Sqlite.Migrations.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using SplitSqlite.EFCore.Diagnostics;
using SplitSqlite.EFCore.Storage.Internal;

namespace SplitSqlite.EFCore.Migrations.Internal;

/// <summary>
/// EF Core's own, but for the wait for the migrations lock: the row that whoever migrates puts into a table, and that a killed migration leaves there.
/// </summary>
/// <remarks>
/// The row and its table are EF Core's, so that contexts with <c>UseSqlite</c> and other processes respect each other. The wait differs: it looks at the row by reading,
/// which no long migration holds up (EF Core tries to insert each time, and fails with "database is locked" when the other's transaction outlasts the
/// command timeout); it looks often, where EF Core sleeps for up to a minute; and it says what it waits for.
/// </remarks>
public class SplitSqliteHistoryRepository : SqliteHistoryRepository
{
    private static readonly TimeSpan ReportAfter = TimeSpan.FromSeconds(10);

    // A look costs some ten microseconds. A tenth of the time waited so far wastes at most a tenth, however long the other takes.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;

    /// <summary>Makes the repository of a context.</summary>
    /// <param name="dependencies">What EF Core's own needs.</param>
    /// <param name="time">The clock of the wait.</param>
    public SplitSqliteHistoryRepository(HistoryRepositoryDependencies dependencies, TimeProvider time)
        : base(dependencies)
        => _time = time;

    private bool IsSplit => Dependencies.Connection is SplitSqliteRelationalConnection { IsSplit: true };

    /// <inheritdoc/>
    public override IMigrationsDatabaseLock AcquireDatabaseLock()
    {
        if (!IsSplit)
        {
            return base.AcquireDatabaseLock();
        }

        Dependencies.MigrationsLogger.AcquiringMigrationLock();
        var parameters = Parameters();
        if (Look(HasTableSql) is null)
        {
            Build(CreateTableSql).ExecuteNonQuery(parameters);
        }

        var wait = new Wait(this);
        while (true)
        {
            if (Look(HolderSql) is { } holder)
            {
                wait.Saw(holder);
            }
            else if (Build(InsertSql()).ExecuteScalar(parameters) is 1L)
            {
                return TakenLock(parameters, CancellationToken.None);
            }

            wait.NextAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    public override async Task<IMigrationsDatabaseLock> AcquireDatabaseLockAsync(CancellationToken cancellationToken = default)
    {
        if (!IsSplit)
        {
            return await base.AcquireDatabaseLockAsync(cancellationToken).ConfigureAwait(false);
        }

        Dependencies.MigrationsLogger.AcquiringMigrationLock();
        var parameters = Parameters();
        if (await LookAsync(HasTableSql, cancellationToken).ConfigureAwait(false) is null)
        {
            await Build(CreateTableSql).ExecuteNonQueryAsync(parameters, cancellationToken).ConfigureAwait(false);
        }

        var wait = new Wait(this);
        while (true)
        {
            if (await LookAsync(HolderSql, cancellationToken).ConfigureAwait(false) is { } holder)
            {
                wait.Saw(holder);
            }
            else if (await Build(InsertSql()).ExecuteScalarAsync(parameters, cancellationToken).ConfigureAwait(false) is 1L)
            {
                return TakenLock(parameters, cancellationToken);
            }

            await wait.NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private string HasTableSql => $"SELECT 1 FROM sqlite_master WHERE name = '{LockTableName}' AND type = 'table'";

    private string HolderSql => $"SELECT \"Timestamp\" FROM \"{LockTableName}\" WHERE \"Id\" = 1";

    private string CreateTableSql
        => $"CREATE TABLE IF NOT EXISTS \"{LockTableName}\" (\"Id\" INTEGER NOT NULL CONSTRAINT \"PK_{LockTableName}\" PRIMARY KEY, \"Timestamp\" TEXT NOT NULL);";

    // The number of rows is that of this very statement: they are one batch, and a batch that writes runs on the writer as a whole.
    private string InsertSql()
        => string.Create(
            CultureInfo.InvariantCulture,
            $"INSERT OR IGNORE INTO \"{LockTableName}\" (\"Id\", \"Timestamp\") VALUES (1, '{_time.GetUtcNow():yyyy-MM-dd HH:mm:ss.FFFFFFFzzz}'); SELECT changes();");

    private SqliteMigrationDatabaseLock TakenLock(RelationalCommandParameterObject parameters, CancellationToken cancellationToken)
        => new(Build($"DELETE FROM \"{LockTableName}\";"), parameters, this, cancellationToken);

    private IRelationalCommand Build(string sql) => Dependencies.RawSqlCommandBuilder.Build(sql);

    private RelationalCommandParameterObject Parameters()
        => new(
            Dependencies.Connection,
            parameterValues: null,
            readerColumns: null,
            Dependencies.CurrentContext.Context,
            Dependencies.CommandLogger,
            CommandSource.Migrations);

    // Not as commands of EF Core's, which would fill the log with one for each look.
    private object? Look(string sql)
    {
        Dependencies.Connection.Open();
        try
        {
            using var command = Command(sql);
            return command.ExecuteScalar();
        }
        finally
        {
            Dependencies.Connection.Close();
        }
    }

    private async Task<object?> LookAsync(string sql, CancellationToken cancellationToken)
    {
        await Dependencies.Connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using var command = Command(sql);
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Dependencies.Connection.CloseAsync().ConfigureAwait(false);
        }
    }

    private DbCommand Command(string sql)
    {
        var command = Dependencies.Connection.DbConnection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = Dependencies.Connection.CurrentTransaction?.GetDbTransaction();
        if (Dependencies.Connection.CommandTimeout is { } timeout)
        {
            command.CommandTimeout = timeout;
        }

        return command;
    }

    /// <summary>How long the lock has been waited for, and whose it was.</summary>
    private struct Wait(SplitSqliteHistoryRepository repository)
    {
        private readonly long _start = repository._time.GetTimestamp();
        private string? _holder;
        private long _since;
        private bool _isReported;

        /// <summary>Notes that the lock is taken, by whom so far as its timestamp tells.</summary>
        public void Saw(object timestamp)
        {
            var holder = Convert.ToString(timestamp, CultureInfo.InvariantCulture)!;
            if (holder != _holder)
            {
                (_holder, _since, _isReported) = (holder, repository._time.GetTimestamp(), false);
                return;
            }

            var waited = repository._time.GetElapsedTime(_since);
            if (!_isReported && waited >= ReportAfter)
            {
                _isReported = true;
                repository.Dependencies.MigrationsLogger.MigrationLockHeld(repository.Dependencies.Connection.DbConnection.DataSource, waited, holder);
            }
        }

        /// <summary>Waits until the next look.</summary>
        public readonly Task NextAsync(CancellationToken cancellationToken)
        {
            var pause = repository._time.GetElapsedTime(_start) / 10;
            return Task.Delay(pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause, repository._time, cancellationToken);
        }
    }
}
