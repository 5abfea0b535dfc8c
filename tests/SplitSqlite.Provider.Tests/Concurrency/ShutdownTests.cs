using System.Data;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>The disposal of a data source: no new work, an end for what runs, one clean file.</summary>
public sealed class ShutdownTests
{
    private const string Table = "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)";

    // Never reached: what ends in these tests ends by itself.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(100);

    private static SplitSqliteDataSource Source(TestFile file, TimeSpan timeout, Action<long>? hook = null)
    {
        var builder = new SplitSqliteDataSourceBuilder(file.ConnectionString()) { ShutdownTimeout = timeout };
        if (hook is not null)
        {
            builder.UsePhysicalConnectionInitializer(physical => physical.CreateFunction("hook", (long n) =>
            {
                hook(n);
                return n;
            }));
        }

        return builder.Build();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposal_with_idle_connections_leaves_one_file_and_refuses_new_work(bool asynchronous)
    {
        using var file = new TestFile();
        var source = Source(file, Long);
        var a = file.Open(source);
        a.Run(Table);
        Assert.Equal(3L, a.Number("SELECT count(*) FROM t"));
        var closed = source.CreateConnection();
        await DisposeOf(source, asynchronous);

        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        Assert.Throws<ObjectDisposedException>(source.CreateConnection);
        Assert.Throws<ObjectDisposedException>(source.OpenConnection);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await source.OpenConnectionAsync());
        Assert.Throws<ObjectDisposedException>(closed.Open);
        Assert.Equal(ConnectionState.Closed, closed.State);
        Assert.Throws<ObjectDisposedException>(() => a.Number("SELECT 1"));
        Assert.Throws<ObjectDisposedException>(() => a.Run("INSERT INTO t VALUES (4)"));
        Assert.Throws<ObjectDisposedException>(() => a.BeginTransaction());
        Assert.Throws<ObjectDisposedException>(() => a.BeginTransaction(IsolationLevel.Snapshot));
        a.Dispose();
        await DisposeOf(source, asynchronous);
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
    }

    //  a  BEGIN INSERT             INSERT  COMMIT
    //  source           Dispose ───────────────── returns
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposal_waits_for_a_transaction_that_goes_on(bool asynchronous)
    {
        using var file = new TestFile().With(Table);
        var source = Source(file, Long);
        using var a = file.Open(source);
        using var b = file.Open(source);
        var transaction = a.BeginTransaction();
        a.Run("INSERT INTO t VALUES (4)");
        var disposal = Task.Run(() => DisposeOf(source, asynchronous));
        Schedule.Until(() => a.Session!.Group!.IsClosed);
        Assert.Throws<ObjectDisposedException>(() => b.Run("INSERT INTO t VALUES (9)"));
        a.Run("INSERT INTO t VALUES (5)");
        Assert.Equal(5L, a.Number("SELECT count(*) FROM t"));
        Assert.False(disposal.IsCompleted);
        transaction.Commit();
        await disposal.Comes();
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        AssertRows(file, 5);
    }

    //  a  reads (left open)           reads on, nested too    closes
    //  source                Dispose ──────────────────────────────── returns
    [Fact]
    public async Task Disposal_waits_for_an_open_data_reader()
    {
        using var file = new TestFile().With(Table);
        var source = Source(file, Long);
        using var a = file.Open(source);
        var reader = a.Reading("SELECT a FROM t");
        var disposal = Task.Run(source.Dispose);
        Schedule.Until(() => a.Session!.Group!.IsClosed);
        Assert.True(reader.Read());
        Assert.Equal(3L, a.Number("SELECT count(*) FROM t"));
        Assert.True(reader.Read());
        Assert.False(reader.Read());
        Assert.False(disposal.IsCompleted);
        reader.Dispose();
        await disposal.Comes();
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
    }

