using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SplitSqlite.EFCore.Child;
using SplitSqlite.EFCore.Tests.Support;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.EFCore.Tests.Migrations;

/// <summary>The wait for a lock that a migration holds, or has left. The clock is the tests' own: nothing here takes ten seconds.</summary>
public class MigrationLockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lock_of_a_killed_migration_is_told_once_after_ten_seconds_and_waited_for(bool async)
    {
        using var folder = new TempFolder();
        using (var child = ChildProcess.Start("hold", folder.ConnectionString()))
        {
            await child.Hears("held");
        }

        await using var other = MigrationTests.Open(folder);
        var timestamp = await other.Database.SqlQuery<string>($"SELECT Timestamp AS Value FROM __EFMigrationsLock").SingleAsync();
        var clock = new ManualTimeProvider();
        using var log = new CollectingLoggerFactory();
        await using var services = Services(clock, log);
        await using var context = MigrationTests.Open(folder, configure: options => options.UseInternalServiceProvider(services));
        var migration = async ? Task.Run(() => context.Database.MigrateAsync()) : Schedule.OnThread(() => context.Database.Migrate());

        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < TimeSpan.FromSeconds(9))
        {
            Step();
        }

        Assert.Empty(Told());
        while (clock.GetElapsedTime(start) < TimeSpan.FromSeconds(30))
        {
            Step();
        }

        var (category, _, level, text) = Assert.Single(Told());
        Assert.Equal(LogLevel.Warning, level);
        Assert.Equal(DbLoggerCategory.Migrations.Name, category);
        Assert.Contains(timestamp, text, StringComparison.Ordinal);
        Assert.Contains(folder.File(), text, StringComparison.Ordinal);

        // The mend is what the message says.
        const string mend = "DELETE FROM \"__EFMigrationsLock\";";
        Assert.Contains(mend, text, StringComparison.Ordinal);
        await other.Database.ExecuteSqlRawAsync(mend);
        clock.Advance(Second);
        await migration.Comes();
        Assert.Equal(3, (await context.Database.GetAppliedMigrationsAsync()).Count());

        // A look at the lock every second is no command of EF Core's: the log stays readable.
        Assert.DoesNotContain(log.Messages, message => message.Text.Contains("SELECT \"Timestamp\"", StringComparison.Ordinal));

        void Step()
        {
            Schedule.Until(() => clock.LiveTimers == 1);
            clock.Advance(Second);
        }

        (string Category, int Id, LogLevel Level, string Text)[] Told() => [.. log.Messages.Where(message => message.Id == SplitSqliteEventId.MigrationLockHeld.Id)];
    }

    [Fact]
    public async Task Wait_can_be_cancelled()
    {
        using var folder = new TempFolder();
        await using var holder = MigrationTests.Open(folder);
        await using var held = await holder.GetService<IHistoryRepository>().AcquireDatabaseLockAsync();
        var clock = new ManualTimeProvider();
        await using var services = Services(clock);
        await using var context = MigrationTests.Open(folder, configure: options => options.UseInternalServiceProvider(services));
        using var cancellation = new CancellationTokenSource();
        var migration = Task.Run(() => context.Database.MigrateAsync(cancellation.Token));
        Schedule.Until(() => clock.LiveTimers == 1);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => migration.Comes());
    }

    [Fact]
    public async Task Lock_is_EF_Cores_own()
    {
        using var folder = new TempFolder();
        await using var split = MigrationTests.Open(folder);
        await using var plain = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseSqlite(folder.ConnectionString()).Options);
        var locks = await split.GetService<IHistoryRepository>().AcquireDatabaseLockAsync();
        var row = await plain.Database.SqlQuery<string>($"SELECT Id || ' ' || Timestamp AS Value FROM __EFMigrationsLock").SingleAsync();
        await locks.DisposeAsync();
        var schema = await plain.Database.SqlQuery<string>($"SELECT name || type || pk || \"notnull\" AS Value FROM pragma_table_info('__EFMigrationsLock')").ToListAsync();
        await plain.Database.ExecuteSqlAsync($"DROP TABLE __EFMigrationsLock");

        locks = await plain.GetService<IHistoryRepository>().AcquireDatabaseLockAsync();
        var plainRow = await split.Database.SqlQuery<string>($"SELECT Id || ' ' || Timestamp AS Value FROM __EFMigrationsLock").SingleAsync();
        Assert.Equal(schema, await plain.Database.SqlQuery<string>($"SELECT name || type || pk || \"notnull\" AS Value FROM pragma_table_info('__EFMigrationsLock')").ToListAsync());
        await locks.DisposeAsync();

        // The same form, to be read by either: "1 2026-01-01 00:00:00.1234567+00:00".
        Assert.Matches(@"^1 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,7})?\+00:00$", row);
        Assert.Matches(@"^1 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,7})?\+00:00$", plainRow);
    }

    private static ServiceProvider Services(TimeProvider clock, ILoggerFactory? log = null)
    {
        var services = new ServiceCollection().AddSingleton(clock);
        if (log is not null)
        {
            services.AddSingleton(log);
        }

        return services.AddEntityFrameworkSplitSqlite().BuildServiceProvider();
    }
}
