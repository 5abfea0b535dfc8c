using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SplitSqlite.EFCore.Tests.Support;

namespace SplitSqlite.EFCore.Tests.Options;

/// <summary>Tests of an application override its database by a later call. Whatever they call, the application's file must not be touched.</summary>
public class LastCallWinsTests
{
    [Fact]
    public void Later_UseSqlite_takes_effect_whole()
    {
        using var folder = new TempFolder();
        using var context = ItemContext.Open(options => options
            .UseSplitSqlite(folder.ConnectionString("app.db", "Max Readers=2"), split => split.UsePhysicalConnectionInitializer(static _ => Assert.Fail("not ours")))
            .UseSqlite(folder.ConnectionString("test.db")));
        Exercise(context);
        Assert.IsType<SqliteConnection>(context.Database.GetDbConnection());
        Assert.DoesNotContain("app.db", folder.Files);
        Assert.True(context.Database.EnsureDeleted());
        Assert.False(context.Database.CanConnect());
    }

    [Fact]
    public void Later_UseSqlite_with_a_connection_takes_effect_whole()
    {
        using var folder = new TempFolder();
        using var memory = new SqliteConnection("Data Source=:memory:");
        memory.Open();
        using var context = ItemContext.Open(options => options.UseSplitSqlite(folder.ConnectionString()).UseSqlite(memory));
        Exercise(context);
        Assert.Same(memory, context.Database.GetDbConnection());
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void Later_UseSqlite_overrides_a_connection_and_a_data_source()
    {
        using var folder = new TempFolder();
        using var connection = new SplitSqliteConnection(folder.ConnectionString());
        using var source = SplitSqliteDataSource.Create(folder.ConnectionString());
        foreach (var configure in new Action<DbContextOptionsBuilder<ItemContext>>[] { options => options.UseSplitSqlite(connection), options => options.UseSplitSqlite(source), options => options.UseSplitSqlite() })
        {
            using var context = ItemContext.Open(options =>
            {
                configure(options);
                options.UseSqlite(folder.ConnectionString("test.db"));
            });
            Exercise(context);
            Assert.IsType<SqliteConnection>(context.Database.GetDbConnection());
            Assert.True(context.Database.EnsureDeleted());
            Assert.Empty(folder.Files);
        }
    }

    [Fact]
    public void Later_UseSplitSqlite_takes_effect_whole()
    {
        using var folder = new TempFolder();
        using var plain = new SqliteConnection(folder.ConnectionString("plain.db"));
        foreach (var configure in new Action<DbContextOptionsBuilder<ItemContext>>[]
        {
            options => options.UseSqlite(folder.ConnectionString("plain.db")),
            options => options.UseSqlite(plain),
            options => options.UseSplitSqlite(folder.ConnectionString("other.db")),
            options => options.UseSplitSqlite(folder.ConnectionString("other.db")).UseSqlite(folder.ConnectionString("plain.db")),
        })
        {
            using var context = ItemContext.Open(options =>
            {
                configure(options);
                options.UseSplitSqlite(folder.ConnectionString());
            });
            Exercise(context);
            Assert.IsType<SplitSqliteConnection>(context.Database.GetDbConnection());
            Assert.Equal(["app.db", "app.db-shm", "app.db-wal"], folder.Files);
            Assert.True(context.Database.EnsureDeleted());
        }
    }

    [Fact]
    public void Further_options_of_the_provider_leave_it_split()
    {
        using var folder = new TempFolder();
        using var context = ItemContext.Open(options => options
            .UseSplitSqlite(folder.ConnectionString())
            .UseSqlite(sqlite => sqlite.CommandTimeout(9))
            .EnableDetailedErrors());
        Exercise(context);
        Assert.IsType<SplitSqliteConnection>(context.Database.GetDbConnection());
        Assert.Equal(9, context.Database.GetCommandTimeout());
    }

    // As in WebApplicationFactory<T>.ConfigureTestServices, where the application has called AddDbContext before.
    [Theory]
    [InlineData("ConfigureDbContext")]
    [InlineData("AddDbContext again")]
    [InlineData("remove the options and AddDbContext")]
    [InlineData("AddDbContextPool again")]
    public void Override_of_a_test_host_never_touches_the_applications_file(string how)
    {
        using var folder = new TempFolder();
        using var memory = new SqliteConnection("Data Source=:memory:");
        memory.Open();
        var services = new ServiceCollection();
        services.AddSplitSqlite<TypedContext>(folder.ConnectionString("app.db", "Synchronous=Normal"));
        switch (how)
        {
            case "ConfigureDbContext":
                services.ConfigureDbContext<TypedContext>(options => options.UseSqlite(memory));
                break;
            case "AddDbContext again":
                services.AddDbContext<TypedContext>(options => options.UseSqlite(memory));
                break;
            case "AddDbContextPool again":
                services.AddDbContextPool<TypedContext>(options => options.UseSqlite(memory));
                break;
            default:
                services.Remove(services.Single(service => service.ServiceType == typeof(DbContextOptions<TypedContext>)));
                services.AddDbContext<TypedContext>(options => options.UseSqlite(memory));
                break;
        }

        using var provider = services.BuildServiceProvider();
        for (var request = 0; request < 3; request++)
        {
            using var scope = provider.CreateScope();
            var context = scope.ServiceProvider.GetRequiredService<TypedContext>();
            context.Database.EnsureCreated();
            context.Items.Add(new Item { Name = "x", Price = 2m });
            context.SaveChanges();
            Assert.Equal(request + 1, context.Items.Count(item => item.Price > 1m));
            Assert.Same(memory, context.Database.GetDbConnection());
        }

        Assert.Empty(folder.Files);
    }

    [Fact]
    public void Override_by_another_UseSplitSqlite_never_touches_the_applications_file()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddDbContext<TypedContext>(options => options.UseSplitSqlite(folder.ConnectionString("app.db")));
        services.ConfigureDbContext<TypedContext>(options => options.UseSplitSqlite(folder.ConnectionString("test.db")));
        using var provider = services.BuildServiceProvider();
        using var scope = provider.CreateScope();
        Exercise(scope.ServiceProvider.GetRequiredService<TypedContext>());
        Assert.Contains("test.db", folder.Files);
        Assert.DoesNotContain("app.db", folder.Files);
    }

    private static void Exercise(ItemContext context)
    {
        Assert.False(context.Database.EnsureDeleted() && context.Database.ProviderName is null);
        context.WithItems(3);
        Assert.Equal(3, context.Items.Count(item => item.Price > 1m));
        using var transaction = context.Database.BeginTransaction();
        context.Items.Where(item => item.Price > 3m).ExecuteDelete();
        transaction.Commit();
        Assert.Equal(2, context.Items.Count());
        Assert.True(context.Database.CanConnect());
    }
}
