using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>
/// Cancelling what runs, what is idle and what has ended. A cancellation comes from inside the SQL, by a function that the statement calls
/// at a certain row, so that it always meets the same moment.
/// </summary>
public sealed class CancellationTests
{
    private const string Rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT at(i) FROM n";

    [Theory]
    [InlineData("INSERT INTO t " + Rows, false)]
    [InlineData("INSERT INTO t " + Rows, true)]
    [InlineData("SELECT 1; INSERT INTO t " + Rows, false)]
    [InlineData("SELECT 1; INSERT INTO t " + Rows, true)]
    [InlineData("INSERT INTO t " + Rows + " RETURNING a", false)]
    [InlineData("INSERT INTO t " + Rows + " RETURNING a", true)]
    [InlineData("SELECT 1; SELECT 2; INSERT INTO t " + Rows + " RETURNING a; SELECT 3", true)]
    public async Task Cancelled_write_is_told_as_cancelled_and_undone(string sql, bool inTransaction)
    {
        using var file = new TestFile();
        using var cancellation = new CancellationTokenSource();
        await using var source = SourceOf(file, 1000, cancellation);
        await using (var connection = source.OpenConnection())
        {
            connection.Run("CREATE TABLE t(a)");
            await using var transaction = inTransaction ? connection.BeginTransaction() : null;
            await using var command = connection.Command(sql);
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.ExecuteNonQueryAsync(cancellation.Token));
            Assert.Equal(cancellation.Token, error.CancellationToken);
            if (transaction is not null)
            {
                // An interrupted INSERT has taken the transaction with it, as SQLite says.
                Assert.Throws<InvalidOperationException>(transaction.Commit);
                transaction.Dispose();
            }

            Assert.Equal(0L, connection.Value("SELECT count(*) FROM t"));
            Assert.Equal(1, connection.Run("INSERT INTO t VALUES (1)"));
            AssertIdle(connection);
        }
    }

    [Theory]
    [InlineData("SELECT at(1); INSERT INTO t VALUES (9)", false)]
    [InlineData("SELECT at(1); INSERT INTO t VALUES (9)", true)]
    [InlineData("INSERT INTO t VALUES (1); SELECT at(1); INSERT INTO t VALUES (9)", true)]
    public async Task Cancellation_between_two_statements_is_told_where_the_second_is_left_out(string sql, bool inTransaction)
    {
        using var file = new TestFile();
        using var cancellation = new CancellationTokenSource();
        await using var source = SourceOf(file, 1, cancellation);
        await using var connection = source.OpenConnection();
        connection.Run("CREATE TABLE t(a)");
        await using var transaction = inTransaction ? connection.BeginTransaction() : null;
        await using var command = connection.Command(sql);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.ExecuteNonQueryAsync(cancellation.Token));
        Assert.Equal(0L, connection.Value("SELECT count(*) FROM t WHERE a = 9"));
    }

    [Fact]
    public void Cancel_of_an_idle_data_reader_leaves_the_transaction_alone()
        => TwoProviders.Agree("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)", static (connection, answers) =>
        {
            using var transaction = connection.BeginTransaction();
            answers.Run(connection, "INSERT INTO t VALUES (4)");
            var command = connection.Command("SELECT a FROM t");
            var reader = command.ExecuteReader();
            answers.Ask("read", () => reader.Read());
            command.Cancel();
            answers.Run(connection, "INSERT INTO t VALUES (5)");

            // The first text again: its statement was kept prepared from before the cancellation.
            answers.Run(connection, "INSERT INTO t VALUES (4)");
            answers.Do("commit", transaction.Commit);
            answers.Do("close", reader.Dispose);
            answers.Value(connection, "SELECT group_concat(a) FROM t");
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancel_of_one_data_reader_leaves_the_other_alone(bool inTransaction)
        => TwoProviders.Agree("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)", (connection, answers) =>
        {
            using var transaction = inTransaction ? connection.BeginTransaction() : null;
            var first = connection.Command("SELECT a FROM t");
            using var cancelled = first.ExecuteReader();
            Assert.True(cancelled.Read());
            using var other = connection.Reading("SELECT a FROM t");
            first.Cancel();
            answers.Ask("read", () => other.Read());
            answers.Ask("value", () => other.GetValue(0));
            answers.Ask("read", () => other.Read());
            answers.Ask("read", () => other.Read());
        });

    [Fact]
    public void Cancelled_data_reader_closes_in_silence_and_leaves_the_rest_out()
    {
        using var file = new TestFile().With("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)");
        using (var connection = file.Open())
        {
            using var transaction = connection.BeginTransaction();
            using var command = connection.Command("SELECT a FROM t; INSERT INTO t VALUES (3)");
            using (var reader = command.ExecuteReader())
            {
                Assert.True(reader.Read());
                command.Cancel();
            }

            transaction.Commit();
            Assert.Equal(2L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancelled_data_reader_that_outlives_its_transaction_does_not_pass_for_a_finished_one(bool commit)
    {
        using var file = new TestFile().With("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
        using (var connection = file.Open())
        {
            using var transaction = connection.BeginTransaction();
            using var command = connection.Command("SELECT a FROM t");
            using var reader = command.ExecuteReader();
            Assert.True(reader.Read());
            command.Cancel();
            if (commit)
            {
                transaction.Commit();
            }
            else
            {
                transaction.Rollback();
            }

            Assert.Equal(1L, reader.GetValue(0));
            Assert.ThrowsAny<OperationCanceledException>(() => reader.Read());
        }

        file.AssertIdle();
    }

    [Fact]
    public async Task Token_that_fires_after_the_call_means_nothing_to_the_data_reader()
    {
        using var file = new TestFile().With("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
        await using (var connection = file.Open())
        {
            using var cancellation = new CancellationTokenSource();
            await using var command = (SplitSqliteCommand)connection.Command("SELECT a FROM t; INSERT INTO t VALUES (4)");
            await using var transaction = connection.BeginTransaction();
            command.Transaction = transaction;
            await using (var reader = await command.ExecuteReaderAsync(cancellation.Token))
            {
                Assert.True(reader.Read());
                cancellation.Cancel();
                Assert.True(reader.Read());
                Assert.True(reader.Read());
                Assert.False(reader.NextResult());
            }

            transaction.Commit();
            Assert.Equal(4L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Cancel_of_a_command_that_has_ended_does_nothing_to_the_next()
    {
        using var file = new TestFile().With("CREATE TABLE t(a)");
        using var connection = file.Open();
        using var command = connection.Command("INSERT INTO t VALUES (1)");
        Assert.Equal(1, command.ExecuteNonQuery());
        command.Cancel();
        Assert.Equal(1, command.ExecuteNonQuery());
        command.Cancel();
        Assert.Equal(2L, connection.Value("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    [Fact]
    public void Cancel_while_a_row_is_computed_ends_the_data_reader_and_not_the_transaction()
    {
        using var file = new TestFile();
        using var cancellation = new CancellationTokenSource();
        using var source = SourceOf(file, 10, cancellation);
        using var connection = source.OpenConnection();
        connection.Run("CREATE TABLE t(a)");
        using (var transaction = connection.BeginTransaction())
        {
            connection.Run("INSERT INTO t VALUES (1)");
            using var command = connection.Command(Rows);
            using var registration = cancellation.Token.Register(command.Cancel);
            using var reader = command.ExecuteReader();
            Assert.ThrowsAny<OperationCanceledException>(() => ReadAll(reader));
            connection.Run("INSERT INTO t VALUES (2)");
            reader.Dispose();
            transaction.Commit();
        }

        Assert.Equal(2L, connection.Value("SELECT count(*) FROM t"));
        AssertIdle(connection);
    }

    private static void ReadAll(DbDataReader reader)
    {
        while (reader.Read())
        {
        }
    }

    // at(i) gives i, and cancels when it is the one given.
    private static SplitSqliteDataSource SourceOf(TestFile file, long row, CancellationTokenSource cancellation)
        => new SplitSqliteDataSourceBuilder(file.ConnectionString("Pooling=False"))
            .UsePhysicalConnectionInitializer(connection => connection.CreateFunction<long, long>("at", i =>
            {
                if (i == row)
                {
                    cancellation.Cancel();
                }

                return i;
            }))
            .Build();

    private static void AssertIdle(SplitSqliteConnection connection)
    {
        var database = connection.Session!.Database;
        Support.Schedule.Until(() => database.Gate.IsFree);
        Assert.Equal(0, database.Readers.Rented);
        Assert.Equal(0, database.Readers.Overflow);
    }
}
