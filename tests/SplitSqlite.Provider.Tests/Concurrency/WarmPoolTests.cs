using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>Physical connections: how many, for how long, and what is left of them.</summary>
public sealed class WarmPoolTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";

    [Fact]
    public void Warm_database_reopens_nothing_when_sessions_come_and_go()
    {
        using var file = new TestFile("Max Readers=2").With(Table);
        var opened = 0;
        using var source = new SplitSqliteDataSourceBuilder(file.ConnectionString()).UsePhysicalConnectionInitializer(_ => Interlocked.Increment(ref opened)).Build();
        for (var i = 0; i < 200; i++)
        {
            using var session = file.Open(source);
            Assert.Equal(1, session.Number("SELECT count(*) FROM t"));
            session.Run("UPDATE t SET x = x + 1");
            using var transaction = session.BeginTransaction();
            session.Run("UPDATE t SET x = x + 1");
        }

        // The writer and one reader.
        Assert.Equal(2, opened);
        file.AssertIdle();
    }

    [Fact]
    public async Task Ten_thousand_sessions_use_Max_Readers_and_one_physical_connections()
    {
        using var file = new TestFile("Max Readers=4;Synchronous=Off;Default Timeout=200").With(Table);
        var sessions = Enumerable.Range(0, 10_000).Select(_ => file.Open()).ToArray();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var n && n < sessions.Length)
            {
                Assert.Equal(1, sessions[n].Number("SELECT count(*) FROM t"));
                if (n % 20 == 0)
                {
                    await sessions[n].RunAsync("UPDATE t SET x = x + 1");
                }

                if (Descriptors.CanCount && n % 500 == 0)
                {
                    Assert.InRange(file.OpenDescriptors(), 1, 5);
                }
            }
        }))).Comes();
        Assert.Equal(10_000, file.Database.Sessions);
        file.AssertIdle();
        Array.ForEach(sessions, session => session.Dispose());
        Assert.Equal(0, file.Database.Sessions);
    }

    [Theory]
    [InlineData("Pooling=False")]
    [InlineData("Connection Idle Lifetime=0")]
    public void Last_close_leaves_one_clean_file_when_nothing_is_kept_warm(string options)
    {
        using var file = new TestFile(options);
        for (var i = 0; i < 5; i++)
        {
            var a = file.Open();
            var b = file.Open();
            a.Run("CREATE TABLE IF NOT EXISTS t(x); INSERT INTO t VALUES (1)");
            b.Run("CREATE TEMP TABLE p(q)");
            var open = a.Reading("SELECT x FROM t");
            b.BeginTransaction();
            b.Run("INSERT INTO t VALUES (2)");
            a.Close();
            Assert.False(file.Database.Closed.IsCompleted);
            b.Close();
            Assert.True(file.Database.Closed.IsCompleted);
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
            if (Descriptors.CanCount)
            {
                Assert.Equal(0, file.OpenDescriptors());
            }

            open.Dispose();
        }

        file.AssertIntact();
    }

    //  a session open, nothing in use:  ClearPool   all physical connections are closed;   the session goes on
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ClearPool_closes_everything_when_nothing_is_in_use(bool sessionOpen)
    {
        using var file = new TestFile("Max Readers=3").With(Table);
        using var a = file.Open();
        using var b = file.Open("Foreign Keys=True");
        Assert.Equal(2, a.Number("SELECT 2") + (b.Number("SELECT count(*) FROM t") - 1));
        a.Run("INSERT INTO t VALUES (2)");
        if (!sessionOpen)
        {
            a.Close();
            b.Close();
        }

        SplitSqliteConnection.ClearPool(a);
        if (Descriptors.CanCount)
        {
            Assert.Equal(0, file.OpenDescriptors());
        }

        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        if (!sessionOpen)
        {
            file.With("SELECT 1");
            return;
        }

        Assert.Equal(2, a.Number("SELECT count(*) FROM t"));
        b.Run("INSERT INTO t VALUES (3)");
        Assert.Equal(3, a.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    //  a  |--- reader ------------------|  goes on
    //  b  |--- transaction --------------------|  commits
    //         ClearPool                  closed: its physical connections are closed on their return
    [Theory]
    [InlineData("reader")]
    [InlineData("transaction")]
    [InlineData("both")]
    [InlineData("snapshot")]
    [InlineData("private")]
    public void ClearPool_lets_go_on_what_is_in_use_and_closes_it_on_its_return(string use)
    {
        using var file = new TestFile("Max Readers=3").With(Table);
        var a = file.Open();
        var b = file.Open();
        if (use == "private")
        {
            a.Run("CREATE TEMP TABLE p(q)");
        }

        var snapshot = use == "snapshot" ? a.BeginTransaction(SplitSqliteTransactionOptions.ReadOnly) : null;
        var open = use is "transaction" ? null : a.Reading(Sql.Series(3) + ", t");
        var transaction = use is "transaction" or "both" ? b.BeginTransaction() : null;
        if (transaction is not null)
        {
            b.Run("INSERT INTO t VALUES (2)");
        }

        SplitSqliteConnection.ClearPool(a);
        if (open is not null)
        {
            Assert.True(open.Read());
            Assert.True(open.Read());
            Assert.False(open.Read());
            open.Dispose();
        }

        snapshot?.Dispose();
        transaction?.Commit();
        file.AssertIdle();
        if (Descriptors.CanCount)
        {
            // SQLite keeps the descriptor of a closed connection until no other one of the process has a lock.
            Assert.InRange(file.OpenDescriptors(), 0, use == "private" ? 2 : 0);
        }

        b.Run("INSERT INTO t VALUES (3)");
        Assert.Equal(transaction is null ? 2 : 3, a.Number("SELECT count(*) FROM t"));
        a.Close();
        b.Close();
        SplitSqliteConnection.ClearPool(a);
        Assert.True(file.Database.Closed.IsCompleted);
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        file.AssertIntact();
    }

    //  a reader open while the pool is cleared is the last to be closed; the file is left clean all the same
    [Fact]
    public void File_is_left_clean_when_a_reader_outlived_the_writer()
    {
        using var file = new TestFile().With(Table);
        var a = file.Open();
        a.Run("INSERT INTO t VALUES (2)");
        var open = a.Reading("SELECT x FROM t");
        SplitSqliteConnection.ClearPool(a);
        open.Dispose();
        a.Close();
        SplitSqliteConnection.ClearPool(a);
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
    }

    //  writers and readers come and go while the pool is cleared again and again
    [Fact]
    public async Task Pool_cleared_under_load_harms_nobody()
    {
        using var file = new TestFile("Max Readers=3;Synchronous=Off;Default Timeout=200").With(Table);
        using var anchor = file.Open();
        var over = false;
        var clearing = Schedule.OnThread(() =>
        {
            while (!Volatile.Read(ref over))
            {
                SplitSqliteConnection.ClearPool(anchor);
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 40; n++)
            {
                await using var session = await file.OpenAsync();
                await session.RunAsync("INSERT INTO t VALUES (1)");
                using var open = session.Reading("SELECT count(*) FROM t");
                await using var transaction = await session.BeginTransactionAsync();
                session.Run("INSERT INTO t VALUES (1)");
                transaction.Commit();
            }
        }))).Comes();
        Volatile.Write(ref over, true);
        await clearing.Comes();
        Assert.Equal(1 + (6 * 40 * 2), anchor.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
        SplitSqliteConnection.ClearPool(anchor);
        if (Descriptors.CanCount)
        {
            Assert.Equal(0, file.OpenDescriptors());
        }

        file.AssertIntact();
    }
}
