using System.Data;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using SplitSqlite.EFCore.Tests.Support;

namespace SplitSqlite.EFCore.Tests.Functions;

/// <summary>EF Core's functions, aggregates and collations are on every physical connection, and nobody gets a connection of his own for them.</summary>
public class FunctionTests
{
    private const string FunctionList = "SELECT name || '/' || narg || '/' || type || '/' || flags AS Value FROM pragma_function_list WHERE name LIKE 'ef!_%' ESCAPE '!' OR name = 'regexp' ORDER BY 1";
    private const string CollationList = "SELECT name AS Value FROM pragma_collation_list ORDER BY 1";

    [Fact]
    public void Reader_and_writer_have_the_functions_that_EF_Core_gives_a_connection()
    {
        using var folder = new TempFolder();
        using var plain = ItemContext.Open(options => options.UseSqlite(folder.ConnectionString("plain.db")));
        using var split = ItemContext.OpenSplit(folder.ConnectionString());
        plain.Database.OpenConnection();
        var names = Names(plain);
        Assert.Contains(names, name => name.StartsWith("ef_compare/2", StringComparison.Ordinal));
        Assert.Contains(names, name => name.StartsWith("ef_avg/", StringComparison.Ordinal));
        Assert.Equal(names, Names(split));
        Assert.Contains("EF_DECIMAL", split.Database.SqlQueryRaw<string>(CollationList).AsEnumerable());
        using (split.Database.BeginTransaction())
        {
            Assert.Equal(names, Names(split));
            Assert.Contains("EF_DECIMAL", split.Database.SqlQueryRaw<string>(CollationList).AsEnumerable());
        }

        // The flags are left out of the comparison: Microsoft.Data.Sqlite loses SQLITE_DETERMINISTIC when it registers at Open, and ours were registered on an open connection.
        static string[] Names(ItemContext context) => [.. context.Database.SqlQueryRaw<string>(FunctionList).AsEnumerable().Select(row => row[..row.LastIndexOf('/')])];
    }

    [Theory]
    [InlineData("ef_compare('1.50', '1.5')")]
    [InlineData("ef_compare('2', '10')")]
    [InlineData("ef_compare(NULL, '10')")]
    [InlineData("ef_add('1.1', '2.2')")]
    [InlineData("ef_divide('1', '3')")]
    [InlineData("ef_divide('1', '0')")]
    [InlineData("ef_multiply('1.10', '2.20')")]
    [InlineData("ef_negate('1.50')")]
    [InlineData("ef_negate(NULL)")]
    [InlineData("ef_mod('7.5', '2')")]
    [InlineData("ef_mod(7, 2)")]
    [InlineData("ef_mod(7.5, 0)")]
    [InlineData("'abc' REGEXP '^a.c$'")]
    [InlineData("'abc' REGEXP '['")]
    [InlineData("NULL REGEXP 'a'")]
    [InlineData("(SELECT ef_sum(v) FROM (SELECT '1.1' v UNION ALL SELECT '2.25'))")]
    [InlineData("(SELECT ef_avg(v) FROM (SELECT '1.1' v UNION ALL SELECT '2.25' UNION ALL SELECT NULL))")]
    [InlineData("(SELECT ef_max(v) FROM (SELECT '9.1' v UNION ALL SELECT '10.25'))")]
    [InlineData("(SELECT ef_min(v) FROM (SELECT '9.1' v UNION ALL SELECT '10.25'))")]
    [InlineData("(SELECT ef_sum(v) FROM (SELECT 1 v WHERE 0))")]
    [InlineData("(SELECT group_concat(v) FROM (SELECT v FROM (SELECT '9.1' v UNION ALL SELECT '10.25' UNION ALL SELECT '-3') ORDER BY v COLLATE EF_DECIMAL))")]
    [InlineData("ef_unknown(1)")]
    public void Function_gives_what_it_gives_through_UseSqlite(string expression)
    {
        using var folder = new TempFolder();
        using var plain = ItemContext.Open(options => options.UseSqlite(folder.ConnectionString("plain.db")));
        using var split = ItemContext.OpenSplit(folder.ConnectionString());
        Assert.Equal(Answer(plain), Answer(split));

        string Answer(ItemContext context)
        {
            try
            {
                var sql = $"SELECT coalesce(typeof({expression}) || ':' || {expression}, 'null') AS Value";
                return context.Database.SqlQueryRaw<string>(sql).Single();
            }
            catch (Exception exception) when (exception is SqliteException or ArgumentException or DivideByZeroException or RegexParseException)
            {
                return $"{exception.GetType().Name}: {exception.Message}";
            }
        }
    }

