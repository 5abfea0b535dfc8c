using System.Data;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>A transaction that somebody forgot: reads go on, writes wait, and the message says who is in the way.</summary>
public sealed class BlockedWriterTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1), (2), (3)";

    //  first   |--- data reader, never closed ------------------------------------------------|
    //  second       BEGIN  UPDATE … (forgotten)                          ROLLBACK
    //  third                        reads: at once   write waits ✗ deadline      write: done
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Forgotten_transaction_is_named_to_who_waits_for_it_while_reads_go_on(bool async)
    {
        using var file = new TestFile().With(Table);
        using var first = file.Open();
        using var open = first.Reading("SELECT x FROM t");
        using var second = file.Open();
        using var transaction = second.BeginTransaction();
        second.Run("UPDATE t SET x = x + 10 /* the forgotten one */");
        using var third = file.OpenHasty(150);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(6L, third.Value("SELECT sum(x) FROM t"));
        }

        var error = async
            ? await Assert.ThrowsAsync<SplitSqliteBusyException>(() => third.RunAsync("INSERT INTO t VALUES (4)"))
            : Assert.Throws<SplitSqliteBusyException>(() => third.Run("INSERT INTO t VALUES (4)"));
        Assert.StartsWith("SQLite Error 5: 'database is locked'.", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, error.SqliteErrorCode);
        Assert.True(error.IsTransient);
        Assert.True(error.HolderIsTransaction);
        Assert.Equal(second.Session!.Id, error.HolderId);
        Assert.Equal("UPDATE t SET x = x + 10 /* the forgotten one */", error.HolderSql);
        Assert.True(error.HolderAge >= error.Waited);
        Assert.True(error.Waited > TimeSpan.Zero);
        Assert.Contains($"session {second.Session!.Id} has held for ", error.Message, StringComparison.Ordinal);
        Assert.Contains("in a transaction (last SQL: UPDATE t SET x = x + 10 /* the forgotten one */)", error.Message, StringComparison.Ordinal);

        // Reads still go on, the transaction ends, writes go on.
        Assert.Equal(6L, third.Value("SELECT sum(x) FROM t"));
        var waiting = third.RunPatientlyAsync("INSERT INTO t VALUES (4)");
        Schedule.Until(() => file.Database.Gate.QueueLength == 1);
        transaction.Rollback();
        Assert.Equal(1, await waiting.Comes());
        Assert.Equal(10L, third.Value("SELECT sum(x) FROM t"));
    }

    //  one flow:   a.Begin   b.INSERT waits for a, which waits for this flow ✗ deadline: "waits for itself"
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Flow_that_waits_for_itself_is_told_so_at_its_deadline(bool async)
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.OpenHasty(50);
        using var transaction = async ? await a.BeginTransactionAsync() : a.BeginTransaction();
        a.Run("DELETE FROM t");
        var error = async
            ? await Assert.ThrowsAsync<SplitSqliteBusyException>(() => b.RunAsync("INSERT INTO t VALUES (4)"))
            : Assert.Throws<SplitSqliteBusyException>(() => b.Run("INSERT INTO t VALUES (4)"));
        Assert.True(error.SeemsToWaitForItself);
        Assert.Contains("wait for itself", error.Message, StringComparison.Ordinal);
        Assert.Equal("DELETE FROM t", error.HolderSql);
    }

    [Fact]
    public async Task Flow_that_waits_for_another_is_not_told_that_it_waits_for_itself()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.OpenHasty(50);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = new ManualResetEventSlim();
        Task other;
        using (ExecutionContext.SuppressFlow())
        {
            other = Schedule.OnThread(() =>
            {
                using var transaction = a.BeginTransaction();
                begun.SetResult();
                end.Wait();
            });
        }

        await begun.Task.Comes();
        var error = Assert.Throws<SplitSqliteBusyException>(() => b.Run("INSERT INTO t VALUES (4)"));
        end.Set();
        await other.Comes();
        Assert.False(error.SeemsToWaitForItself);
        Assert.True(error.HolderIsTransaction);
    }

    [Fact]
    public void Holder_stack_trace_is_told_when_asked_for()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open("Include Holder Stack Trace=True");
        using var b = file.OpenHasty(20);
        using var transaction = a.BeginTransaction();
        var error = Assert.Throws<SplitSqliteBusyException>(() => b.Run("DELETE FROM t"));
        Assert.Contains(nameof(Holder_stack_trace_is_told_when_asked_for), error.HolderStackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(Holder_stack_trace_is_told_when_asked_for), error.Message, StringComparison.Ordinal);
    }

    //  a  write ✗ deadline;  b ends;  a  BEGIN        c  write ✗ deadline: the message must not show a's failed write
    [Fact]
    public void Sql_of_a_failed_wait_is_not_told_as_the_holders()
    {
        using var file = new TestFile().With(Table);
        using var a = file.OpenHasty(10);
        using var b = file.Open();
        using (b.BeginTransaction())
        {
            Assert.Throws<SplitSqliteBusyException>(() => a.Run("INSERT INTO t VALUES ('never')"));
        }

        using var transaction = a.BeginTransaction();
        using var c = file.OpenHasty(10);
        Assert.Null(Assert.Throws<SplitSqliteBusyException>(() => c.Run("DELETE FROM t")).HolderSql);
    }

    //  queue: w1 (async) w2 (sync) w3 (async) …  the holder ends, and they come in the order in which they queued
    [Fact]
    public async Task Writers_are_served_in_the_order_in_which_they_queued()
    {
        using var file = new TestFile().With("CREATE TABLE o(n INTEGER PRIMARY KEY AUTOINCREMENT, who)");
        using var holder = file.Open();
        using var transaction = holder.BeginTransaction(IsolationLevel.Serializable);
        var sessions = new List<SplitSqliteConnection>();
        var waiting = new List<Task>();
        for (var i = 0; i < 12; i++)
        {
            var (session, who) = (file.Open(), i);
            sessions.Add(session);
            waiting.Add((i % 3) switch
            {
                0 => session.RunAsync("INSERT INTO o(who) VALUES ($1)", who),
                1 => Schedule.OnThread(() => { session.Run("INSERT INTO o(who) VALUES ($1)", who); }),
                _ => Task.Run(async () =>
                {
                    await using var own = await session.BeginTransactionAsync();
                    session.Run("INSERT INTO o(who) VALUES ($1)", who);
                    await own.CommitAsync();
                }),
            });
            Schedule.Until(() => file.Database.Gate.QueueLength == who + 1);
        }

        transaction.Commit();
        await Task.WhenAll(waiting).Comes();
        Assert.Equal("0,1,2,3,4,5,6,7,8,9,10,11", holder.Text("SELECT group_concat(who) FROM (SELECT who FROM o ORDER BY n)"));
        sessions.ForEach(session => session.Dispose());
        file.AssertIdle();
    }
}
