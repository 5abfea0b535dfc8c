using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace SsoService.Tests.Infrastructure;

/// <summary>
/// What SQLite is under an application that comes from a server database: a file in the rollback journal, as any tool but EF Core
/// creates it, and transactions that begin as readers and want to write later, as BEGIN does.
/// </summary>
internal sealed class ServerHabits : DbTransactionInterceptor
{
    /// <summary>Makes the file before EF Core does, which would switch it to WAL.</summary>
    public static void CreateFile(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = delete; CREATE TABLE t (x); DROP TABLE t;";
        command.ExecuteNonQuery();
    }

    public override InterceptionResult<DbTransaction> TransactionStarting(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result) =>
        InterceptionResult<DbTransaction>.SuppressWithResult(Deferred(connection));

    public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection,
        TransactionStartingEventData eventData,
        InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(InterceptionResult<DbTransaction>.SuppressWithResult(Deferred(connection)));

    private static SqliteTransaction Deferred(DbConnection connection) =>
        ((SqliteConnection)connection).BeginTransaction(IsolationLevel.Serializable, deferred: true);
}
