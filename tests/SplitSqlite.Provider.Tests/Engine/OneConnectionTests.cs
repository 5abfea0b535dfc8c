using System.Data;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Engine;

/// <summary>Files on which WAL can't be switched on, now or ever: served by one connection, and it is said why.</summary>
public sealed class OneConnectionTests
{
    [Theory]
    [InlineData("Data Source=PATH;Vfs=unix-none", "virtual file system")]
    [InlineData("Data Source=PATH;Vfs=unix-dotfile", "virtual file system")]
    [InlineData("Data Source=file:PATH?nolock=1", "virtual file system")]
    [InlineData("Data Source=file:PATH?vfs=unix-none", "virtual file system")]
    [InlineData("Data Source=PATH;Journal Mode=Keep", "Journal Mode=Keep")]
    public void File_without_wal_is_served_by_one_connection_and_it_is_logged_why(string connectionString, string reason)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the virtual file systems are those of Unix");
        using var file = new TestFile();
        var log = new CollectingLogger();
        using var source = new SplitSqliteDataSourceBuilder(connectionString.Replace("PATH", file.Path, StringComparison.Ordinal) + ";Default Timeout=10").UseLoggerFactory(log).Build();
        using (var connection = file.Open(source))
        {
            WorksInOneFlow(connection, source);
            Assert.Equal("delete", connection.Value("PRAGMA journal_mode"));
            Assert.False(file.Database.IsSplit);
        }

        file.AssertIdle();
        file.AssertIntact();
        var (id, text) = Assert.Single(log.Messages);
        Assert.Equal(1001, id);
        Assert.Contains(reason, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Vfs_that_keeps_the_file_to_one_process_is_split_all_the_same()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the virtual file systems are those of Unix");
        using var file = new TestFile("Vfs=unix-excl;Default Timeout=10");
        using var source = SplitSqliteDataSource.Create(file.ConnectionString());
        using (var connection = file.Open(source))
        {
            WorksInOneFlow(connection, source);
            Assert.True(file.Database.IsSplit);
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    [Theory]
    [InlineData("Data Source=PATH;Vfs=unix-none")]
    [InlineData("Data Source=PATH;Vfs=unix-dotfile")]
    [InlineData("Data Source=file:PATH?nolock=1")]
    public void Wal_file_that_can_t_be_read_that_way_fails_as_with_the_plain_provider(string connectionString)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the virtual file systems are those of Unix");
        using var file = new TestFile().With("CREATE TABLE t(a)");
        using var beside = file.Open();
        connectionString = connectionString.Replace("PATH", file.Path, StringComparison.Ordinal);
        using var plain = new SqliteConnection(connectionString + ";Pooling=False");
        plain.Open();
        using var split = new SplitSqliteConnection(connectionString);
        Assert.Equal(Assert.Throws<SqliteException>(() => plain.Value("SELECT 1 FROM t")).Message, Assert.Throws<SqliteException>(split.Open).Message);
        beside.Run("INSERT INTO t VALUES (1)");
    }

    //  Two virtual file systems that do not see each other's locks, on one file: the one gate keeps their writers apart.
    [Fact]
    public async Task Option_sets_that_do_not_see_each_other_s_locks_pass_one_gate()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the virtual file systems are those of Unix");
        using var file = new TestFile("Journal Mode=Keep;Synchronous=Off;Default Timeout=60");
        using (var first = file.Open())
        {
            first.Run("CREATE TABLE t(a)");
            string[] sets = ["", "Vfs=unix-none", "Vfs=unix-dotfile"];
            await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
            {
                await using var session = new SplitSqliteConnection(file.ConnectionString(sets[worker % 3]));
                await session.OpenAsync(CancellationToken.None);
                Assert.Same(file.Database, session.Session!.Database);
                for (var i = 0; i < 30; i++)
                {
                    await session.RunAsync("INSERT INTO t VALUES ($1)", worker);
                    Assert.Equal(i + 1L, session.Value("SELECT count(*) FROM t WHERE a = $1", worker));
                }
            }))).Comes();
            Assert.Equal(180L, first.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    //  only   reads a file without WAL in a transaction …………………… commits
    //  writes     opens at once, waits for nobody                 writes: WAL from now on
    [Fact]
    public void Opening_to_write_beside_a_reader_of_ours_does_not_wait_and_switches_to_wal_when_it_is_gone()
    {
        using var file = new TestFile("Default Timeout=60;Synchronous=Off");
        Make(file);
        var log = new CollectingLogger();
        using var source = new SplitSqliteDataSourceBuilder(file.ConnectionString()).UseLoggerFactory(log).Build();
        using (var only = file.Open("Mode=ReadOnly"))
        {
            using var transaction = only.BeginTransaction();
            Assert.Equal(3L, only.Value("SELECT count(*) FROM t"));
            using var connection = file.Open(source);
            Assert.False(file.Database.IsSplit);
            Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
            Assert.Equal([1001], log.Ids);
            transaction.Commit();
            connection.Run("INSERT INTO t VALUES (4)");
            Schedule.Until(() =>
            {
                // The next attempt comes a second after the first at the earliest.
                connection.Run("UPDATE t SET a = a");
                return file.Database.IsSplit;
            });
            Assert.Equal([1001, 1002], log.Ids);
            Assert.Equal(4L, only.Value("SELECT count(*) FROM t"));
            using var reading = connection.Reading("SELECT a FROM t");
            connection.Run("INSERT INTO t VALUES (5)");
            Assert.Equal(5L, only.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    [Fact]
    public void File_that_another_process_is_reading_is_served_and_switched_to_wal_later()
    {
        using var file = new TestFile("Default Timeout=60;Synchronous=Off");
        Make(file);
        using (var plain = file.OpenPlain())
        {
            var reading = plain.Reading("SELECT a FROM t");
            using var connection = file.Open();
            Assert.False(file.Database.IsSplit);
            Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
            reading.Dispose();
            Schedule.Until(() =>
            {
                connection.Run("UPDATE t SET a = a");
                return file.Database.IsSplit;
            });
            using var another = file.OpenPlain();
            Assert.Equal("wal", another.Value("PRAGMA journal_mode"));
        }

        file.AssertIdle();
    }

    private static void Make(TestFile file)
    {
        using var plain = file.OpenPlain();
        plain.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
    }

    private static void WorksInOneFlow(SplitSqliteConnection connection, SplitSqliteDataSource source)
    {
        connection.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
        using (var outer = connection.Reading("SELECT a FROM t ORDER BY a"))
        {
            using var other = source.OpenConnection();
            using var inner = other.Reading("SELECT count(*) FROM t");
            other.Run("UPDATE t SET a = a + 10");
            connection.Run("INSERT INTO t VALUES (4)");
            using var transaction = connection.BeginTransaction();
            connection.Run("DELETE FROM t");
            transaction.Rollback();
            Assert.True(outer.Read());
            Assert.Equal(2L, outer.GetValue(0));
            other.Run("CREATE TEMP TABLE own(a); INSERT INTO own SELECT a FROM t");
            Assert.Equal(4L, other.Value("SELECT count(*) FROM own"));
        }

        using var snapshot = connection.BeginTransaction(IsolationLevel.Snapshot);
        Assert.Equal("11,12,13,4", connection.Value("SELECT group_concat(a) FROM t"));
        snapshot.Commit();
        Assert.True(connection.Session!.Database.Gate.IsFree);
    }
}
