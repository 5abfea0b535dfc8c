using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>Transactions that end, in whatever way, while data readers of theirs are open.</summary>
public sealed class TransactionEndTests
{
    private const string Schema = "CREATE TABLE t(a PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)";

    [Theory]
    [InlineData("INSERT OR ROLLBACK INTO t VALUES (1)")]
    [InlineData("INSERT INTO t VALUES (-1)")]
    public void Transaction_that_SQLite_ended_frees_the_writer_beside_an_open_data_reader(string ending)
        => TwoProviders.Agree(
            Schema + "; CREATE TRIGGER no BEFORE INSERT ON t WHEN new.a < 0 BEGIN SELECT RAISE(ROLLBACK, 'never'); END",
            (connection, answers) =>
            {
                connection.Run("BEGIN");

                // Not the row of the next write: that a data reader does not see it is one of the differences.
                using var reader = connection.Reading("SELECT a FROM t WHERE a < 5");
                answers.Run(connection, ending);
                answers.Run(connection, "INSERT INTO t VALUES (9)");
                Rows(answers, reader);
                answers.Value(connection, "SELECT group_concat(a) FROM t");
            });

    [Fact]
    public void Transaction_that_SQLite_ended_frees_the_writer_for_other_sessions()
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using (var connection = file.Open())
        {
            connection.Run("BEGIN");
            using var reader = connection.Reading("SELECT a FROM t");
            Assert.Throws<SqliteException>(() => connection.Run("INSERT OR ROLLBACK INTO t VALUES (1)"));
            Assert.True(file.Database.Gate.IsFree);
            using var other = file.Open();
            Assert.Equal(1, other.Run("INSERT INTO t VALUES (10)"));
            Assert.True(reader.Read());
        }

        file.AssertIdle();
    }

    [Fact]
    public void Statement_of_a_batch_that_ends_the_transaction_fails_where_its_reader_gets_there()
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using (var connection = file.Open())
        {
            using var transaction = connection.BeginTransaction();
            using var command = connection.Command("SELECT 1; INSERT OR ROLLBACK INTO t VALUES (1)");
            var reader = command.ExecuteReader();
            Assert.True(reader.Read());
            Assert.Equal(19, Assert.Throws<SqliteException>(() => reader.NextResult()).SqliteErrorCode);
            Assert.True(reader.IsClosed);
            Assert.True(file.Database.Gate.IsFree);
            using var other = file.Open();
            Assert.Equal(1, other.Run("INSERT INTO t VALUES (5)"));
            Assert.Throws<InvalidOperationException>(transaction.Commit);
        }

        file.AssertIdle();
    }

    [Fact]
    public void Commit_with_a_data_reader_before_a_failing_row_leaves_the_error_to_that_row()
        => TwoProviders.Agree("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (-9223372036854775808), (4)", static (connection, answers) =>
        {
            using var transaction = connection.BeginTransaction();
            var reader = connection.Reading("SELECT abs(a) FROM t");
            answers.Do("commit", transaction.Commit);
            answers.Ask("value", () => reader.GetValue(0));
            answers.Ask("read", () => reader.Read());
            answers.Ask("value", () => reader.GetValue(0));
            answers.Ask("read", () => reader.Read());
            answers.Do("close", reader.Dispose);
            answers.Run(connection, "INSERT INTO t VALUES (5)");
        });

    [Fact]
    public void Data_reader_closed_before_a_failing_row_after_the_commit_tells_of_no_error()
        => TwoProviders.Agree("CREATE TABLE t(a); INSERT INTO t VALUES (1), (-9223372036854775808)", static (connection, answers) =>
        {
            using var transaction = connection.BeginTransaction();
            var reader = connection.Reading("SELECT abs(a) FROM t");
            answers.Do("commit", transaction.Commit);
            answers.Do("close", reader.Dispose);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Data_readers_of_a_transaction_are_read_on_after_its_end(bool commit)
        => TwoProviders.Agree(Schema, (connection, answers) =>
        {
            using var transaction = connection.BeginTransaction();
            connection.Run("INSERT INTO t VALUES (4)");
            using var first = connection.Reading("SELECT a FROM t ORDER BY a");
            using var second = connection.Reading("SELECT a, 'x' FROM t WHERE a < 4 ORDER BY a DESC");
            answers.Do("end", commit ? transaction.Commit : transaction.Rollback);
            Rows(answers, second);
            if (commit)
            {
                Rows(answers, first);
            }

            answers.Value(connection, "SELECT count(*) FROM t");
        });

    private static void Rows(Answers answers, DbDataReader reader)
    {
        answers.Ask("at", () => reader.GetValue(0));
        answers.Ask("rows", () =>
        {
            var rows = new List<object>();
            while (reader.Read())
            {
                rows.Add(reader.GetValue(0));
            }

            return string.Join(',', rows);
        });
    }
}
