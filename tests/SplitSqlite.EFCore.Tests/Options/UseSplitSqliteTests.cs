using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using SplitSqlite.EFCore.Tests.Support;

namespace SplitSqlite.EFCore.Tests.Options;

/// <summary>The ways to say which database, and what each of them promises.</summary>
public class UseSplitSqliteTests
{
    [Fact]
    public void Provider_stays_that_of_EF_Core()
    {
        using var folder = new TempFolder();
        using var context = ItemContext.OpenSplit(folder.ConnectionString());
        Assert.Equal("Microsoft.EntityFrameworkCore.Sqlite", context.Database.ProviderName);
        Assert.True(context.Database.IsSqlite());
        Assert.IsType<SplitSqliteConnection>(context.Database.GetDbConnection());
    }

    [Theory]
    [InlineData("Max Readers=3;Synchronous=Normal")]
    [InlineData("max readers = 3")]
    [InlineData("Foreign Keys=False;Default Timeout=7")]
    [InlineData(null)]
    public void GetConnectionString_gives_what_the_user_wrote(string? more)
    {
        using var folder = new TempFolder();
        var connectionString = folder.ConnectionString(more: more);
        using var context = ItemContext.OpenSplit(connectionString).WithItems(1);
        Assert.Equal(connectionString, context.Database.GetConnectionString());
        Assert.Equal(connectionString, context.Database.GetDbConnection().ConnectionString);
        Assert.Equal(1, context.Items.Count());
    }

    [Fact]
    public void Provider_extension_has_only_what_the_plain_provider_understands()
    {
        using var context = ItemContext.OpenSplit("Data Source=some.db;Max Readers=3;Password=secret;Synchronous=Normal;Default Timeout=7");
        var provider = context.GetService<IDbContextOptions>().FindExtension<Microsoft.EntityFrameworkCore.Sqlite.Infrastructure.Internal.SqliteOptionsExtension>()!;
        Assert.Equal("Data Source=some.db;Password=secret;Default Timeout=7", provider.ConnectionString);
    }

