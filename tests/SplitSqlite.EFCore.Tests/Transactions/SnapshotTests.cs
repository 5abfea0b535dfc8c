using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using SplitSqlite.EFCore.Tests.Differential;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Transactions;

/// <summary>What only SplitSqlite does: a read-only transaction on one state of the database, beside others that write.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void Snapshot_shows_one_state_while_another_context_saves()
    {
        using var side = Bed.Only(isSplit: true);
        using var reading = side.Context();
        using (reading.Database.BeginTransaction(IsolationLevel.Snapshot))
        {
            // Pinned at the beginning, and not by the first query.
            Insert(side, "meanwhile");
            Assert.Equal(6, reading.Tags.Count());
            Insert(side, "once more");
            Assert.Equal(6, reading.Tags.Count());
            Assert.DoesNotContain(reading.Tags.AsNoTracking(), t => t.Name == "meanwhile");
            Assert.Equal(8, Count(side));
        }

        Assert.Equal(8, reading.Tags.Count());
    }

    [Fact]
    public async Task Snapshot_shows_one_state_while_another_context_saves_awaited()
    {
        using var side = Bed.Only(isSplit: true);
        await using var reading = side.Context();
        await using (var transaction = await reading.Database.BeginTransactionAsync(IsolationLevel.Snapshot))
        {
            Insert(side, "meanwhile");
            Assert.Equal(6, await reading.Tags.CountAsync());
            Assert.Equal(12, await reading.Books.IgnoreQueryFilters().Include(b => b.Author).CountAsync());
            await transaction.CommitAsync();
        }

        Assert.Equal(7, await reading.Tags.CountAsync());
    }

    [Fact]
    public void Snapshot_leaves_the_writer_to_an_explicit_transaction_of_another_context()
    {
        using var side = Bed.Only(isSplit: true);
        using var reading = side.Context();
        using var snapshot = reading.Database.BeginTransaction(IsolationLevel.Snapshot);
        using var writing = side.Context();
        using (var transaction = writing.Database.BeginTransaction())
        {
            writing.Add(new Tag { Name = "written" });
            writing.SaveChanges();
            Assert.Equal(6, reading.Tags.Count());
            transaction.Commit();
        }

        Assert.Equal(6, reading.Tags.Count());
        Assert.Equal(7, Count(side));
    }

    [Fact]
    public void Snapshot_refuses_changes_and_goes_on()
    {
        using var side = Bed.Only(isSplit: true);
        using var context = side.Context();
        using (var transaction = context.Database.BeginTransaction(IsolationLevel.Snapshot))
        {
            context.Add(new Tag { Name = "no" });
            var refused = Assert.Throws<DbUpdateException>(() => context.SaveChanges());
            Assert.Equal(8, Assert.IsAssignableFrom<SqliteException>(refused.InnerException).SqliteErrorCode);
            Assert.ThrowsAny<SqliteException>(() => context.Database.ExecuteSqlRaw("DELETE FROM Tags"));
            Assert.ThrowsAny<SqliteException>(() => context.Loans.ExecuteDelete());
            Assert.Equal(6, context.Tags.AsNoTracking().Count());
            transaction.Commit();
        }

        // What was refused is still to be saved.
        Assert.Equal(1, context.SaveChanges());
        Assert.Equal(7, Count(side));
    }

    [Fact]
    public void Snapshot_has_savepoints()
    {
        using var side = Bed.Only(isSplit: true);
        using var context = side.Context();
        using var transaction = context.Database.BeginTransaction(IsolationLevel.Snapshot);
        transaction.CreateSavepoint("a");
        Assert.Equal(6, context.Tags.Count());
        transaction.RollbackToSavepoint("a");
        transaction.ReleaseSavepoint("a");
        Insert(side, "meanwhile");
        Assert.Equal(6, context.Tags.Count());
        transaction.Rollback();
        Assert.Equal(7, context.Tags.Count());
    }

    [Fact]
    public void Split_query_in_a_snapshot_has_one_state_in_all_of_its_queries()
    {
        using var side = Bed.Only(isSplit: true);
        using var context = side.Context();
        using var transaction = context.Database.BeginTransaction(IsolationLevel.Snapshot);
        var books = 0;
        foreach (var author in context.Authors.AsSplitQuery().Include(a => a.Books).OrderBy(a => a.Id))
        {
            if (books == 0)
            {
                using var other = side.Context();
                other.Books.ExecuteDelete();
            }

            books += author.Books.Count;
        }

        Assert.Equal(11, books);
        Assert.Empty(side.Context().Books);
    }

    [Fact]
    public void Two_contexts_share_a_snapshot_on_one_connection()
    {
        using var side = Bed.Only(isSplit: true);
        using var first = side.Context();
        using var second = side.Context(first.Database.GetDbConnection());
        using var transaction = first.Database.BeginTransaction(IsolationLevel.Snapshot);
        second.Database.UseTransaction(transaction.GetDbTransaction());
        Insert(side, "meanwhile");
        Assert.Equal(6, first.Tags.Count());
        Assert.Equal(6, second.Tags.Count());
    }

    private static void Insert(Side side, string name)
    {
        using var context = side.Context();
        context.Add(new Tag { Name = name });
        context.SaveChanges();
    }

    private static int Count(Side side)
    {
        using var context = side.Context();
        return context.Tags.Count();
    }
}
