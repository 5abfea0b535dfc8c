using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Concurrency;

/// <summary>Reading contexts beside a writing one, which go on, and beside one another.</summary>
public sealed class ParallelReadTests
{
    //  writer:    BEGIN   INSERT, UPDATE ............................ COMMIT
    //  readers:                            100 queries to their end           see it
    [Fact]
    public async Task Hundred_queries_run_to_their_end_while_another_context_holds_a_write_transaction()
    {
        using var side = Bed.Only(isSplit: true);
        await using var writing = side.Context();
        await using (var transaction = await writing.Database.BeginTransactionAsync())
        {
            writing.Add(new Tag { Name = "not yet" });
            await writing.SaveChangesAsync();
            await writing.Books.ExecuteUpdateAsync(u => u.SetProperty(b => b.Pages, 1));

            // They are awaited in here: a single one that waited for the writer would never come to its end.
            var seen = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => Task.Run(() => ReadAsync(side, n))));
            Assert.All(seen, row => Assert.Equal((6, 1600, 4, 1501.5m), row));
            await transaction.CommitAsync();
        }

        Assert.Equal((7, 11, 4, 1501.5m), await ReadAsync(side, 0));
    }

    [Fact]
    public void Hundred_queries_run_to_their_end_on_one_thread_while_another_context_holds_a_write_transaction()
    {
        using var side = Bed.Only(isSplit: true);
        using var writing = side.Context();
        using var transaction = writing.Database.BeginTransaction();
        writing.Authors.ExecuteDelete();
        for (var n = 0; n < 100; n++)
        {
            using var reading = side.Context();
            Assert.Equal(4, reading.Authors.Include(a => a.Books).AsEnumerable().Count());
        }

        transaction.Rollback();
    }

    [Fact]
    public async Task Rows_of_many_queries_of_one_context_stay_open_while_another_context_writes()
    {
        using var side = Bed.Only(isSplit: true);
        await using var reading = side.Context();
        await using var writing = side.Context();
        var readers = new List<IAsyncEnumerator<Book>>();
        for (var n = 0; n < 30; n++)
        {
            // More of them than there are readers: who holds one does not wait for another.
            readers.Add(reading.Books.AsNoTracking().OrderBy(b => b.Id).AsAsyncEnumerable().GetAsyncEnumerator());
            Assert.True(await readers[n].MoveNextAsync());
            Assert.Equal(1, await writing.Books.Where(b => b.Id < 3).OrderBy(b => b.Id).Take(1).ExecuteUpdateAsync(u => u.SetProperty(b => b.Stock, n)));
        }

        for (var n = 0; n < 30; n++)
        {
            // What was committed before it was opened, and the rest of the same state.
            Assert.Equal(n == 0 ? 1 : n - 1, readers[n].Current.Stock);
            var rest = 0;
            while (await readers[n].MoveNextAsync())
            {
                rest++;
            }

            Assert.Equal(10, rest);
            await readers[n].DisposeAsync();
        }
    }

    [Fact]
    public async Task Include_and_split_queries_in_parallel_give_whole_graphs()
    {
        using var side = Bed.Only(isSplit: true);
        var expected = await GraphAsync(side, isSplitQuery: false);
        var graphs = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => Task.Run(() => GraphAsync(side, n % 2 == 0))));
        Assert.All(graphs, graph => Assert.Equal(expected, graph));
    }

    [Fact]
    public async Task Functions_and_collation_of_EF_work_on_every_reader_at_once()
    {
        using var side = Bed.Only(isSplit: true);
        var sums = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => Task.Run(async () =>
        {
            await using var context = side.Context();
            var rest = await context.Accounts.OrderBy(a => a.Id).Select(a => a.Balance % 7m).FirstAsync();
            var dear = await context.Accounts.Where(a => a.Balance > 200m).OrderByDescending(a => a.Balance).Select(a => a.Balance).ToListAsync();
            var matched = await context.Books.CountAsync(b => System.Text.RegularExpressions.Regex.IsMatch(b.Title, "^Book \\d\\d$"));
            var added = await context.Accounts.Where(a => a.Id == n % 5 + 1).ExecuteUpdateAsync(u => u.SetProperty(a => a.Balance, a => a.Balance + 0m));
            return Described.Value((rest, dear, matched, added, await context.Accounts.SumAsync(a => a.Balance)));
        })));
        Assert.Single(sums.Distinct());
    }

    private static async Task<(int Tags, int Pages, int Authors, decimal Sum)> ReadAsync(Side side, int number)
    {
        await using var context = side.Context();
        var book = await context.Books.Include(b => b.Author).AsNoTracking().FirstAsync(b => b.Id == (number % 10) + 1);
        Assert.NotNull(book.Author);
        return (await context.Tags.CountAsync(), await context.Books.SumAsync(b => b.Pages), await context.Authors.CountAsync(), await context.Accounts.SumAsync(a => a.Balance));
    }

    private static async Task<string> GraphAsync(Side side, bool isSplitQuery)
    {
        await using var context = side.Context();
        IQueryable<Author> authors = context.Authors.Include(a => a.Books.OrderBy(b => b.Id)).ThenInclude(b => b.Reviews.OrderBy(r => r.Id)).OrderBy(a => a.Id);
        return Described.Value(await (isSplitQuery ? authors.AsSplitQuery() : authors.AsSingleQuery()).ToListAsync());
    }
}
