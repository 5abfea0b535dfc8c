using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>Sessions with a connection of their own take the gates that they need, keep none that they don't, and take no error for a lost commit.</summary>
public sealed class PrivateGateTests
{
    private const string Table = "CREATE TABLE t(a); INSERT INTO t VALUES (1)";

    // SQLite counts none of these as a read.
    [Theory]
    [InlineData("SAVEPOINT s; RELEASE s")]
    [InlineData("EXPLAIN INSERT INTO t VALUES (2)")]
    [InlineData("PRAGMA journal_mode")]
    public void Snapshot_keeps_no_gate_of_an_attached_file(string sql)
    {
        using var main = new TestFile().With(Table);
        using var other = new TestFile().With(Table);
        using var session = main.Open();
        session.Run("ATTACH $1 AS other", other.Path);
        using (var snapshot = session.BeginTransaction(SplitSqliteTransactionOptions.ReadOnly))
        {
            session.Run(sql);
            main.AssertIdle();
            other.AssertIdle();
            snapshot.Commit();
        }

        other.AssertIdle();
        using var writer = other.Open();
        Assert.Equal(1, writer.Run("INSERT INTO t VALUES (2)"));
    }

    [Fact]
    public void Explain_of_a_write_to_an_attached_file_does_not_wait_for_its_gate()
    {
        using var main = new TestFile().With(Table);
        using var other = new TestFile().With(Table);
        using var session = main.OpenHasty(1);
        session.Run("ATTACH $1 AS other", other.Path);
        using var writer = other.Open();
        using var transaction = writer.BeginTransaction();
        Assert.NotNull(session.Value("EXPLAIN INSERT INTO other.t VALUES (2)"));
    }

    // Without WAL a snapshot shuts out whoever commits: it has to be a wait for the gate, not SQLITE_BUSY among our own.
    [Fact]
    public void Private_snapshot_without_wal_holds_the_gate()
    {
        using var file = new TestFile("Journal Mode=Keep").With(Table);
        using var session = file.Open();
        session.Run("CREATE TEMP TABLE x(a)");
        using (var snapshot = session.BeginTransaction(SplitSqliteTransactionOptions.ReadOnly))
        {
            Assert.Equal(1L, session.Number("SELECT count(*) FROM t"));
            Assert.False(file.Database.Gate.IsFree);
            using var hasty = file.OpenHasty(1);
            var busy = Assert.Throws<SplitSqliteBusyException>(() => hasty.Run("INSERT INTO t VALUES (2)"));
            Assert.NotNull(busy.HolderId);
            snapshot.Commit();
        }

        file.AssertIdle();
        session.Run("INSERT INTO t VALUES (2)");
        file.AssertIdle();
    }

    [Fact]
    public void Pool_that_is_cleared_while_a_private_session_writes_loses_its_writer_too()
    {
        using var file = new TestFile().With(Table);
        using var session = file.Open();
        session.Run("CREATE TEMP TABLE x(a)");
        using var other = file.Open();
        other.Run("INSERT INTO t VALUES (2)");
        using (var transaction = session.BeginTransaction())
        {
            SplitSqliteConnection.ClearPool(other);
            transaction.Commit();
        }

        Assert.Null(other.Session!.Options.Writer);
        Assert.Equal(1, other.Run("INSERT INTO t VALUES (3)"));
    }

    // A user's initializer may have replaced the hook that tells of commits: no reason to doubt what commits nothing.
    [Fact]
    public void Attach_that_can_not_open_its_file_is_no_commit_of_an_unknown_outcome()
    {
        using var file = new TestFile().With(Table);
        using var source = file.Hooked(static _ => { });
        using var session = file.Open(source);
        var error = Assert.Throws<SqliteException>(() => session.Run("ATTACH $1 AS other", Path.Combine(file.Folder, "none", "other.db")));
        Assert.Equal(raw.SQLITE_CANTOPEN, error.SqliteErrorCode);
    }

    [Fact]
    public void Full_database_in_memory_has_failed_for_sure()
    {
        using var source = new SplitSqliteDataSourceBuilder("Data Source=:memory:").UsePhysicalConnectionInitializer(static _ => { }).Build();
        using var session = source.OpenConnection();
        session.Run("PRAGMA max_page_count=1");
        var error = Assert.Throws<SqliteException>(() => session.Run("CREATE TABLE t(a)"));
        Assert.Equal(raw.SQLITE_FULL, error.SqliteErrorCode);
    }

    // Who could not be counted in while the file was held, and asks only after the hold's end what to wait for.
    [Fact]
    public void Nothing_is_waited_for_after_a_hold_has_ended()
    {
        using var file = new TestFile().With(Table);
        using var session = file.Open();
        using (SplitSqliteConnection.CloseForFileAccess(file.Path, TimeSpan.FromSeconds(30)))
        {
            Assert.False(file.Database.WhenFree.IsCompleted);
        }

        Assert.True(file.Database.WhenFree.IsCompleted);
    }
}
