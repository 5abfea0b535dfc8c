using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;
using SQLitePCL;

namespace SplitSqlite.Tests.Faults;

/// <summary>A disk that is full: sometimes SQLite undoes the statement, sometimes the transaction; and all is well when there is room again.</summary>
public sealed class FullDiskTests
{
    private const string ManyRows = "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 100) INSERT INTO t(a) SELECT zeroblob(3000) FROM s";

    [Theory]
    [InlineData("INSERT INTO t(a) VALUES (zeroblob(100000))")]
    [InlineData("INSERT INTO t(a) VALUES (zeroblob(100000)) RETURNING id")]
    [InlineData("CREATE TABLE more(a)")]
    [InlineData(ManyRows)]
    public void Page_limit_is_met_in_autocommit(string sql)
        => FaultScript.Agree(script =>
        {
            Limit(script);
            script.Run(sql);
            script.Value("SELECT count(*) FROM t");
            Unlimit(script);
            script.Run(sql);
        });

    [Theory]
    [InlineData("INSERT INTO t(a) VALUES (zeroblob(100000))")]
    [InlineData("INSERT INTO t(a) VALUES (zeroblob(100000)) RETURNING id")]
    [InlineData("UPDATE t SET a = zeroblob(100000)")]
    [InlineData(ManyRows)]
    public void Page_limit_is_met_in_a_transaction(string sql)
        => FaultScript.Agree(script =>
        {
            Limit(script);
            using var transaction = script.Connection.BeginTransaction();
            script.Run("UPDATE t SET a = 'changed' WHERE id = 1", transaction);
            script.Run(sql, transaction);

            // Of the transaction, if SQLite has left it.
            script.Value("SELECT count(*) FROM t", transaction);
            script.Run("UPDATE t SET a = 'again' WHERE id = 2", transaction);
            script.Do("commit", transaction.Commit);
            script.Do("rollback", transaction.Rollback);
            Unlimit(script);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wal_that_can_not_grow_fails_the_statement_or_the_transaction(bool inTransaction)
        => FaultScript.Agree(script =>
        {
            script.Run("CREATE TABLE big(a)");
            using var transaction = inTransaction ? script.Connection.BeginTransaction() : null;
            script.Run("INSERT INTO t(a) VALUES ('four')", transaction);
            script.Plan.Fail(FileWork.Write, FileKind.Wal, raw.SQLITE_FULL, times: FaultPlan.Forever);
            script.Run("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 40000) INSERT INTO big SELECT randomblob(500) FROM s", transaction);
            script.Run("INSERT INTO t(a) VALUES ('five')", transaction);
            script.Value("SELECT count(*) FROM t", transaction);
            if (transaction is not null)
            {
                script.Do("commit", transaction.Commit);
                script.Do("rollback", transaction.Rollback);
            }

            Assert.True(script.Plan.Met > 0);
        });

    [Fact]
    public void Checkpoint_that_finds_the_disk_full_loses_nothing()
        => FaultScript.Agree(script =>
        {
            script.Run("INSERT INTO t(a) VALUES ('four')");
            script.Plan.Fail(FileWork.Write, FileKind.Main, raw.SQLITE_FULL);
            script.Value("PRAGMA wal_checkpoint");
            Assert.Equal(1, script.Plan.Met);
            script.Value("SELECT group_concat(a) FROM t");
            script.Value("PRAGMA wal_checkpoint");
        });

    // A file system of a megabyte, if this process may mount one.
    [Fact]
    public void Small_disk_fills_up_and_serves_on_when_there_is_room()
    {
        var answers = new List<List<string>>();
        foreach (var isSplit in new[] { false, true })
        {
            using var folder = new SmallDisk();
            var path = Path.Combine(folder.Path, "test.db");
            var lines = new List<string>();
            answers.Add(lines);
            using DbConnection connection = isSplit ? new SplitSqliteConnection($"Data Source={path}") : new SqliteConnection($"Data Source={path};Pooling=False");
            connection.Open();
            connection.Run("PRAGMA journal_mode=WAL; CREATE TABLE t(a)");
            Try("fill", () =>
            {
                for (var i = 0; ; i++)
                {
                    Assert.InRange(i, 0, 100);
                    connection.Run("INSERT INTO t VALUES (randomblob(50000))");
                }
            });
            Try("again", () => connection.Run("INSERT INTO t VALUES (randomblob(900000))"));
            Try("transaction", () =>
            {
                using var transaction = connection.BeginTransaction();
                connection.CreateCommand();
                using var command = connection.Command("INSERT INTO t VALUES (randomblob(400000))");
                command.Transaction = transaction;
                command.ExecuteNonQuery();
                transaction.Commit();
            });
            Try("read", () => Assert.True(connection.Number("SELECT count(*) FROM t") > 3));
            Try("checkpoint", () => connection.Value("PRAGMA wal_checkpoint(TRUNCATE)"));

            // Room again.
            folder.Grow();
            Try("grown", () => connection.Run("INSERT INTO t VALUES (randomblob(400000))"));
            Try("check", () => Assert.Equal("ok", connection.Value("PRAGMA integrity_check")));
            if (connection is SplitSqliteConnection { Session: { } session })
            {
                Assert.True(session.Database.Gate.IsFree);
                Assert.Equal(0, session.Database.Readers.Rented);
            }

            connection.Close();
            if (isSplit)
            {
                SplitSqliteConnection.ClearPool((SplitSqliteConnection)connection);
            }

            void Try(string what, Action act)
            {
                try
                {
                    act();
                    lines.Add(what + ": works");
                }
                catch (SqliteException exception)
                {
                    lines.Add($"{what}: {exception.SqliteErrorCode}/{exception.SqliteExtendedErrorCode} {exception.GetType() == typeof(SqliteException)}");
                }
            }
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal("fill: 13/13 True", answers[1][0]);
        Assert.Equal("grown: works", answers[1][^2]);
    }

    private static void Limit(FaultScript script) => script.Value("PRAGMA max_page_count=6");

    private static void Unlimit(FaultScript script) => script.Value("PRAGMA max_page_count=1000000");

    /// <summary>A tmpfs of one megabyte. The test that asks for one where mounting is not permitted is skipped.</summary>
    private sealed class SmallDisk : IDisposable
    {
        public SmallDisk()
        {
            Path = Directory.CreateTempSubdirectory("splitsqlite-disk").FullName;
            if (!OperatingSystem.IsLinux() || Mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", Path) != 0)
            {
                Directory.Delete(Path);
                Assert.Skip("A small file system can't be mounted here.");
            }
        }

        public string Path { get; }

        public void Grow() => Assert.Equal(0, Mount("-o", "remount,size=16m", Path));

        public void Dispose()
        {
            Assert.Equal(0, Run("umount", Path));
            Directory.Delete(Path);
        }

        private static int Mount(params string[] arguments) => Run("mount", arguments);

        private static int Run(string program, params string[] arguments)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
                process.WaitForExit();
                return process.ExitCode;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return -1;
            }
        }
    }
}
