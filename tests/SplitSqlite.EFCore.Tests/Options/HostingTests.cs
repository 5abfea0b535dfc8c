using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using SplitSqlite.EFCore.Tests.Support;

namespace SplitSqlite.EFCore.Tests.Options;

/// <summary>What an application has around its contexts: containers, pools, factories, interceptors, logs.</summary>
public class HostingTests
{
    [Fact]
    public void AddSplitSqlite_registers_a_context()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddSplitSqlite<TypedContext>(folder.ConnectionString(more: "Max Readers=2"), split => split.CommandTimeout(9), options => options.EnableDetailedErrors());
        using var provider = services.BuildServiceProvider();
        using var scope = provider.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<TypedContext>();
        context.WithItems(2);
        Assert.IsType<SplitSqliteConnection>(context.Database.GetDbConnection());
        Assert.Equal(9, context.Database.GetCommandTimeout());
    }

    [Fact]
    public void Pooled_contexts_begin_afresh()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddDbContextPool<TypedContext>(options => options.UseSplitSqlite(folder.ConnectionString()), poolSize: 1);
        using var provider = services.BuildServiceProvider();
        DbConnection? first = null;
        for (var request = 0; request < 3; request++)
        {
            using var scope = provider.CreateScope();
            var context = scope.ServiceProvider.GetRequiredService<TypedContext>();
            first ??= context.Database.GetDbConnection();
            Assert.Same(first, context.Database.GetDbConnection());
            context.WithItems(1);
            context.Database.OpenConnection();
            context.Database.ExecuteSql($"CREATE TEMP TABLE mine (n)");
            context.Database.BeginTransaction();
            context.Items.ExecuteDelete();

            // Left open: the pool closes the connection, which ends the transaction and drops the table.
        }

        using var last = provider.CreateScope();
        Assert.Equal(3, last.ServiceProvider.GetRequiredService<TypedContext>().Items.Count());
    }

    [Fact]
    public void Command_timeout_of_one_request_is_not_that_of_the_next()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddDbContextPool<TypedContext>(options => options.UseSplitSqlite(folder.ConnectionString(), split => split.CommandTimeout(9)), poolSize: 1);
        using var provider = services.BuildServiceProvider();
        for (var request = 0; request < 2; request++)
        {
            using var scope = provider.CreateScope();
            var context = scope.ServiceProvider.GetRequiredService<TypedContext>();
            Assert.Equal(9, context.Database.GetCommandTimeout());

            // Before the connection is made, which the pooled context then keeps.
            context.Database.SetCommandTimeout(600);
            context.WithItems(1);
            Assert.Equal(9, ((SplitSqliteConnection)context.Database.GetDbConnection()).DefaultTimeout);
        }
    }

    [Fact]
    public async Task Factories_make_contexts()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddPooledDbContextFactory<TypedContext>(options => options.UseSplitSqlite(folder.ConnectionString()));
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IDbContextFactory<TypedContext>>();
        await using (var context = await factory.CreateDbContextAsync())
        {
            context.WithItems(5);
        }

        var counts = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            await using var context = await factory.CreateDbContextAsync();
            return await context.Items.CountAsync(item => item.Price > 1m);
        }));
        Assert.All(counts, count => Assert.Equal(5, count));
    }

    [Fact]
    public void Connection_string_may_name_an_entry_of_the_configuration()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new OneEntry("ConnectionStrings:App", folder.ConnectionString(more: "Max Readers=2")));
        services.AddSplitSqlite<TypedContext>("Name=App");
        using var provider = services.BuildServiceProvider();
        using var scope = provider.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<TypedContext>();
        context.WithItems(2);
        Assert.Equal(2, context.Items.Count(item => item.Price > 1m));
        Assert.IsType<SplitSqliteConnection>(context.Database.GetDbConnection());
        Assert.True(context.Database.CanConnect());
        Assert.True(context.Database.EnsureDeleted());
    }

    [Fact]
    public void Internal_service_provider_of_ones_own_works_with_AddEntityFrameworkSplitSqlite()
    {
        using var folder = new TempFolder();
        using var services = new ServiceCollection().AddEntityFrameworkSplitSqlite().BuildServiceProvider();
        using var context = ItemContext.Open(options => options.UseSplitSqlite(folder.ConnectionString()).UseInternalServiceProvider(services)).WithItems(1);
        Assert.IsType<SplitSqliteConnection>(context.Database.GetDbConnection());
    }

    [Fact]
    public void Internal_service_provider_without_our_services_is_refused_with_what_to_write()
    {
        using var services = new ServiceCollection().AddEntityFrameworkSqlite().BuildServiceProvider();
        var exception = Assert.Throws<InvalidOperationException>(() => ItemContext.Open(options => options.UseSplitSqlite("Data Source=some.db").UseInternalServiceProvider(services)));
        Assert.Contains("AddEntityFrameworkSplitSqlite", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contexts_of_many_service_providers_sharePhysical_connections()
    {
        using var folder = new TempFolder();
        using var source = new SplitSqliteDataSourceBuilder(folder.ConnectionString()).UseEntityFrameworkFunctions().UsePhysicalConnectionInitializer(CountPhysical).Build();
        Physical.Value = new StrongBox();
        using (var context = ItemContext.Open(options => options.UseSplitSqlite(folder.ConnectionString(), split => split.UsePhysicalConnectionInitializer(CountPhysical))))
        {
            context.WithItems(1);
        }

        for (var n = 0; n < 20; n++)
        {
            // Each with other options for the services: EF Core makes a provider for each.
            using var context = ItemContext.Open(options => options
                .UseSplitSqlite(folder.ConnectionString(), split => split.UsePhysicalConnectionInitializer(CountPhysical))
                .EnableServiceProviderCaching(n % 2 == 0)
                .EnableDetailedErrors(n % 3 == 0));
            Assert.Equal(n + 1, context.Items.Count());
            using var sourced = ItemContext.Open(options => options.UseSplitSqlite(source));
            sourced.Items.Add(new Item { Name = "more" });
            sourced.SaveChanges();
            using var byHand = source.OpenConnection();
            using var command = byHand.CreateCommand();
            command.CommandText = "SELECT count(*) FROM Items";
            Assert.Equal(n + 2L, command.ExecuteScalar());
        }

        // The writer and one reader.
        Assert.Equal(2, Physical.Value.Count);
    }

    [Fact]
    public void Initializers_made_anew_for_each_context_are_warned_of_once()
    {
        using var folder = new TempFolder();
        using var log = new CollectingLoggerFactory();
        for (var n = 0; n < 15; n++)
        {
            var captured = n;
            using var context = ItemContext.Open(options => options
                .UseLoggerFactory(log)
                .UseSplitSqlite(folder.ConnectionString(), split => split.UsePhysicalConnectionInitializer(connection => connection.CreateFunction("which", () => captured))));
            Assert.Equal(n, context.Database.SqlQuery<long>($"SELECT which() AS Value").Single());
        }

        var warning = Assert.Single(log.Messages, message => message.Id == SplitSqliteEventId.ManyPhysicalConnectionInitializers.Id);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains("UsePhysicalConnectionInitializer", warning.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Providers_log_goes_where_EF_Cores_goes(bool fromContainer)
    {
        using var folder = new TempFolder();
        using var log = new CollectingLoggerFactory();
        var services = new ServiceCollection();
        if (fromContainer)
        {
            services.AddSingleton<ILoggerFactory>(log);
        }

        // A shared cache on a file is something that the provider tells.
        services.AddDbContext<TypedContext>(options =>
        {
            options.UseSplitSqlite(folder.ConnectionString(more: "Cache=Shared"));
            if (!fromContainer)
            {
                options.UseLoggerFactory(log);
            }
        });
        using var provider = services.BuildServiceProvider();
        using var scope = provider.CreateScope();
        scope.ServiceProvider.GetRequiredService<TypedContext>().WithItems(1);
        Assert.Contains(log.Messages, message => message.Category == "SplitSqlite" && message.Text.Contains("shared cache", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(log.Messages, message => message.Category == DbLoggerCategory.Database.Command.Name);
        Assert.DoesNotContain(log.Messages, message => message.Text.Contains("unexpected", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Interceptors_are_called_as_before()
    {
        using var folder = new TempFolder();
        var seen = new Interceptor();
        await using var context = ItemContext.Open(options => options.UseSplitSqlite(folder.ConnectionString()).AddInterceptors(seen)).WithItems(1);
        await using (var transaction = await context.Database.BeginTransactionAsync())
        {
            context.Items.Add(new Item { Name = "y" });
            await context.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        Assert.Contains("created SplitSqliteConnection", seen.Events);
        Assert.Contains("opened", seen.Events);
        Assert.Contains("reader", seen.Events);
        Assert.Contains("committed", seen.Events);
        Assert.Contains("closed", seen.Events);
    }

    [Fact]
    public void Sensitive_data_is_logged_only_if_enabled()
    {
        using var folder = new TempFolder();
        foreach (var enabled in new[] { false, true })
        {
            using var log = new CollectingLoggerFactory();
            using var context = ItemContext.Open(options => options.UseSplitSqlite(folder.ConnectionString()).UseLoggerFactory(log).EnableSensitiveDataLogging(enabled)).WithItems(1);
            var secret = "a secret";
            _ = context.Items.Count(item => item.Name == secret);
            Assert.Equal(enabled, log.Messages.Any(message => message.Text.Contains(secret, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Compiled_queries_run()
    {
        using var folder = new TempFolder();
        using var context = ItemContext.OpenSplit(folder.ConnectionString()).WithItems(5);
        var above = EF.CompileQuery((ItemContext c, decimal least) => c.Items.Count(item => item.Price > least));
        Assert.Equal(4, above(context, 2m));
        Assert.Equal(1, above(context, 5m));
    }

    [Fact]
    public void Model_made_elsewhere_is_used()
    {
        using var folder = new TempFolder();
        using var plain = ItemContext.Open(options => options.UseSqlite("Data Source=unused.db"));
        using var context = ItemContext.Open(options => options.UseSplitSqlite(folder.ConnectionString()).UseModel(plain.Model)).WithItems(2);
        Assert.Equal(2, context.Items.Count(item => item.Price > 1m));
    }

    private static readonly AsyncLocal<StrongBox> Physical = new();

    private static void CountPhysical(SqliteConnection connection) => _ = connection.State == System.Data.ConnectionState.Open ? Interlocked.Increment(ref Physical.Value!.Count) : 0;

    private sealed class StrongBox
    {
        public int Count;
    }

    [SuppressMessage("Performance", "CA1812", Justification = "A collection of interceptors.")]
    private sealed class Interceptor : DbCommandInterceptor, IDbConnectionInterceptor, IDbTransactionInterceptor
    {
        public List<string> Events { get; } = [];

        public DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
        {
            Events.Add("created " + result.GetType().Name);
            return result;
        }

        public void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Events.Add("opened");

        public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => Events.Add("closed");

        public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Events.Add("committed");
            return Task.CompletedTask;
        }

        public override ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        {
            Events.Add("reader");
            return ValueTask.FromResult(result);
        }
    }

    private sealed class OneEntry(string key, string value) : IConfiguration
    {
        public string? this[string asked]
        {
            get => asked == key ? value : null;
            set => throw new NotSupportedException();
        }

        public IEnumerable<IConfigurationSection> GetChildren() => [];

        public IChangeToken GetReloadToken() => throw new NotSupportedException();

        public IConfigurationSection GetSection(string asked) => throw new NotSupportedException();
    }
}
