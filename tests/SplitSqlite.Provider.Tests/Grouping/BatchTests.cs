using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Grouping;

/// <summary>A batch is done whole or not at all, wherever it runs.</summary>
public sealed class BatchTests
{
    private const string Table = "CREATE TABLE t(id INTEGER PRIMARY KEY, x UNIQUE); INSERT INTO t(x) VALUES (1)";

    public enum Place
    {
        Alone,
        InTransaction,
        InGroup,
        LeadingGroup,
        InPrivateSession,
    }

    public static TheoryData<Place, bool> Places
    {
        get
        {
            var data = new TheoryData<Place, bool>();
            foreach (var place in Enum.GetValues<Place>())
            {
                data.Add(place, false);
                data.Add(place, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Batch_that_succeeds_gives_all_its_results(Place place, bool isAsync)
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        await using var connection = file.Open();
        await In(file, connection, place, async () =>
        {
            await using var batch = Batch(connection, "INSERT INTO t(x) VALUES ($1) RETURNING id, x", "UPDATE t SET x = x + 10", "SELECT count(*), sum(x) FROM t; SELECT changes(), last_insert_rowid()", "DELETE FROM t WHERE x = 11 RETURNING id");
            batch.BatchCommands[0].Parameters.AddWithValue("$1", 2);
            await using var reader = isAsync ? await batch.ExecuteReaderAsync() : batch.ExecuteReader();
            Assert.Equal("2 2 | 2 23 | 2 2 | 1", await Text(reader));
            Assert.Equal(4, reader.RecordsAffected);
            Assert.Equal([1, 2, -1, 1], batch.BatchCommands.Select(static command => command.RecordsAffected));
        });
        Assert.Equal(12L, connection.Value("SELECT sum(x) FROM t"));
        Assert.Equal(2L, connection.Value("SELECT last_insert_rowid()"));
        await connection.CloseAsync();
        file.AssertIdle();
        file.AssertIntact();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Batch_that_fails_has_done_nothing(Place place, bool isAsync)
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        await using var connection = file.Open();
        await In(file, connection, place, async () =>
        {
            await using var batch = Batch(connection, "INSERT INTO t(x) VALUES (2) RETURNING id", "INSERT INTO t(x) VALUES (3)", "INSERT INTO t(x) VALUES (1)", "INSERT INTO t(x) VALUES (4)");
            var error = isAsync
                ? await Assert.ThrowsAsync<SqliteException>(() => batch.ExecuteNonQueryAsync())
                : Assert.Throws<SqliteException>(() => batch.ExecuteNonQuery());
            Assert.Equal(2067, error.SqliteExtendedErrorCode);
        });
        Assert.Equal("1", connection.Text("SELECT group_concat(x) FROM t"));
        await connection.CloseAsync();
        file.AssertIdle();
        file.AssertIntact();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Batch_may_break_a_deferred_foreign_key_and_mend_it(Place place, bool isAsync)
    {
        using var file = new TestFile("Synchronous=Off").With("CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(parent REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
        await using var connection = file.Open();
        await In(file, connection, place, async () =>
        {
            await using var batch = Batch(connection, "INSERT INTO c VALUES (5)", "INSERT INTO p VALUES (5)");
            Assert.Equal(2, isAsync ? await batch.ExecuteNonQueryAsync() : batch.ExecuteNonQuery());
        });
        Assert.Equal(1L, connection.Value("SELECT count(*) FROM c"));
        if (place != Place.InTransaction)
        {
            await In(file, connection, place, async () =>
            {
                await using var batch = Batch(connection, "INSERT INTO p VALUES (6)", "INSERT INTO c VALUES (7)");
                var error = isAsync
                    ? await Assert.ThrowsAsync<SqliteException>(() => batch.ExecuteNonQueryAsync())
                    : Assert.Throws<SqliteException>(() => batch.ExecuteNonQuery());
                Assert.Equal(787, error.SqliteExtendedErrorCode);
            });
            Assert.Equal(1L, connection.Value("SELECT count(*) FROM p"));
        }

        await connection.CloseAsync();
        file.AssertIdle();
    }

    [Fact]
    public async Task Batch_joins_a_group_as_one_member_and_its_failure_is_its_own()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var c = file.Open();
        using var holder = file.Open();
        var transaction = holder.BeginTransaction();
        var first = a.RunAsync("INSERT INTO t(x) VALUES (2)");
        Schedule.Until(() => file.Database.Gate.QueueLength == 1);
        using var batch = Batch(b, "INSERT INTO t(x) VALUES (3)", "INSERT INTO t(x) VALUES (2)");
        var second = batch.ExecuteNonQueryAsync();
        Schedule.Until(() => file.Database.Gate.QueueLength == 2);
        var third = c.RunAsync("INSERT INTO t(x) VALUES (3)");
        Schedule.Until(() => file.Database.Gate.QueueLength == 3);
        transaction.Commit();
        Assert.Equal(1, await first.Comes());
        Assert.Equal(19, (await Assert.ThrowsAsync<SqliteException>(() => second.Comes())).SqliteErrorCode);
        Assert.Equal(1, await third.Comes());
        Assert.Equal("1,2,3", a.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY x)"));
        Assert.Equal(1, file.Database.SharedCommits);
        Assert.Equal(3, file.Database.SharingWrites);
    }

    [Fact]
    public async Task Batch_that_is_undone_with_its_group_is_run_again()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var holder = file.Open();
        var transaction = holder.BeginTransaction();
        using var batch = Batch(a, "INSERT INTO t(x) VALUES (3)", "INSERT INTO t(x) VALUES (4) RETURNING id");
        var first = batch.ExecuteReaderAsync();
        Schedule.Until(() => file.Database.Gate.QueueLength == 1);
        var second = b.RunAsync("INSERT OR ROLLBACK INTO t(x) VALUES (1)");
        Schedule.Until(() => file.Database.Gate.QueueLength == 2);
        transaction.Commit();
        await using (var reader = await first.Comes())
        {
            Assert.Equal("3", await Text(reader));
        }

        await Assert.ThrowsAsync<SqliteException>(() => second.Comes());
        Assert.Equal(3L, a.Value("SELECT count(*) FROM t"));
        Assert.Equal(0, file.Database.SharedCommits);
    }

    [Fact]
    public async Task Batch_of_reads_sees_one_snapshot_and_leaves_the_writer_alone()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        using var connection = file.Open();
        using var holder = file.Open();
        using var transaction = holder.BeginTransaction();
        holder.Run("INSERT INTO t(x) VALUES (2)");
        using var batch = Batch(connection, "SELECT count(*) FROM t", "SELECT max(x) FROM t; SELECT 7");
        await using var reader = batch.ExecuteReader();
        Assert.Equal("1 | 1 | 7", await Text(reader));
        Assert.Equal(-1, reader.RecordsAffected);
    }

    [Fact]
    public void Batch_may_make_tables_and_fill_them()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        using var connection = file.Open();
        using (var batch = Batch(connection, "CREATE TABLE u(y)", "INSERT INTO u VALUES (1), (2)", "PRAGMA user_version = 5"))
        {
            batch.ExecuteNonQuery();
        }

        using (var batch = Batch(connection, "CREATE TABLE v(y)", "INSERT INTO nothing VALUES (1)"))
        {
            Assert.Throws<SqliteException>(() => batch.ExecuteNonQuery());
        }

        Assert.Equal(2L, connection.Value("SELECT count(*) FROM u"));
        Assert.Equal(5L, connection.Value("PRAGMA user_version"));
        Assert.Equal(0L, connection.Value("SELECT count(*) FROM sqlite_schema WHERE name = 'v'"));
    }

    [Theory]
    [InlineData("BEGIN")]
    [InlineData("INSERT INTO t(x) VALUES (9); COMMIT")]
    [InlineData("SAVEPOINT s")]
    public void Batch_refuses_transaction_control_before_it_runs_anything(string sql)
    {
        using var file = new TestFile().With(Table);
        using var connection = file.Open();
        using var batch = Batch(connection, "INSERT INTO t(x) VALUES (8)", sql);
        Assert.Contains("Command 2", Assert.Throws<InvalidOperationException>(() => batch.ExecuteNonQuery()).Message, StringComparison.Ordinal);
        Assert.Equal(1L, connection.Value("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Batch_that_waits_can_be_cancelled()
    {
        using var file = new TestFile().With(Table);
        using var connection = file.Open();
        using var holder = file.Open();
        var transaction = holder.BeginTransaction();
        foreach (var byToken in new[] { true, false })
        {
            using var cancellation = new CancellationTokenSource();
            using var batch = Batch(connection, "INSERT INTO t(x) VALUES (8)");
            var running = batch.ExecuteNonQueryAsync(cancellation.Token);
            Schedule.Until(() => file.Database.Gate.QueueLength == 1);
            if (byToken)
            {
                cancellation.Cancel();
            }
            else
            {
                batch.Cancel();
            }

            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Comes());
            Assert.Equal(byToken ? cancellation.Token : default, error.CancellationToken);
        }

        transaction.Commit();
        Assert.Equal(1L, connection.Value("SELECT count(*) FROM t"));
        connection.Close();
        holder.Close();
        file.AssertIdle();
    }

    [Fact]
    public void Batch_is_made_by_factory_connection_and_data_source()
    {
        using var file = new TestFile().With(Table);
        Assert.True(SplitSqliteFactory.Instance.CanCreateBatch);
        using var connection = file.Open();
        Assert.True(connection.CanCreateBatch);
        using DbBatch batch = SplitSqliteFactory.Instance.CreateBatch();
        batch.Connection = connection;
        var command = SplitSqliteFactory.Instance.CreateBatchCommand();
        command.CommandText = "INSERT INTO t(x) VALUES (@x)";
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@x";
        parameter.Value = 2;
        command.Parameters.Add(parameter);
        batch.BatchCommands.Add(command);
        batch.Prepare();
        Assert.Equal(1, batch.ExecuteNonQuery());
        Assert.Equal(1, command.RecordsAffected);
        using var source = SplitSqliteDataSource.Create(file.ConnectionString());
        using var ofSource = source.CreateBatch();

        // The framework's batch of a data source makes no commands.
        ofSource.BatchCommands.Add(new SplitSqliteBatchCommand("SELECT count(*) FROM t"));
        Assert.Equal(2L, ofSource.ExecuteScalar());
        batch.BatchCommands.Clear();
        Assert.Throws<InvalidOperationException>(() => batch.ExecuteNonQuery());
        Assert.Throws<InvalidCastException>(() => batch.Connection = new SqliteConnection());
    }

    [Fact]
    public async Task Batch_closes_its_connection_with_its_reader_where_asked_to()
    {
        using var file = new TestFile().With(Table);
        var connection = file.Open();
        await using (var batch = Batch(connection, "SELECT 1"))
        {
            await using var reader = await batch.ExecuteReaderAsync(CommandBehavior.CloseConnection);
            Assert.True(await reader.ReadAsync());
        }

        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    private static SplitSqliteBatch Batch(SplitSqliteConnection connection, params string[] commands)
    {
        var batch = connection.CreateBatch();
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    private static async Task In(TestFile file, SplitSqliteConnection connection, Place place, Func<Task> work)
    {
        switch (place)
        {
            case Place.InTransaction:
                await using (var transaction = await connection.BeginTransactionAsync())
                {
                    await work();
                    await transaction.CommitAsync();
                }

                break;

            case Place.InPrivateSession:
                connection.Run("CREATE TEMP TABLE IF NOT EXISTS mine(x)");
                await work();
                break;

            case Place.InGroup or Place.LeadingGroup:
                using (var holder = file.Open())
                using (var other = file.Open())
                {
                    var shared = file.Database.SharedCommits;
                    var transaction = holder.BeginTransaction();
                    var fruitless = $"DELETE FROM {holder.Text("SELECT name FROM sqlite_schema WHERE type = 'table' LIMIT 1")} WHERE 0";
                    Task<int>? first = null;
                    var isGuest = place == Place.InGroup;
                    if (isGuest)
                    {
                        first = other.RunAsync(fruitless);
                        Schedule.Until(() => file.Database.Gate.QueueLength == 1);
                    }

                    var running = Schedule.OnThread(() => work().GetAwaiter().GetResult());
                    Schedule.Until(() => file.Database.Gate.QueueLength == (isGuest ? 2 : 1));
                    if (!isGuest)
                    {
                        first = other.RunAsync(fruitless);
                        Schedule.Until(() => file.Database.Gate.QueueLength == 2);
                    }

                    transaction.Commit();
                    await running.Comes();
                    await first!.Comes();
                    Assert.Equal(shared + 1, file.Database.SharedCommits);
                }

                break;

            default:
                await work();
                break;
        }
    }

    private static async Task<string> Text(DbDataReader reader)
    {
        var results = new List<string>();
        do
        {
            while (await reader.ReadAsync())
            {
                results.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
            }
        }
        while (await reader.NextResultAsync());
        return string.Join(" | ", results);
    }
}
