using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>What one session sets is none of the next one's business (FACTS 8.6, 8.7), whether it closed well or not.</summary>
public sealed class StateLeakTests
{
    private const string Table = "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(x TEXT REFERENCES p)";

    [Theory]
    [InlineData("CREATE TEMP TABLE leak(a)", "SELECT count(*) FROM sqlite_temp_schema", 0L)]
    [InlineData("CREATE TEMP VIEW leak AS SELECT 1", "SELECT count(*) FROM sqlite_temp_schema", 0L)]
    [InlineData("CREATE TEMP TABLE t AS SELECT 'shadow' AS x", "SELECT count(*) FROM t", 0L)]
    [InlineData("ATTACH ':memory:' AS leak", "SELECT count(*) FROM pragma_database_list WHERE name = 'leak'", 0L)]
    [InlineData("PRAGMA foreign_keys=0", "SELECT foreign_keys FROM pragma_foreign_keys", 1L)]
    [InlineData("PRAGMA query_only=1", "PRAGMA query_only", 0L)]
    [InlineData("PRAGMA case_sensitive_like=1", "SELECT 'A' LIKE 'a'", 1L)]
    [InlineData("PRAGMA recursive_triggers=1", "PRAGMA recursive_triggers", 0L)]
    [InlineData("PRAGMA ignore_check_constraints=1", "PRAGMA ignore_check_constraints", 0L)]
    [InlineData("PRAGMA defer_foreign_keys=1", "PRAGMA defer_foreign_keys", 0L)]
    [InlineData("PRAGMA busy_timeout=123", "PRAGMA busy_timeout", 0L)]
    [InlineData("PRAGMA cache_size=-77", "PRAGMA cache_size", -2000L)]
    [InlineData("BEGIN; CREATE TEMP TABLE leak(a)", "SELECT count(*) FROM sqlite_temp_schema", 0L)]
    [InlineData("BEGIN; CREATE TEMP TABLE leak(a); COMMIT", "SELECT count(*) FROM sqlite_temp_schema", 0L)]
    [InlineData("BEGIN; ATTACH ':memory:' AS leak; COMMIT", "SELECT count(*) FROM pragma_database_list WHERE name = 'leak'", 0L)]
    public void What_a_session_sets_does_not_leak(string sets, string asks, long expected)
    {
        using var file = new TestFile("Max Readers=1").With(Table);
        using var bystander = file.Open();
        using (var a = file.Open())
        {
            a.Run(sets);
            if (!a.Session!.IsInTransaction)
            {
                AssertUnaffected(bystander);
            }
        }

        file.AssertIdle();
        AssertUnaffected(bystander);
        using var next = file.Open();
        AssertUnaffected(next);

        void AssertUnaffected(SplitSqliteConnection session)
        {
            Assert.Equal(expected, session.Number(asks));

            // On the writer too.
            using var transaction = session.BeginTransaction();
            Assert.Equal(expected, session.Number(asks));
        }
    }

    [Fact]
    public void Foreign_keys_switched_off_are_off_for_that_session_only()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.Open();
        a.Run("PRAGMA foreign_keys=0");
        a.Run("INSERT INTO t VALUES (1)");
        Assert.Equal(787, Assert.Throws<SqliteException>(() => b.Run("INSERT INTO t VALUES (2)")).SqliteExtendedErrorCode);
        Assert.Equal(1, b.Number("SELECT count(*) FROM t"));
    }

    //  A  BEGIN  INSERT  Close (nobody said COMMIT)
    //  B                          INSERT: at once; A's is gone
    [Theory]
    [InlineData("BEGIN")]
    [InlineData("BEGIN IMMEDIATE")]
    [InlineData("SAVEPOINT s")]
    public void Raw_transaction_left_open_on_close_is_rolled_back(string begin)
    {
        using var file = new TestFile().With("CREATE TABLE t(x)");
        using var b = file.Open();
        using (var a = file.Open())
        {
            a.Run(begin);
            a.Run("INSERT INTO t VALUES (1)");
        }

        file.AssertIdle();
        b.Run("INSERT INTO t VALUES (2)");
        Assert.Equal(2L, b.Value("SELECT sum(x) FROM t"));
    }

    [Fact]
    public void Session_that_is_opened_again_begins_anew()
    {
        using var file = new TestFile().With("CREATE TABLE t(id INTEGER PRIMARY KEY)");
        using var a = file.Open();
        a.Run("PRAGMA busy_timeout=5; CREATE TEMP TABLE mine(x)");
        a.Run("INSERT INTO t VALUES (7)");
        Assert.Equal(7, a.Number("SELECT last_insert_rowid()"));
        a.Close();
        a.Open();
        Assert.Equal(0, a.Number("PRAGMA busy_timeout"));
        Assert.Equal(0, a.Number("SELECT count(*) FROM sqlite_temp_schema"));
        Assert.Equal(0, a.Number("SELECT last_insert_rowid() + changes() + total_changes()"));
    }

    //  A  INSERT id 10                       last_insert_rowid() = 10, changes() = 1
    //  B                 INSERT ids 20…22    last_insert_rowid() = 22, changes() = 3
    [Fact]
    public void Rowid_and_changes_are_each_sessions_own_when_both_write_by_turns()
    {
        using var file = new TestFile("Max Readers=1").With("CREATE TABLE t(id INTEGER PRIMARY KEY)");
        using var a = file.Open();
        using var b = file.Open();
        for (var i = 0; i < 10; i++)
        {
            var ten = (i * 100) + 10;
            a.Run("INSERT INTO t VALUES ($1)", ten);
            b.Run("INSERT INTO t VALUES ($1 + 10), ($1 + 11), ($1 + 12)", ten);
            Assert.Equal((ten, 1, i + 1), Values(a));
            Assert.Equal((ten + 12, 3, 3 * (i + 1)), Values(b));
            using var transaction = a.BeginTransaction();
            Assert.Equal((ten, 1, i + 1), Values(a));
        }

        static (long, long, long) Values(SplitSqliteConnection session)
            => (session.Number("SELECT last_insert_rowid()"), session.Number("SELECT changes()"), session.Number("SELECT total_changes()"));
    }

    [Fact]
    public void Records_affected_are_the_sessions_own_when_another_wrote_before_it()
    {
        using var file = new TestFile().With("CREATE TABLE t(id INTEGER PRIMARY KEY)");
        using var a = file.Open();
        using var b = file.Open();
        a.Run("INSERT INTO t VALUES (1), (2), (3), (4), (5)");
        Assert.Equal(0, b.Run("DELETE FROM t WHERE id = 99"));
        Assert.Equal(0, b.Number("SELECT changes()"));
        a.Run("UPDATE t SET id = id + 10");
        Assert.Equal(0, b.Run("CREATE TABLE u(x)"));
    }
}
