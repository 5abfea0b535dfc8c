using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>
/// A file that is deleted, replaced, renamed or restored from a copy, warm and while sessions are open. Windows does not let go of an open file, so
/// there none of it can happen.
/// </summary>
public sealed class ReplacedFileTests
{
    private const int Moved = 1032;
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";

    public ReplacedFileTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "An open file can be neither deleted nor replaced.");

    //  close, File.Delete, open, one thread, without a pause: nothing of the old file may show, in any round
    [Fact]
    public void File_deleted_between_two_opens_is_begun_anew_each_time()
    {
        using var file = new TestFile("Synchronous=Off");
        for (var round = 1; round <= 200; round++)
        {
            using (var session = file.Open())
            {
                Assert.True(File.Exists(file.Path));
                session.Run("CREATE TABLE t(x)");
                session.Run("INSERT INTO t VALUES ($1)", round);
                Assert.Equal(round, session.Number("SELECT x FROM t"));
            }

            File.Delete(file.Path);
        }

        Assert.Equal(199, file.Database.Replacements);
        file.AssertIdle();
    }

    [Fact]
    public async Task File_deleted_between_two_opens_is_begun_anew_by_async_opens()
    {
        using var file = new TestFile("Synchronous=Off");
        for (var round = 1; round <= 20; round++)
        {
            await using (var session = await file.OpenAsync())
            {
                await session.RunAsync("CREATE TABLE t(x)");
            }

            File.Delete(file.Path);
        }
    }

    [Fact]
    public void Whole_family_of_files_deleted_while_warm_is_begun_anew()
    {
        using var file = new TestFile().With(Table);
        foreach (var name in Directory.GetFiles(file.Folder))
        {
            File.Delete(name);
        }

        using var session = file.Open();
        Assert.Equal(0, session.Number("SELECT count(*) FROM sqlite_schema"));
        Assert.Equal("wal", session.Text("PRAGMA journal_mode"));
        session.Run(Table);
        file.AssertIntact();
    }

    [Fact]
    public void Deleted_file_is_not_created_where_the_mode_forbids_it()
    {
        using var file = new TestFile("Mode=ReadWrite");
        using (var plain = new SqliteConnection($"Data Source={file.Path};Pooling=False"))
        {
            plain.Open();
            plain.Run(Table);
        }

        file.Open().Dispose();
        File.Delete(file.Path);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(14, Assert.Throws<SqliteException>(() => file.Open()).SqliteErrorCode);
        }

        Assert.False(File.Exists(file.Path));
        Assert.Equal(0, file.Database.Sessions);
        using (var plain = file.OpenPlain())
        {
            plain.Run("CREATE TABLE t(x); INSERT INTO t VALUES (7)");
        }

        using var works = file.Open();
        Assert.Equal(7, works.Number("SELECT x FROM t"));
        file.AssertIdle();
    }

    //  the old file's WAL, full of rows, lies beside the file that is moved over it
    [Theory]
    [InlineData("")]
    [InlineData("Foreign Keys=True")]
    public void File_moved_over_a_warm_one_is_exactly_what_it_was(string options)
    {
        using var file = new TestFile(options);
        MakeOld(file);
        var restored = MakeRestored(file);
        File.Move(restored, file.Path, overwrite: true);
        Assert.True(new FileInfo(file.Path + "-wal").Length > 4096, "There is no trap without a WAL.");

        using var session = file.Open();
        Assert.Equal(RestoredContent, Content(session));
        Assert.Equal("ok", session.Text("PRAGMA integrity_check"));
        session.Run("INSERT INTO t VALUES (-1, 'new')");
        Assert.Equal(RestoredContent + 1, Content(session));
        session.Dispose();
        file.AssertIntact();
        using var plain = file.OpenPlain();
        Assert.Equal(RestoredContent + 1, Content(plain));
    }

    //  what SQLite by itself makes of it: the control without which the test above would prove nothing
    [Fact]
    public void Plain_connection_takes_a_stale_wal_into_the_file_that_has_replaced_its_own()
    {
        using var file = new TestFile();
        MakeOld(file);
        using var old = file.OpenPlain();
        Assert.Equal(OldContent, Content(old));
        File.Move(MakeRestored(file), file.Path, overwrite: true);
        using var plain = file.OpenPlain();
        var error = Record.Exception(() => Assert.Equal((RestoredContent, "ok"), (Content(plain), plain.Text("PRAGMA integrity_check"))));
        Assert.NotNull(error);
        SqliteConnection.ClearAllPools();
    }

    //  moved away and another moved in: neither sees anything of the other
    [Fact]
    public void File_renamed_away_and_the_next_one_keep_to_themselves()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        using (var session = file.Open())
        {
            // All of it in the file: the WAL of a renamed file stays behind.
            session.Run("PRAGMA wal_checkpoint");
        }

        var away = Path.Combine(file.Folder, "away.db");
        File.Move(file.Path, away);
        using (var session = file.Open())
        {
            Assert.Equal(0, session.Number("SELECT count(*) FROM sqlite_schema"));
            session.Run("CREATE TABLE other(y)");
        }

        using var old = new SplitSqliteConnection($"Data Source={away};Pooling=False");
        old.Open();
        Assert.Equal(1, old.Number("SELECT count(*) FROM t"));
        Assert.Equal("ok", old.Text("PRAGMA integrity_check"));
        file.AssertIntact();
    }

    //  a copy of the file and of its WAL, put back together: that WAL is the copy's, and stays
    [Fact]
    public void Wal_that_came_with_the_file_is_kept()
    {
        using var file = new TestFile();
        MakeOld(file);
        var copy = Path.Combine(file.Folder, "copy.db");
        using (var session = file.Open())
        {
            // Both at one moment, nobody writing. The WAL holds rows that the file does not; the database has to be closed to be read by File.Copy.
            session.Run("VACUUM INTO $1", copy);
        }

        using (var plain = new SqliteConnection($"Data Source={copy};Pooling=False"))
        {
            plain.Open();
            plain.Run("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; INSERT INTO t VALUES (-5, 'in the WAL only')");
            File.Copy(copy + "-wal", copy + "-kept");
            File.Copy(copy, copy + "-main");
        }

        File.Move(copy + "-main", file.Path, overwrite: true);
        File.Move(copy + "-kept", file.Path + "-wal", overwrite: true);
        using var reopened = file.Open();
        Assert.Equal(OldContent + 1, Content(reopened));
        Assert.Equal("in the WAL only", reopened.Text("SELECT y FROM t WHERE x = -5"));
    }

    //  A: BEGIN, INSERT ............................ COMMIT → 8/1032, rolled back
    //  B: data reader open ........ reads on, the old rows, to the end
    //  C: snapshot ................ the old state, to the end
    //        file replaced           D: opens, reads and waits for A to write
    [Fact]
    public void Who_has_something_of_the_old_file_keeps_it_and_is_told_when_it_commits()
    {
        using var file = new TestFile();
        MakeOld(file);
        using var a = file.Open();
        using var b = file.Open();
        using var c = file.Open();
        using var transaction = a.BeginTransaction();
        a.Run("INSERT INTO t VALUES (-9, 'lost')");
        using var reader = b.Reading("SELECT x FROM t ORDER BY x");
        using var snapshot = c.BeginTransaction(System.Data.IsolationLevel.Snapshot);
        File.Move(MakeRestored(file), file.Path, overwrite: true);

        using var d = file.Open();
        Assert.Equal(RestoredContent, Content(d));
        Assert.Equal(OldContent + 1, Content(a));
        Assert.Equal(OldContent, Content(c));
        var rows = 1;
        while (reader.Read())
        {
            rows++;
        }

        Assert.Equal(OldContent, rows);
        Assert.Equal(RestoredContent, Content(b));

        var error = Assert.Throws<SqliteException>(transaction.Commit);
        Assert.Equal((8, Moved), (error.SqliteErrorCode, error.SqliteExtendedErrorCode));
        Assert.Contains("deleted, replaced or renamed", error.Message, StringComparison.Ordinal);
        transaction.Dispose();
        reader.Dispose();
        snapshot.Dispose();
        foreach (var session in new[] { a, b, c, d })
        {
            Assert.Equal(RestoredContent, Content(session));
        }

        a.Run("INSERT INTO t VALUES (-1, 'kept')");
        Assert.Equal(RestoredContent + 1, Content(d));
        if (Descriptors.CanCount)
        {
            Assert.Equal(0, Descriptors.Of(file.Path + " (deleted)"));
            Assert.Equal(0, Descriptors.Of(file.Path + "-wal (deleted)"));
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    [Theory]
    [InlineData("BEGIN", "COMMIT")]
    [InlineData("BEGIN", "END")]
    [InlineData("SAVEPOINT s", "RELEASE s")]
    public void Transaction_in_words_on_a_file_that_is_gone_is_not_acknowledged(string begin, string end)
    {
        using var file = new TestFile().With(Table);
        using var session = file.Open();
        session.Run(begin);
        session.Run("INSERT INTO t VALUES (2)");
        File.Delete(file.Path);
        Assert.Equal(Moved, Assert.Throws<SqliteException>(() => session.Run(end)).SqliteExtendedErrorCode);
        session.Run("CREATE TABLE IF NOT EXISTS t(x); INSERT INTO t VALUES (3)");
        Assert.Equal(1, session.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    [Fact]
    public void Write_of_an_open_session_goes_to_the_file_that_is_there()
    {
        using var file = new TestFile();
        MakeOld(file);
        using var session = file.Open();
        Assert.Equal(OldContent, Content(session));
        File.Move(MakeRestored(file), file.Path, overwrite: true);
        session.Run("INSERT INTO t VALUES (-1, 'new')");
        Assert.Equal(RestoredContent + 1, Content(session));
        using (session.BeginTransaction())
        {
            Assert.Equal(RestoredContent + 1, Content(session));
        }

        File.Delete(file.Path);
        Assert.Equal(1, Assert.Throws<SqliteException>(() => session.Run("INSERT INTO t VALUES (-2, 'none')")).SqliteErrorCode);
        file.AssertIdle();
    }

    [Fact]
    public void Private_session_reads_the_old_file_on_and_is_refused_writes()
    {
        using var file = new TestFile().With(Table);
        using var session = file.Open();
        session.Run("CREATE TEMP TABLE own(a); INSERT INTO own VALUES (5)");
        session.Run("BEGIN; INSERT INTO t VALUES (2)");
        File.Delete(file.Path);
        Assert.Equal(Moved, Assert.Throws<SqliteException>(() => session.Run("COMMIT")).SqliteExtendedErrorCode);
        Assert.Equal(1, session.Number("SELECT count(*) FROM t"));
        Assert.Equal(5, session.Number("SELECT a FROM own"));
        var error = Assert.Throws<SqliteException>(() => session.Run("INSERT INTO t VALUES (2)"));
        Assert.Equal(Moved, error.SqliteExtendedErrorCode);
        Assert.Contains("open another one", error.Message, StringComparison.Ordinal);
        session.Close();
        session.Open();
        Assert.Equal(0, session.Number("SELECT count(*) FROM sqlite_schema"));
        file.AssertIdle();
    }

    [Fact]
    public void Sessions_that_only_read_see_the_new_file_after_a_reopen()
    {
        using var file = new TestFile("Mode=ReadOnly");
        using (var plain = file.OpenPlain())
        {
            plain.Run(Table);
        }

        using (var session = file.Open())
        {
            Assert.Equal(1, session.Number("SELECT count(*) FROM t"));
        }

        File.Delete(file.Path);
        Assert.ThrowsAny<SqliteException>(() =>
        {
            using var none = file.Open();
            none.Number("SELECT count(*) FROM t");
        });
        using (var plain = file.OpenPlain())
        {
            plain.Run("CREATE TABLE t(x); INSERT INTO t VALUES (1), (2)");
        }

        using var again = file.Open();
        Assert.Equal(2, again.Number("SELECT count(*) FROM t"));
    }

    //  the pool was cleared with a session open, so nothing is open: what comes then is WAL again
    [Fact]
    public void File_replaced_after_the_pool_was_cleared_gets_its_journal_mode()
    {
        using var file = new TestFile().With(Table);
        using var session = file.Open();
        SplitSqliteConnection.ClearPool(session);
        File.Delete(file.Path);
        using (var plain = file.OpenPlain())
        {
            plain.Run("CREATE TABLE t(x); INSERT INTO t VALUES (1), (2)");
            Assert.Equal("delete", plain.Text("PRAGMA journal_mode"));
        }

        Assert.Equal(2, session.Number("SELECT count(*) FROM t"));
        using var asked = file.OpenPlain();
        Assert.Equal("wal", asked.Text("PRAGMA journal_mode"));
    }

    //  cleared, or closed for good, when the file has been replaced: the old WAL is not left beside the new file
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Closing_after_a_replacement_leaves_no_old_wal_behind(bool clear)
    {
        using var file = new TestFile(clear ? "" : "Pooling=False");
        using var session = file.Open();
        FillOld(session);
        var restored = MakeRestored(file);
        File.Move(restored, file.Path, overwrite: true);
        if (clear)
        {
            SplitSqliteConnection.ClearPool(session);
        }

        session.Close();
        if (clear)
        {
            file.Database.Clear();
        }

        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        using var plain = file.OpenPlain();
        Assert.Equal(RestoredContent, Content(plain));
        file.AssertIntact();
    }

    //  8 threads open, read and write while the file is replaced 20 times: each sees one file or the other, never a mixture
    [Fact]
    public async Task Replacements_under_load_show_whole_files_only()
    {
        using var file = new TestFile("Synchronous=Off;Max Readers=4;Default Timeout=200");
        MakeOld(file);
        var done = false;
        var seen = 0;
        var working = Enumerable.Range(0, 8).Select(i => Schedule.OnThread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                using var session = file.Open();

                // One statement, one file: x runs from 1 to the count in each of them.
                Assert.Equal(0, session.Number("SELECT max(x) - count(*) FROM t WHERE x > 0"));
                try
                {
                    session.Run("INSERT INTO t VALUES (-1, 'w')");
                    using var transaction = session.BeginTransaction();
                    session.Run("INSERT INTO t VALUES (-2, 'w')");
                    transaction.Commit();
                }
                catch (SqliteException exception) when (exception.SqliteExtendedErrorCode == Moved)
                {
                    Interlocked.Increment(ref seen);
                }
            }
        })).ToArray();
        for (var round = 0; round < 20; round++)
        {
            var restored = MakeRestored(file, $"CREATE TABLE mark AS SELECT {round} AS round");
            File.Move(restored, file.Path, overwrite: true);

            // Whoever opens from now on sees the new file, whether or not the one before it was ever opened.
            using var session = file.Open();
            Assert.Equal(round, session.Number("SELECT round FROM mark"));
        }

        Volatile.Write(ref done, true);
        await Task.WhenAll(working).Comes();
        TestContext.Current.TestOutputHelper?.WriteLine($"{seen} commits refused");
        file.AssertIdle();
        file.AssertIntact();
    }

    private const int OldContent = 500;
    private const int RestoredContent = 40;

    private static long Content(System.Data.Common.DbConnection session) => session.Number("SELECT count(*) FROM t");

    private static void MakeOld(TestFile file)
    {
        using var session = file.Open();
        FillOld(session);
    }

    private static void FillOld(SplitSqliteConnection session)
    {
        session.Run("PRAGMA journal_mode=WAL");
        session.Run("CREATE TABLE IF NOT EXISTS t(x, y); CREATE INDEX IF NOT EXISTS i ON t(y)");
        session.Run($"INSERT INTO t SELECT i, hex(randomblob(200)) FROM ({Sql.Series(OldContent)})");
    }

    // One file, made elsewhere, with other pages than the old one at the same places.
    private static string MakeRestored(TestFile file, string more = "")
    {
        var folder = Directory.CreateDirectory(Path.Combine(file.Folder, "elsewhere")).FullName;
        var path = Path.Combine(folder, "restored.db");
        using (var plain = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            plain.Open();
            plain.Run("CREATE TABLE u(z); CREATE TABLE t(x, y); CREATE INDEX j ON t(x)");
            plain.Run($"INSERT INTO t SELECT i, hex(randomblob(100)) FROM ({Sql.Series(RestoredContent)}); {more}");
        }

        return path;
    }
}
