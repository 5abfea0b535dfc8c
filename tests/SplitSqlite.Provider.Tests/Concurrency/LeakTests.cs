using System.Data;
using System.Runtime.CompilerServices;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>What users forget or do twice: nothing of it may cost a permit.</summary>
public sealed class LeakTests
{
    private const string Table = "CREATE TABLE t(x, b); INSERT INTO t VALUES (1, zeroblob(10))";

    public static TheoryData<string> Ways => ["transaction", "words", "savepoint", "reader", "reader in transaction", "snapshot", "private", "private transaction", "nested readers", "stream", "reopened"];

    //  someone  opens, begins, …, and is never seen again        (garbage collection)
    //  b                                                                                write: at once, its work is gone
    [Theory]
    [MemberData(nameof(Ways))]
    public void Connection_that_was_dropped_gives_everything_back(string way)
    {
        using var file = new TestFile("Max Readers=2").With(Table);
        using var b = file.Open();
        Drop(file, way);
        CollectUntil(() => file.Database.Sessions == 1);
        file.AssertIdle();
        b.Run("INSERT INTO t(x) VALUES (2)");
        Assert.Equal(3L, b.Value("SELECT sum(x) FROM t"));

        // Both readers can be had.
        using var c = file.Open();
        using (b.Reading("SELECT x FROM t"))
        using (c.Reading("SELECT x FROM t"))
        {
            Assert.Equal(2, file.Database.Readers.Rented);
        }
    }

    //  a dropped connection holds the writer    b waits in the queue    (garbage collection)    b has it
    [Fact]
    public async Task Writer_that_waits_for_a_dropped_transaction_gets_on_when_it_is_collected()
    {
        using var file = new TestFile().With(Table);
        using var b = file.Open();
        Drop(file, "transaction");
        var waiting = b.RunAsync("INSERT INTO t(x) VALUES (2)");
        CollectUntil(() => waiting.IsCompleted);
        Assert.Equal(1, await waiting);
        Assert.Equal(3L, b.Value("SELECT sum(x) FROM t"));
        file.AssertIdle();
    }

    //  nobody else has the file open: the recovery closes the database too, and one clean file is left
    [Fact]
    public void Last_connection_that_was_dropped_closes_an_unpooled_database()
    {
        using var file = new TestFile("Pooling=False").With(Table);
        Drop(file, "transaction");
        var database = file.Database;
        CollectUntil(() => database.Closed.IsCompleted);
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
    }

