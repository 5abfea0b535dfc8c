using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Engine;

/// <summary>Files that can only be read, because of where they are or how they are opened: read in parallel, and written with SQLite's own error.</summary>
public sealed class ReadOnlyFileTests
{
    [Theory]
    [InlineData("delete", "")]
    [InlineData("delete", "Mode=ReadOnly")]
    [InlineData("delete", "Mode=ReadWrite")]
    [InlineData("wal", "")]
    [InlineData("wal", "Mode=ReadOnly")]
    [InlineData("wal in use", "")]
    [InlineData("wal in use", "Mode=ReadOnly")]
    public void File_on_a_read_only_file_system_answers_as_the_plain_provider_s(string journal, string mode)
    {
        using var mount = Mount.Memory();
        var path = Path.Combine(mount.Folder, "test.db");
        using (var plain = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            plain.Open();
            plain.Run($"PRAGMA journal_mode={journal.Split(' ')[0]}; CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
            if (journal == "wal in use")
            {
                // As a process leaves it that is killed: with -wal and -shm.
                foreach (var file in Directory.GetFiles(mount.Folder))
                {
                    File.Copy(file, file.Replace("test.db", "left.db", StringComparison.Ordinal));
                }

                path = Path.Combine(mount.Folder, "left.db");
            }
        }

        mount.Remount(readOnly: true);
        using var plainSide = new SqliteConnection($"Data Source={path};Pooling=False;{mode}");
        using var split = new SplitSqliteConnection($"Data Source={path};Default Timeout=10;{mode}");
        Assert.Equal(AnswersOf(plainSide), AnswersOf(split));
        SplitSqliteConnection.ClearPool(split);
    }

    [Fact]
    public void File_system_that_becomes_writable_is_noticed_by_the_next_first_open()
    {
        using var mount = Mount.Memory();
        var path = Path.Combine(mount.Folder, "test.db");
        Make(path);
        mount.Remount(readOnly: true);
        using (var session = new SplitSqliteConnection($"Data Source={path}"))
        {
            session.Open();
            Assert.Equal(8, Assert.Throws<SqliteException>(() => session.Run("INSERT INTO t VALUES (4)")).SqliteErrorCode);
            mount.Remount(readOnly: false);
            Assert.Equal(8, Assert.Throws<SqliteException>(() => session.Run("INSERT INTO t VALUES (4)")).SqliteErrorCode);
            session.Close();
            SplitSqliteConnection.ClearPool(session);
            session.Open();
            session.Run("INSERT INTO t VALUES (4)");
            Assert.Equal("wal", session.Value("PRAGMA journal_mode"));
            session.Close();
            SplitSqliteConnection.ClearPool(session);
        }
    }

    [Theory]
    [InlineData("?immutable=1", "delete")]
    [InlineData("?immutable=1", "wal")]
    [InlineData("?mode=ro", "delete")]
    [InlineData("?mode=ro", "wal")]
    [InlineData("?immutable=1&mode=ro&cache=shared", "delete")]
    public void Uri_that_allows_no_writing_answers_as_the_plain_provider_s(string parameters, string journal)
    {
        using var file = new TestFile();
        Make(file.Path, journal);
        using var plain = new SqliteConnection($"Data Source=file:{file.Path}{parameters.Replace("&cache=shared", "", StringComparison.Ordinal)};Pooling=False");
        using var split = new SplitSqliteConnection($"Data Source=file:{file.Path}{parameters};Default Timeout=10");
        Assert.Equal(AnswersOf(plain), AnswersOf(split));
        SplitSqliteConnection.ClearPool(split);

        // Nobody has tried to make it a WAL file.
        using var after = file.OpenPlain();
        Assert.Equal(journal, after.Value("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Sessions_read_an_immutable_file_at_the_same_time()
    {
        using var file = new TestFile();
        Make(file.Path);
        using var meeting = new Barrier(3);
        using var source = new SplitSqliteDataSourceBuilder($"Data Source=file:{file.Path}?immutable=1;Max Readers=4")
            .UsePhysicalConnectionInitializer(connection => connection.CreateFunction("meet", (Func<long>)Meet))
            .Build();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Schedule.OnThread(() =>
        {
            using var session = source.OpenConnection();
            Assert.Equal(3L, session.Value("SELECT count(*) FROM t WHERE (SELECT meet()) = 1"));
        }))).Comes();

        // All three are inside a statement at once, or none comes out.
        long Meet()
        {
            Assert.True(meeting.SignalAndWait(TimeSpan.FromSeconds(30)));
            return 1;
        }
    }

    [Fact]
    public void Ways_of_opening_one_file_do_not_share_their_connections()
    {
        using var file = new TestFile();
        Make(file.Path);
        using (var writes = file.Open())
        using (var reads = new SplitSqliteConnection($"Data Source=file:{file.Path}?mode=ro"))
        using (var frozen = new SplitSqliteConnection($"Data Source=file:{file.Path}?immutable=1"))
        {
            reads.Open();
            frozen.Open();
            Assert.Same(writes.Session!.Database, reads.Session!.Database);
            Assert.Same(writes.Session.Database, frozen.Session!.Database);
            writes.Run("INSERT INTO t VALUES (4)");
            Assert.Equal(4L, reads.Value("SELECT count(*) FROM t"));
            Assert.Equal(8, Assert.Throws<SqliteException>(() => reads.Run("INSERT INTO t VALUES (5)")).SqliteErrorCode);

            // It was promised that the file does not change: what the WAL holds is not looked for.
            Assert.Equal(3L, frozen.Value("SELECT count(*) FROM t"));
            Assert.Equal(8, Assert.Throws<SqliteException>(() => frozen.Run("INSERT INTO t VALUES (5)")).SqliteErrorCode);
        }

        file.AssertIdle();
    }

    private static void Make(string path, string journal = "delete")
    {
        using var plain = new SqliteConnection($"Data Source={path};Pooling=False");
        plain.Open();
        plain.Run($"PRAGMA journal_mode={journal}; CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
    }

    private static List<string> AnswersOf(DbConnection connection)
    {
        // The plain provider meets an error of the file with its first statement, ours with Open: together they are one answer.
        var answers = new Answers();
        try
        {
            connection.Open();
            _ = connection.Value("SELECT 1 FROM t");
        }
        catch (SqliteException exception)
        {
            return [exception.Message];
        }

        answers.Value(connection, "SELECT group_concat(a) FROM t");
        answers.Value(connection, "PRAGMA journal_mode");
        answers.Run(connection, "INSERT INTO t VALUES (4)");
        answers.Value(connection, "INSERT INTO t VALUES (4) RETURNING a");
        answers.Run(connection, "CREATE TABLE u(a)");
        answers.Run(connection, "PRAGMA user_version=4");
        using (var reader = connection.Reading("SELECT a FROM t ORDER BY a"))
        {
            answers.Value(connection, "SELECT count(*) FROM t");
            answers.Ask("read", () => reader.Read());
        }

        using (var transaction = connection.BeginTransaction())
        {
            answers.Value(connection, "SELECT count(*) FROM t");
            answers.Run(connection, "DELETE FROM t");
            answers.Do("commit", transaction.Commit);
        }

        answers.Run(connection, "CREATE TEMP TABLE own(a); INSERT INTO own SELECT a FROM t");
        answers.Value(connection, "SELECT count(*) FROM own, t");
        answers.Ask("source", () => connection.DataSource);
        connection.Close();
        return answers.Lines;
    }
}
