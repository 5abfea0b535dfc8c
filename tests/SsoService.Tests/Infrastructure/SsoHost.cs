using Microsoft.AspNetCore.TestHost;
using SsoService.Storage;
using SsoService.Tests.Infrastructure;

[assembly: AssemblyFixture(typeof(SsoHost))]

namespace SsoService.Tests.Infrastructure;

/// <summary>One host and one database file for the whole assembly: eight workers, each test with users of its own.</summary>
public sealed class SsoHost : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sso-suite-").FullName;
    private readonly TravellingClock _clock = new();
    private readonly DateTimeOffset _started = TimeProvider.System.GetUtcNow();
    private SsoFactory _factory = null!;

    public TestedDatabase Database { get; } = TestedDatabase.FromEnvironment();

    public Ledger Ledger { get; } = new();

    public FailureRecorder Failures { get; } = new();

    public string DatabasePath => Path.Combine(_folder, "sso.db");

    public ValueTask InitializeAsync()
    {
        // The eight tests wait and the requests run in one process. A provider that waits by blocking threads must not
        // be judged by how slowly the thread pool grows.
        ThreadPool.SetMinThreads(64, 64);
        if (Database.ServerHabits)
        {
            ServerHabits.CreateFile(DatabasePath);
        }

        _factory = new SsoFactory(Database, DatabasePath, _clock, Failures);
        _ = _factory.Server;
        return ValueTask.CompletedTask;
    }

    public HttpClient CreateClient() => _factory.Server.CreateClient();

    /// <summary>Looks at the database, or prepares it, beside the service.</summary>
    public async Task<T> InContextAsync<T>(Func<SsoDbContext, Task<T>> use)
    {
        await using var scope = _factory.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<SsoDbContext>());
    }

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        if (Environment.GetEnvironmentVariable("SSO_RESULTS") is { Length: > 0 } results)
        {
            await SuiteResults.From(this, TimeProvider.System.GetUtcNow() - _started).WriteAsync(results);
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        SplitSqlite.SplitSqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
