using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Concurrency;

/// <summary>
/// Many contexts that save and query at once: no error, and everything that was acknowledged is there. The suite gives it a moment;
/// <c>SPLITSQLITE_STORM_SECONDS</c> sets a longer time.
/// </summary>
public sealed class ContextStormTests
{
    private const int Contexts = 64;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("SPLITSQLITE_STORM_SECONDS") ?? "2", CultureInfo.InvariantCulture));

    [Fact]
    public async Task Contexts_save_and_query_at_once_without_an_error_and_every_saved_row_is_there()
    {
        var seed = Random.Shared.Next();
        using var side = Bed.Only(isSplit: true);
        var saved = new ConcurrentBag<(int Id, string Name)>();
        var moved = 0;
        var clock = Stopwatch.StartNew();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Contexts).Select(n => Task.Run(() => WorkAsync(n))));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Seed {seed}, after {clock.Elapsed}.", exception);
        }

        await using var last = new BedContext(PlainOptions(side));
        var there = await last.Tags.AsNoTracking().Where(t => t.Id > 6).ToDictionaryAsync(t => t.Id, t => t.Name);
        Assert.Equal(saved.Count, there.Count);
        Assert.All(saved, row => Assert.Equal(row.Name, there[row.Id]));
        Assert.Equal(1501.5m, await last.Accounts.SumAsync(a => a.Balance));
        Assert.Equal(1 + 20 + moved, await last.Counters.SumAsync(c => c.Value));
        TestContext.Current.TestOutputHelper?.WriteLine($"{saved.Count} rows and {moved} transfers in {clock.Elapsed}, seed {seed}");

        async Task WorkAsync(int worker)
        {
            var random = new Random(seed + worker);
            for (var step = 0; clock.Elapsed < Length; step++)
            {
                await using var context = new BedContext(QuietOptions(side));
                switch (random.Next(6))
                {
                    case 0:
                        var one = context.Add(new Tag { Name = $"{worker} {step}" }).Entity;
                        await context.SaveChangesAsync();
                        saved.Add((one.Id, one.Name));
                        Assert.Equal(one.Name, await context.Tags.Where(t => t.Id == one.Id).Select(t => t.Name).SingleAsync());
                        break;
                    case 1:
                        Tag[] many = [new Tag { Name = $"{worker} {step} a" }, new Tag { Name = $"{worker} {step} b" }];
                        context.AddRange(many.AsEnumerable());
                        await context.SaveChangesAsync();
                        Array.ForEach(many, tag => saved.Add((tag.Id, tag.Name)));
                        break;
                    case 2:
                        await TransferAsync(context, random);
                        Interlocked.Increment(ref moved);
                        break;
                    case 3:
                        await using (await context.Database.BeginTransactionAsync())
                        {
                            context.Add(new Tag { Name = $"{worker} {step} never" });
                            await context.SaveChangesAsync();
                        }

                        break;
                    case 4:
                        Assert.Equal(4, (await context.Authors.AsSplitQuery().Include(a => a.Books).ThenInclude(b => b.Reviews).ToListAsync()).Count);
                        break;
                    default:
                        // Money moves, and does not come or go.
                        Assert.Equal(1501.5m, await context.Accounts.SumAsync(a => a.Balance));
                        Assert.Equal(10, await context.Books.CountAsync(b => b.Price < 1000m));
                        break;
                }
            }
        }
    }

    // Two rows in one SaveChanges, and a counter by SQL, in one transaction.
    private static async Task TransferAsync(BedContext context, Random random)
    {
        var amount = random.Next(100) / 100m;
        var (from, to) = (random.Next(1, 6), random.Next(1, 6));
        await using var transaction = await context.Database.BeginTransactionAsync();
        if (from != to)
        {
            var giver = await context.Accounts.SingleAsync(a => a.Id == from);
            var taker = await context.Accounts.SingleAsync(a => a.Id == to);
            if (giver.Balance >= amount)
            {
                giver.Balance -= amount;
                taker.Balance += amount;
                giver.Stamp = Guid.NewGuid();
                await context.SaveChangesAsync();
            }
        }

        Assert.Equal(1, await context.Counters.Where(c => c.Id == 1).ExecuteUpdateAsync(u => u.SetProperty(c => c.Value, c => c.Value + 1)));
        await transaction.CommitAsync();
    }

    // The recorder is for one flow; here nothing is logged.
    private static DbContextOptions<BedContext> QuietOptions(Side side)
        => new DbContextOptionsBuilder<BedContext>().UseSplitSqlite(side.ConnectionString).Options;

    private static DbContextOptions<BedContext> PlainOptions(Side side)
        => new DbContextOptionsBuilder<BedContext>().UseSqlite($"Data Source={side.Path};Pooling=False").Options;
}
