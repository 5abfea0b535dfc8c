using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary><c>last_insert_rowid()</c>, <c>changes()</c> and <c>total_changes()</c>: a session's own, wherever it runs and however a statement ended.</summary>
public sealed class SessionValueTests
{
    private const string Values = "SELECT last_insert_rowid() || ' ' || changes() || ' ' || total_changes()";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Values_are_told_after_a_RETURNING_whose_rows_were_cancelled(bool inTransaction)
        => TwoProviders.Agree("CREATE TABLE t(a)", (connection, answers) =>
        {
            using var transaction = inTransaction ? connection.BeginTransaction() : null;
            var command = connection.Command("INSERT INTO t VALUES (1), (2) RETURNING a");
            var reader = command.ExecuteReader();
            answers.Ask("read", () => reader.Read());
            command.Cancel();
            answers.Do("close", reader.Dispose);
            answers.Value(connection, Values);
            answers.Value(connection, "SELECT count(*) FROM t");
        });

    [Theory]
    [InlineData("INSERT INTO t VALUES (4), (5)")]
    [InlineData("INSERT INTO t VALUES (1)")]
    [InlineData("INSERT OR IGNORE INTO t VALUES (1)")]
    [InlineData("INSERT OR FAIL INTO t VALUES (8), (1), (9)")]
    [InlineData("UPDATE t SET a = a + 10")]
    [InlineData("UPDATE t SET a = a WHERE a = 99")]
    [InlineData("DELETE FROM t WHERE a < 3")]
    [InlineData("CREATE TABLE u(a)")]
    [InlineData("PRAGMA user_version=3")]
    [InlineData("BEGIN; INSERT INTO t VALUES (6); ROLLBACK")]
    [InlineData("SAVEPOINT s; DELETE FROM t; ROLLBACK TO s; RELEASE s")]
    [InlineData("INSERT INTO logged VALUES (1)")]
    [InlineData("CREATE TEMP TABLE own(a); INSERT INTO own VALUES (1), (2)")]
    [InlineData("INSERT INTO t VALUES (7); SELECT last_insert_rowid(), changes(); INSERT INTO t VALUES (last_insert_rowid() + 100)")]
    public void Values_after_a_statement_are_those_of_the_plain_provider(string sql)
        => TwoProviders.Agree(
            """
            CREATE TABLE t(a PRIMARY KEY); CREATE TABLE log(a); CREATE TABLE logged(a);
            CREATE TRIGGER logs AFTER INSERT ON logged BEGIN INSERT INTO log VALUES (5), (6), (7); END;
            """,
            (connection, answers) =>
            {
                answers.Run(connection, "INSERT INTO t VALUES (1), (2), (3)");
                answers.Run(connection, sql);
                answers.Value(connection, Values);
                answers.Value(connection, "SELECT group_concat(a) FROM t");
                answers.Run(connection, "UPDATE t SET a = a + 1000");
                answers.Value(connection, Values);
            });

    [Fact]
    public void Values_of_one_session_are_not_those_of_another()
    {
        using var file = new TestFile().With("CREATE TABLE t(a)");
        using (var first = file.Open())
        using (var second = file.Open())
        {
            first.Run("INSERT INTO t VALUES (1)");
            second.Run("INSERT INTO t VALUES (2), (3)");
            Assert.Equal("1 1 1", first.Value(Values));
            Assert.Equal("3 2 2", second.Value(Values));
            using (first.BeginTransaction())
            {
                // Now on the writer, which the other session was the last to use.
                Assert.Equal("1 1 1", first.Value(Values));
            }

            using var third = file.Open();
            Assert.Equal("0 0 0", third.Value(Values));
        }

        file.AssertIdle();
    }
}
