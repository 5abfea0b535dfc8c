using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Engine;

/// <summary>Databases with nothing to split: in memory, read-only, and those that are not to be split yet.</summary>
public sealed class SpecialDatabaseTests
{
    [Fact]
    public void Memory_database_answers_as_the_plain_provider_s()
    {
        Assert.Equal(
            AnswersOf(() => new SqliteConnection("Data Source=:memory:")),
            AnswersOf(() => new SplitSqliteConnection("Data Source=:memory:;Default Timeout=10")));

        static List<string> AnswersOf(Func<DbConnection> make)
        {
            var answers = new Answers();
            using var connection = make();
            connection.Open();
            using var other = make();
            other.Open();
            answers.Run(connection, "CREATE TABLE t(a PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)");
            answers.Value(other, "SELECT count(*) FROM t");
            using (var reader = connection.Reading("SELECT a FROM t WHERE a < 5 ORDER BY a"))
            {
                answers.Run(connection, "INSERT INTO t VALUES (9)");
                answers.Value(connection, "SELECT count(*) FROM t");
                answers.Ask("read", () => reader.Read());
                answers.Ask("value", () => reader.GetValue(0));
            }

            using (var transaction = connection.BeginTransaction())
            {
                answers.Run(connection, "INSERT INTO t VALUES (10)");
                answers.Run(connection, "INSERT INTO t VALUES (1)");
                transaction.Rollback();
            }

            answers.Value(connection, "SELECT group_concat(a) FROM t");
            answers.Value(connection, "INSERT INTO t VALUES (11) RETURNING a");
            answers.Value(connection, "SELECT last_insert_rowid()");
            answers.Value(connection, "PRAGMA journal_mode");
            answers.Run(connection, "CREATE TEMP TABLE own(a); INSERT INTO own VALUES (1)");
            answers.Run(connection, "ATTACH ':memory:' AS more; CREATE TABLE more.t(a); INSERT INTO more.t VALUES (1)");
            answers.Value(connection, "SELECT count(*) FROM more.t");
            answers.Ask("source", () => connection.DataSource);
            connection.Close();
            connection.Open();
            answers.Value(connection, "SELECT count(*) FROM t");
            return answers.Lines;
        }
    }

