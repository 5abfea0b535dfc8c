using System.Runtime.CompilerServices;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>A session that has attached files writes to them with the gates of all of them, entered in one order.</summary>
public sealed class AttachTests
{
    private const string Table = "CREATE TABLE t(a)";

    // Ended by the test's own bound only where two sessions wait in a circle.
    private const string Patient = "Default Timeout=120";

    //  a (first.db)   ATTACH second   BEGIN  writes both  COMMIT
    //  b (second.db)  ATTACH first    BEGIN  writes both  COMMIT      all at once, over and over: nobody waits in a circle
    //  c, d                           plain sessions of both files
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sessions_that_attach_each_others_files_do_not_wait_in_a_circle(bool asynchronous)
    {
        using var first = new TestFile(Patient + ";Synchronous=Off").With(Table);
        using var second = new TestFile(Patient + ";Synchronous=Off").With(Table);
        const int Rounds = 200;
        await Task.WhenAll(Both(first, second), Both(second, first), One(first), One(second)).Comes();
        foreach (var file in (TestFile[])[first, second])
        {
            file.AssertIdle();
            using var session = file.Open();
            Assert.Equal(5 * Rounds, session.Number("SELECT count(*) FROM t"));
        }

        Task Both(TestFile main, TestFile other) => Start(async () =>
        {
            using var session = main.Open();
            session.Run("ATTACH $1 AS other", other.Path);
            for (var i = 0; i < Rounds; i++)
            {
                if (asynchronous)
                {
                    await using var transaction = await session.BeginTransactionAsync();
                    await session.RunAsync("INSERT INTO t VALUES (1); INSERT INTO other.t VALUES (1)");
                    await transaction.CommitAsync();
                    await session.RunAsync("INSERT INTO other.t VALUES (1)");
                }
                else
                {
                    session.Run("BEGIN; INSERT INTO t VALUES (1); INSERT INTO other.t VALUES (1); COMMIT");
                    session.Run("INSERT INTO other.t VALUES (1)");
                }
            }
        });

        Task One(TestFile file) => Start(async () =>
        {
            using var session = file.Open();
            for (var i = 0; i < Rounds; i++)
            {
                await session.RunAsync("INSERT INTO t VALUES (1), (2)");
            }
        });

        static Task Start(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    //  a  ATTACH second                INSERT INTO other.t: waits, named after the file       again: at once
    //  b (second)          BEGIN                                                  COMMIT
    [Fact]
    public async Task Write_to_an_attached_file_waits_for_who_writes_there()
    {
        using var first = new TestFile().With(Table);
        using var second = new TestFile().With(Table);
        using var a = first.OpenHasty(30);
        using var b = second.Open();
        a.Run("ATTACH $1 AS other", second.Path);
        using (var transaction = b.BeginTransaction())
        {
            b.Run("INSERT INTO t VALUES (1)");
            var busy = Assert.Throws<SplitSqliteBusyException>(() => a.Run("INSERT INTO other.t VALUES (2)"));
            Assert.Contains(second.Path, busy.Message);
            Assert.Equal(b.Session!.Id, busy.HolderId);
            Assert.Contains("INSERT INTO t VALUES (1)", busy.HolderSql);
            Assert.Equal(0L, a.Number("SELECT count(*) FROM other.t"));

            // It keeps nobody out of the file that it did get.
            using var c = first.OpenHasty(30);
            c.Run("INSERT INTO t VALUES (1)");

            a.Run("PRAGMA busy_timeout=100000");
            var waiting = a.RunAsync("INSERT INTO other.t VALUES (2)");
            Schedule.Until(() => second.Database.Gate.QueueLength == 1);
            Assert.False(waiting.IsCompleted);
            transaction.Commit();
            Assert.Equal(1, await waiting.Comes());
        }

        Assert.Equal(2L, b.Number("SELECT count(*) FROM t"));
        first.AssertIdle();
        second.AssertIdle();
    }

    //  a  ATTACH second           INSERT INTO other.t: waits ── cancelled
    //  b (second)         BEGIN                                             COMMIT
    [Fact]
    public async Task Write_that_is_cancelled_while_it_waits_for_an_attached_file_leaves_all_gates()
    {
        using var first = new TestFile(Patient).With(Table);
        using var second = new TestFile(Patient).With(Table);
        using var a = first.Open();
        using var b = second.Open();
        a.Run("ATTACH $1 AS other", second.Path);
        using (b.BeginTransaction())
        using (var cancellation = new CancellationTokenSource())
        await using (var command = a.Command("INSERT INTO other.t VALUES (2)"))
        {
            var waiting = command.ExecuteNonQueryAsync(cancellation.Token);
            Schedule.Until(() => second.Database.Gate.QueueLength == 1);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            Assert.True(first.Database.Gate.IsFree);
            Assert.Equal(0, second.Database.Gate.QueueLength);
        }

        Assert.Equal(1, a.Run("INSERT INTO other.t VALUES (2)"));
        first.AssertIdle();
        second.AssertIdle();
    }

    //  a  "ATTACH second; INSERT INTO other.t": waits, out of its own gate               on it goes
    //  b (second)  BEGIN                                                        COMMIT
    [Theory]
    [InlineData("INSERT INTO other.t VALUES (2)")]
    [InlineData("BEGIN; INSERT INTO other.t VALUES (2); COMMIT")]
    [InlineData("SAVEPOINT s; INSERT INTO other.t VALUES (2); RELEASE s")]
    [InlineData("INSERT INTO other.t VALUES (2) RETURNING a")]
    public async Task Batch_that_attaches_and_writes_waits_without_a_gate(string write)
    {
        using var first = new TestFile(Patient).With(Table);
        using var second = new TestFile(Patient).With(Table);
        using var a = first.Open();
        using var b = second.Open();
        using (var transaction = b.BeginTransaction())
        {
            var waiting = a.RunAsync($"ATTACH '{second.Path}' AS other; {write}");
            Schedule.Until(() => second.Database.Sessions == 2 && first.Database.Gate.IsFree);
            using var c = first.Open();
            c.Run("INSERT INTO t VALUES (1)");
            Assert.False(waiting.IsCompleted);
            transaction.Commit();
            await waiting.Comes();
        }

        Assert.Equal(1L, b.Number("SELECT count(*) FROM t"));
        first.AssertIdle();
        second.AssertIdle();
    }

    //  a  BEGIN  ATTACH second          INSERT INTO other.t: busy, the transaction is still open          again, COMMIT
    //  b (second)               BEGIN                                                            COMMIT
    [Fact]
    public void Transaction_that_attaches_a_file_enters_its_gate_before_it_writes_there()
    {
        using var first = new TestFile().With(Table);
        using var second = new TestFile().With(Table);
        using var a = first.OpenHasty(30);
        using var b = second.Open();
        using var transaction = a.BeginTransaction();
        a.Run("INSERT INTO t VALUES (1)");
        a.Run("ATTACH $1 AS other", second.Path);
        using (var theirs = b.BeginTransaction())
        {
            Assert.Equal(0L, a.Number("SELECT count(*) FROM other.t"));
            var busy = Assert.Throws<SplitSqliteBusyException>(() => a.Run("INSERT INTO other.t VALUES (2)"));
            Assert.Contains(second.Path, busy.Message);
            Assert.Equal(b.Session!.Id, busy.HolderId);
            theirs.Commit();
        }

        Assert.Equal(1, a.Run("INSERT INTO other.t VALUES (2)"));
        Assert.False(second.Database.Gate.IsFree);
        transaction.Commit();
        first.AssertIdle();
        second.AssertIdle();

        // The writer of the first file was its own; the others have got a new one, and it is still attached.
        using var c = first.Open();
        Assert.Equal(1, c.Run("INSERT INTO t VALUES (3)"));
        Assert.Equal(0L, c.Number("SELECT count(*) FROM pragma_database_list WHERE name = 'other'"));
        Assert.Equal(1L, a.Number("SELECT count(*) FROM other.t"));
    }

    [Fact]
    public void Transaction_that_attaches_a_file_and_is_rolled_back_keeps_it_attached()
    {
        using var first = new TestFile().With(Table);
        using var second = new TestFile().With(Table);
        using var a = first.Open();
        using (a.BeginTransaction())
        {
            a.Run("ATTACH $1 AS other", second.Path);
            a.Run("INSERT INTO other.t VALUES (2)");
        }

        first.AssertIdle();
        second.AssertIdle();
        Assert.Equal(0L, a.Number("SELECT count(*) FROM other.t"));
        a.Run("INSERT INTO other.t VALUES (3)");
        Assert.Equal(1L, a.Number("SELECT count(*) FROM other.t"));
        first.AssertIdle();
        second.AssertIdle();
    }

    //  a  ATTACH second                      INSERT INTO other.t
    //  b (second)         reads (left open)                       reads: sees it
    [Fact]
    public void Write_to_an_attached_file_is_seen_by_its_sessions_at_once()
    {
        using var first = new TestFile().With(Table);
        using var second = new TestFile().With(Table + "; INSERT INTO t VALUES (1), (2)");
        using var a = first.Open();
        using var b = second.Open();
        a.Run("ATTACH $1 AS other", second.Path);
        using (b.Reading("SELECT a FROM t"))
        {
            a.Run("INSERT INTO other.t VALUES (3)");
            Assert.Equal(3L, b.Number("SELECT count(*) FROM t"));
            a.Run("BEGIN; INSERT INTO other.t VALUES (4); COMMIT");
            Assert.Equal(4L, b.Number("SELECT count(*) FROM t"));
        }

        //  a  reads other.t (left open)                reads: sees it
        //  b                             INSERT
        using (a.Reading("SELECT a FROM other.t"))
        {
            b.Run("INSERT INTO t VALUES (5)");
            Assert.Equal(5L, a.Number("SELECT count(*) FROM other.t"));
            a.Run("INSERT INTO other.t VALUES (6)");
        }

        first.AssertIdle();
        second.AssertIdle();
    }

    [Fact]
    public void Detach_and_close_let_go_of_the_file()
    {
        using var first = new TestFile("Pooling=False").With(Table);
        using var second = new TestFile("Pooling=False").With(Table);
        using var a = first.Open();
        a.Run("ATTACH $1 AS other", second.Path);
        var joined = Assert.Single(DatabaseRegistry.All(), database => database.Identity == second.Path);
        a.Run("ATTACH $1 AS again", second.Path);
        Assert.Equal(1, joined.Sessions);
        a.Run("DETACH other");
        a.Run("INSERT INTO again.t VALUES (1)");
        Assert.Equal(1, joined.Sessions);
        a.Run("DETACH again");
        Assert.True(joined.Closed.IsCompleted);
        Assert.Equal([second.Path], Directory.GetFiles(second.Folder));

        a.Run("ATTACH $1 AS other", second.Path);
        a.Run("INSERT INTO other.t VALUES (1)");
        a.Close();
        Assert.DoesNotContain(DatabaseRegistry.All(), database => database.Identity == second.Path);
        Assert.Equal([second.Path], Directory.GetFiles(second.Folder));
    }

    [Fact]
    public void Dropped_session_that_writes_to_an_attached_file_gives_all_gates_back()
    {
        using var first = new TestFile(Patient).With(Table);
        using var second = new TestFile(Patient).With(Table);
        Drop(first, second);
        Schedule.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return first.Database.Sessions == 0 && second.Database.Sessions == 0;
        });
        first.AssertIdle();
        second.AssertIdle();
        using var b = second.Open();
        b.Run("INSERT INTO t VALUES (1)");
        Assert.Equal(1L, b.Number("SELECT count(*) FROM t"));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Drop(TestFile first, TestFile second)
        {
            var a = first.Open();
            a.Run("ATTACH $1 AS other", second.Path);
            a.BeginTransaction();
            a.Run("INSERT INTO other.t VALUES (2)");
        }
    }

