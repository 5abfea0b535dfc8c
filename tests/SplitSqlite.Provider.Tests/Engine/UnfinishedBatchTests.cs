using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>
/// Batches whose transaction ends while their data reader stands in the middle of them. What is left of them runs where the reader gets
/// there, in what the session is then; only, an error of it is thrown, where Microsoft.Data.Sqlite swallows it on Close.
/// </summary>
public sealed class UnfinishedBatchTests
{
    [Fact]
    public void Rest_of_a_batch_runs_after_the_rollback_that_its_reader_outlived()
        => TwoProviders.Agree("CREATE TABLE t(a); INSERT INTO t VALUES (1)", static (connection, answers) =>
        {
            using var transaction = connection.BeginTransaction();
            var reader = connection.Reading("SELECT a FROM t; INSERT INTO t VALUES (2)");
            answers.Do("rollback", transaction.Rollback);
            answers.Do("close", reader.Dispose);
            answers.Value(connection, "SELECT group_concat(a) FROM t");
        });

    [Fact]
    public void Rest_of_a_batch_runs_after_the_commit_that_its_reader_outlived()
        => TwoProviders.Agree("CREATE TABLE t(a); INSERT INTO t VALUES (1)", static (connection, answers) =>
        {
            using var transaction = connection.BeginTransaction();
            connection.Run("INSERT INTO t VALUES (2)");
            var reader = connection.Reading("SELECT a FROM t; INSERT INTO t VALUES (3), (4); SELECT count(*) FROM t; INSERT INTO t VALUES (5)");
            answers.Do("commit", transaction.Commit);
            answers.Value(connection, "SELECT group_concat(a) FROM t");
            answers.Ask("read", () => reader.Read());
            answers.Ask("next", () => reader.NextResult());
            answers.Ask("read", () => reader.Read());
            answers.Ask("count", () => reader.GetValue(0));
            answers.Ask("next", () => reader.NextResult());
            answers.Do("close", reader.Dispose);
            answers.Ask("affected", () => reader.RecordsAffected);
            answers.Value(connection, "SELECT group_concat(a) FROM t");
        });

    [Fact]
    public void Rest_of_a_batch_joins_the_transaction_that_is_open_when_its_reader_gets_there()
        => TwoProviders.Agree("CREATE TABLE t(a); INSERT INTO t VALUES (1)", static (connection, answers) =>
        {
            connection.Run("BEGIN");
            var reader = connection.Reading("SELECT a FROM t; INSERT INTO t VALUES (2)");
            answers.Run(connection, "COMMIT; BEGIN");
            answers.Do("close", reader.Dispose);
            answers.Value(connection, "SELECT group_concat(a) FROM t");
            answers.Run(connection, "ROLLBACK");
            answers.Value(connection, "SELECT group_concat(a) FROM t");
        });

    [Fact]
    public void Commit_beside_a_reader_whose_batch_goes_on_to_commit_leaves_that_commit_nothing()
    {
        using var file = new TestFile("Default Timeout=10").With("CREATE TABLE t(a)");
        using (var connection = file.Open())
        {
            connection.Run("BEGIN; INSERT INTO t VALUES (1)");
            var reader = connection.Reading("SELECT 1; COMMIT");
            connection.Run("COMMIT");
            Assert.True(file.Database.Gate.IsFree);
            var error = Assert.Throws<SqliteException>(reader.Dispose);
            Assert.Contains("no transaction is active", error.Message, StringComparison.Ordinal);
            Assert.Equal(1L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Readers_whose_batches_both_go_on_to_commit_do_not_detach_each_other_for_ever()
    {
        using var file = new TestFile("Default Timeout=10").With("CREATE TABLE t(a)");
        using (var connection = file.Open())
        {
            connection.Run("BEGIN; INSERT INTO t VALUES (1)");
            var first = connection.Reading("SELECT 1; COMMIT");
            var second = connection.Reading("SELECT 2; COMMIT");
            first.Dispose();
            Assert.Throws<SqliteException>(second.Dispose);
            Assert.Equal(1L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Close_of_a_connection_runs_the_batches_that_are_open_and_tells_the_first_error()
    {
        using var file = new TestFile("Default Timeout=10").With("CREATE TABLE t(a)");
        var connection = file.Open();
        connection.Run("BEGIN; INSERT INTO t VALUES (1)");
        _ = connection.Reading("SELECT 1; COMMIT");
        _ = connection.Reading("SELECT 2; COMMIT");
        _ = connection.Reading("SELECT 3; INSERT INTO t VALUES (2)");
        var error = Assert.Throws<SqliteException>(connection.Close);
        Assert.Contains("no transaction is active", error.Message, StringComparison.Ordinal);
        Assert.Equal(System.Data.ConnectionState.Closed, connection.State);
        file.AssertIdle();
        using var later = file.Open();
        Assert.Equal("1,2", later.Value("SELECT group_concat(a) FROM t"));
    }

    [Fact]
    public void Error_in_the_rest_of_a_batch_is_thrown_on_close_and_frees_everything()
    {
        using var file = new TestFile("Default Timeout=10").With("CREATE TABLE t(a PRIMARY KEY); INSERT INTO t VALUES (1)");
        using (var connection = file.Open())
        {
            DbDataReader reader;
            using (var transaction = connection.BeginTransaction())
            {
                reader = connection.Reading("SELECT a FROM t; INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)");
                transaction.Commit();
            }

            Assert.Equal(19, Assert.Throws<SqliteException>(reader.Dispose).SqliteErrorCode);
            Assert.True(reader.IsClosed);
            reader.Dispose();
            Assert.Equal(1L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }
}
