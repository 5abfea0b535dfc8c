using System.Data;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>Copies of a database while it is at work.</summary>
public sealed class BackupTests
{
    private const string Schema = "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backup_to_a_plain_connection_waits_for_no_writer_and_copies_what_is_committed(bool isOpen)
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using var copy = new TestFile();
        using (var connection = file.Open())
        using (var other = file.Open())
        {
            using var transaction = other.BeginTransaction();
            other.Run("INSERT INTO t VALUES (4)");
            using (var destination = new SqliteConnection($"Data Source={copy.Path};Pooling=False"))
            {
                if (isOpen)
                {
                    destination.Open();
                }

                connection.BackupDatabase(destination);
                Assert.Equal(isOpen ? ConnectionState.Open : ConnectionState.Closed, destination.State);
            }

            transaction.Commit();
            Assert.Equal(0, file.Database.Readers.Rented);
        }

        file.AssertIdle();
        using var plain = copy.OpenPlain();
        Assert.Equal("1,2,3", plain.Value("SELECT group_concat(a) FROM t"));
        copy.AssertIntact();
    }

    [Fact]
    public void Backup_to_a_split_connection_leaves_its_open_readers_their_state()
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using var copy = new TestFile("Default Timeout=10").With("CREATE TABLE old(a); INSERT INTO old VALUES (1), (2)");
        using (var connection = file.Open())
        using (var writes = file.Open())
        using (var destination = copy.Open())
        using (var reads = copy.Open())
        {
            using var transaction = writes.BeginTransaction();
            writes.Run("INSERT INTO t VALUES (4)");
            using (var reader = reads.Reading("SELECT a FROM old ORDER BY a"))
            using (var own = destination.Reading("SELECT a FROM old ORDER BY a"))
            {
                connection.BackupDatabase(destination);
                Assert.True(copy.Database.Gate.IsFree);
                Assert.True(reader.Read());
                Assert.Equal(2L, reader.GetValue(0));
                Assert.True(own.Read());
                Assert.Equal("1,2,3", reads.Value("SELECT group_concat(a) FROM t"));
                Assert.Equal("1,2,3", destination.Value("SELECT group_concat(a) FROM t"));
            }

            Assert.Throws<SqliteException>(() => reads.Value("SELECT a FROM old"));
            Assert.Equal("wal", reads.Value("PRAGMA journal_mode"));
            destination.Run("INSERT INTO t VALUES (9)");
            Assert.Equal("1,2,3,9", reads.Value("SELECT group_concat(a) FROM t"));
            transaction.Commit();
        }

        file.AssertIdle();
        copy.AssertIdle();
        copy.AssertIntact();
    }

    [Fact]
    public void Backup_opens_a_closed_split_connection_for_the_copy()
    {
        using var file = new TestFile().With(Schema);
        using var copy = new TestFile();
        using (var connection = file.Open())
        using (var destination = new SplitSqliteConnection(copy.ConnectionString()))
        {
            connection.BackupDatabase(destination);
            Assert.Equal(ConnectionState.Closed, destination.State);
            using var opened = copy.Open();
            Assert.Equal(3L, opened.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
        copy.AssertIdle();
    }

    [Fact]
    public void Backup_of_a_session_in_a_snapshot_or_with_TEMP_objects_copies_what_the_session_sees()
    {
        using var file = new TestFile().With(Schema);
        using (var connection = file.Open())
        {
            using (connection.BeginTransaction(IsolationLevel.Snapshot))
            {
                using var other = file.Open();
                other.Run("INSERT INTO t VALUES (5)");
                Assert.Equal("1,2,3", Copied("main"));
            }

            connection.Run("CREATE TEMP TABLE t(a); INSERT INTO temp.t VALUES (7)");
            Assert.Equal("1,2,3,5", Copied("main"));
            Assert.Equal("7", Copied("temp"));

            string Copied(string schema)
            {
                using var memory = new SqliteConnection("Data Source=:memory:");
                memory.Open();
                connection.BackupDatabase(memory, "main", schema);
                return memory.Text("SELECT group_concat(a) FROM t");
            }
        }

        file.AssertIdle();
    }

    [Fact]
    public void Backup_of_a_session_in_a_transaction_fails_as_the_plain_provider_s()
        => TwoProviders.Agree(Schema, static (connection, answers) =>
        {
            using var memory = new SqliteConnection("Data Source=:memory:");
            memory.Open();
            using (connection.BeginTransaction())
            {
                connection.Run("INSERT INTO t VALUES (4)");
                answers.Do("backup", () => ((dynamic)connection).BackupDatabase(memory));
            }

            answers.Do("backup", () => ((dynamic)connection).BackupDatabase(memory));
            answers.Value(memory, "SELECT group_concat(a) FROM t");
        });

    [Fact]
    public void Backup_fails_as_the_plain_provider_s_and_gives_everything_back()
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using var copy = new TestFile("Default Timeout=10").With(Schema);
        using (var connection = file.Open())
        using (var destination = copy.Open())
        {
            Assert.Throws<SqliteException>(() => connection.BackupDatabase(destination, "main", "nowhere"));
            Assert.Throws<SqliteException>(() => connection.BackupDatabase(destination, "nowhere", "main"));
            Assert.True(copy.Database.Gate.IsFree);
            using (destination.BeginTransaction())
            {
                // In use, says SQLite.
                Assert.Throws<SqliteException>(() => connection.BackupDatabase(destination));
            }

            using (destination.BeginTransaction(IsolationLevel.Snapshot))
            {
                Assert.Throws<InvalidOperationException>(() => connection.BackupDatabase(destination));
            }

            connection.BackupDatabase(destination);
            connection.Close();
            Assert.Throws<InvalidOperationException>(() => connection.BackupDatabase(destination));
            Assert.Throws<ArgumentNullException>(() => connection.BackupDatabase((SqliteConnection)null!));
        }

        file.AssertIdle();
        copy.AssertIdle();
    }
}
