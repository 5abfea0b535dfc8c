using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>One file is one database, however it is spelled and whatever its options; what can't be shared is not.</summary>
public sealed class IdentityTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";

    [Fact]
    public void All_spellings_of_a_file_are_one_database()
    {
        using var file = new TestFile().With(Table);
        using var first = file.Open();
        Directory.CreateDirectory(Path.Combine(file.Folder, "x"));
        var spellings = new List<string>
        {
            file.Path,
            Path.GetRelativePath(Environment.CurrentDirectory, file.Path),
            Path.Combine(file.Folder, "x", "..", "test.db"),
            Path.Combine(file.Folder, ".", "test.db"),
            "file:" + file.Path.Replace('\\', '/'),
            "file:" + file.Path.Replace('\\', '/') + "?mode=rwc",
            "file://" + (OperatingSystem.IsWindows() ? "/" : "") + file.Path.Replace('\\', '/'),
            "file:" + file.Path.Replace('\\', '/').Replace("test.db", "%74est%2Edb", StringComparison.Ordinal),
        };
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(file.Folder, "link.db"), file.Path);
            Directory.CreateSymbolicLink(Path.Combine(file.Folder, "folder"), file.Folder);
            spellings.Add(Path.Combine(file.Folder, "link.db"));
            spellings.Add(Path.Combine(file.Folder, "folder", "test.db"));
            spellings.Add("file:" + Path.Combine(file.Folder, "link.db"));
            spellings.Add(file.Folder + "//test.db");
            spellings.Add(file.Folder + "/folder/../" + Path.GetFileName(file.Folder) + "/link.db");
        }

        foreach (var spelling in spellings)
        {
            using var session = new SplitSqliteConnection($"Data Source={spelling}");
            session.Open();
            Assert.Same(first.Session!.Database, session.Session!.Database);
            Assert.Equal(file.Path, session.DataSource);

            // One gate.
            using var transaction = session.BeginTransaction();
            Assert.False(file.Database.Gate.IsFree);
        }

        Assert.Equal(1, first.Session!.Database.Sessions);
        file.AssertIdle();
    }

    //  sessions of five option sets write by turns behind one gate; each keeps what its string says
    [Fact]
    public void Option_sets_share_the_gate_and_never_each_others_connections()
    {
        using var file = new TestFile("Max Readers=8").With("CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(x REFERENCES p)");
        var marks = 0L;
        using var marked = file.Hooked(_ => marks++);
        using var plain = file.Open();
        using var on = file.Open("Foreign Keys=True");
        using var off = file.Open("Foreign Keys=False");
        using var triggers = file.Open("Recursive Triggers=True");
        using var normal = file.Open("Synchronous=Normal");
        using var hooked = file.Open(marked);
        SplitSqliteConnection[] all = [plain, on, off, triggers, normal, hooked];
        Assert.Single(all.Select(session => session.Session!.Database).Distinct());
        Assert.Equal(6, all.Select(session => session.Session!.Options).Distinct().Count());
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(1, off.Run("INSERT INTO t VALUES (99)"));
            Assert.Equal(787, Assert.Throws<SqliteException>(() => on.Run("INSERT INTO t VALUES (99)")).SqliteExtendedErrorCode);
            foreach (var session in all)
            {
                Assert.Equal(session == off ? 0 : 1, session.Number("PRAGMA foreign_keys"));
                Assert.Equal(session == triggers ? 1 : 0, session.Number("PRAGMA recursive_triggers"));
                Assert.Equal(session == normal ? 1 : 2, session.Number("PRAGMA synchronous"));
                using var transaction = session.BeginTransaction();
                Assert.Equal(session == off ? 0 : 1, session.Number("PRAGMA foreign_keys"));
                Assert.Equal(session == normal ? 1 : 2, session.Number("PRAGMA synchronous"));
                if (session == hooked)
                {
                    Assert.Equal(5, session.Number("SELECT hook(5)"));
                }
                else
                {
                    Assert.Equal(1, Assert.Throws<SqliteException>(() => session.Run("SELECT hook(5)")).SqliteErrorCode);
                }
            }
        }

        Assert.Equal(3, marks);
        file.AssertIdle();
    }

    //  Max Readers = 2 over three option sets: an idle reader of another set makes room, and its connection is closed
    [Fact]
    public void Readers_of_all_option_sets_together_keep_to_Max_Readers()
    {
        using var file = new TestFile("Max Readers=2").With(Table);
        using var a = file.Open();
        using var b = file.Open("Foreign Keys=True");
        using var c = file.Open("Foreign Keys=False");
        for (var round = 0; round < 5; round++)
        {
            foreach (var session in new[] { a, b, c })
            {
                Assert.Equal(1, session.Number("SELECT count(*) FROM t"));
                Assert.True(file.Database.Readers.Idle <= 2);
                if (Descriptors.CanCount)
                {
                    // Three writers, and the readers.
                    Assert.Equal(3 + file.Database.Readers.Idle, file.OpenDescriptors());
                }
            }
        }

        using (a.Reading("SELECT x FROM t"))
        using (b.Reading("SELECT x FROM t"))
        {
            c.Run("PRAGMA busy_timeout=20");
            Assert.Throws<SplitSqliteBusyException>(() => c.Number("SELECT count(*) FROM t"));
        }

        Assert.Equal(1, c.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    //  100 threads and 100 tasks open one file at the same moment that nobody has opened
    [Fact]
    public async Task Many_opens_at_once_of_a_file_not_yet_open_make_one_database()
    {
        for (var round = 0; round < 3; round++)
        {
            using var file = new TestFile("Max Readers=2");
            using var start = new ManualResetEventSlim();
            string[] spellings = [file.ConnectionString(), $"Data Source={Path.Combine(file.Folder, ".", "test.db")}", $"Data Source=file:{file.Path.Replace('\\', '/')}", file.ConnectionString("Synchronous=Normal")];
            var opening = Enumerable.Range(0, 100).Select(i => Schedule.OnThread(() =>
            {
                start.Wait();
                var session = new SplitSqliteConnection(spellings[i % 4]);
                session.Open();
                return session;
            })).Concat(Enumerable.Range(0, 900).Select(i => Task.Run(async () =>
            {
                await Task.Yield();
                var session = new SplitSqliteConnection(spellings[i % 4]);
                await session.OpenAsync();
                return session;
            }))).ToArray();
            start.Set();
            var sessions = await Task.WhenAll(opening).Comes();
            using var one = file.Open();
            Assert.All(sessions, session => Assert.Same(file.Database, session.Session!.Database));
            Assert.Equal(1001, file.Database.Sessions);
            one.Run("CREATE TABLE t(x)");
            Assert.All(sessions, session => Assert.Equal(0, session.Number("SELECT count(*) FROM t")));
            Array.ForEach(sessions, session => session.Dispose());
            file.AssertIdle();
        }
    }

    //  opens and last closes of an unpooled file chase each other
    [Fact]
    public async Task Opening_and_closing_at_the_same_moment_never_meets_a_closed_database()
    {
        using var file = new TestFile("Pooling=False;Synchronous=Off;Default Timeout=200").With(Table);
        var running = Enumerable.Range(0, 8).Select(i => i % 2 == 0
            ? Schedule.OnThread(() =>
            {
                for (var n = 0; n < 30; n++)
                {
                    using var session = file.Open();
                    session.Run("INSERT INTO t VALUES (1)");
                    Assert.True(session.Number("SELECT count(*) FROM t") > 1);
                }
            })
            : Task.Run(async () =>
            {
                for (var n = 0; n < 30; n++)
                {
                    await using var session = await file.OpenAsync();
                    await session.RunAsync("INSERT INTO t VALUES (1)");
                }
            }));
        await Task.WhenAll(running).Comes();
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        file.AssertIntact();
        using var plain = file.OpenPlain();
        Assert.Equal(241, plain.Number("SELECT count(*) FROM t"));
    }

    [Fact]
    public void Wrong_settings_never_meet_a_warm_connection()
    {
        using var file = new TestFile().With(Table);
        using var warm = file.Open();
        Assert.Equal(1, warm.Number("SELECT count(*) FROM t"));
        foreach (var wrong in new[] { "Password=wrong", "Vfs=none" })
        {
            using var plain = new SqliteConnection($"Data Source={file.Path};Pooling=False;{wrong}");
            var expected = Record.Exception(plain.Open)!;
            var actual = Record.Exception(() => file.Open(wrong))!;
            Assert.Equal(expected.GetType(), actual.GetType());
            Assert.Equal(expected.Message, actual.Message);
        }

        using var readOnly = file.Open("Mode=ReadOnly");
        Assert.Equal(1, readOnly.Number("SELECT count(*) FROM t"));
        Assert.Equal(8, Assert.Throws<SqliteException>(() => readOnly.Run("INSERT INTO t VALUES (2)")).SqliteErrorCode);
        warm.Run("INSERT INTO t VALUES (2)");
        Assert.Equal(2, readOnly.Number("SELECT count(*) FROM t"));
        Assert.Equal(2, file.Database.Sessions);
    }

    [Fact]
    public void Failed_first_open_leaves_nothing_behind()
    {
        using var file = new TestFile();
        File.WriteAllText(file.Path, new string('x', 5000));
        Assert.Equal(26, Assert.Throws<SqliteException>(() => file.Open()).SqliteErrorCode);
        Assert.DoesNotContain(DatabaseRegistry.All(), database => database.Identity == file.Path);
        if (Descriptors.CanCount)
        {
            Assert.Equal(0, file.OpenDescriptors());
        }

        Assert.Equal(14, Assert.Throws<SqliteException>(() => new SplitSqliteConnection($"Data Source={file.Folder}/none/x.db").Open()).SqliteErrorCode);
        Assert.Equal(14, Assert.Throws<SqliteException>(() => new SplitSqliteConnection($"Data Source={file.Folder}/none.db;Mode=ReadWrite").Open()).SqliteErrorCode);
        File.Delete(file.Path);
        file.With(Table);
        using var works = file.Open();
        Assert.Equal(1, works.Number("SELECT count(*) FROM t"));
    }

    //  a link, and a folder that is one, re-pointed while the database behind it is warm
    [Fact]
    public void Link_that_is_pointed_elsewhere_leads_there_at_the_next_open()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        using var one = new TestFile().With("CREATE TABLE t(x); INSERT INTO t VALUES (1)");
        using var two = new TestFile().With("CREATE TABLE t(x); INSERT INTO t VALUES (2)");
        var link = Path.Combine(one.Folder, "link.db");
        var folder = Path.Combine(one.Folder, "folder");
        for (var round = 0; round < 3; round++)
        {
            foreach (var (target, content) in new[] { (one, 1), (two, 2) })
            {
                File.Delete(link);
                File.Delete(folder);
                File.CreateSymbolicLink(link, target.Path);
                Directory.CreateSymbolicLink(folder, target.Folder);
                foreach (var name in new[] { link, Path.Combine(folder, "test.db"), "file:" + link })
                {
                    using var session = new SplitSqliteConnection($"Data Source={name}");
                    session.Open();
                    Assert.Equal(target.Path, session.DataSource);
                    Assert.Equal(content, session.Number("SELECT x FROM t"));
                }
            }
        }

        File.Delete(folder);
    }

    // What SQLite says of it: a name is a file. Two names of one inode are two databases, each with a WAL of its own: docs/files.md warns of it.
    [Fact]
    public void Hard_link_is_another_database_as_it_is_for_sqlite()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Made with ln.");
        using var file = new TestFile("Pooling=False").With(Table);
        var other = Path.Combine(file.Folder, "other.db");
        using (var ln = System.Diagnostics.Process.Start("ln", [file.Path, other]))
        {
            ln.WaitForExit();
        }

        using var first = file.Open();
        using var second = new SplitSqliteConnection($"Data Source={other};Pooling=False");
        second.Open();
        Assert.NotSame(first.Session!.Database, second.Session!.Database);
        using var plain = new SqliteConnection($"Data Source={other};Pooling=False");
        plain.Open();
        Assert.Equal(other, SQLitePCL.raw.sqlite3_db_filename(plain.Handle!, "main").utf8_to_string());
    }
}
