using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Benchmarks.Sides;

/// <summary>
/// A database file that one side works on for one run: fresh, so that no run finds what another has left (a grown file, a long WAL,
/// connections of another setting in a pool).
/// </summary>
internal sealed class BenchFile : IAsyncDisposable
{
    /// <summary>Rows of the table <c>users</c>.</summary>
    public const int Users = 1000;

    private const string Schema =
        """
        CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, visits INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO users(name) SELECT 'user ' || i FROM n;
        """;

    private readonly string _connectionString;
    private readonly PlainFactory? _plain;

    private BenchFile(Side side, Synchronous synchronous, string path)
    {
        Side = side;
        Synchronous = synchronous;
        Path = path;
        _connectionString = side.ConnectionString(path, synchronous);
        _plain = side == Side.Plain ? new PlainFactory() : null;
    }

    public Side Side { get; }

    public Synchronous Synchronous { get; }

    public string Path { get; }

    public string ConnectionString => _connectionString;

    /// <summary>Makes connections for this run.</summary>
    public DbProviderFactory Factory => _plain ?? Side.Factory!;

    /// <summary>Makes a file of users and items in WAL mode.</summary>
    public static BenchFile Create(Side side, Synchronous synchronous, string folder) => Create(side, synchronous, folder, CreateUsers);

    /// <param name="make">Makes the file's schema with the plain provider, before anything is measured.</param>
    public static BenchFile Create(Side side, Synchronous synchronous, string folder, Action<string> make)
    {
        var path = System.IO.Path.Combine(folder, $"{side.Key}-{System.IO.Path.GetRandomFileName()}.db");
        make(path);
        Execute(path, "PRAGMA journal_mode=WAL");
        return new BenchFile(side, synchronous, path);
    }

    public DbConnection Open()
    {
        var connection = CreateConnection();
        connection.Open();
        return connection;
    }

    public async ValueTask<DbConnection> OpenAsync()
    {
        var connection = CreateConnection();
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>
    /// Opens as many connections at once as there will be callers and closes them, so that the plain provider's pool is full and every connection in
    /// it has the wanted <c>synchronous</c>: it has no keyword for it, and to set it at each open would cost a statement each time.
    /// </summary>
    public void Warm(int connections) => OpenAll(connections, connection =>
    {
        if (!Side.IsSplit)
        {
            Run(connection, $"PRAGMA synchronous={(int)Synchronous}");
        }
    });

    /// <exception cref="InvalidOperationException">A connection of the pool has another <c>synchronous</c> than was measured by.</exception>
    public void Verify(int connections) => OpenAll(connections, connection =>
    {
        var seen = Convert.ToInt32(Run(connection, "PRAGMA synchronous"), CultureInfo.InvariantCulture);
        if (seen != (int)Synchronous)
        {
            throw new InvalidOperationException($"{Side.Name} ran with synchronous={seen}, not {(int)Synchronous}.");
        }
    });

    /// <summary>The run is over: who still waits for the lock need not wait on. Our own queue is empty by then.</summary>
    public void GiveUp() => _plain?.GiveUp();

    public ValueTask DisposeAsync()
    {
        if (Side == Side.Plain)
        {
            using var pooled = new SqliteConnection(_connectionString);
            SqliteConnection.ClearPool(pooled);
        }
        else if (Side.IsSplit)
        {
            using var pooled = new SplitSqliteConnection(_connectionString);
            SplitSqliteConnection.ClearPool(pooled);
        }

        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(Path + suffix);
        }

        return ValueTask.CompletedTask;
    }

    private static void CreateUsers(string path) => Execute(path, Schema);

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Run(connection, sql);
    }

    private static object? Run(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private DbConnection CreateConnection()
    {
        var connection = Factory.CreateConnection()!;
        connection.ConnectionString = _connectionString;
        return connection;
    }

    private void OpenAll(int count, Action<DbConnection> use)
    {
        var connections = new List<DbConnection>(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                connections.Add(Open());
                use(connections[^1]);
            }
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }
}
