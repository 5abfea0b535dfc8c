using System.Data.Common;

namespace SsoStorm;

/// <summary>Where a login's connection comes from.</summary>
internal interface IConnectionSource : IAsyncDisposable
{
    ValueTask<DbConnection> TakeAsync();

    ValueTask GiveBackAsync(DbConnection connection);
}

/// <summary>Opens a connection when asked and closes it when it comes back, as ADO.NET means it.</summary>
internal sealed class OpeningSource(DbProviderFactory factory, string connectionString) : IConnectionSource
{
    public async ValueTask<DbConnection> TakeAsync()
    {
        DbConnection connection = factory.CreateConnection()!;
        connection.ConnectionString = connectionString;
        await connection.OpenAsync();
        return connection;
    }

    public ValueTask GiveBackAsync(DbConnection connection) => connection.DisposeAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A fixed number of connections, opened ahead; the one that came back last is lent first.</summary>
internal sealed class FixedPool : IConnectionSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _free;
    private readonly Lock _lock = new(); // protects _idle, held for a push or a pop
    private readonly Stack<DbConnection> _idle;
    private readonly int _size;

    private FixedPool(Stack<DbConnection> connections)
    {
        _idle = connections;
        _size = connections.Count;
        _free = new SemaphoreSlim(_size);
    }

    public static async Task<FixedPool> OpenAsync(DbProviderFactory factory, string connectionString, int size)
    {
        Stack<DbConnection> connections = new(size);
        for (int i = 0; i < size; i++)
        {
            DbConnection connection = factory.CreateConnection()!;
            connection.ConnectionString = connectionString;
            await connection.OpenAsync();
            connections.Push(connection);
        }

        return new FixedPool(connections);
    }

    public async ValueTask<DbConnection> TakeAsync()
    {
        if (!await _free.WaitAsync(Patience))
        {
            throw new TimeoutException($"no free connection among {_size}");
        }

        lock (_lock)
        {
            return _idle.Pop();
        }
    }

    public ValueTask GiveBackAsync(DbConnection connection)
    {
        lock (_lock)
        {
            _idle.Push(connection);
        }

        _free.Release();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        while (_idle.TryPop(out DbConnection? connection))
        {
            await connection.DisposeAsync();
        }

        _free.Dispose();
    }
}
