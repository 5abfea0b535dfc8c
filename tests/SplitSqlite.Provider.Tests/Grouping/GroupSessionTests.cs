using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Grouping;

/// <summary>What becomes of a group whose sessions, data source or file go meanwhile, and what it leaves behind.</summary>
public sealed class GroupSessionTests
{
    private const string Table = "CREATE TABLE t(id INTEGER PRIMARY KEY, x)";

    //  b  waits, is closed by another thread: not run for nobody
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Session_that_was_closed_while_it_waited_has_nothing_run_for_it(bool isAsync)
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var c = file.Open();
        using (var line = new GroupLine(file))
        {
            var first = line.Async(a, "INSERT INTO t(x) VALUES ('a')");
            var second = isAsync ? line.Async(b, "INSERT INTO t(x) VALUES ('b')") : line.Sync(b, "INSERT INTO t(x) VALUES ('b')");
            var third = line.Async(c, "INSERT INTO t(x) VALUES ('c')");
            b.Session!.Close(runRest: false);
            line.Go();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => second.Comes());
            Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(first, third).Comes());
        }

        Assert.Equal("a,c", a.Text("SELECT group_concat(x) FROM t"));
        file.AssertIdle();
    }

    //  a has run, b writes for ever; their data source is disposed: b is interrupted, a not acknowledged, c (of another) goes on
    [Fact]
    public async Task Disposal_of_the_data_source_ends_a_group_of_its_sessions()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        using var running = new SemaphoreSlim(0);
        var builder = new SplitSqliteDataSourceBuilder(file.ConnectionString()) { ShutdownTimeout = TimeSpan.FromMilliseconds(50) };
        var source = builder.UsePhysicalConnectionInitializer(physical => physical.CreateFunction("hook", (long n) =>
        {
            running.Release();
            return n;
        })).Build();
        using var a = file.Open(source);
        using var b = file.Open(source);
        using var c = file.Open();
        using (var line = new GroupLine(file))
        {
            var first = line.Async(a, "INSERT INTO t(x) VALUES ('a')");
            var second = line.Sync(b, "INSERT INTO t(x) WITH RECURSIVE s(i) AS (SELECT hook(2) UNION ALL SELECT i + 1 FROM s) SELECT i FROM s");
            var third = line.Async(c, "INSERT INTO t(x) VALUES ('c')");
            line.Go();
            Assert.True(await running.WaitAsync(TimeSpan.FromSeconds(60)));
            await source.DisposeAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Comes());
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Comes());
            Assert.Equal(1, await third.Comes());
        }

        Assert.Equal("c", c.Text("SELECT group_concat(x) FROM t"));
        Assert.Equal(1, file.Database.UndoneGroups);
        file.AssertIdle();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Batch_is_refused_by_a_disposed_data_source_also_while_others_write(bool isAsync)
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=5").With(Table);
        var source = new SplitSqliteDataSourceBuilder(file.ConnectionString()).Build();
        using var a = file.Open(source);
        await source.DisposeAsync();
        using (new GroupLine(file))
        {
            using var batch = a.CreateBatch();
            var command = batch.CreateBatchCommand();
            command.CommandText = "INSERT INTO t(x) VALUES (1)";
            batch.BatchCommands.Add(command);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => isAsync ? batch.ExecuteNonQueryAsync() : Schedule.OnThread(batch.ExecuteNonQuery).Comes());
        }

        file.AssertIdle();
    }

    //  a leads; while b runs, the file is moved away and another put in its place: both are run again, there
    [Fact]
    public async Task Group_whose_file_is_replaced_meanwhile_is_run_again_in_the_new_one()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "An open file can't be replaced.");
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        using var other = new TestFile("Synchronous=Off").With(Table + "; INSERT INTO t(x) VALUES ('new')");
        Assert.True(other.Database.CloseIfUnused(force: true));
        using var replaced = new ManualResetEventSlim();
        await using (var source = file.Hooked(_ =>
        {
            if (!replaced.IsSet)
            {
                foreach (var name in Directory.GetFiles(file.Folder))
                {
                    File.Delete(name);
                }

                File.Move(other.Path, file.Path);
                replaced.Set();
            }
        }))
        {
            using var a = file.Open(source);
            using var b = file.Open(source);
            using (var line = new GroupLine(file))
            {
                var first = line.Async(a, "INSERT INTO t(x) VALUES ('a')");
                var second = line.Sync(b, "INSERT INTO t(x) VALUES ('b' || hook(2))");
                line.Go();
                Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(first, second).Comes());
            }

            using var plain = file.OpenPlain();
            Assert.Equal("a,b2,new", plain.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY x)"));
            Assert.Equal(0, file.Database.SharedCommits);
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    //  CloseForFileAccess  waits in line behind a and b, has the file for itself, c after it
    [Fact]
    public async Task File_is_handed_out_between_two_groups()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var c = file.Open();
        using (var line = new GroupLine(file))
        {
            var first = line.Async(a, "INSERT INTO t(x) VALUES ('a')");
            var second = line.Sync(b, "INSERT INTO t(x) VALUES ('b')");
            var access = Schedule.OnThread(() => SplitSqliteConnection.CloseForFileAccess(file.Path, TimeSpan.FromSeconds(60)));
            Schedule.Until(() => file.Database.Gate.QueueLength == 3);
            var third = c.RunAsync("INSERT INTO t(x) VALUES ('c')");
            line.Go();
            Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(first, second).Comes());
            using (await access.Comes())
            {
                Assert.False(third.IsCompleted);
                Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
            }

            Assert.Equal(1, await third.Comes());
        }

        Assert.Equal("a,b,c", a.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY x)"));
        file.AssertIdle();
    }

    [Theory]
    [InlineData("INSERT INTO t(x) VALUES (hook(1))")]
    [InlineData("INSERT INTO t(x) VALUES (2), (hook(1)) RETURNING x")]
    [InlineData("UPDATE t SET x = hook(1)")]
    public async Task Function_that_throws_fails_its_own_statement_alone(string failing)
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        using (var source = file.Hooked(static _ => throw new InvalidOperationException("the function's own words")))
        {
            using var a = file.Open(source);
            using var b = file.Open(source);
            using var c = file.Open(source);
            using var line = new GroupLine(file);
            var first = line.Async(a, "INSERT INTO t(x) VALUES ('a')");
            var second = line.Sync(b, failing);
            var third = line.Sync(c, "INSERT INTO t(x) VALUES ('c')");
            line.Go();
            Assert.Contains("the function's own words", (await Assert.ThrowsAsync<SqliteException>(() => second.Comes())).Message, StringComparison.Ordinal);
            Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(first, third).Comes());
            Assert.Equal("a,c", a.Text("SELECT group_concat(x) FROM t"));
            Assert.Equal((1, 3), (file.Database.SharedCommits, file.Database.SharingWrites));
        }

        file.AssertIdle();
    }

    // A function may read by a session of its own: it sees what is committed, nothing of the group.
    [Fact]
    public async Task Function_that_reads_sees_nothing_of_the_group()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        using var other = file.Open();
        using (var source = file.Hooked(_ => Assert.Equal(0, other.Number("SELECT count(*) FROM t"))))
        {
            using var a = file.Open(source);
            using var b = file.Open(source);
            using var line = new GroupLine(file);
            var work = new[] { line.Async(a, "INSERT INTO t(x) VALUES ('a')"), line.Async(b, "INSERT INTO t(x) VALUES (hook(2))") };
            line.Go();
            Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(work).Comes());
            Assert.Equal(2, other.Number("SELECT count(*) FROM t"));
            Assert.Equal(1, file.Database.SharedCommits);
        }

        file.AssertIdle();
    }

    // The leader's kept statement serves those with the same text; each preparing its own would cost more than running it.
    [Fact]
    public async Task Members_with_the_same_text_use_the_same_prepared_statement()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        var unkept = new List<int>();
        using (var source = file.Hooked(_ => unkept.Add(((Session)file.Database.Gate.Snapshot().Holder!).Options.Writer!.Commands.UnkeptInUse)))
        {
            var sessions = Enumerable.Range(0, 4).Select(_ => file.Open(source)).ToList();
            using (var line = new GroupLine(file))
            {
                var work = sessions.ConvertAll(session => line.Async(session, "INSERT INTO t(x) VALUES (hook(2))"));
                line.Go();
                Assert.Equal(new[] { 1, 1, 1, 1 }, await Task.WhenAll(work).Comes());
            }

            sessions.ForEach(static session => session.Dispose());
        }

        Assert.Equal(1, file.Database.SharedCommits);
        Assert.Equal([0, 0, 0, 0], unkept);
    }

    [Fact]
    public void Nothing_keeps_the_connections_of_a_group_alive()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);

        // On a thread whose stack is gone afterwards.
        List<WeakReference>? dropped = null;
        var thread = new Thread(() => dropped = Write(file).GetAwaiter().GetResult());
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
        Schedule.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return dropped!.TrueForAll(static reference => !reference.IsAlive) && file.Database.Sessions == 0;
        });
        file.AssertIdle();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task<List<WeakReference>> Write(TestFile file)
        {
            var sessions = Enumerable.Range(0, 5).Select(_ => file.Open()).ToList();
            using (var line = new GroupLine(file))
            {
                var work = sessions.ConvertAll(session => line.Async(session, sessions.IndexOf(session) == 3 ? $"INSERT OR ROLLBACK INTO t(id) VALUES (1) -- {Guid.NewGuid()}" : "INSERT INTO t(x) VALUES (1)"));
                line.Go();
                await Assert.ThrowsAsync<SqliteException>(() => Task.WhenAll(work).Comes());
            }

            return sessions.ConvertAll(static session => new WeakReference(session));
        }
    }
}
