using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>Logs what EF Core sends to the connection and what comes of it: texts, parameters with their types and values, transactions, opens and closes.</summary>
internal sealed class Recorder(Action<string> log) : DbCommandInterceptor, IDbTransactionInterceptor, IDbConnectionInterceptor
{
    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
        => Log(command, eventData, result);

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        => new(Log(command, eventData, result));

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
        => Log(command, eventData, result);

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        => new(Log(command, eventData, result));

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result)
        => Log(command, eventData, result);

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
        => new(Log(command, eventData, result));

    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
        => Log("  affected", result);

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        => new(Log("  affected", result));

    public override object? ScalarExecuted(DbCommand command, CommandExecutedEventData eventData, object? result)
        => Log("  scalar", result);

    public override ValueTask<object?> ScalarExecutedAsync(DbCommand command, CommandExecutedEventData eventData, object? result, CancellationToken cancellationToken = default)
        => new(Log("  scalar", result));

    public override InterceptionResult DataReaderDisposing(DbCommand command, DataReaderDisposingEventData eventData, InterceptionResult result)
    {
        log($"  reader: {eventData.ReadCount} read, affected {eventData.RecordsAffected}");
        return result;
    }

    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData)
        => log("  failed: " + Described.Error(eventData.Exception));

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        CommandFailed(command, eventData);
        return Task.CompletedTask;
    }

    public override void CommandCanceled(DbCommand command, CommandEndEventData eventData) => log("  cancelled");

    public override Task CommandCanceledAsync(DbCommand command, CommandEndEventData eventData, CancellationToken cancellationToken = default)
    {
        log("  cancelled");
        return Task.CompletedTask;
    }

    public DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        log($"BEGIN {result.IsolationLevel}, save points {result.SupportsSavepoints}");
        return result;
    }

    public ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
        => new(TransactionStarted(connection, eventData, result));

    public DbTransaction TransactionUsed(DbConnection connection, TransactionEventData eventData, DbTransaction result)
    {
        log($"USE {result.IsolationLevel}");
        return result;
    }

    public ValueTask<DbTransaction> TransactionUsedAsync(DbConnection connection, TransactionEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
        => new(TransactionUsed(connection, eventData, result));

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => log("COMMIT");

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Done("COMMIT");

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => log("ROLLBACK");

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Done("ROLLBACK");

    public void CreatedSavepoint(DbTransaction transaction, TransactionEventData eventData) => log("SAVEPOINT");

    public Task CreatedSavepointAsync(DbTransaction transaction, TransactionEventData eventData, CancellationToken cancellationToken = default) => Done("SAVEPOINT");

    public void RolledBackToSavepoint(DbTransaction transaction, TransactionEventData eventData) => log("ROLLBACK TO");

    public Task RolledBackToSavepointAsync(DbTransaction transaction, TransactionEventData eventData, CancellationToken cancellationToken = default) => Done("ROLLBACK TO");

    public void ReleasedSavepoint(DbTransaction transaction, TransactionEventData eventData) => log("RELEASE");

    public Task ReleasedSavepointAsync(DbTransaction transaction, TransactionEventData eventData, CancellationToken cancellationToken = default) => Done("RELEASE");

    public void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => log($"{eventData.Action} failed: {Described.Error(eventData.Exception)}");

    public Task TransactionFailedAsync(DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
        => Done($"{eventData.Action} failed: {Described.Error(eventData.Exception)}");

    public void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => log("open");

    public Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) => Done("open");

    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => log("close");

    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData) => Done("close");

    public void ConnectionFailed(DbConnection connection, ConnectionErrorEventData eventData) => log("open failed: " + Described.Error(eventData.Exception));

    public Task ConnectionFailedAsync(DbConnection connection, ConnectionErrorEventData eventData, CancellationToken cancellationToken = default)
        => Done("open failed: " + Described.Error(eventData.Exception));

    private Task Done(string line)
    {
        log(line);
        return Task.CompletedTask;
    }

    private T Log<T>(string what, T result)
    {
        log($"{what} {Described.Value(result)}");
        return result;
    }

    private InterceptionResult<T> Log<T>(DbCommand command, CommandEventData data, InterceptionResult<T> result)
    {
        log($"{data.ExecuteMethod} {data.CommandSource}, in a transaction: {command.Transaction is not null}, timeout {command.CommandTimeout}: {command.CommandText}");
        foreach (DbParameter parameter in command.Parameters)
        {
            var mark = parameter.IsNullable ? "?" : string.Empty;
            log($"  {parameter.ParameterName} {parameter.DbType}{mark} {parameter.Size} {(parameter.Direction == ParameterDirection.Input ? string.Empty : parameter.Direction)} = {Described.Value(parameter.Value)} {parameter.GetType().Name}");
        }

        return result;
    }
}
