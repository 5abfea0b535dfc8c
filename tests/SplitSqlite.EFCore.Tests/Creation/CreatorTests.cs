using System.Data;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Support;

namespace SplitSqlite.EFCore.Tests.Creation;

/// <summary>Creating, deleting and finding databases.</summary>
public class CreatorTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Database_is_created_deleted_and_created_anew(bool async)
    {
        using var folder = new TempFolder();
        var connectionString = folder.ConnectionString(more: "Max Readers=2");
        await using var context = ItemContext.OpenSplit(connectionString);
        for (var round = 0; round < 5; round++)
        {
            context.ChangeTracker.Clear();
            Assert.False(async ? await context.Database.CanConnectAsync() : context.Database.CanConnect());
            Assert.True(async ? await context.Database.EnsureCreatedAsync() : context.Database.EnsureCreated());
            Assert.True(async ? await context.Database.CanConnectAsync() : context.Database.CanConnect());
            Assert.Equal(0, await context.Items.CountAsync());
            context.Items.Add(new Item { Name = "x", Price = 3m });
            await context.SaveChangesAsync();
            Assert.Equal(1, await context.Items.CountAsync(item => item.Price > 1m));
            Assert.False(async ? await context.Database.EnsureCreatedAsync() : context.Database.EnsureCreated());
            Assert.True(async ? await context.Database.EnsureDeletedAsync() : context.Database.EnsureDeleted());
            Assert.Empty(folder.Files);
            Assert.False(async ? await context.Database.EnsureDeletedAsync() : context.Database.EnsureDeleted());
        }
    }

    [Fact]
    public void Open_connections_find_a_new_database_after_EnsureDeleted()
    {
        using var folder = new TempFolder();
        using var context = ItemContext.OpenSplit(folder.ConnectionString()).WithItems(3);
        using var other = ItemContext.OpenSplit(folder.ConnectionString());
        other.Database.OpenConnection();
        Assert.Equal(3, other.Items.Count());
        context.Database.OpenConnection();
        Assert.True(context.Database.EnsureDeleted());
        Assert.Empty(folder.Files);
        Assert.True(context.Database.EnsureCreated());
        Assert.Equal(0, other.Items.Count());
        other.Items.Add(new Item { Name = "y" });
        other.SaveChanges();
        Assert.Equal(1, context.Items.Count());
    }

    [Fact]
    public void EnsureDeleted_waits_for_those_at_work_and_says_who()
    {
        using var folder = new TempFolder();
        using var worker = ItemContext.OpenSplit(folder.ConnectionString()).WithItems(3);
        using (worker.Database.BeginTransaction())
        {
            using var hasty = ItemContext.Open(options => options.UseSplitSqlite(folder.ConnectionString(), split => split.CommandTimeout(1)));
            var busy = Assert.Throws<SplitSqliteBusyException>(() => hasty.Database.EnsureDeleted());
            Assert.True(busy.SeemsToWaitForItself);
            Assert.Contains("End the transaction first", busy.Message, StringComparison.Ordinal);
            Assert.Equal(3, worker.Items.Count());
        }

        using var patient = ItemContext.OpenSplit(folder.ConnectionString());
        Assert.True(patient.Database.EnsureDeleted());
        Assert.Empty(folder.Files);
    }

    [Theory]
    [InlineData("transaction", false)]
    [InlineData("transaction", true)]
    [InlineData("snapshot", false)]
    [InlineData("TEMP table", false)]
    [InlineData("TEMP table", true)]
    [InlineData("open query", false)]
    [InlineData("open query", true)]
    public async Task EnsureDeleted_that_would_wait_for_its_own_connection_fails_at_once(string what, bool async)
    {
        using var folder = new TempFolder();

        // No timeout at all: who waits for himself does so for ever.
        await using var context = ItemContext.Open(options => options.UseSplitSqlite(folder.ConnectionString(), split => split.CommandTimeout(0))).WithItems(3);
        using (Use())
        {
            var exception = async
                ? await Assert.ThrowsAsync<InvalidOperationException>(() => context.Database.EnsureDeletedAsync())
                : Assert.Throws<InvalidOperationException>(() => context.Database.EnsureDeleted());
            Assert.Contains("wait for itself", exception.Message, StringComparison.Ordinal);
            Assert.Equal(3, context.Items.Count());
        }

        Assert.True(async ? await context.Database.EnsureDeletedAsync() : context.Database.EnsureDeleted());
        Assert.Empty(folder.Files);

        IDisposable Use()
        {
            switch (what)
            {
                case "transaction":
                    return context.Database.BeginTransaction();
                case "snapshot":
                    return context.Database.BeginTransaction(IsolationLevel.Snapshot);
                case "TEMP table":
                    context.Database.OpenConnection();
                    context.Database.ExecuteSqlRaw("CREATE TEMP TABLE mine (n)");
                    return new Closing(context);
                default:
                    var items = context.Items.AsNoTracking().AsEnumerable().GetEnumerator();
                    Assert.True(items.MoveNext());
                    return items;
            }
        }
    }

    [Theory]
    [InlineData("Data Source=file:{0}?mode=memory&cache=shared")]
    [InlineData("Data Source=file:{0}?mode=memory")]
    [InlineData("Data Source=file::memory:")]
    [InlineData("Data Source={0};Mode=Memory;Cache=Shared")]
    [InlineData("Data Source=")]
    public async Task Database_in_memory_by_whatever_name_is_deleted_and_created_anew(string format)
    {
        await using var context = ItemContext.OpenSplit(string.Format(CultureInfo.InvariantCulture, format, Guid.NewGuid().ToString("N")));
        await context.Database.OpenConnectionAsync();
        context.WithItems(2).ChangeTracker.Clear();
        Assert.True(await context.Database.EnsureDeletedAsync());
        context.WithItems(3).ChangeTracker.Clear();
        Assert.Equal(3, context.Items.Count());
        Assert.True(context.Database.EnsureDeleted());
        context.WithItems(4);
        Assert.Equal(4, context.Items.Count());
        await context.Database.CloseConnectionAsync();
        await context.Database.EnsureDeletedAsync();
    }

    [Fact]
    public void Deleted_file_of_another_name_of_the_same_database_is_gone_too()
    {
        using var folder = new TempFolder();
        using (var context = ItemContext.OpenSplit(folder.ConnectionString()).WithItems(1))
        {
        }

        using var byUri = ItemContext.OpenSplit($"Data Source=file:{folder.File()}?cache=private");
        Assert.Equal(1, byUri.Items.Count());
        Assert.True(byUri.Database.EnsureDeleted());
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void CanConnect_is_false_for_what_can_not_be_opened_and_makes_no_file()
    {
        using var folder = new TempFolder();
        using var missing = ItemContext.OpenSplit(folder.ConnectionString("missing.db"));
        Assert.False(missing.Database.CanConnect());
        using var nowhere = ItemContext.OpenSplit($"Data Source={folder.Path}/no/such/folder/app.db");
        Assert.False(nowhere.Database.CanConnect());
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void CanConnect_does_not_wait_for_the_writer()
    {
        using var folder = new TempFolder();
        using var worker = ItemContext.OpenSplit(folder.ConnectionString()).WithItems(1);
        using var transaction = worker.Database.BeginTransaction();
        worker.Items.ExecuteDelete();
        using var context = ItemContext.OpenSplit(folder.ConnectionString());
        Assert.True(context.Database.CanConnect());
        Assert.False(context.Database.EnsureCreated());
    }

    [Fact]
    public void Created_database_is_in_WAL_as_EF_Core_makes_it()
    {
        using var folder = new TempFolder();
        using (var context = ItemContext.OpenSplit(folder.ConnectionString(more: "Journal Mode=Keep")))
        {
            context.WithItems(1);
        }

        using var plain = new SqliteConnection(folder.ConnectionString(more: "Pooling=False"));
        plain.Open();
        using var command = plain.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", command.ExecuteScalar());
    }

    [Fact]
    public void Deleting_a_database_in_memory_empties_it()
    {
        using var connection = new SplitSqliteConnection("Data Source=:memory:");
        connection.Open();
        using var context = ItemContext.Open(options => options.UseSplitSqlite(connection)).WithItems(2);
        Assert.True(context.Database.EnsureDeleted());
        Assert.True(context.Database.EnsureCreated());
        Assert.Equal(0, context.Items.Count(item => item.Price > 1m));
    }

    [Fact]
    public async Task Many_contexts_create_use_and_delete_databases_at_once()
    {
        using var folder = new TempFolder();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var round = 0; round < 5; round++)
            {
                await using var context = ItemContext.OpenSplit(folder.ConnectionString($"{worker}.db"));
                Assert.True(await context.Database.EnsureCreatedAsync());
                context.Items.Add(new Item { Name = "x", Price = 3m });
                await context.SaveChangesAsync();
                Assert.Equal(3m, await context.Items.SumAsync(item => item.Price));
                Assert.True(await context.Database.EnsureDeletedAsync());
            }
        })));
        Assert.Empty(folder.Files);
    }

    private sealed class Closing(ItemContext context) : IDisposable
    {
        public void Dispose() => context.Database.CloseConnection();
    }
}
