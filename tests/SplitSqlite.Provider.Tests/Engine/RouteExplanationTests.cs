using System.Data;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>What <c>ExplainRoute</c> tells, by text and by what the session is doing.</summary>
public sealed class RouteExplanationTests
{
    [Theory]
    [InlineData("", "none: nothing to run")]
    [InlineData("PRAGMA cache_size=-4000; PRAGMA temp_store=2", "none: only settings, which the session decides on")]
    [InlineData("SELECT 1; SELECT 2", "reader: only reads")]
    [InlineData("INSERT INTO t VALUES (1)", "writer: changes rows")]
    [InlineData("SELECT 1; UPDATE t SET a = 1 RETURNING a", "writer: statement 2 of 2: changes rows")]
    [InlineData("CREATE TABLE u(a)", "writer: changes the schema")]
    [InlineData("VACUUM", "writer: rebuilds the file or an index")]
    [InlineData("ANALYZE", "writer: writes statistics for the query planner")]
    [InlineData("PRAGMA user_version=1", "writer: PRAGMA user_version changes the file")]
    [InlineData("BEGIN", "writer: begins, ends or divides a transaction")]
    [InlineData("ELEPHANT", "writer: not understood, so it runs where everything may run")]
    [InlineData("VACUUM INTO 'x'", "unpooled: copies the file, which needs a connection of its own for reading")]
    [InlineData("CREATE TEMP TABLE own(a)", "private: TEMP objects belong to one connection")]
    [InlineData("ATTACH 'x' AS x", "private: attaches or detaches a database, which belongs to one connection")]
    [InlineData("SELECT load_extension('x')", "private: load_extension() belongs to one connection")]
    [InlineData("PRAGMA data_version", "private: PRAGMA data_version is unknown or belongs to one connection")]
    [InlineData("PRAGMA locking_mode=EXCLUSIVE", "refused: PRAGMA locking_mode would take the file from every other session")]
    public void Route_of_a_free_session_is_told_by_the_text(string sql, string expected)
    {
        using var file = new TestFile().With("CREATE TABLE t(a)");
        using (var connection = file.Open())
        {
            Assert.Equal(expected, connection.ExplainRoute(sql));
        }

        // Without a session, by the words alone.
        using var closed = new SplitSqliteConnection(file.ConnectionString());
        Assert.Equal(expected, closed.ExplainRoute(sql));
        file.AssertIdle();
    }

    [Fact]
    public void Route_is_told_by_what_the_session_is_doing()
    {
        using var file = new TestFile().With("CREATE TABLE t(a)");
        using (var connection = file.Open())
        {
            using (connection.BeginTransaction())
            {
                Assert.StartsWith("writer: the session is in a transaction", connection.ExplainRoute("SELECT 1"), StringComparison.Ordinal);
            }

            using (connection.BeginTransaction(IsolationLevel.Snapshot))
            {
                Assert.StartsWith("reader: the session is in a read-only snapshot", connection.ExplainRoute("INSERT INTO t VALUES (1)"), StringComparison.Ordinal);
            }

            connection.Run("CREATE TEMP TABLE own(a)");
            Assert.StartsWith("private: the session has a physical connection of its own; reads run there freely", connection.ExplainRoute("SELECT 1"), StringComparison.Ordinal);
            Assert.Contains("pass the gate", connection.ExplainRoute("INSERT INTO t VALUES (1)"), StringComparison.Ordinal);
            using (connection.BeginTransaction(IsolationLevel.Snapshot))
            {
                Assert.StartsWith("private: the session is in a read-only snapshot", connection.ExplainRoute("INSERT INTO t VALUES (1)"), StringComparison.Ordinal);
            }
        }

        file.AssertIdle();
    }

    [Theory]
    [InlineData("Routing=Writer", "writer: Routing=Writer sends everything there.")]
    [InlineData("Journal Mode=Keep", "writer: the file's journal mode is 'delete', so readers and the writer can't be split.")]
    public void Route_of_a_read_is_told_where_nothing_is_split(string options, string expected)
    {
        using var file = new TestFile(options);
        using (var connection = file.Open())
        {
            connection.Run("CREATE TABLE t(a)");
            Assert.Equal(expected, connection.ExplainRoute("SELECT a FROM t"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Route_of_a_write_is_told_where_there_are_only_readers()
    {
        using var file = new TestFile().With("CREATE TABLE t(a)");
        using (var connection = file.Open("Mode=ReadOnly"))
        {
            Assert.Equal("reader: Mode=ReadOnly has readers only. changes rows", connection.ExplainRoute("INSERT INTO t VALUES (1)"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Route_of_what_only_looked_like_a_read_is_told_after_its_first_run()
    {
        using var file = new TestFile().With("CREATE VIRTUAL TABLE words USING fts5(a); INSERT INTO words VALUES ('x')");
        using (var connection = file.Open())
        {
            var sql = "PRAGMA main.journal_size_limit; SELECT 1";
            _ = connection.Value(sql);
            Assert.Equal("reader: only reads", connection.ExplainRoute(sql));
        }

        file.AssertIdle();
    }
}