    [Fact]
    public void Memory_database_has_read_only_snapshots()
    {
        using var connection = new SplitSqliteConnection("Data Source=:memory:;Default Timeout=10");
        connection.Open();
        connection.Run("CREATE TABLE t(a)");
        using (connection.BeginTransaction(IsolationLevel.Snapshot))
        {
            Assert.Equal(0L, connection.Value("SELECT count(*) FROM t"));
            Assert.Throws<SqliteException>(() => connection.Run("INSERT INTO t VALUES (1)"));
        }

        Assert.Equal(1, connection.Run("INSERT INTO t VALUES (1)"));
        var database = connection.Session!.Database;
        connection.Close();
        Assert.True(database.Gate.IsFree);
        Assert.True(database.Closed.IsCompleted);
    }

    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("INSERT INTO t VALUES (1)")]
    [InlineData("BEGIN; INSERT INTO t VALUES (1)")]
    public void Leaked_memory_database_is_closed(string lastWords)
    {
        var session = Leak(lastWords);
        Schedule.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return session.Database.Closed.IsCompleted;
        });
        Assert.Equal(SessionState.Closed, session.State);
        Assert.True(session.Database.Gate.IsFree);
        Assert.Equal(0, session.Database.Sessions);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Session Leak(string lastWords)
        {
            var connection = new SplitSqliteConnection("Data Source=:memory:");
            connection.Open();
            connection.Run("CREATE TABLE t(a)");
            connection.Run(lastWords);
            _ = connection.Reading("SELECT 1 UNION ALL SELECT 2");
            return connection.Session!;
        }
    }

    [Theory]
    [InlineData("wal")]
    [InlineData("delete")]
    public void Read_only_connection_answers_as_the_plain_provider_s(string journalMode)
    {
        using var file = new TestFile();
        using (var plain = file.OpenPlain())
        {
            plain.Run($"PRAGMA journal_mode={journalMode}; CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
        }

        var expected = AnswersOf(new SqliteConnection($"Data Source={file.Path};Mode=ReadOnly;Pooling=False"));
        var split = file.Open("Mode=ReadOnly;Default Timeout=10");
        Assert.Equal(expected, AnswersOf(split));
        file.AssertIdle();

        static List<string> AnswersOf(DbConnection connection)
        {
            var answers = new Answers();
            using (connection)
            {
                connection.Open();
                answers.Value(connection, "SELECT group_concat(a) FROM t");
                answers.Run(connection, "INSERT INTO t VALUES (4)");
                answers.Run(connection, "CREATE TABLE u(a)");
                answers.Run(connection, "PRAGMA user_version=4");
                answers.Value(connection, "INSERT INTO t VALUES (4) RETURNING a");
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

                answers.Run(connection, "SAVEPOINT s; SELECT 1; RELEASE s");
                answers.Value(connection, "PRAGMA user_version");
                answers.Value(connection, "SELECT last_insert_rowid() || changes() || total_changes()");
                answers.Run(connection, "CREATE TEMP TABLE own(a); INSERT INTO own VALUES (1), (2)");
                answers.Value(connection, "SELECT count(*) FROM own");
                answers.Run(connection, "INSERT INTO t VALUES (4)");
            }

            return answers.Lines;
        }
    }

    [Fact]
    public void Read_only_connection_to_a_file_that_is_not_there_fails_as_the_plain_provider_s()
    {
        using var file = new TestFile();
        using var plain = new SqliteConnection($"Data Source={file.Path};Mode=ReadOnly;Pooling=False");
        using var split = new SplitSqliteConnection(file.ConnectionString("Mode=ReadOnly"));
        var expected = Assert.Throws<SqliteException>(plain.Open);
        var actual = Assert.Throws<SqliteException>(split.Open);
        Assert.Equal((expected.SqliteErrorCode, expected.SqliteExtendedErrorCode, expected.Message), (actual.SqliteErrorCode, actual.SqliteExtendedErrorCode, actual.Message));
        Assert.Empty(Directory.EnumerateFiles(file.Folder));
    }

    [Fact]
    public void Read_only_sessions_see_what_others_write()
    {
        using var file = new TestFile().With("CREATE TABLE t(a)");
        using (var writes = file.Open())
        using (var reads = file.Open("Mode=ReadOnly"))
        {
            Assert.NotSame(writes.Session!.Options, reads.Session!.Options);
            Assert.Same(writes.Session.Database, reads.Session.Database);
            for (var i = 1; i <= 3; i++)
            {
                writes.Run("INSERT INTO t VALUES (1)");
                Assert.Equal((long)i, reads.Value("SELECT count(*) FROM t"));
            }

            using var transaction = reads.BeginTransaction();
            Assert.Equal(3L, reads.Value("SELECT count(*) FROM t"));
            writes.Run("INSERT INTO t VALUES (1)");
            Assert.Equal(3L, reads.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Routing_by_the_writer_works_in_one_flow_with_nested_data_readers()
    {
        using var file = new TestFile("Routing=Writer;Default Timeout=10").With("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
        using (var connection = file.Open())
        {
            using (var outer = connection.Reading("SELECT a FROM t ORDER BY a"))
            {
                do
                {
                    using var other = file.Open();
                    using var inner = other.Reading("SELECT max(a) FROM t");
                    other.Run("INSERT INTO t VALUES (4)");
                    connection.Run("UPDATE t SET a = a + 10 WHERE a = $1", outer.GetValue(0));
                    using var transaction = connection.BeginTransaction();
                    using var within = connection.Reading("SELECT a FROM t");
                    connection.Run("INSERT INTO t VALUES (5)");
                    transaction.Commit();
                    Assert.True(file.Database.Gate.IsFree);
                }
                while (outer.Read());
            }

            using (connection.BeginTransaction(IsolationLevel.Snapshot))
            {
                Assert.Throws<SqliteException>(() => connection.Run("INSERT INTO t VALUES (6)"));
            }

            Assert.Equal("11,12,13,4,5,4,5,4,5", connection.Value("SELECT group_concat(a) FROM t"));
        }

        file.AssertIdle();
        file.AssertIntact();
    }
}