    [Fact]
    public async Task Decimals_and_patterns_are_right_while_others_read_and_write()
    {
        using var folder = new TempFolder();
        await using (var context = ItemContext.OpenSplit(folder.ConnectionString()))
        {
            context.WithItems(40);
        }

        // Prices of the first 40 stay as they are; each writer adds pairs that sum to zero, and takes them out again.
        var total = Enumerable.Range(1, 40).Sum(n => 1.10m * n);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var round = 0; round < 25; round++)
            {
                await using var context = ItemContext.OpenSplit(folder.ConnectionString());
                if (worker % 4 == 0)
                {
                    var mine = $"pair {worker}";
                    context.Items.AddRange(new Item { Name = mine, Price = 1000.01m }, new Item { Name = mine, Price = -1000.01m });
                    await context.SaveChangesAsync();
                    Assert.Equal(1, await context.Items.Where(item => item.Name == mine && item.Price > 999.99m).ExecuteUpdateAsync(set => set.SetProperty(item => item.Price, item => item.Price * 1.0m)));
                    Assert.Equal(2, await context.Items.Where(item => Regex.IsMatch(item.Name, $"^{mine}$")).ExecuteDeleteAsync());
                }
                else
                {
                    Assert.Equal(total, await context.Items.SumAsync(item => item.Price));
                    var own = context.Items.Where(item => Regex.IsMatch(item.Name, "^item [0-9]+$"));
                    Assert.Equal(44.00m, await own.MaxAsync(item => item.Price));
                    Assert.Equal(1.10m, await own.MinAsync(item => item.Price));
                    Assert.Equal(total / 40, await own.AverageAsync(item => item.Price));
                    Assert.Equal(31, await own.CountAsync(item => item.Price > 10m));
                    Assert.Equal(4, await own.CountAsync(item => item.Price % 11m == 0m));
                    Assert.Equal("item 40", (await own.OrderByDescending(item => item.Price).FirstAsync()).Name);
                }
            }
        })));
    }

    [Fact]
    public void Context_over_an_open_connection_leaves_it_shared()
    {
        using var folder = new TempFolder();
        using var connection = new SplitSqliteConnection(folder.ConnectionString());
        connection.Open();
        using var context = ItemContext.Open(options => options.UseSplitSqlite(connection)).WithItems(3);
        Assert.Equal(2, context.Items.Count(item => item.Price > 2m));
        Assert.StartsWith("reader", connection.ExplainRoute("SELECT 1"), StringComparison.Ordinal);
        connection.Close();
        connection.Open();
        Assert.Equal(2, context.Items.Count(item => item.Price > 2m));
        Assert.StartsWith("reader", connection.ExplainRoute("SELECT 1"), StringComparison.Ordinal);
    }

    [Fact]
    public void Context_over_a_connection_in_a_transaction_has_the_functions_there()
    {
        using var folder = new TempFolder();
        using (var first = ItemContext.OpenSplit(folder.ConnectionString()))
        {
            first.WithItems(3);
        }

        using var connection = new SplitSqliteConnection(folder.ConnectionString());
        connection.Open();
        using (var transaction = connection.BeginTransaction())
        {
            using var context = ItemContext.Open(options => options.UseSplitSqlite(connection));
            context.Database.UseTransaction(transaction);
            context.Items.Add(new Item { Name = "x", Price = 9m });
            context.SaveChanges();
            Assert.Equal(3, context.Items.Count(item => item.Price > 2m));
            transaction.Commit();
        }

        using var last = ItemContext.Open(options => options.UseSplitSqlite(connection));
        Assert.Equal(3, last.Items.Count(item => item.Price > 2m));
    }

    //  connection: snapshot;  context: functions, initializer of its own, state of the snapshot;  end;  another context on it: shared, new state
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Context_over_a_connection_in_a_snapshot_has_the_functions_there(bool setLater)
    {
        using var folder = new TempFolder();
        using var writing = ItemContext.OpenSplit(folder.ConnectionString()).WithItems(3);
        using var connection = new SplitSqliteConnection(folder.ConnectionString());
        connection.Open();
        Action<SplitSqliteDbContextOptionsBuilder> configure = static split => split.UsePhysicalConnectionInitializer(static physical => physical.CreateFunction("twice", static (long n) => 2 * n));
        using (var transaction = connection.BeginTransaction(IsolationLevel.Snapshot))
        {
            writing.Items.Add(new Item { Name = "new", Price = 9m });
            writing.SaveChanges();
            using var context = ItemContext.Open(options => _ = setLater ? options.UseSplitSqlite(configure) : options.UseSplitSqlite(connection, configure));
            if (setLater)
            {
                context.Database.SetDbConnection(connection);
            }

            context.Database.UseTransaction(transaction);
            Assert.Equal(2, context.Items.Count(item => item.Price > 2m));
            Assert.Equal(6.60m, context.Items.Sum(item => item.Price));
            Assert.Equal(42, context.Database.SqlQuery<long>($"SELECT twice(21) AS Value").Single());
            transaction.Commit();
        }

        using var last = ItemContext.Open(options => options.UseSplitSqlite(connection, configure));
        Assert.Equal(3, last.Items.Count(item => item.Price > 2m));
        Assert.StartsWith("reader", connection.ExplainRoute("SELECT 1"), StringComparison.Ordinal);
        Assert.Equal(1, last.Items.Where(item => item.Price > 5m).ExecuteDelete());
    }

    [Fact]
    public void Functions_of_ones_own_come_by_an_initializer()
    {
        using var folder = new TempFolder();
        using var context = ItemContext.Open(options => options.UseSplitSqlite(
            folder.ConnectionString(),
            split => split
                .UsePhysicalConnectionInitializer(static connection => connection.CreateFunction("shout", static (string text) => text.ToUpperInvariant() + "!", isDeterministic: true))
                .UsePhysicalConnectionInitializer(static connection => connection.CreateCollation("BACKWARDS", static (a, b) => string.CompareOrdinal(b, a))))).WithItems(3);
        Assert.Equal("ITEM 3!", context.Items.FromSql($"SELECT Id, shout(Name) AS Name, Price FROM Items ORDER BY Name COLLATE BACKWARDS").AsNoTracking().AsEnumerable().First().Name);
        using var transaction = context.Database.BeginTransaction();
        Assert.Equal(3, context.Database.ExecuteSql($"UPDATE Items SET Name = shout(Name)"));
        transaction.Commit();
        Assert.StartsWith("reader", ((SplitSqliteConnection)context.Database.GetDbConnection()).ExplainRoute("SELECT shout('x')"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Initializers_of_many_contexts_are_run_once_on_each_physical_connection(bool givenConnection)
    {
        using var folder = new TempFolder();
        var (first, second) = (0, 0);
        Action<SqliteConnection> one = _ => first++;
        Action<SqliteConnection> another = _ => second++;
        using var connection = new SplitSqliteConnection(folder.ConnectionString());
        connection.Open();
        for (var round = 0; round < 5; round++)
        {
            // As where a library and the application both configure a context.
            using var context = ItemContext.Open(options =>
            {
                Action<SplitSqliteDbContextOptionsBuilder> configure = split => split.UsePhysicalConnectionInitializer(one).UsePhysicalConnectionInitializer(another).UsePhysicalConnectionInitializer(one);
                _ = givenConnection ? options.UseSplitSqlite(connection, configure) : options.UseSplitSqlite(folder.ConnectionString(), configure);
                options.UseSplitSqlite(configure);
            }).WithItems(1);
            Assert.Equal(round + 1, context.Items.Count(item => item.Price > 1m));
        }

        // The writer and one reader.
        Assert.Equal((2, 2), (first, second));
    }
}
