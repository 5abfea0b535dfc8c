using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>A database file of a test's own in a folder of its own. At the end nobody may hold anything of it, and the folder goes.</summary>
internal sealed class TestFile : IDisposable
{
    private Database? _database;

    public TestFile(string? options = null)
    {
        Folder = Directory.CreateTempSubdirectory("splitsqlite-").FullName;
        Path = System.IO.Path.Combine(Folder, "test.db");
        Options = options ?? string.Empty;
    }

    public string Folder { get; }

    public string Path { get; }

    /// <summary>Gets the keywords that each of the test's connection strings has.</summary>
    public string Options { get; }

    /// <summary>Gets the engine's database; one has to have been opened.</summary>
    public Database Database => _database ?? throw new InvalidOperationException("Nothing was opened yet.");

    public string ConnectionString(string? more = null) => $"Data Source={Path};{Options};{more}";

    public SplitSqliteConnection Open(string? more = null)
    {
        var connection = new SplitSqliteConnection(ConnectionString(more));
        connection.Open();
        _database = connection.Session!.Database;
        return connection;
    }

    public async Task<SplitSqliteConnection> OpenAsync(string? more = null)
    {
        var connection = new SplitSqliteConnection(ConnectionString(more));
        await connection.OpenAsync(CancellationToken.None);
        _database = connection.Session!.Database;
        return connection;
    }

    /// <summary>Opens a session whose deadline is so many milliseconds, by the PRAGMA that applications use for it.</summary>
    public SplitSqliteConnection OpenHasty(int milliseconds, string? more = null)
    {
        var connection = Open(more);
        connection.Run($"PRAGMA busy_timeout={milliseconds}");
        return connection;
    }

    /// <summary>Makes a source of sessions in whose SQL <c>hook(n)</c> calls a test's code in the middle of a statement, on every physical connection.</summary>
    public SplitSqliteDataSource Hooked(Action<long> hook, string? more = null)
        => new SplitSqliteDataSourceBuilder(ConnectionString(more))
            .UsePhysicalConnectionInitializer(physical => physical.CreateFunction("hook", (long n) =>
            {
                hook(n);
                return n;
            }))
            .Build();

    public SplitSqliteConnection Open(SplitSqliteDataSource source)
    {
        var connection = source.OpenConnection();
        _database = connection.Session!.Database;
        return connection;
    }

    /// <summary>Opens a plain connection, outside of the provider.</summary>
    public SqliteConnection OpenPlain()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False;Default Timeout=30");
        connection.Open();
        return connection;
    }

    /// <summary>Makes a table and what else the SQL says, in a session that closes again.</summary>
    public TestFile With(string sql)
    {
        using var connection = Open();
        connection.Run(sql);
        return this;
    }

    /// <summary>Holds that nobody has a permit of anything, that nobody waits, and that the full capacity can be had.</summary>
    public void AssertIdle()
    {
        var gate = Database.Gate;
        var readers = Database.Readers;

        // A checkpoint in the background may hold the gate for a moment.
        Schedule.Until(() => gate.IsFree);
        Assert.Equal(0, gate.QueueLength);
        Assert.Equal(0, readers.Rented);
        Assert.Equal(0, readers.Overflow);
        Assert.Equal(0, readers.Waiting);
        Assert.True(readers.Idle <= readers.Capacity);
    }

    /// <summary>Holds what a healthy file answers, asked from outside of the provider.</summary>
    public void AssertIntact()
    {
        using var plain = OpenPlain();
        Assert.Equal("ok", plain.Text("PRAGMA integrity_check"));
        Assert.Equal(0L, plain.Number("SELECT count(*) FROM pragma_foreign_key_check"));
    }

    /// <summary>Gets how many descriptors the process has open of the database file itself.</summary>
    public int OpenDescriptors() => Descriptors.Of(Path);

    public void Dispose()
    {
        if (_database is { } database)
        {
            if (database.Sessions == 0)
            {
                database.CloseIfUnused(force: true);
            }
        }

        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException) when (OperatingSystem.IsWindows())
        {
            // A test that failed has left it open.
        }
    }
}