    [Fact]
    public void Wal_of_an_attached_file_does_not_grow_for_ever()
    {
        using var first = new TestFile("Synchronous=Off").With(Table);
        using var second = new TestFile("Synchronous=Off").With(Table);
        using var a = first.Open();
        a.Run("ATTACH $1 AS other", second.Path);
        for (var i = 0; i < 10; i++)
        {
            a.Run($"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Checkpointer.Bound / 2}) INSERT INTO other.t SELECT zeroblob(4000) FROM n");
        }

        Assert.InRange(new FileInfo(second.Path + "-wal").Length, 1, 3L * Checkpointer.Bound * 4096);
        first.AssertIdle();
        second.AssertIdle();
    }

    [Fact]
    public void Read_only_and_memory_databases_are_attached_without_a_gate()
    {
        using var first = new TestFile().With(Table);
        using var second = new TestFile().With(Table);

        // Only a connection that was itself opened by a URI takes one in ATTACH.
        using var a = new SplitSqliteConnection($"Data Source=file:{first.Path}");
        a.Open();
        using var b = second.Open();
        a.Run("ATTACH $1 AS other", $"file:{second.Path}?mode=ro");
        a.Run("ATTACH ':memory:' AS memory; CREATE TABLE memory.m(a)");
        using (b.BeginTransaction())
        {
            a.Run("BEGIN; INSERT INTO t VALUES (1); INSERT INTO memory.m SELECT * FROM other.t; COMMIT");
        }

        first.AssertIdle();
        second.AssertIdle();
    }
}
