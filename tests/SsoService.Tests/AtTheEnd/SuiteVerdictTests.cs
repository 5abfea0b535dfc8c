using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using SsoService.Audit;
using SsoService.Storage;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests.AtTheEnd;

/// <summary>Collections without parallelism run after all others: what is asked here is asked of everything that the suite did.</summary>
[CollectionDefinition(nameof(SuiteVerdictTests), DisableParallelization = true)]
public sealed class SuiteVerdictDefinition;

[Collection(nameof(SuiteVerdictTests))]
public sealed class SuiteVerdictTests(SsoHost host) : SsoTest(host)
{
    /// <summary>The kinds that an answer tells of for certain. The others depend on what was so before.</summary>
    private static readonly AuditKind[] Certain =
    [
        AuditKind.SignedUp, AuditKind.SignedIn, AuditKind.SignInFailed, AuditKind.SignInRefused, AuditKind.ProfileChanged,
        AuditKind.PasswordChanged, AuditKind.PasswordChangeFailed, AuditKind.Refreshed, AuditKind.RefreshTokenReused,
    ];

    [Fact]
    public void No_request_was_answered_with_a_server_error()
    {
        var kinds = Host.Failures.Failures.GroupBy(f => $"{f.Endpoint}: {f.Kind}").Select(g => $"{g.Count()} x {g.Key}\n{g.First().Exception}");

        Assert.True(Host.Ledger.Entries.All(e => e.Status < 500) && Host.Failures.Failures.Count == 0, string.Join('\n', kinds));
    }

    [Fact]
    public async Task File_is_sound()
    {
        Assert.Equal(["ok"], await QueryAsync("PRAGMA integrity_check"));
        Assert.Empty(await QueryAsync("PRAGMA foreign_key_check"));
    }

    [Fact]
    public async Task File_is_in_the_journal_mode_of_the_provider() =>
        Assert.Equal([Host.Database.ServerHabits ? "delete" : "wal"], await QueryAsync("PRAGMA journal_mode"));

    [Fact]
    public async Task Connection_is_of_the_provider_that_was_asked_for() =>
        Assert.Equal(
            Host.Database.Provider == DatabaseProvider.SplitSqlite ? "SplitSqliteConnection" : "SqliteConnection",
            await Host.InContextAsync(context => Task.FromResult(context.Database.GetDbConnection().GetType().Name)));

    [Fact]
    public async Task Snapshot_of_the_migrations_is_the_model() =>
        Assert.False(await Host.InContextAsync(context => Task.FromResult(context.Database.HasPendingModelChanges())));

    [Fact]
    public async Task Audit_trail_of_the_whole_suite_is_what_was_acknowledged()
    {
        var trail = (await Host.InContextAsync(context => context.AuditEvents.OrderBy(e => e.Id).ToListAsync())).ToLookup(e => e.RequestId, e => e.Kind);
        var ledger = Host.Ledger.Entries.ToDictionary(e => e.RequestId);

        // Nothing is told that nobody asked for.
        Assert.Empty(trail.Select(line => line.Key).Except(ledger.Keys));

        // What was acknowledged is told, and what was refused is not.
        foreach (var entry in ledger.Values)
        {
            var told = trail[entry.RequestId].Where(Certain.Contains).ToList();
            AuditKind[] expected = ExpectedOf(entry) is { } kind ? [kind] : [];
            Assert.True(expected.SequenceEqual(told), $"{entry}: expected [{string.Join(", ", expected)}], told [{string.Join(", ", told)}]");
        }
    }

    [Fact]
    public async Task Session_has_one_unused_token_and_a_new_pair_for_each_used_one()
    {
        var sessions = await Host.InContextAsync(context => context.TokenPairs
            .GroupBy(p => p.SessionId)
            .Select(g => new { Session = g.Key, Pairs = g.Count(), Used = g.Count(p => p.RefreshedAt != null) })
            .ToListAsync());

        Assert.All(sessions, s => Assert.Equal(s.Pairs, s.Used + 1));
    }

    [Fact]
    public async Task Session_has_one_line_of_its_end_if_it_has_ended()
    {
        var ended = await Host.InContextAsync(context => context.Sessions.Where(s => s.RevokedAt != null).Select(s => (Guid?)s.Id).ToListAsync());
        var told = await Host.InContextAsync(context => context.AuditEvents
            .Where(e => e.Kind == AuditKind.SessionRevoked).Select(e => e.SessionId).ToListAsync());

        Assert.Equal(ended.Order(), told.Order());
    }

    private static AuditKind? ExpectedOf(LedgerEntry entry) => (entry.Method, entry.Path, entry.Status, entry.Problem) switch
    {
        ("POST", "/accounts", 201, _) => AuditKind.SignedUp,
        ("POST", "/sessions", 200, _) => AuditKind.SignedIn,
        ("POST", "/sessions", 401, "wrong-credentials") => AuditKind.SignInFailed,
        ("POST", "/sessions", 423 or 403, _) => AuditKind.SignInRefused,
        ("POST", "/sessions/refresh", 200, _) => AuditKind.Refreshed,
        ("POST", "/sessions/refresh", 401, "token-reused") => AuditKind.RefreshTokenReused,
        ("PUT", "/account", 200, _) => AuditKind.ProfileChanged,
        ("PUT", "/account/password", 204, _) => AuditKind.PasswordChanged,
        ("PUT", "/account/password", 422, _) => AuditKind.PasswordChangeFailed,
        ("PUT", "/account/password", 423, _) => AuditKind.SignInRefused,
        _ => null,
    };

    private Task<List<string>> QueryAsync(string sql) => Host.InContextAsync(async context =>
    {
        await context.Database.OpenConnectionAsync();
        await using DbCommand command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetValue(0).ToString()!);
        }

        return rows;
    });
}
