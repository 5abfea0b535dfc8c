using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SplitSqlite.EFCore.Child;
using SplitSqlite.EFCore.Tests.Support;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.EFCore.Tests.Migrations;

/// <summary>Migrations, by one context and by many at once.</summary>
public class MigrationTests
{
    private static readonly string[] All = [Tables.Id, Totals.Id, Required.Id];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Migrations_run_up_and_down(bool async)
    {
        using var folder = new TempFolder();
        await using var context = Open(folder);
        await Migrate(null);
        Assert.Equal(All, await context.Database.GetAppliedMigrationsAsync());
        Assert.False(context.Database.HasPendingModelChanges());
        context.Orders.Add(new Order { Customer = "c", Total = 2m, Lines = { new Line { Article = "a" } } });
        await context.SaveChangesAsync();
        await Migrate(Tables.Id);
        Assert.Equal([Tables.Id], await context.Database.GetAppliedMigrationsAsync());
        await Migrate(null);
        Assert.Equal(1, await context.Lines.CountAsync());
        await Migrate("0");
        Assert.Empty(await context.Database.GetAppliedMigrationsAsync());

        Task Migrate(string? target)
        {
            if (async)
            {
                return context.Database.MigrateAsync(target);
            }

            context.Database.Migrate(target);
            return Task.CompletedTask;
        }
    }

    // The rebuild drops the old table. With foreign keys on, ON DELETE CASCADE would take the lines with it.
    [Theory]
    [InlineData(null)]
    [InlineData("Foreign Keys=True")]
    [InlineData("Routing=Writer")]
    [InlineData("Journal Mode=Keep")]
    public async Task Children_survive_the_rebuild_of_their_parents_table(string? more)
    {
        using var folder = new TempFolder();
        await using (var context = Open(folder, more))
        {
            await context.Database.MigrateAsync(Totals.Id);
            for (var n = 0; n < 20; n++)
            {
                context.Orders.Add(new Order { Customer = $"c{n}", Lines = { new Line { Article = "a" }, new Line { Article = "b" } } });
            }

            await context.SaveChangesAsync();
            await context.Database.MigrateAsync();
            Assert.Equal(40, await context.Lines.CountAsync());
            Assert.Equal(40, await context.Lines.Join(context.Orders, line => line.OrderId, order => order.Id, (line, order) => line.Id).CountAsync());
        }

        // Foreign keys are back.
        await using var next = Open(folder, more);
        Assert.Equal(1, await next.Database.SqlQuery<long>($"SELECT foreign_keys AS Value FROM pragma_foreign_keys").SingleAsync());
        await next.Orders.Where(order => order.Customer == "c3").ExecuteDeleteAsync();
        Assert.Equal(38, await next.Lines.CountAsync());
    }

