using System.Data;
using System.Data.Common;

namespace SsoStorm;

/// <summary>What one login asks of the database: statements, and a transaction around some of them.</summary>
internal interface ILoginSession : IAsyncDisposable
{
    Task<T> RunAsync<T>(string sql, Func<DbCommand, Task<T>> execute);

    Task BeginAsync();

    Task CommitAsync();

    Task RollbackAsync();
}

/// <summary>Acts 1, 2, 4 and 5: one connection from the beginning of the login to its end.</summary>
internal sealed class ConnectionSession(IConnectionSource source, DbConnection connection, IsolationLevel level)
    : ILoginSession
{
    private DbTransaction? _transaction;

    public async Task<T> RunAsync<T>(string sql, Func<DbCommand, Task<T>> execute)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        return await execute(command);
    }

    public async Task BeginAsync() => _transaction = await connection.BeginTransactionAsync(level);

    public async Task CommitAsync()
    {
        await _transaction!.CommitAsync();
        await EndTransactionAsync();
    }

    public Task RollbackAsync() => EndTransactionAsync();

    public async ValueTask DisposeAsync()
    {
        await EndTransactionAsync();
        await source.GiveBackAsync(connection);
    }

    // Disposing what was not committed rolls it back.
    private async Task EndTransactionAsync()
    {
        DbTransaction? transaction = _transaction;
        _transaction = null;
        if (transaction is not null)
        {
            await transaction.DisposeAsync();
        }
    }
}

/// <summary>
/// Act 3, the classic mistake: the pool is asked for each statement, so BEGIN, the writes and COMMIT may go to different
/// connections. One user alone never notices, since a pool hands out first what came back last.
/// </summary>
internal sealed class StatementSession(IConnectionSource source) : ILoginSession
{
    public async Task<T> RunAsync<T>(string sql, Func<DbCommand, Task<T>> execute)
    {
        DbConnection connection = await source.TakeAsync();
        try
        {
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = sql;
            return await execute(command);
        }
        finally
        {
            await source.GiveBackAsync(connection);
        }
    }

    public Task BeginAsync() => RunAsync("BEGIN IMMEDIATE", command => command.ExecuteNonQueryAsync());

    public Task CommitAsync() => RunAsync("COMMIT", command => command.ExecuteNonQueryAsync());

    public async Task RollbackAsync()
    {
        try
        {
            await RunAsync("ROLLBACK", command => command.ExecuteNonQueryAsync());
        }
        catch (DbException)
        {
            // Code of this kind reports the first error; that ROLLBACK met the wrong connection is lost on it.
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
