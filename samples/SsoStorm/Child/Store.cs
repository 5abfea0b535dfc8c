using System.Data;
using System.Data.Common;

namespace SsoStorm;

/// <summary>Opens login sessions in the way the act's <see cref="Setup"/> says.</summary>
internal sealed class Store : IAsyncDisposable
{
    private const int FixedPoolSize = 100;

    private readonly IConnectionSource _source;
    private readonly bool _perStatement;
    private readonly IsolationLevel _level;

    private Store(Setup setup, IConnectionSource source)
    {
        _source = source;
        _perStatement = setup.Lending == Lending.FixedPoolPerStatement;

        // ReadUncommitted is how Microsoft.Data.Sqlite spells a deferred transaction through DbConnection.
        _level = setup.Transactions == Transactions.Deferred
            ? IsolationLevel.ReadUncommitted
            : IsolationLevel.Serializable;
    }

    public static async Task<Store> OpenAsync(Setup setup)
    {
        IConnectionSource source = setup.Lending == Lending.OpenPerLogin
            ? new OpeningSource(setup.Factory, setup.ConnectionString)
            : await FixedPool.OpenAsync(setup.Factory, setup.ConnectionString, FixedPoolSize);
        try
        {
            await SetJournalModeAsync(source, setup.JournalMode);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }

        return new Store(setup, source);
    }

    public async Task<ILoginSession> OpenSessionAsync() => _perStatement
        ? new StatementSession(_source)
        : new ConnectionSession(_source, await _source.TakeAsync(), _level);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static async Task SetJournalModeAsync(IConnectionSource source, string mode)
    {
        DbConnection connection = await source.TakeAsync();
        try
        {
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = $"PRAGMA journal_mode={mode}";
            string? answer = (string?)await command.ExecuteScalarAsync();
            if (answer != mode)
            {
                throw new InvalidOperationException($"The file is in journal mode '{answer}', not '{mode}'.");
            }
        }
        finally
        {
            await source.GiveBackAsync(connection);
        }
    }
}
