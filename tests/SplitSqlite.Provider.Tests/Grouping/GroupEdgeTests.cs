using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Grouping;

/// <summary>Members of a group that end in unusual ways, and batches beside what else their session has open.</summary>
public sealed class GroupEdgeTests
{
    private const string Table = "CREATE TABLE t(id INTEGER PRIMARY KEY, x UNIQUE); INSERT INTO t(x) VALUES (1)";

    [Fact]
    public void Batch_within_a_transaction_runs_beside_an_open_reader_of_a_write()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        using var connection = file.Open();
        using var transaction = connection.BeginTransaction();
        using (var command = connection.Command("INSERT INTO t(x) VALUES (2), (3) RETURNING x"))
        using (var reader = command.ExecuteReader())
        {
            Assert.True(reader.Read());
            using var batch = connection.CreateBatch();
            batch.BatchCommands.Add("INSERT INTO t(x) VALUES (4)");
            Assert.Equal(1, batch.ExecuteNonQuery());
            batch.BatchCommands.Add("INSERT INTO t(x) VALUES (1)");
            batch.BatchCommands[0].CommandText = "INSERT INTO t(x) VALUES (5)";
            Assert.Equal(19, Assert.Throws<SqliteException>(() => batch.ExecuteNonQuery()).SqliteErrorCode);
            Assert.Equal(2L, reader.GetInt64(0));
            Assert.True(reader.Read());
            Assert.Equal(3L, reader.GetInt64(0));
            Assert.False(reader.Read());
        }

        transaction.Commit();
        Assert.Equal("1,2,3,4", connection.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY x)"));
    }

    //  holder  BEGIN                              COMMIT
    //  a             INSERT 2, waits              leads
    //  b                INSERT 3, waits   Close          not run
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_whose_connection_is_closed_while_it_waits_is_not_run(bool isBatch)
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var holder = file.Open();
        var transaction = holder.BeginTransaction();
        var first = a.RunAsync("INSERT INTO t(x) VALUES (2)");
        Schedule.Until(() => file.Database.Gate.QueueLength == 1);
        using var batch = b.CreateBatch();
        batch.BatchCommands.Add("INSERT INTO t(x) VALUES (3)");
        var second = isBatch ? batch.ExecuteNonQueryAsync() : b.RunAsync("INSERT INTO t(x) VALUES (3)");
        Schedule.Until(() => file.Database.Gate.QueueLength == 2);
        b.Close();
        transaction.Commit();
        Assert.Equal(1, await first.Comes());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second.Comes());
        Assert.Equal(2L, a.Value("SELECT count(*) FROM t"));
        a.Close();
        holder.Close();
        file.AssertIdle();
    }

    // A timer's range is 49 days.
    [Fact]
    public async Task Timeout_of_decades_may_interrupt_members()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        const string Options = "Interrupt On Timeout=True;Default Timeout=2147483647";
        using var a = file.Open();
        using var b = file.Open(Options);
        using var holder = file.Open();
        var transaction = holder.BeginTransaction();
        var first = a.RunAsync("INSERT INTO t(x) VALUES (2)");
        Schedule.Until(() => file.Database.Gate.QueueLength == 1);
        var second = b.RunAsync("INSERT INTO t(x) VALUES (3)");
        Schedule.Until(() => file.Database.Gate.QueueLength == 2);
        transaction.Commit();
        Assert.Equal(1, await first.Comes());
        Assert.Equal(1, await second.Comes());
        Assert.Equal(1, file.Database.SharedCommits);
        Assert.Equal(3L, b.Value("SELECT count(*) FROM t"));
        a.Close();
        b.Close();
        holder.Close();
        file.AssertIdle();
    }

    // The interrupt ends the group's transaction, and with it the member's first row.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Values_of_a_session_are_put_back_when_its_cancelled_write_is_undone(bool leads)
    {
        using var cancellation = new CancellationTokenSource();
        using var file = new TestFile("Synchronous=Off").With(Table);
        using var source = file.Hooked(_ => cancellation.Cancel());
        using var a = file.Open(source);
        using var b = file.Open(source);
        using var holder = file.Open();
        var transaction = holder.BeginTransaction();
        using var endless = a.Command(
            "INSERT INTO t(x) VALUES (50); INSERT INTO t(x) WITH RECURSIVE n(v) AS (SELECT 100 + hook(1) UNION ALL SELECT v + 1 FROM n) SELECT v FROM n");
        Task<int> stopped = null!, other = null!;
        for (var i = 0; i < 2; i++)
        {
            if (leads == (i == 0))
            {
                stopped = endless.ExecuteNonQueryAsync(cancellation.Token);
            }
            else
            {
                other = b.RunAsync("INSERT INTO t(x) VALUES (3)");
            }

            Schedule.Until(() => file.Database.Gate.QueueLength == i + 1);
        }

        transaction.Commit();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped.Comes());
        Assert.Equal(1, await other.Comes());
        Assert.Equal("1,3", a.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY x)"));
        Assert.Equal("0 0 0", a.Text("SELECT last_insert_rowid() || ' ' || changes() || ' ' || total_changes()"));
        a.Close();
        b.Close();
        holder.Close();
        file.AssertIdle();
    }

    //  plain  BEGIN, SELECT                                        (a shared lock: without WAL no commit gets past it)
    //  a                      INSERT, undone by BUSY at its commit
    //  b                                                             INSERT that fails, last_insert_rowid()
    [Fact]
    public void Rowid_of_a_write_that_another_process_has_undone_is_nobodys()
    {
        using var file = new TestFile("Synchronous=Off;Journal Mode=Keep");
        using var plain = file.OpenPlain();
        plain.Run(Table);
        using var a = file.Open();
        using var b = file.Open();
        plain.Run("BEGIN");
        using (var reading = plain.Reading("SELECT * FROM t"))
        {
            using var command = a.Command("INSERT INTO t(x) VALUES (2)");
            command.CommandTimeout = -1;
            Assert.Throws<SplitSqliteBusyException>(() => command.ExecuteNonQuery());
            Assert.Equal(19, Assert.Throws<SqliteException>(() => b.Run("INSERT INTO t(x) VALUES (1)")).SqliteErrorCode);
            Assert.Equal(0L, b.Value("SELECT last_insert_rowid()"));
            Assert.Equal(0L, a.Value("SELECT last_insert_rowid()"));
        }

        plain.Run("COMMIT");
    }

    [Fact]
    public async Task Batch_is_refused_by_a_data_source_that_is_being_disposed_while_others_write()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        var source = new SplitSqliteDataSourceBuilder(file.ConnectionString()) { ShutdownTimeout = TimeSpan.FromSeconds(100) }.Build();
        using var a = file.Open(source);
        using var b = file.Open(source);
        var transaction = a.BeginTransaction();
        var disposal = source.DisposeAsync().AsTask();
        using var batch = b.CreateBatch();
        batch.BatchCommands.Add("INSERT INTO t(x) VALUES (2)");
        var refused = Schedule.OnThread(() => Assert.Throws<ObjectDisposedException>(() => batch.ExecuteNonQuery()));
        Schedule.Until(() => refused.IsCompleted || file.Database.Gate.QueueLength == 1);
        transaction.Commit();
        await disposal.Comes();
        await refused.Comes();
    }
}
