using System.Data;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>Texts that look like reads, and transactions that look harmless (FACTS 8.1 to 8.3, 8.8, 8.9), in front of other sessions.</summary>
public sealed class RoutingTrapTests
{
    [Theory]
    [InlineData("SELECT 1; INSERT INTO t VALUES (1)")]
    [InlineData("/* read */ SELECT ';'; -- INSERT\nINSERT INTO t VALUES (1)")]
    [InlineData("WITH w AS (SELECT 1 AS v) INSERT INTO t SELECT v FROM w")]
    [InlineData("WITH w AS (SELECT 1 AS v) INSERT INTO t SELECT v FROM w RETURNING x")]
    [InlineData("INSERT INTO t VALUES (1) RETURNING x")]
    [InlineData("VALUES (1); REPLACE INTO t VALUES (1)")]
    [InlineData("CREATE TABLE IF NOT EXISTS t(x); INSERT INTO t VALUES (1); SELECT x FROM t")]
    public void Write_that_looks_like_a_read_is_done_when_its_reader_is_disposed_unread(string sql)
    {
        using var file = new TestFile().With("CREATE TABLE t(x)");
        using var a = file.Open();
        using var b = file.Open();
        using (a.Command(sql).ExecuteReader())
        {
            // Neither waits for a slow consumer of the rows: the writer is free.
            Assert.True(file.Database.Gate.IsFree);
            b.Run("INSERT INTO t VALUES (10)");
        }

        Assert.Equal(11L, b.Value("SELECT sum(x) FROM t"));
    }

    //  A  BEGIN (deferred by its words)  SELECT                INSERT  COMMIT: no BUSY_SNAPSHOT
    //  B                                         INSERT waits ……………………………… done
    [Theory]
    [InlineData("BEGIN")]
    [InlineData("BEGIN DEFERRED")]
    [InlineData("SAVEPOINT s")]
    public async Task Deferred_transaction_writes_after_a_read_when_another_session_wants_to_write(string begin)
    {
        using var file = new TestFile().With("CREATE TABLE t(x)");
        using var a = file.Open();
        using var b = file.Open();
        a.Run(begin);
        Assert.Equal(0, a.Number("SELECT count(*) FROM t"));
        var other = b.RunAsync("INSERT INTO t VALUES (10)");
        Support.Schedule.Until(() => file.Database.Gate.QueueLength == 1);
        a.Run("INSERT INTO t VALUES (1)");
        a.Run(begin == "SAVEPOINT s" ? "RELEASE s" : "COMMIT");
        await other;
        Assert.Equal(11L, a.Value("SELECT sum(x) FROM t"));
    }

    [Theory]
    [InlineData(IsolationLevel.ReadUncommitted)]
    [InlineData(IsolationLevel.ReadCommitted)]
    [InlineData(IsolationLevel.Serializable)]
    public void Transaction_of_any_level_holds_the_writer_from_its_beginning(IsolationLevel level)
    {
        using var file = new TestFile().With("CREATE TABLE t(x)");
        using var a = file.Open();
        using var b = file.OpenHasty(20);
        using (a.BeginTransaction(level))
        {
            Assert.Throws<SplitSqliteBusyException>(() => b.Run("INSERT INTO t VALUES (1)"));
        }

        b.Run("INSERT INTO t VALUES (1)");
    }

    //  A  one session, three data readers in parallel, one of them rereading what is written between
    [Fact]
    public void Data_readers_in_parallel_on_one_session_never_wait_for_each_other()
    {
        using var file = new TestFile("Max Readers=1;Default Timeout=1").With("CREATE TABLE t(x); INSERT INTO t VALUES (0)");
        using var a = file.Open();
        var readers = new List<IDisposable>();
        for (var i = 1; i <= 8; i++)
        {
            var reader = a.Reading("SELECT max(x) FROM t");
            Assert.Equal(i - 1, reader.GetInt64(0));
            readers.Add(reader);
            a.Run("INSERT INTO t VALUES ($1)", i);
        }

        Assert.Equal(7, file.Database.Readers.Overflow);
        readers.ForEach(reader => reader.Dispose());
        file.AssertIdle();
    }

    [Fact]
    public void Write_in_a_snapshot_is_refused_and_the_snapshot_goes_on()
    {
        using var file = new TestFile().With("CREATE TABLE t(x)");
        using var a = file.Open();
        using var snapshot = a.BeginTransaction(SplitSqliteTransactionOptions.ReadOnly);
        foreach (var sql in new[] { "INSERT INTO t VALUES (1)", "WITH w(v) AS (SELECT 1) INSERT INTO t SELECT v FROM w", "CREATE TABLE u(x)", "CREATE TEMP TABLE u(x)", "ATTACH ':memory:' AS m", "PRAGMA user_version=3" })
        {
            Assert.Equal(8, Assert.Throws<SqliteException>(() => a.Run(sql)).SqliteErrorCode);
        }

        a.Run("SAVEPOINT s");
        Assert.Equal(0, a.Number("SELECT count(*) FROM t"));
        a.Run("RELEASE s");
        snapshot.Commit();
        a.Run("INSERT INTO t VALUES (1)");
    }

    //  A  reader open (pins the WAL)      closed
    //  B       checkpoint(TRUNCATE): busy        checkpoint(TRUNCATE): done
    [Fact]
    public void Open_reader_pins_the_wal_until_it_is_closed()
    {
        using var file = new TestFile().With("CREATE TABLE t(x)");
        using var a = file.Open();
        using var b = file.Open();
        b.Run("INSERT INTO t VALUES (1)");
        using (a.Reading("SELECT x FROM t"))
        {
            b.Run("INSERT INTO t VALUES (2)");
            Assert.Equal(1, b.Number("PRAGMA wal_checkpoint(TRUNCATE)"));
        }

        Assert.Equal(0, b.Number("PRAGMA wal_checkpoint(TRUNCATE)"));
        Assert.Equal(0, new FileInfo(file.Path + "-wal").Length);
        file.AssertIdle();
    }
}
