using Dapper;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>
/// Cancelling what runs. <c>hook(n)</c> in the SQL calls the test in the middle of the statement, so that it is known to run; with an n of 1 it
/// tells so, and the statement goes on for ever.
/// </summary>
public sealed class RunningCancellationTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";
    private const string Endless = "WITH RECURSIVE s(i) AS (SELECT hook(1) UNION ALL SELECT i + 1 FROM s)";

    public static TheoryData<string, string> Ways()
    {
        var ways = new TheoryData<string, string>();
        foreach (var sql in new[] { Endless + " SELECT count(*) FROM s", Endless + " INSERT INTO t SELECT i FROM s", Endless + " INSERT INTO t SELECT i FROM s RETURNING x", "CREATE TABLE u AS " + Endless + " SELECT i FROM s" })
        {
            foreach (var way in new[] { "token", "Cancel, async", "Cancel, sync" })
            {
                ways.Add(sql, way);
            }
        }

        return ways;
    }

    //  a  statement runs … interrupted: OperationCanceledException, nothing of it is there
    //  b  (waits for the writer)        goes on
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Running_statement_ends_and_leaves_nothing_when_it_is_cancelled(string sql, string way)
    {
        using var file = new TestFile().With(Table);
        using var running = new SemaphoreSlim(0);
        await using var source = file.Hooked(_ => running.Release());
        using var a = file.Open(source);
        using var b = file.Open();
        using var cancellation = new CancellationTokenSource();
        using var command = a.Command(sql);
        Task cancelled = way switch
        {
            "token" => Task.Run(() => command.ExecuteScalarAsync(cancellation.Token)),
            "Cancel, async" => Task.Run(() => command.ExecuteScalarAsync()),
            _ => Schedule.OnThread(command.ExecuteScalar),
        };
        Assert.True(await running.WaitAsync(TimeSpan.FromSeconds(60)));
        var other = b.RunAsync("INSERT INTO t VALUES (2)");
        Interrupt(way, command, cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Comes());
        await other.Comes();
        Assert.Equal(3L, a.Value("SELECT sum(x) FROM t"));
        Assert.Equal(0, a.Number("SELECT count(*) FROM sqlite_schema WHERE name = 'u'"));
        a.Run("INSERT INTO t VALUES (hook(3))");
        Assert.Equal(6L, b.Value("SELECT sum(x) FROM t"));
        file.AssertIdle();
    }

    //  a  BEGIN  INSERT  SELECT … cancelled      INSERT  COMMIT: both rows
    [Theory]
    [InlineData("token")]
    [InlineData("Cancel, sync")]
    public async Task Transaction_survives_the_cancellation_of_a_read_in_it(string way)
    {
        using var file = new TestFile().With(Table);
        using var running = new SemaphoreSlim(0);
        await using var source = file.Hooked(_ => running.Release());
        using var a = file.Open(source);
        using var transaction = a.BeginTransaction();
        a.Run("INSERT INTO t VALUES (2)");
        await CancelWhenRunning(a, Endless + " SELECT count(*) FROM s", way, running);
        Assert.True(a.Session!.IsInTransaction);
        a.Run("INSERT INTO t VALUES (4)");
        transaction.Commit();
        Assert.Equal(7L, a.Value("SELECT sum(x) FROM t"));
        file.AssertIdle();
    }

    //  a  BEGIN  INSERT  INSERT … cancelled: SQLite has rolled back     next command: refused     dispose  writes go on
    [Theory]
    [InlineData("token", "")]
    [InlineData("Cancel, sync", "")]
    [InlineData("token", " RETURNING x")]
    [InlineData("Cancel, sync", " RETURNING x")]
    public async Task Transaction_ends_when_a_write_in_it_is_cancelled(string way, string returning)
    {
        using var file = new TestFile().With(Table);
        using var running = new SemaphoreSlim(0);
        await using var source = file.Hooked(_ => running.Release());
        using var a = file.Open(source);
        using (var transaction = a.BeginTransaction())
        {
            a.Run("INSERT INTO t VALUES (2)");
            await CancelWhenRunning(a, Endless + " INSERT INTO t SELECT i FROM s" + returning, way, running);

            // The writer is not held by a transaction that is no more, and nothing runs outside of it by mistake.
            Assert.False(a.Session!.IsInTransaction);
            file.AssertIdle();
            Assert.Throws<InvalidOperationException>(() => a.Run("INSERT INTO t VALUES (4)"));
            Assert.Throws<InvalidOperationException>(transaction.Commit);
        }

        Assert.Equal(1L, a.Value("SELECT sum(x) FROM t"));
        a.Run("INSERT INTO t VALUES (8)");
        Assert.Equal(9L, a.Value("SELECT sum(x) FROM t"));
    }

    //  a  INSERT … RETURNING: the row is inserted, hook cancels in the middle of it    either undone and cancelled, or there and a success
    [Theory]
    [InlineData("INSERT INTO t VALUES (2), (hook(2)), (4) RETURNING x")]
    [InlineData("INSERT INTO t VALUES (2) RETURNING hook(x)")]
    [InlineData("INSERT INTO t VALUES (hook(2))")]
    [InlineData("INSERT INTO t VALUES (2); SELECT hook(1)")]
    public void Cancelled_autocommit_write_is_undone_or_a_success(string sql)
    {
        using var file = new TestFile().With(Table);
        System.Data.Common.DbCommand? command = null;
        using var source = file.Hooked(_ => command!.Cancel());
        using var a = file.Open(source);
        command = a.Command(sql);
        var isBatch = sql.Contains(';', StringComparison.Ordinal);
        try
        {
            command.ExecuteNonQuery();
            Assert.True(a.Number("SELECT count(*) FROM t") > 1);
        }
        catch (OperationCanceledException)
        {
            Assert.Equal(isBatch ? 2 : 1, a.Number("SELECT count(*) FROM t"));
        }

        command = a.Command("SELECT 1");
        file.AssertIdle();
    }

    //  a  COMMIT while it is cancelled from inside (a trigger can't run then, so: from the statement before): never half
    [Fact]
    public void Batch_with_a_commit_is_whole_or_not_there_when_it_is_cancelled_on_its_way()
    {
        using var file = new TestFile().With(Table);
        System.Data.Common.DbCommand? command = null;
        using var source = file.Hooked(_ => command!.Cancel());
        using var a = file.Open(source);
        command = a.Command("BEGIN; INSERT INTO t VALUES (2); INSERT INTO t VALUES (hook(4)); COMMIT");
        var done = true;
        try
        {
            command.ExecuteNonQuery();
        }
        catch (OperationCanceledException)
        {
            done = false;
            if (a.Session!.IsInTransaction)
            {
                a.Run("ROLLBACK");
            }
        }

        Assert.Equal(done ? 7L : 1L, a.Value("SELECT sum(x) FROM t"));
        file.AssertIdle();
    }

    //  a  reader 1 open |------------------------------------------------------------------------|  has all its rows
    //       SELECT (same connection) … cancelled
    //                                   INSERT, in the transaction: not touched by it; COMMIT
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelled_read_touches_nothing_else_on_its_connection(bool inTransaction)
    {
        using var file = new TestFile().With(Table);
        using var running = new SemaphoreSlim(0);
        await using var source = file.Hooked(_ => running.Release());
        using var a = file.Open(source);
        using var transaction = inTransaction ? a.BeginTransaction() : null;
        using var open = a.Reading(Sql.Series(100_000));
        await CancelWhenRunning(a, Endless + " SELECT count(*) FROM s", "token", running);
        Assert.Equal(1L, open.GetInt64(0));
        Assert.True(open.Read());
        a.Run("INSERT INTO t VALUES (2)");
        Assert.Equal(3L, a.Value("SELECT sum(x) FROM t"));
        transaction?.Commit();
        for (var row = 3; row <= 100_000; row++)
        {
            Assert.True(open.Read());
        }

        Assert.Equal(100_000L, open.GetInt64(0));
        Assert.False(open.Read());
        open.Dispose();
        Assert.Equal(3L, a.Value("SELECT sum(x) FROM t"));
        file.AssertIdle();
    }

    //  a  reader 1 open, between two rows:  Cancel()       SELECT, INSERT on the same connection: not touched
    [Fact]
    public void Cancel_between_two_rows_touches_no_other_statement_of_the_connection()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var transaction = a.BeginTransaction();
        using var command = a.Command(Sql.Series(100_000));
        using var open = command.ExecuteReader();
        using var bystander = a.Reading(Sql.Series(100));
        Assert.True(open.Read());
        command.Cancel();
        Assert.True(bystander.Read());
        a.Run("INSERT INTO t VALUES (2)");
        Assert.Throws<OperationCanceledException>(() => open.Read());
        open.Dispose();
        Assert.True(bystander.Read());
        transaction.Commit();
        Assert.Equal(3L, a.Value("SELECT sum(x) FROM t"));
    }

    [Fact]
    public void Enumeration_left_early_does_not_throw_when_its_reader_is_cancelled_and_disposed()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        Assert.Equal(1, a.Query<long>(Sql.Series(10) + "; SELECT 1", buffered: false).First());
        using (a.BeginTransaction())
        {
            Assert.Equal(1, a.Query<long>(Sql.Series(10) + "; SELECT 1", transaction: a.Transaction, buffered: false).First());
        }

        Assert.Equal(1, a.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    [Fact]
    public async Task Cancel_after_the_end_means_nothing()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var cancellation = new CancellationTokenSource();
        using var command = (SplitSqliteCommand)a.Command("INSERT INTO t VALUES (2)");
        Assert.Equal(1, await command.ExecuteNonQueryAsync(cancellation.Token));
        cancellation.Cancel();
        command.Cancel();
        Assert.Equal(1, command.ExecuteNonQuery());

        // A token given to ExecuteReaderAsync is none of the rows'.
        using var rows = new CancellationTokenSource();
        using var select = (SplitSqliteCommand)a.Command("SELECT x FROM t");
        await using var reader = await select.ExecuteReaderAsync(rows.Token);
        rows.Cancel();
        Assert.True(reader.Read());
        Assert.True(reader.Read());
    }

    private static async Task CancelWhenRunning(SplitSqliteConnection session, string sql, string way, SemaphoreSlim running)
    {
        using var cancellation = new CancellationTokenSource();
        using var command = session.Command(sql);
        Task cancelled = way == "token" ? Task.Run(() => command.ExecuteScalarAsync(cancellation.Token)) : Schedule.OnThread(command.ExecuteScalar);
        Assert.True(await running.WaitAsync(TimeSpan.FromSeconds(60)));
        Interrupt(way, command, cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Comes());
    }

    private static void Interrupt(string way, System.Data.Common.DbCommand command, CancellationTokenSource cancellation)
    {
        if (way == "token")
        {
            cancellation.Cancel();
        }
        else
        {
            command.Cancel();
        }
    }
}
