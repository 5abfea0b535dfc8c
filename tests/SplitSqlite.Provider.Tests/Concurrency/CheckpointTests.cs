using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>The process's only checkpointer: the WAL stays bounded, nobody else checkpoints, and writers come first.</summary>
public sealed class CheckpointTests
{
    private const string Table = "CREATE TABLE t(x)";

    //  4 writers without a pause, 2 readers that come and go:  the WAL never grows far past the hard bound
    [Fact]
    public async Task Wal_stays_bounded_under_a_write_load_without_pause()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=200").With(Table);
        using var anchor = file.Open();
        var most = 0L;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var session = await file.OpenAsync();
            for (var n = 0; n < 60; n++)
            {
                // Some 100 pages each.
                await session.RunAsync("INSERT INTO t VALUES (zeroblob(400000))");
                var length = new FileInfo(file.Path + "-wal").Length;
                InterlockedMax(ref most, length);
            }
        }))).Comes();
        var pages = most / 4096;
        TestContext.Current.TestOutputHelper?.WriteLine($"at most {pages} pages of some 24000 written");
        Assert.InRange(pages, 1, Checkpointer.Bound + Checkpointer.Wanted + 500);
        Assert.True(file.Database.Checkpoints.Completed > 0);
        Schedule.Until(() => file.Database.Gate.IsFree);
        file.AssertIntact();
    }

    [Fact]
    public void Automatic_checkpoints_are_off_on_every_connection_that_writes()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.Open("Foreign Keys=False");
        using var adopted = file.Open();
        adopted.Run("BEGIN; CREATE TEMP TABLE p(q); COMMIT");
        using var own = file.Open();
        own.Run("CREATE TEMP TABLE p(q)");
        own.Run("PRAGMA wal_autocheckpoint=10");
        a.Run("INSERT INTO t VALUES (1)");
        foreach (var session in new[] { a, b, adopted, own })
        {
            using var transaction = session.BeginTransaction();
            Assert.Equal("0", HeldBy(session).ExecuteOwn("PRAGMA wal_autocheckpoint"));
        }
    }

    //  checkpointer              PASSIVE in the background … interrupted            …
    //  a             INSERT (big)        INSERT queues …………………………… done   INSERT (big) …
    [Fact]
    public async Task Running_checkpoint_makes_way_when_a_writer_queues()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=200").With(Table);
        using var a = file.Open();
        for (var round = 0; round < 20; round++)
        {
            // Enough for a checkpoint, which begins in the background as soon as the gate is left; the next write meets it there.
            a.Run("INSERT INTO t VALUES (zeroblob(5000000))");
            await a.RunAsync("INSERT INTO t VALUES (1)");
        }

        file.AssertIdle();
        Assert.Equal(40, a.Number("SELECT count(*) FROM t"));
        file.AssertIntact();
    }

    //  a  reader open, pins the WAL ……………………………………… closed
    //  b       writes far past the bound: not held up              writes: the WAL is taken in
    [Fact]
    public void Pinned_wal_is_taken_in_when_the_reader_has_gone()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=200").With(Table + "; INSERT INTO t VALUES (1)");
        using var a = file.Open();
        using var b = file.Open();
        using (a.Reading("SELECT x FROM t"))
        {
            for (var n = 0; n < 15; n++)
            {
                b.Run("INSERT INTO t VALUES (zeroblob(4000000))");
            }
        }

        // The next checkpoint may come no earlier than so many pages after the one that was in vain.
        var length = new FileInfo(file.Path + "-wal").Length;
        for (var n = 0; n < 30 && WalFrames(file) > 5000; n++)
        {
            b.Run("INSERT INTO t VALUES (zeroblob(4000000))");
        }

        Schedule.Until(() => file.Database.Gate.IsFree);
        Assert.True(WalFrames(file) <= 5000, $"{WalFrames(file)} frames in a WAL of {length} bytes.");
    }

    private static int WalFrames(TestFile file) => file.Database.LastWriter!.WalPages;

    private static PhysicalConnection HeldBy(SplitSqliteConnection session)
    {
        // The engine's own view: whoever holds the gate for the session.
        var field = typeof(Session).GetField("_held", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!;
        return ((ConnectionLease)field.GetValue(session.Session)!).Connection;
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
