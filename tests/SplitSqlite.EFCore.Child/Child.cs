using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SplitSqlite.EFCore.Child;

/// <summary>A process that migrates, for tests that need several, and one to kill.</summary>
internal static class Child
{
    private static async Task<int> Main(string[] args)
    {
        var (verb, connectionString) = (args[0], args[1]);
        switch (verb)
        {
            // Waits for a word first, so that all of several processes begin together.
            case "migrate" or "migrate-plain":
                Tell("ready");
                await Console.In.ReadLineAsync().ConfigureAwait(false);
                await using (var context = Open(connectionString, plain: verb == "migrate-plain"))
                {
                    await context.Database.MigrateAsync().ConfigureAwait(false);
                    Tell(string.Join(',', await context.Database.GetAppliedMigrationsAsync().ConfigureAwait(false)));
                }

                return 0;

            case "hold":
                await using (var context = Open(connectionString, plain: false))
                {
                    await using var held = await context.GetService<IHistoryRepository>().AcquireDatabaseLockAsync().ConfigureAwait(false);
                    Tell("held");
                    await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
                }

                return 0;

            default:
                return 2;
        }
    }

    private static ShopContext Open(string connectionString, bool plain)
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        _ = plain ? options.UseSqlite(connectionString) : options.UseSplitSqlite(connectionString);
        return new ShopContext(options.Options);
    }

    private static void Tell(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