    //  16 sessions, a third of them dropped in the middle of something, while the collector runs all the time
    [Fact]
    public async Task Storm_of_dropped_connections_loses_no_permit()
    {
        using var file = new TestFile("Synchronous=Off;Max Readers=3;Default Timeout=100").With(Table);
        await using var anchor = await file.OpenAsync();
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"dropped connections: seed {seed}");
        string[] ways = [.. Ways.Select(row => row.Data)];
        var running = Enumerable.Range(0, 8).Select(i => Schedule.OnThread(() =>
        {
            var random = new Random(unchecked((seed * 7919) + i));
            for (var step = 0; step < 12; step++)
            {
                if (random.Next(3) == 0)
                {
                    Drop(file, ways[random.Next(ways.Length)]);
                }
                else
                {
                    using var session = file.Open();
                    session.Run("INSERT INTO t(x) VALUES (0)");
                    Assert.Equal(1L, session.Value("SELECT sum(x) FROM t"));
                }
            }
        })).ToArray();
        var all = Task.WhenAll(running);
        CollectUntil(() => all.IsCompleted);
        await all;
        CollectUntil(() => file.Database.Sessions == 1);
        file.AssertIdle();
        file.AssertIntact();
    }

    [Fact]
    public void Data_reader_that_was_dropped_is_given_back_when_its_connection_closes()
    {
        using var file = new TestFile("Max Readers=1").With(Table);
        using var b = file.OpenHasty(20);
        var a = file.Open();
        DropReader(a);
        Assert.Throws<SplitSqliteBusyException>(() => b.Value("SELECT x FROM t"));
        a.Close();
        file.AssertIdle();
        Assert.Equal(1L, b.Value("SELECT x FROM t"));
    }

    [Fact]
    public async Task Everything_disposed_twice_changes_nothing()
    {
        using var file = new TestFile("Max Readers=1").With(Table);
        var a = file.Open();
        var command = a.Command("SELECT x FROM t");
        var reader = command.ExecuteReader();
        reader.Dispose();
        reader.Dispose();
        await reader.DisposeAsync();
        command.Dispose();
        command.Dispose();
        var transaction = a.BeginTransaction();
        transaction.Dispose();
        transaction.Dispose();
        await transaction.DisposeAsync();
        var snapshot = a.BeginTransaction(IsolationLevel.Snapshot);
        snapshot.Commit();
        snapshot.Dispose();
        var left = a.BeginTransaction();
        var open = a.Reading("SELECT x FROM t");
        a.Dispose();
        a.Dispose();
        a.Close();
        await a.DisposeAsync();
        open.Dispose();
        left.Dispose();
        file.AssertIdle();

        // What came too late did not touch the next session either.
        using var b = file.Open();
        using var mine = b.BeginTransaction();
        open.Dispose();
        left.Dispose();
        transaction.Dispose();
        a.Dispose();
        b.Run("INSERT INTO t(x) VALUES (2)");
        mine.Commit();
        Assert.Equal(3L, b.Value("SELECT sum(x) FROM t"));
        file.AssertIdle();
    }

    //  a  BEGIN …………………………………………………… COMMIT
    //  b      write waits   b.Close() by another thread    the waiter is told, or has done its write: no permit is lost
    [Theory]
    [InlineData("INSERT INTO t(x) VALUES (2)")]
    [InlineData("BEGIN")]
    [InlineData("begin")]
    [InlineData("CREATE TEMP TABLE p(q)")]
    public async Task Close_while_a_command_waits_in_the_queue_loses_no_permit(string sql)
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        var b = file.Open();
        var transaction = a.BeginTransaction();
        var waiting = sql == "begin" ? Schedule.OnThread(() => { b.BeginTransaction(); }) : Schedule.OnThread(() => { b.Run(sql); });
        Schedule.Until(() => file.Database.Gate.QueueLength == 1);
        b.Close();
        transaction.Commit();
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => waiting.Comes());
        file.AssertIdle();
        Assert.Equal(1L, a.Value("SELECT sum(x) FROM t"));
        Assert.Equal(1, file.Database.Sessions);
    }

    [Fact]
    public async Task Close_while_a_read_waits_for_a_reader_loses_no_slot()
    {
        using var file = new TestFile("Max Readers=1").With(Table);
        using var a = file.Open();
        var b = file.Open();
        var open = a.Reading("SELECT x FROM t");
        var waiting = b.Command("SELECT x FROM t").ExecuteScalarAsync();
        Schedule.Until(() => file.Database.Readers.Waiting == 1);
        b.Close();
        open.Dispose();
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => waiting.Comes());
        file.AssertIdle();
    }

    //  a  Read, the last use of anything of a's …  (garbage collection in the middle of the step)  … ends well
    [Fact]
    public void Connection_is_not_collected_in_the_middle_of_its_last_call()
    {
        using var file = new TestFile().With(Table);
        WeakReference? connection = null;
        var looks = 0;
        using var source = file.Hooked(n =>
        {
            if (n == 2)
            {
                for (var i = 0; i < 5; i++)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }

                looks++;
                Assert.True(connection!.IsAlive);
            }
        });
        using var b = file.Open();
        Assert.True(ReadToTheLast(file, source, weak => connection = weak));
        Assert.Equal(1, looks);
        CollectUntil(() => file.Database.Sessions == 1);
        file.AssertIdle();
    }

    internal static void CollectUntil(Func<bool> condition)
        => Schedule.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return condition();
        });

    // Not inlined, so that nothing of it stays on the caller's frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropReader(SplitSqliteConnection connection) => connection.Reading("SELECT x FROM t");

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool ReadToTheLast(TestFile file, SplitSqliteDataSource source, Action<WeakReference> tell)
    {
        var reader = Begin(file, source, tell);
        reader.Read();
        return reader.Read();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SplitSqliteDataReader Begin(TestFile file, SplitSqliteDataSource source, Action<WeakReference> tell)
    {
        var dropped = file.Open(source);
        tell(new WeakReference(dropped));
        return (SplitSqliteDataReader)dropped.Command("SELECT hook(value) FROM json_each('[1,2,3]')").ExecuteReader();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(TestFile file, string way)
    {
        var dropped = file.Open();
        switch (way)
        {
            case "transaction":
                dropped.BeginTransaction();
                dropped.Run("INSERT INTO t(x) VALUES (100)");
                break;
            case "words":
                dropped.Run("BEGIN; INSERT INTO t(x) VALUES (100)");
                break;
            case "savepoint":
                dropped.Run("SAVEPOINT s; INSERT INTO t(x) VALUES (100)");
                break;
            case "reader":
                dropped.Reading("SELECT x FROM t");
                break;
            case "reader in transaction":
                dropped.BeginTransaction();
                dropped.Run("INSERT INTO t(x) VALUES (100)");
                dropped.Reading("SELECT x FROM t; INSERT INTO t(x) VALUES (100); COMMIT");
                break;
            case "snapshot":
                dropped.BeginTransaction(IsolationLevel.Snapshot);
                dropped.Reading("SELECT x FROM t");
                break;
            case "private":
                dropped.Run("CREATE TEMP TABLE p(q)");
                dropped.Reading("SELECT x FROM t");
                break;
            case "private transaction":
                dropped.Run("CREATE TEMP TABLE p(q)");
                dropped.BeginTransaction();
                dropped.Run("INSERT INTO t(x) VALUES (100)");
                break;
            case "nested readers":
                dropped.Reading("SELECT x FROM t");
                dropped.Run("UPDATE t SET x = x");
                dropped.Reading("SELECT x FROM t");
                break;
            case "stream":
                ((SplitSqliteDataReader)dropped.Reading("SELECT rowid, b FROM t")).GetStream(1);
                break;
            case "reopened":
                dropped.Dispose();
                dropped.Open();
                dropped.BeginTransaction();
                dropped.Run("INSERT INTO t(x) VALUES (100)");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(way), way, null);
        }
    }
}
