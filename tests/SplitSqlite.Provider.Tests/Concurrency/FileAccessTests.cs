using System.Data;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary><see cref="SplitSqliteConnection.CloseForFileAccess(string, TimeSpan)"/>: one clean file, nobody in it, and everybody goes on afterwards.</summary>
public sealed class FileAccessTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_and_restore_of_the_bare_file_are_whole_and_open_sessions_go_on(bool async)
    {
        using var file = new TestFile().With(Table);
        using var session = file.Open();
        session.Run("INSERT INTO t VALUES (2)");
        var copy = Path.Combine(Directory.CreateDirectory(Path.Combine(file.Folder, "copies")).FullName, "copy.db");
        using (var access = async ? await SplitSqliteConnection.CloseForFileAccessAsync(file.Path, Long) : SplitSqliteConnection.CloseForFileAccess(file.Path, Long))
        {
            Assert.Equal(file.Path, access.FileName);
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
            if (Descriptors.CanCount)
            {
                Assert.Equal(0, file.OpenDescriptors());
            }

            File.Copy(access.FileName, copy);
        }

        session.Run("INSERT INTO t VALUES (3)");
        Assert.Equal(3, session.Number("SELECT count(*) FROM t"));
        using (SplitSqliteConnection.CloseForFileAccess(file.Path, Long))
        {
            // In place, which no other way would survive.
            File.Copy(copy, file.Path, overwrite: true);
        }

        Assert.Equal(2, session.Number("SELECT count(*) FROM t"));
        session.Run("INSERT INTO t VALUES (4)");
        using var other = file.Open();
        Assert.Equal(3, other.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
        file.AssertIntact();
    }

    [Theory]
    [InlineData("BEGIN IMMEDIATE", "transaction")]
    [InlineData("SAVEPOINT s", "transaction")]
    [InlineData("CREATE TEMP TABLE own(a)", "TEMP")]
    [InlineData("CREATE TEMP TABLE own(a); BEGIN", "transaction")]
    public async Task Connection_that_keeps_the_file_in_use_itself_is_told_so_at_once(string sql, string reason)
    {
        using var file = new TestFile().With(Table);
        using (var connection = file.Open())
        {
            connection.Run(sql);
            var exception = Assert.Throws<InvalidOperationException>(() => SplitSqliteConnection.CloseForFileAccess(connection, Timeout.InfiniteTimeSpan));
            Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<InvalidOperationException>(() => SplitSqliteConnection.CloseForFileAccessAsync(connection, Timeout.InfiniteTimeSpan));
        }

        file.AssertIdle();
    }

    [Fact]
    public async Task Connection_names_its_file_whether_open_or_closed_and_stays_as_it_is()
    {
        using var file = new TestFile().With(Table);
        using var connection = file.Open();
        using (var reader = connection.Reading("SELECT x FROM t"))
        {
            Assert.Throws<InvalidOperationException>(() => SplitSqliteConnection.CloseForFileAccess(connection, Long));
        }

        using (var access = SplitSqliteConnection.CloseForFileAccess(connection, Long))
        {
            Assert.Equal(file.Path, access.FileName);
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        }

        Assert.Equal(1, connection.Number("SELECT count(*) FROM t"));
        connection.Close();
        using (var access = await SplitSqliteConnection.CloseForFileAccessAsync(connection, Long))
        {
            Assert.Equal(file.Path, access.FileName);
        }

        using var memory = new SplitSqliteConnection("Data Source=file:some?mode=memory");
        Assert.Throws<ArgumentException>(() => SplitSqliteConnection.CloseForFileAccess(memory, Long));
        Assert.Throws<ArgumentNullException>(() => SplitSqliteConnection.CloseForFileAccess((SplitSqliteConnection)null!, Long));
    }

    //  held;  sync open, async open, read, write, transaction, TEMP, backup of open sessions: all wait, and all go on when it is disposed
    [Fact]
    public async Task Everybody_waits_while_the_file_is_held_and_goes_on_afterwards()
    {
        using var file = new TestFile("Default Timeout=60").With(Table);
        using var s = new Sessions(file, 6);
        var access = await SplitSqliteConnection.CloseForFileAccessAsync(file.Path, Long);
        var works = new Func<Task>[]
        {
            () => Schedule.OnThread(() => file.Open().Dispose()),
            async () => await (await file.OpenAsync()).DisposeAsync(),
            () => Schedule.OnThread(() => s[0].Number("SELECT count(*) FROM t")),
            async () => await s[1].RunAsync("SELECT count(*) FROM t"),
            () => Schedule.OnThread(() => s[2].Run("INSERT INTO t VALUES (2)")),
            async () => await (await s[3].BeginTransactionAsync()).DisposeAsync(),
            () => Schedule.OnThread(() => s[4].Run("CREATE TEMP TABLE own(a)")),
            async () => await s[5].RunAsync("CREATE TEMP TABLE own(a)"),
            () => Schedule.OnThread(() => file.Open("Foreign Keys=True").Dispose()),
        };
        var running = works.Select(work => work()).ToArray();
        Schedule.Until(() => file.Database.Gate.QueueLength == 2 && file.Database.Readers.Waiting == 4);
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        Assert.All(running, task => Assert.False(task.IsCompleted));
        access.Dispose();
        await Task.WhenAll(running).Comes();
        Assert.Equal(2, s[0].Number("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Who_waits_gives_up_at_his_own_deadline_and_names_the_file_access()
    {
        using var file = new TestFile().With(Table);
        using var reading = file.OpenHasty(20);
        using var writing = file.OpenHasty(20);
        using var temp = file.OpenHasty(20);
        using (SplitSqliteConnection.CloseForFileAccess(file.Path, Long))
        {
            var errors = new List<SplitSqliteBusyException>
            {
                Assert.Throws<SplitSqliteBusyException>(() => reading.Number("SELECT count(*) FROM t")),
                Assert.Throws<SplitSqliteBusyException>(() => writing.Run("INSERT INTO t VALUES (2)")),
                Assert.Throws<SplitSqliteBusyException>(() => temp.Run("CREATE TEMP TABLE own(a)")),
                await Assert.ThrowsAsync<SplitSqliteBusyException>(() => reading.RunAsync("SELECT count(*) FROM t")),
                await Assert.ThrowsAsync<SplitSqliteBusyException>(() => writing.RunAsync("INSERT INTO t VALUES (2)")),
                Assert.Throws<SplitSqliteBusyException>(() => file.Open("Default Timeout=1")),
            };
            Assert.All(errors, error => Assert.Contains("CloseForFileAccess", error.Message, StringComparison.Ordinal));
            Assert.All(errors, error => Assert.Equal(5, error.SqliteErrorCode));
            using var leave = new CancellationTokenSource();
            using var late = new SplitSqliteConnection(file.ConnectionString());
            var opening = late.OpenAsync(leave.Token);
            leave.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.Comes());
        }

        Assert.Equal(1, reading.Number("SELECT count(*) FROM t"));
        Assert.Equal(3, file.Database.Sessions);
        file.AssertIdle();
    }

    //  a transaction, a snapshot, a data reader, a private session: each is waited for, named past the timeout, and undisturbed by it
    [Theory]
    [InlineData("transaction", "in a transaction (last SQL: INSERT INTO t VALUES (5))")]
    [InlineData("snapshot", "1 reader(s)")]
    [InlineData("reader", "1 reader(s)")]
    [InlineData("private", "1 connection(s) of sessions with TEMP")]
    [InlineData("adopted", "1 connection(s) of sessions with TEMP")]
    public async Task Who_uses_the_file_is_waited_for_and_named(string user, string named)
    {
        using var file = new TestFile().With(Table);
        var session = file.Open();
        IDisposable? held = null;
        switch (user)
        {
            case "transaction":
                held = session.BeginTransaction();
                session.Run("INSERT INTO t VALUES (5)");
                break;
            case "snapshot":
                held = session.BeginTransaction(IsolationLevel.Snapshot);
                break;
            case "reader":
                held = session.Reading("SELECT x FROM t");
                break;
            case "private":
                session.Run("CREATE TEMP TABLE own(a)");
                break;
            default:
                session.Run("BEGIN; CREATE TEMP TABLE own(a); COMMIT");
                break;
        }

        foreach (var error in new[]
        {
            Assert.Throws<SplitSqliteBusyException>(() => SplitSqliteConnection.CloseForFileAccess(file.Path, Short)),
            await Assert.ThrowsAsync<SplitSqliteBusyException>(() => SplitSqliteConnection.CloseForFileAccessAsync(file.Path, Short)),
        })
        {
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
            Assert.True(error.Waited > TimeSpan.Zero);
        }

        using (var leave = new CancellationTokenSource())
        {
            var giving = SplitSqliteConnection.CloseForFileAccessAsync(file.Path, Long, leave.Token);
            leave.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => giving.Comes());
        }

        // As before: others read, and what was open is as it was.
        using var other = file.Open();
        Assert.Equal(1, other.Number("SELECT count(*) FROM t"));
        Assert.InRange(session.Number("SELECT count(*) FROM t"), 1, 2);
        var access = SplitSqliteConnection.CloseForFileAccessAsync(file.Path, Long);
        if (user != "transaction")
        {
            Schedule.Until(() => file.Database.Readers.IsPaused);
            Assert.False(access.IsCompleted);

            // Who holds one is never made to wait, or the file would never be free.
            Assert.InRange(session.Number("SELECT count(*) FROM t"), 1, 2);
        }

        held?.Dispose();
        session.Dispose();
        using (await access.Comes())
        {
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        }

        other.Run("INSERT INTO t VALUES (7)");
        other.Dispose();
        file.AssertIdle();
        file.AssertIntact();
    }

    //  a session of another file has it attached, if only to read: its descriptors are as real as any
    [Theory]
    [InlineData("file:{0}?mode=ro", "")]
    [InlineData("{0}", ";Mode=ReadOnly")]
    public void File_attached_to_be_read_is_waited_for(string attached, string options)
    {
        using var main = new TestFile().With(Table);
        using var file = new TestFile().With(Table);
        using (var session = new SplitSqliteConnection($"Data Source=file:{main.Path}{options}"))
        {
            session.Open();
            session.Run("ATTACH $1 AS other", string.Format(System.Globalization.CultureInfo.InvariantCulture, attached, file.Path));
            Assert.Equal(1L, session.Number("SELECT count(*) FROM other.t"));
            var error = Assert.Throws<SplitSqliteBusyException>(() => SplitSqliteConnection.CloseForFileAccess(file.Path, Short));
            Assert.Contains("1 connection(s)", error.Message, StringComparison.Ordinal);
            session.Run("DETACH other");
            using (SplitSqliteConnection.CloseForFileAccess(file.Path, Long))
            {
                Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
            }
        }

        file.AssertIdle();
        main.AssertIdle();
    }

    //  the file is damaged while it is open: held all the same, told why, and replaced
    [Fact]
    public void Damaged_file_is_held_to_be_replaced()
    {
        using var file = new TestFile().With(Table);
        var copy = Path.Combine(file.Folder, "copy.db");
        using var session = file.Open();
        session.Run($"VACUUM INTO '{copy}'");
        using (SplitSqliteConnection.CloseForFileAccess(file.Path, Long))
        {
            File.WriteAllText(file.Path, new string('x', 5000));
            File.WriteAllText(file.Path + "-wal", "x");
        }

        Assert.Equal(26, Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => session.Number("SELECT count(*) FROM t")).SqliteErrorCode);
        using (SplitSqliteConnection.CloseForFileAccess(file.Path, Long))
        {
            File.Delete(file.Path + "-wal");
            File.Delete(file.Path + "-shm");
            File.Move(copy, file.Path, overwrite: true);
        }

        Assert.Equal(1L, session.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
        file.AssertIntact();
    }

    //  A: data reader open ....... UPDATE (gate) ... closed      B: TEMP table ...... INSERT (gate) ... closed
    //        CloseForFileAccess waits for both: they must get the gate
    [Fact]
    public async Task Who_has_something_open_gets_the_writer_while_it_is_waited_for()
    {
        using var file = new TestFile("Default Timeout=60").With(Table);
        using var a = file.Open();
        var b = file.Open();
        b.Run("CREATE TEMP TABLE own(a)");
        var reader = a.Reading("SELECT x FROM t");
        var access = SplitSqliteConnection.CloseForFileAccessAsync(file.Path, Long);
        Schedule.Until(() => file.Database.Readers.IsPaused);
        a.Run("INSERT INTO t VALUES (2)");
        reader.Dispose();
        b.Run("INSERT INTO t VALUES (3)");
        Assert.Equal(3, b.Number("SELECT count(*) FROM t"));

        Assert.False(access.IsCompleted);
        b.Dispose();
        using (await access.Comes())
        {
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        }

        Assert.Equal(3, a.Number("SELECT count(*) FROM t"));
    }

    //  held;  ATTACH of the held file, by a session that is free, that is private, inside a transaction: waits to its deadline, and goes on afterwards
    [Theory]
    [InlineData("free", true)]
    [InlineData("free", false)]
    [InlineData("private", true)]
    [InlineData("transaction", true)]
    [InlineData("memory", true)]
    public async Task Attach_waits_while_the_file_is_held(string state, bool isOpen)
    {
        using var file = new TestFile().With(Table);
        using var main = new TestFile().With(Table);
        using var other = isOpen ? file.Open() : null;
        using var session = state == "memory" ? new SplitSqliteConnection("Data Source=:memory:") : main.Open();
        if (state == "memory")
        {
            session.Open();
        }

        using (SplitSqliteConnection.CloseForFileAccess(file.Path, Long))
        {
            using var transaction = state == "transaction" ? session.BeginTransaction() : null;
            if (state == "private")
            {
                session.Run("CREATE TEMP TABLE own(a)");
            }

            session.Run("PRAGMA busy_timeout=30");
            var error = await Assert.ThrowsAsync<SplitSqliteBusyException>(() => Schedule.OnThread(() => session.Run("ATTACH $1 AS other", file.Path)).Comes());
            Assert.Contains("keeps closed for file access", error.Message, StringComparison.Ordinal);
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
            transaction?.Commit();
        }

        session.Run("PRAGMA busy_timeout=60000");
        session.Run("ATTACH $1 AS other", file.Path);
        session.Run("INSERT INTO other.t VALUES (2)");
        Assert.Equal(2, session.Number("SELECT count(*) FROM other.t"));
        Assert.Throws<SplitSqliteBusyException>(() => SplitSqliteConnection.CloseForFileAccess(file.Path, Short));
        session.Run("DETACH other");
        SplitSqliteConnection.CloseForFileAccess(file.Path, Long).Dispose();
    }

    //  held ... ATTACH ... released
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attach_goes_on_when_the_file_is_released(bool async)
    {
        using var file = new TestFile("Default Timeout=60").With(Table);
        using var main = new TestFile("Default Timeout=60").With(Table);
        using var session = main.Open();
        var access = SplitSqliteConnection.CloseForFileAccess(file.Path, Long);
        var attaching = async ? session.RunAsync("ATTACH $1 AS other", file.Path) : Schedule.OnThread(() => session.Run("ATTACH $1 AS other", file.Path));
        Schedule.Until(() => main.Database.Gate.Snapshot().Holder is not null);
        Assert.False(attaching.IsCompleted);
        access.Dispose();
        await attaching.Comes();
        Assert.Equal(1, session.Number("SELECT count(*) FROM other.t"));
    }

    [Fact]
    public async Task Two_at_once_take_turns_or_fail_clearly()
    {
        using var file = new TestFile().With(Table);
        using var session = file.Open();
        var first = SplitSqliteConnection.CloseForFileAccess(file.Path, Long);
        var error = Assert.Throws<SplitSqliteBusyException>(() => SplitSqliteConnection.CloseForFileAccess(file.Path, Short));
        Assert.Contains("another call of CloseForFileAccess", error.Message, StringComparison.Ordinal);
        var second = SplitSqliteConnection.CloseForFileAccessAsync(file.ConnectionString(), Long);
        var third = Schedule.OnThread(() => SplitSqliteConnection.CloseForFileAccess(file.Path, Long));
        first.Dispose();
        first.Dispose();
        var winner = await Task.WhenAny(second, third).Comes();
        Assert.False((winner == second ? third : second).IsCompleted);
        (await winner).Dispose();
        await (await (winner == second ? third : second).Comes()).DisposeAsync();
        Assert.Equal(1, session.Number("SELECT count(*) FROM t"));
        Assert.Equal(1, file.Database.Sessions);
        file.AssertIdle();
    }

    [Fact]
    public async Task File_that_nobody_has_open_is_kept_from_being_opened()
    {
        using var file = new TestFile("Default Timeout=60");
        var access = SplitSqliteConnection.CloseForFileAccess(file.Path, Short);
        Assert.False(File.Exists(file.Path));
        var opening = file.OpenAsync();
        var blocked = Schedule.OnThread(() => file.Open());
        Assert.Contains("CloseForFileAccess", Assert.Throws<SplitSqliteBusyException>(() => file.Open("Default Timeout=1")).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file.Path));
        Assert.False(opening.IsCompleted || blocked.IsCompleted);
        access.Dispose();
        (await opening.Comes()).Dispose();
        (await blocked.Comes()).Dispose();
        file.AssertIdle();
    }

    [Theory]
    [InlineData("Pooling=False")]
    [InlineData("")]
    public void Warm_and_closed_databases_are_held_too(string options)
    {
        using var file = new TestFile(options).With(Table);
        using (SplitSqliteConnection.CloseForFileAccess(file.Path, Long))
        {
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
            file.Database.Clear();
            File.Delete(file.Path);
        }

        using var session = file.Open();
        Assert.Equal(0, session.Number("SELECT count(*) FROM sqlite_schema"));
    }

    [Fact]
    public void Any_spelling_names_the_file()
    {
        using var file = new TestFile("Default Timeout=1").With(Table);
        using var session = file.Open();
        var url = file.Path.Replace('\\', '/');
        List<string> spellings = [Path.GetRelativePath(Environment.CurrentDirectory, file.Path), "file:" + url, "file:" + url.Replace("test", "%74est", StringComparison.Ordinal) + "?mode=ro", file.ConnectionString("Foreign Keys=True"), "DataSource=" + file.Path];
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(file.Folder, "a=b;link.db"), file.Path);
            spellings.Add(Path.Combine(file.Folder, "a=b;link.db"));
            spellings.Add(file.Folder + "//../" + Path.GetFileName(file.Folder) + "/./test.db");
        }

        session.Run("PRAGMA busy_timeout=1");
        foreach (var spelling in spellings)
        {
            using (var access = SplitSqliteConnection.CloseForFileAccess(spelling, Long))
            {
                Assert.Equal(file.Path, access.FileName);
                Assert.Throws<SplitSqliteBusyException>(() => session.Number("SELECT count(*) FROM t"));
            }

            Assert.Equal(1, session.Number("SELECT count(*) FROM t"));
        }

        foreach (var none in new[] { ":memory:", "Data Source=x;Mode=Memory" })
        {
            Assert.Throws<ArgumentException>(() => SplitSqliteConnection.CloseForFileAccess(none, Short));
        }

        Assert.Throws<ArgumentException>(() => SplitSqliteConnection.CloseForFileAccess("Data Source=x;Foo=1", Short));
        Assert.Throws<ArgumentException>(() => SplitSqliteConnection.CloseForFileAccess("", Short));
    }

    [Fact]
    public void Sessions_that_only_read_are_closed_and_go_on()
    {
        using var file = new TestFile("Mode=ReadOnly");
        using (var plain = file.OpenPlain())
        {
            plain.Run(Table);
        }

        using var session = file.Open();
        Assert.Equal(1, session.Number("SELECT count(*) FROM t"));
        using (SplitSqliteConnection.CloseForFileAccess(file.Path, Long))
        {
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
            File.Delete(file.Path);
            using var plain = file.OpenPlain();
            plain.Run("CREATE TABLE t(x); INSERT INTO t VALUES (1), (2)");
        }

        Assert.Equal(2, session.Number("SELECT count(*) FROM t"));
    }

    //  another process reads: its snapshot keeps the WAL from being taken in
    [Fact]
    public void Reader_outside_of_the_provider_is_waited_for_and_named()
    {
        using var file = new TestFile().With(Table);
        using var session = file.Open();
        using (var plain = file.OpenPlain())
        using (plain.Reading("SELECT x FROM t"))
        {
            session.Run("INSERT INTO t VALUES (2)");
            var error = Assert.Throws<SplitSqliteBusyException>(() => SplitSqliteConnection.CloseForFileAccess(file.Path, Short));
            Assert.Contains("outside of SplitSqlite", error.Message, StringComparison.Ordinal);
            Assert.Equal(2, session.Number("SELECT count(*) FROM t"));
        }

        using (SplitSqliteConnection.CloseForFileAccess(file.Path, Long))
        {
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        }

        Assert.Equal(2, session.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    [Fact]
    public void Access_that_is_dropped_without_dispose_is_given_back()
    {
        using var file = new TestFile("Default Timeout=60").With(Table);
        Drop();
        Schedule.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return file.Database.Gate.IsFree;
        });
        using var session = file.Open();
        Assert.Equal(1, session.Number("SELECT count(*) FROM t"));

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        void Drop() => _ = SplitSqliteConnection.CloseForFileAccess(file.Path, Long);
    }

    //  8 threads and tasks read, write, open and close; a copy of the bare file is taken 20 times: each is whole, and no write is lost
    [Fact]
    public async Task Copies_under_load_are_whole()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=200;Max Readers=3").With("CREATE TABLE t(x)");
        var done = false;
        var written = 0L;
        var working = Enumerable.Range(0, 8).Select(i => i % 2 == 0
            ? Schedule.OnThread(() =>
            {
                while (!Volatile.Read(ref done))
                {
                    using var session = file.Open(i == 0 ? "Foreign Keys=True" : null);
                    session.Run("INSERT INTO t VALUES (1)");
                    Interlocked.Increment(ref written);
                    Assert.True(session.Number("SELECT count(*) FROM t") > 0);
                    if (i == 2)
                    {
                        session.Run("CREATE TEMP TABLE own(a)");
                    }
                }
            })
            : Task.Run(async () =>
            {
                await using var session = await file.OpenAsync();
                while (!Volatile.Read(ref done))
                {
                    await using var transaction = await session.BeginTransactionAsync();
                    await session.RunAsync("INSERT INTO t VALUES (1)");
                    await transaction.CommitAsync();
                    Interlocked.Increment(ref written);
                    await session.RunAsync("SELECT count(*) FROM t");
                }
            })).ToArray();
        var copies = Directory.CreateDirectory(Path.Combine(file.Folder, "copies")).FullName;
        try
        {
            for (var round = 0; round < 20; round++)
            {
                var copy = Path.Combine(copies, $"{round}.db");
                long atLeast;
                using (var access = await SplitSqliteConnection.CloseForFileAccessAsync(file.Path, Long))
                {
                    Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
                    atLeast = Interlocked.Read(ref written);
                    File.Copy(access.FileName, copy);
                }

                using var plain = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={copy};Pooling=False");
                plain.Open();
                Assert.True(plain.Number("SELECT count(*) FROM t") >= atLeast);
                Assert.Equal("ok", plain.Text("PRAGMA integrity_check"));
            }
        }
        finally
        {
            // Ended in any case: what they throw is told, and nobody writes to the folder any more.
            Volatile.Write(ref done, true);
            await Task.WhenAll(working).Comes();
        }

        using var last = file.Open();
        Assert.Equal(Interlocked.Read(ref written), last.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    private sealed class Sessions(TestFile file, int count) : IDisposable
    {
        private readonly SplitSqliteConnection[] _all = [.. Enumerable.Range(0, count).Select(_ => file.Open())];

        public SplitSqliteConnection this[int i] => _all[i];

        public void Dispose() => Array.ForEach(_all, session => session.Dispose());
    }
}