    [Fact]
    public void Keyword_that_nobody_knows_is_refused_by_name()
    {
        var exception = Assert.Throws<ArgumentException>(() => ItemContext.OpenSplit("Data Source=some.db;Max Writers=3"));
        Assert.Contains("Max Writers", exception.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Plain_connection_is_refused_with_what_to_write()
    {
        using var plain = new SqliteConnection("Data Source=:memory:");
        var exception = Assert.Throws<ArgumentException>(() => ItemContext.Open(options => options.UseSplitSqlite(plain)));
        Assert.Contains("new SplitSqliteConnection", exception.Message, StringComparison.Ordinal);

        using var context = ItemContext.Open(options => options.UseSplitSqlite());
        Assert.Throws<ArgumentException>(() => context.Database.SetDbConnection(plain));

        Assert.Throws<ArgumentException>(() => ItemContext.Open(options => options.UseSqlite(plain).UseSplitSqlite()));
    }

    [Fact]
    public void Data_source_of_another_provider_is_refused()
    {
        using var plain = SqliteFactory.Instance.CreateDataSource("Data Source=:memory:");
        var exception = Assert.Throws<ArgumentException>(() => ItemContext.Open(options => options.UseSplitSqlite(plain)));
        Assert.Contains("SplitSqliteDataSource", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connection_is_disposed_with_the_context_only_if_the_context_owns_it(bool owned)
    {
        using var folder = new TempFolder();
        using var connection = new SplitSqliteConnection(folder.ConnectionString());
        connection.Open();
        using (var context = ItemContext.Open(options => options.UseSplitSqlite(connection, owned)).WithItems(2))
        {
            Assert.Same(connection, context.Database.GetDbConnection());
            Assert.Equal(2, context.Items.Count());
            Assert.Equal(ConnectionState.Open, connection.State);
        }

        Assert.Equal(owned ? ConnectionState.Closed : ConnectionState.Open, connection.State);
    }

    [Fact]
    public void Closed_connection_is_opened_and_closed_as_needed()
    {
        using var folder = new TempFolder();
        using var connection = new SplitSqliteConnection(folder.ConnectionString());
        using var context = ItemContext.Open(options => options.UseSplitSqlite(connection)).WithItems(2);
        Assert.Equal(2, context.Items.Count(item => item.Price > 1m));
        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Fact]
    public void Data_source_gives_its_connections_to_contexts()
    {
        using var folder = new TempFolder();
        using var source = new SplitSqliteDataSourceBuilder(folder.ConnectionString(more: "Max Readers=2"))
            .UsePhysicalConnectionInitializer(static connection => connection.CreateFunction("twice", static (long n) => 2 * n))
            .Build();
        using var context = ItemContext.Open(options => options.UseSplitSqlite(source)).WithItems(3);
        Assert.Equal(source.ConnectionString, context.Database.GetConnectionString());
        Assert.Equal(42, context.Database.SqlQuery<long>($"SELECT twice(21) AS Value").Single());
        Assert.Equal(3, context.Items.Count(item => item.Price > 1m));
    }

    [Fact]
    public void Database_can_be_set_later()
    {
        using var folder = new TempFolder();
        using var context = ItemContext.Open(options => options.UseSplitSqlite());
        context.Database.SetConnectionString(folder.ConnectionString("a.db", "Max Readers=2"));
        context.WithItems(2);
        Assert.IsType<SplitSqliteConnection>(context.Database.GetDbConnection());
        context.Database.SetConnectionString(folder.ConnectionString("b.db", "Max Readers=2"));
        Assert.True(context.Database.EnsureCreated());
        Assert.Equal(0, context.Items.Count());

        using var connection = new SplitSqliteConnection(folder.ConnectionString("a.db"));
        context.Database.SetDbConnection(connection);
        Assert.Equal(2, context.Items.Count(item => item.Price > 1m));
    }

    [Fact]
    public void Without_an_argument_it_takes_over_what_UseSqlite_has_set()
    {
        using var folder = new TempFolder();
        using var context = ItemContext.Open(options => options.UseSqlite(folder.ConnectionString()).UseSplitSqlite()).WithItems(1);
        Assert.IsType<SplitSqliteConnection>(context.Database.GetDbConnection());
        Assert.Equal(folder.ConnectionString(), context.Database.GetConnectionString());
    }

    [Fact]
    public void Data_source_in_memory_lives_as_long_as_its_open_connection()
    {
        using var connection = new SplitSqliteConnection("Data Source=:memory:");
        connection.Open();
        using (var context = ItemContext.Open(options => options.UseSplitSqlite(connection)))
        {
            context.WithItems(3);
        }

        using (var context = ItemContext.Open(options => options.UseSplitSqlite(connection)))
        {
            Assert.Equal(3, context.Items.Count(item => item.Price > 1m));
            Assert.Equal(6.60m, context.Items.Sum(item => item.Price));
        }
    }

    [Fact]
    public void Shared_memory_serves_several_contexts()
    {
        var connectionString = $"Data Source={Guid.NewGuid():N};Mode=Memory;Cache=Shared";
        using var keeper = ItemContext.OpenSplit(connectionString);
        keeper.Database.OpenConnection();
        keeper.WithItems(3);
        using var context = ItemContext.OpenSplit(connectionString);
        Assert.Equal(3, context.Items.Count(item => item.Price > 1m));
        context.Items.Add(new Item { Name = "x", Price = 5m });
        context.SaveChanges();
        Assert.Equal(4, keeper.Items.Count(item => item.Price > 1m));
    }

    [Fact]
    public void Command_timeout_is_also_that_of_BEGIN_and_COMMIT()
    {
        using var folder = new TempFolder();
        using var context = ItemContext.Open(options => options.UseSplitSqlite(folder.ConnectionString(), split => split.CommandTimeout(7)));
        Assert.Equal(7, ((SplitSqliteConnection)context.Database.GetDbConnection()).DefaultTimeout);
        Assert.Equal(7, context.Database.GetCommandTimeout());
    }

    [Fact]
    public void Options_written_for_UseSqlite_fit()
    {
        // An application's own method, or an extension method of a library.
        static void Configure(SqliteDbContextOptionsBuilder sqlite) => sqlite.CommandTimeout(7).MigrationsHistoryTable("history").UseQuerySplittingBehavior(QuerySplittingBehavior.SplitQuery);

        Action<SqliteDbContextOptionsBuilder> configure = Configure;
        var builder = new DbContextOptionsBuilder<ItemContext>().UseSplitSqlite("Data Source=some.db", configure);
        var options = RelationalOptionsExtension.Extract(builder.Options);
        Assert.Equal(7, options.CommandTimeout);
        Assert.Equal("history", options.MigrationsHistoryTableName);
        Assert.Equal(QuerySplittingBehavior.SplitQuery, options.QuerySplittingBehavior);
    }

    [Fact]
    public void Options_builder_offers_what_UseSqlites_offers()
    {
        var offered = typeof(SplitSqliteDbContextOptionsBuilder).GetMethods().Select(method => method.Name).ToHashSet();
        Assert.All(typeof(SqliteDbContextOptionsBuilder).GetMethods(), method => Assert.Contains(method.Name, offered));
    }

    [Fact]
    public void Every_UseSqlite_has_its_UseSplitSqlite()
    {
        var ours = Shapes(typeof(SplitSqliteDbContextOptionsBuilderExtensions), "UseSplitSqlite");
        Assert.All(Shapes(typeof(SqliteDbContextOptionsBuilderExtensions), "UseSqlite"), shape => Assert.Contains(shape, ours));

        static HashSet<string> Shapes(Type type, string name)
            => [.. type.GetMethods().Where(method => method.Name == name).Select(method => string.Join(
                ", ",
                method.GetParameters().Select(parameter => parameter.ParameterType.Name == "Action`1" ? "options" : $"{parameter.ParameterType.Name} {parameter.Name}")))];
    }

    [Fact]
    public void Connection_of_another_kind_is_left_to_EF_Core()
    {
        // A profiler's wrapper, say. What EF Core does with it is EF Core's affair.
        using var wrapper = new OddConnection();
        using var context = ItemContext.Open(options => options.UseSplitSqlite(wrapper));
        Assert.Same(wrapper, context.Database.GetDbConnection());
    }

    [Fact]
    public void Snapshot_is_a_transaction_that_leaves_the_writer_alone()
    {
        using var folder = new TempFolder();
        using var context = ItemContext.OpenSplit(folder.ConnectionString()).WithItems(3);
        using var writer = ItemContext.OpenSplit(folder.ConnectionString());
        using var snapshot = context.Database.BeginTransaction(IsolationLevel.Snapshot);
        Assert.Equal(3, context.Items.Count());
        writer.Items.Add(new Item { Name = "new" });
        writer.SaveChanges();
        Assert.Equal(3, context.Items.Count());
        context.Items.Add(new Item { Name = "refused" });
        Assert.Throws<DbUpdateException>(() => context.SaveChanges());
        snapshot.Rollback();
        Assert.Equal(4, context.Items.Count());
    }

    private sealed class OddConnection : DbConnection
    {
        [System.Diagnostics.CodeAnalysis.AllowNull]
        public override string ConnectionString { get; set; } = string.Empty;

        public override string Database => "odd";

        public override string DataSource => "odd";

        public override string ServerVersion => "1";

        public override ConnectionState State => ConnectionState.Closed;

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

        public override void Close()
        {
        }

        public override void Open() => throw new NotSupportedException();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

        protected override DbCommand CreateDbCommand() => throw new NotSupportedException();
    }
}