    //  a  SELECT that does not end      interrupted
    //  source                  Dispose ──────────── returns
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Statement_that_does_not_end_is_interrupted(bool writes)
    {
        using var file = new TestFile().With(Table);
        using var runs = new ManualResetEventSlim();
        var source = Source(file, TimeSpan.FromMilliseconds(1), _ => runs.Set());
        using var a = file.Open(source);
        var endless = "SELECT hook(0) AS x FROM t UNION ALL SELECT i FROM (WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s) SELECT i FROM s) WHERE i < 0";
        var running = Task.Run(() => a.Run(writes ? "INSERT INTO t " + endless : $"SELECT sum(x) FROM ({endless})"));
        runs.Wait(TestContext.Current.CancellationToken);
        source.Dispose();
        var ended = await Assert.ThrowsAsync<OperationCanceledException>(() => running.Comes());
        Assert.Contains("disposed", ended.Message);
        a.Dispose();
        SplitSqliteConnection.ClearPool(new SplitSqliteConnection(file.ConnectionString()));
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        AssertRows(file, 3);
    }

    //  elsewhere  BEGIN                                            COMMIT
    //  a                 INSERT: in the queue        leaves it
    //  source                               Dispose ──────── returns
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Waiter_leaves_the_queue(bool asynchronous)
    {
        using var file = new TestFile().With(Table);
        using var elsewhere = file.Open();
        using var transaction = elsewhere.BeginTransaction();
        var source = Source(file, TimeSpan.FromMilliseconds(1));
        using var a = file.Open(source);
        var waiting = asynchronous ? Task.Run(() => a.RunAsync("INSERT INTO t VALUES (4)")) : Task.Run(() => a.Run("INSERT INTO t VALUES (4)"));
        Schedule.Until(() => file.Database.Gate.QueueLength == 1);
        source.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Comes());
        Assert.Equal(0, file.Database.Gate.QueueLength);

        // Who has the database open otherwise notices nothing.
        elsewhere.Run("INSERT INTO t VALUES (4)");
        transaction.Commit();
        Assert.Equal(4L, elsewhere.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    //  a  BEGIN INSERT, and its code never comes back
    //  source               Dispose ── returns all the same
    [Fact]
    public void Transaction_whose_code_never_comes_back_does_not_hold_the_disposal_for_ever()
    {
        using var file = new TestFile().With(Table);
        var source = Source(file, TimeSpan.FromMilliseconds(1));
        using var a = file.Open(source);
        using (var transaction = a.BeginTransaction())
        {
            a.Run("INSERT INTO t VALUES (4)");
            source.Dispose();
            Assert.Throws<OperationCanceledException>(() => a.Run("INSERT INTO t VALUES (5)"));
        }

        file.AssertIdle();
        a.Dispose();
        AssertRows(file, 3);
    }

    [Fact]
    public void Disposal_leaves_the_connections_of_others_alone()
    {
        using var file = new TestFile().With(Table);
        using var other = file.Open();
        Assert.Equal(3L, other.Number("SELECT count(*) FROM t"));
        Assert.Equal(1, file.Database.Readers.Idle);
        var source = Source(file, Long);
        file.Open(source).Dispose();
        source.Dispose();
        Assert.Equal(1, file.Database.Readers.Idle);
    }

    [Fact]
    public void Shutdown_timeout_below_zero_is_refused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => new SplitSqliteDataSourceBuilder { ShutdownTimeout = TimeSpan.FromSeconds(-1) });

    private static async Task DisposeOf(SplitSqliteDataSource source, bool asynchronous)
    {
        if (asynchronous)
        {
            await source.DisposeAsync();
        }
        else
        {
            source.Dispose();
        }
    }

    private static void AssertRows(TestFile file, long rows)
    {
        using var plain = file.OpenPlain();
        Assert.Equal(rows, plain.Number("SELECT count(*) FROM t"));
        Assert.Equal("ok", plain.Text("PRAGMA integrity_check"));
    }
}
