using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Engine;

/// <summary>What is logged when a database is opened, to whom, and with no lock held.</summary>
public sealed class LoggingTests
{
    [Fact]
    public void Ordinary_file_is_nothing_to_log()
    {
        using var file = new TestFile();
        var log = new CollectingLogger();
        using var source = Source(file, log);
        using (var connection = file.Open(source))
        {
            connection.Run("CREATE TABLE t(a)");
            using var other = file.Open(source);
        }

        Assert.Empty(log.Messages);
    }

    [Fact]
    public void Later_different_option_of_the_database_is_logged_once_for_each_value()
    {
        using var file = new TestFile();
        var log = new CollectingLogger();
        using var source = Source(file, log, "Max Readers=3");
        using (file.Open(source))
        {
            for (var i = 0; i < 3; i++)
            {
                using var other = file.Open("Max Readers=5;Connection Idle Lifetime=7");
                using var third = file.Open("Max Readers=3;Journal Mode=Keep;Foreign Keys=True");
                using var same = file.Open("Max Readers=3;Default Timeout=3");
            }
        }

        Assert.Equal([1006, 1006, 1006], log.Ids);
        Assert.Contains("Max Readers=5 is ignored", log.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Connection Idle Lifetime=7 is ignored", log.Messages[1].Text, StringComparison.Ordinal);
        Assert.Contains("Journal Mode=Keep is ignored", log.Messages[2].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Data Source=PATH;Cache=Shared")]
    [InlineData("Data Source=file:PATH?cache=shared")]
    public void Shared_cache_on_a_file_is_replaced_by_a_private_one_and_logged(string connectionString)
    {
        using var file = new TestFile();
        var log = new CollectingLogger();
        using var source = new SplitSqliteDataSourceBuilder(connectionString.Replace("PATH", file.Path, StringComparison.Ordinal)).UseLoggerFactory(log).Build();
        using (var connection = file.Open(source))
        {
            connection.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
            using var reader = connection.Reading("SELECT a FROM t");
            using var other = file.Open(source);
            using var transaction = other.BeginTransaction();
            other.Run("INSERT INTO t VALUES (2)");

            // With a shared cache this would meet the table's lock.
            Assert.Equal(1L, connection.Value("SELECT count(*) FROM t"));
        }

        Assert.Equal([1005], log.Ids);
        file.AssertIdle();
    }

    [Fact]
    public void First_logger_wins_and_is_told_what_was_noted_before_it()
    {
        using var file = new TestFile("Journal Mode=Keep");
        using var silent = file.Open();
        var first = new CollectingLogger();
        var second = new CollectingLogger();
        using (var source = Source(file, first))
        using (var another = Source(file, second))
        {
            using var one = file.Open(source);
            using var two = file.Open(another);
            using var three = file.Open("Max Readers=77");
        }

        Assert.Equal([1001, 1006], first.Ids);
        Assert.Empty(second.Messages);
    }

    [Fact]
    public void Logger_that_writes_to_the_same_database_does_not_wait_for_itself()
    {
        using var file = new TestFile("Default Timeout=10;Journal Mode=Keep");
        using (var plain = file.OpenPlain())
        {
            plain.Run("CREATE TABLE log(a)");
        }

        var log = new CollectingLogger
        {
            OnMessage = () =>
            {
                using var connection = file.Open();
                connection.Run("INSERT INTO log VALUES (1)");
            },
        };
        using var source = Source(file, log);
        using (var connection = file.Open(source))
        {
            Assert.Equal(1L, connection.Value("SELECT count(*) FROM log"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Logger_that_throws_harms_nobody()
    {
        using var file = new TestFile("Journal Mode=Keep");
        var log = new CollectingLogger { OnMessage = () => throw new InvalidOperationException("The log is full.") };
        using var source = Source(file, log);
        using (var connection = file.Open(source))
        {
            connection.Run("CREATE TABLE t(a)");
        }

        Assert.Single(log.Messages);
        file.AssertIdle();
    }

    private static SplitSqliteDataSource Source(TestFile file, CollectingLogger log, string? more = null)
        => new SplitSqliteDataSourceBuilder(file.ConnectionString(more)).UseLoggerFactory(log).Build();
}