    [Fact]
    public async Task Contexts_that_migrate_at_once_run_each_migration_once()
    {
        for (var round = 0; round < 10; round++)
        {
            using var folder = new TempFolder();
            var applied = new ConcurrentBag<string>();
            await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
            {
                await using var context = Open(folder, configure: options => options.LogTo(
                    (id, _) => id == RelationalEventId.MigrationApplying,
                    data => applied.Add(((MigrationEventData)data).Migration.GetType().Name)));
                if (n % 2 == 0)
                {
                    await context.Database.MigrateAsync();
                }
                else
                {
                    context.Database.Migrate();
                }

                context.Orders.Add(new Order { Customer = $"c{n}", Lines = { new Line { Article = "a" } } });
                await context.SaveChangesAsync();
            })));
            Assert.Equal(["Required", "Tables", "Totals"], applied.Order());
            await using var last = Open(folder);
            Assert.Equal(All, await last.Database.GetAppliedMigrationsAsync());
            Assert.Equal(8, await last.Lines.CountAsync());
            Assert.Equal(0, await last.Database.SqlQuery<long>($"SELECT count(*) AS Value FROM __EFMigrationsLock").SingleAsync());
        }
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("migrate-plain")]
    public async Task Processes_that_migrate_at_once_agree(string verb)
    {
        using var folder = new TempFolder();
        ChildProcess[] children = [.. Enumerable.Range(0, 4).Select(n => ChildProcess.Start(n == 0 ? verb : "migrate", folder.ConnectionString()))];
        try
        {
            foreach (var child in children)
            {
                await child.Hears("ready");
            }

            foreach (var child in children)
            {
                child.Say("go");
            }

            await using var context = Open(folder);
            await context.Database.MigrateAsync();
            foreach (var child in children)
            {
                await child.Hears(string.Join(',', All));
            }

            Assert.Equal(All, await context.Database.GetAppliedMigrationsAsync());
        }
        finally
        {
            foreach (var child in children)
            {
                child.Dispose();
            }
        }
    }

    [Fact]
    public async Task Reads_go_on_while_a_migration_runs()
    {
        using var folder = new TempFolder();
        await using (var before = Open(folder))
        {
            await before.Database.MigrateAsync(Totals.Id);
            before.Orders.Add(new Order { Customer = "c", Lines = { new Line { Article = "a" } } });
            await before.SaveChangesAsync();
        }

        // Stops the migration in the middle of its transaction, after a statement of the rebuild has run.
        var pause = new Pause("INSERT INTO \"ef_temp_Orders\"");
        await using var migrating = Open(folder, configure: options => options.AddInterceptors(pause));
        var migration = migrating.Database.MigrateAsync();
        await pause.Reached.Comes();
        for (var n = 0; n < 100; n++)
        {
            await using var reader = Open(folder);
            Assert.Equal(1, await reader.Lines.CountAsync());
            Assert.Equal("c", (await reader.Orders.SingleAsync()).Customer);
        }

        Assert.False(migration.IsCompleted);
        pause.Release();
        await migration.Comes();
        await using var after = Open(folder);
        Assert.Equal(All, await after.Database.GetAppliedMigrationsAsync());
        Assert.Equal(1, await after.Lines.CountAsync());
    }

    [Fact]
    public async Task Migration_that_fails_leaves_the_lock_free_and_the_tables_as_they_were()
    {
        using var folder = new TempFolder();
        await using (var context = Open(folder, configure: options => options.AddInterceptors(new Failure("INSERT INTO \"ef_temp_Orders\""))))
        {
            await context.Database.MigrateAsync(Totals.Id);
            context.Orders.Add(new Order { Customer = "c", Lines = { new Line { Article = "a" } } });
            await context.SaveChangesAsync();
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.Database.MigrateAsync());
        }

        await using var next = Open(folder);
        Assert.Equal([Tables.Id, Totals.Id], await next.Database.GetAppliedMigrationsAsync());
        Assert.Equal(1, await next.Lines.CountAsync());
        await next.Database.MigrateAsync();
        Assert.Equal(1, await next.Lines.CountAsync());
    }

    internal static ShopContext Open(TempFolder folder, string? more = null, Action<DbContextOptionsBuilder<ShopContext>>? configure = null)
    {
        var builder = new DbContextOptionsBuilder<ShopContext>().UseSplitSqlite(folder.ConnectionString(more: more));
        configure?.Invoke(builder);
        return new ShopContext(builder.Options);
    }

    private sealed class Pause(string beginning) : DbCommandInterceptor
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Release() => _released.SetResult();

        public override async ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.StartsWith(beginning, StringComparison.Ordinal))
            {
                _reached.SetResult();
                await _released.Task;
            }

            return result;
        }
    }

    private sealed class Failure(string beginning) : DbCommandInterceptor
    {
        public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
            => command.CommandText.StartsWith(beginning, StringComparison.Ordinal) ? throw new InvalidOperationException("on purpose") : ValueTask.FromResult(result);
    }
}
