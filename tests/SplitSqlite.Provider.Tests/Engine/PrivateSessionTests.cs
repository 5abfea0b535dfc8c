using System.Data;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>Sessions with a physical connection of their own: their snapshots, their writes, their WAL.</summary>
public sealed class PrivateSessionTests
{
    private const string Schema = "CREATE TABLE t(a); INSERT INTO t VALUES (1)";

    [Theory]
    [InlineData("INSERT INTO t VALUES (2)")]
    [InlineData("CREATE TABLE u(a)")]
    [InlineData("PRAGMA user_version=5")]
    [InlineData("SELECT 1; DELETE FROM t")]
    [InlineData("CREATE TEMP TABLE more(a)")]
    public void Snapshot_of_a_private_session_refuses_to_write(string sql)
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using (var connection = file.Open())
        using (var other = file.Open())
        {
            connection.Run("CREATE TEMP TABLE own(a); INSERT INTO own VALUES (7)");
            Assert.Equal(SessionState.Private, connection.Session!.State);
            using (var snapshot = connection.BeginTransaction(IsolationLevel.Snapshot))
            {
                var error = Assert.Throws<SqliteException>(() => connection.Run(sql));
                Assert.Equal(8, error.SqliteErrorCode);

                // The writer is free, the snapshot stands, and TEMP objects are seen in it.
                Assert.True(file.Database.Gate.IsFree);
                other.Run("INSERT INTO t VALUES (3)");
                Assert.Equal("1", connection.Value("SELECT group_concat(a) FROM t"));
                Assert.Equal(7L, connection.Value("SELECT a FROM own"));
                snapshot.Commit();
            }

            Assert.Equal("1,3", connection.Value("SELECT group_concat(a) FROM t"));
            connection.Run("INSERT INTO t VALUES (4)");
        }

        file.AssertIdle();
    }

    [Fact]
    public void Write_of_a_private_session_is_checkpointed()
    {
        using var file = new TestFile("Synchronous=Off").With("CREATE TABLE t(a)");
        using (var connection = file.Open())
        {
            connection.Run("CREATE TEMP TABLE own(a)");
            var before = file.Database.Checkpoints.Completed;
            for (var i = 0; i < 3; i++)
            {
                // Each is more than the bound by itself.
                connection.Run($"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Checkpointer.Bound + 500}) INSERT INTO t SELECT zeroblob(4000) FROM n");
            }

            Assert.True(file.Database.Checkpoints.Completed > before);
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    [Fact]
    public void Data_reader_of_a_private_session_does_not_make_its_next_write_fail()
    {
        using var file = new TestFile("Default Timeout=10").With("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
        using (var connection = file.Open())
        using (var other = file.Open())
        {
            connection.Run("CREATE TEMP TABLE own(a)");
            using var reader = connection.Reading("SELECT a FROM t");
            other.Run("INSERT INTO t VALUES (4)");

            // SQLite alone: 517, for the open cursor's snapshot is old.
            connection.Run("INSERT INTO t VALUES (5)");
            Assert.Equal("1,2,3,4,5", connection.Value("SELECT group_concat(a) FROM t"));
            Assert.True(reader.Read());
            Assert.True(reader.Read());
            Assert.Equal(3L, reader.GetValue(0));
            Assert.False(reader.Read());
        }

        file.AssertIdle();
    }

    [Fact]
    public void Transaction_that_makes_TEMP_objects_keeps_its_connection_and_leaves_a_clean_writer()
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using (var connection = file.Open())
        using (var other = file.Open())
        {
            using (var transaction = connection.BeginTransaction())
            {
                connection.Run("CREATE TEMP TABLE own(a); INSERT INTO own VALUES (7)");
                connection.Run("INSERT INTO t VALUES (2)");
                transaction.Commit();
            }

            Assert.Equal(SessionState.Private, connection.Session!.State);
            Assert.True(file.Database.Gate.IsFree);
            Assert.Equal(7L, connection.Value("SELECT a FROM own"));
            using (var transaction = other.BeginTransaction())
            {
                Assert.Equal(0L, other.Value("SELECT count(*) FROM sqlite_temp_schema"));
                Assert.Equal("1,2", other.Value("SELECT group_concat(a) FROM t"));
            }
        }

        file.AssertIdle();
    }

    [Fact]
    public void Private_session_that_closes_in_a_transaction_gives_the_writer_back()
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using (var other = file.Open())
        {
            var connection = file.Open();
            connection.Run("CREATE TEMP TABLE own(a); BEGIN; INSERT INTO t VALUES (2)");
            Assert.False(file.Database.Gate.IsFree);
            connection.Close();
            Assert.True(file.Database.Gate.IsFree);
            Assert.Equal(1L, other.Value("SELECT count(*) FROM t"));
            other.Run("INSERT INTO t VALUES (3)");
        }

        file.AssertIdle();
    }
}
