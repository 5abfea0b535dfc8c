using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Grouping;

/// <summary>
/// Tokens, <c>Cancel()</c> and deadlines of those in a group. <c>hook(n)</c> in a statement tells the test that it runs, and waits there for the test
/// if n is odd.
/// </summary>
public sealed class GroupCancellationTests
{
    private const string Table = "CREATE TABLE t(id INTEGER PRIMARY KEY, x)";
    private const string Endless = "INSERT INTO t(x) WITH RECURSIVE s(i) AS (SELECT hook(2) UNION ALL SELECT i + 1 FROM s) SELECT i FROM s";

    public static TheoryData<bool> Ways => [false, true];

    //  a  leads, its statement runs ……… done, commits with c
    //  b     waits, cancelled: leaves at once
    //  c     waits ……………………………………… done
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Waiter_that_is_not_drawn_yet_leaves_at_once(bool isAsync)
    {
        using var stage = new Stage();
        var first = stage.Line.Async(stage.A, "INSERT INTO t(x) VALUES (hook(1))");
        var second = stage.Start(stage.B, "INSERT INTO t(x) VALUES ('b')", isAsync);
        var third = stage.Line.Sync(stage.C, "INSERT INTO t(x) VALUES ('c')");
        stage.Line.Go();
        await stage.Runs();
        stage.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Comes());
        stage.GoOn();
        Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(first, third).Comes());
        stage.AssertThere("1,c", shared: 1, undone: 0);
    }

    //  b  is drawn; its first statement only reads; cancelled there: nothing of it has been done, and the group goes on
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Member_that_is_cancelled_before_it_has_written_is_cancelled_and_the_group_goes_on(bool isAsync)
    {
        using var stage = new Stage();
        var first = stage.Line.Async(stage.A, "INSERT INTO t(x) VALUES ('a')");
        var second = stage.Start(stage.B, "SELECT hook(1); INSERT INTO t(x) VALUES ('b')", isAsync);
        var third = stage.Line.Sync(stage.C, "INSERT INTO t(x) VALUES ('c')");
        stage.Line.Go();
        await stage.Runs();
        stage.Cancel();
        stage.GoOn();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Comes());
        Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(first, third).Comes());
        stage.AssertThere("a,c", shared: 1, undone: 0);
    }

    //  b  writes, interrupted: SQLite rolls back; a and c are run again, alone
    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(true, "INSERT INTO t(x) VALUES ('b'); ")]
    [InlineData(true, "INSERT INTO t(x) VALUES ('b') RETURNING x; ")]
    public async Task Member_that_is_cancelled_while_it_writes_leaves_nothing_and_the_others_are_run_again(bool isAsync, string before)
    {
        using var stage = new Stage();
        var first = stage.Line.Async(stage.A, "INSERT INTO t(x) VALUES ('a')");
        var second = stage.Start(stage.B, before + Endless, isAsync);
        var third = stage.Line.Sync(stage.C, "INSERT INTO t(x) VALUES ('c')");
        stage.Line.Go();
        await stage.Runs();
        stage.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Comes());
        Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(first, third).Comes());
        stage.AssertThere("a,c", shared: 0, undone: 1);
        Assert.Equal(0, stage.B.Number("SELECT last_insert_rowid() + total_changes()"));
        Assert.Equal(1, stage.B.Run("INSERT INTO t(x) VALUES ('later')"));
    }

    //  a leads and is interrupted while it writes: b and c have not been drawn
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Leader_that_is_cancelled_while_it_writes_leaves_nothing(bool isAsync)
    {
        using var stage = new Stage();
        var first = stage.Start(stage.A, Endless, isAsync);
        var second = stage.Line.Async(stage.B, "INSERT INTO t(x) VALUES ('b')");
        var third = stage.Line.Sync(stage.C, "INSERT INTO t(x) VALUES ('c')");
        stage.Line.Go();
        await stage.Runs();
        stage.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Comes());
        Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(second, third).Comes());
        stage.AssertThere("b,c", shared: 1, undone: 0);
    }

    //  a and b have run, c runs; a (the leader) or b is cancelled then: too late, they get the outcome
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Who_has_run_gets_the_outcome_whatever_its_token_says(bool isLeader, bool isAsync)
    {
        using var stage = new Stage();
        var cancelled = isLeader ? stage.Start(stage.A, "INSERT INTO t(x) VALUES ('a')", isAsync) : null;
        var other = isLeader ? null : stage.Line.Sync(stage.A, "INSERT INTO t(x) VALUES ('a')");
        cancelled ??= stage.Start(stage.B, "INSERT INTO t(x) VALUES ('b') RETURNING id", isAsync);
        other ??= stage.Line.Async(stage.B, "INSERT INTO t(x) VALUES ('b') RETURNING id");
        var last = stage.Line.Async(stage.C, "INSERT INTO t(x) VALUES (hook(1))");
        stage.Line.Go();
        await stage.Runs();
        stage.Cancel();
        Assert.False(cancelled.IsCompleted);
        stage.GoOn();
        Assert.Equal(new[] { 1, 1, 1 }, await Task.WhenAll(cancelled, other, last).Comes());
        stage.AssertThere("a,b,1", shared: 1, undone: 0);
    }

    //  a, b  have run; b is cancelled, its answer is open; c fails the transaction: b is put back, and leaves as it was asked to
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Who_has_run_and_is_put_back_leaves_if_it_was_cancelled_meanwhile(bool isAsync)
    {
        // A new text each time: one that is known to end transactions does not join.
        var failing = $"INSERT OR ROLLBACK INTO t(id, x) VALUES (hook(1), 'c') -- {Guid.NewGuid()}";
        using var stage = new Stage();
        var first = stage.Line.Async(stage.A, "INSERT INTO t(id, x) VALUES (1, 'a')");
        var second = stage.Start(stage.B, "INSERT INTO t(id, x) VALUES (2, 'b')", isAsync);
        var third = stage.Line.Sync(stage.C, failing);
        stage.Line.Go();
        await stage.Runs();
        stage.Cancel();
        stage.GoOn(times: 2);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Comes());
        Assert.Equal(1, await first.Comes());
        await Assert.ThrowsAsync<SqliteException>(() => third.Comes());
        stage.AssertThere("a", shared: 0, undone: 1);
        Assert.Equal(0, stage.B.Number("SELECT last_insert_rowid() + total_changes()"));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Deadline_that_interrupts_ends_only_whose_it_is(bool isLeader, bool isAsync)
    {
        using var stage = new Stage("Interrupt On Timeout=True;Default Timeout=0");
        var late = isLeader ? stage.A : stage.B;
        late.Run("PRAGMA busy_timeout=1500");
        var other = isLeader ? null : stage.Line.Sync(stage.A, "INSERT INTO t(x) VALUES ('a')");
        var interrupted = stage.Start(late, Endless, isAsync);
        other ??= stage.Line.Async(stage.B, "INSERT INTO t(x) VALUES ('b')");
        var third = stage.Line.Sync(stage.C, "INSERT INTO t(x) VALUES ('c')");
        stage.Line.Go();
        var error = await Assert.ThrowsAnyAsync<SqliteException>(() => interrupted.Comes());

        // On a machine that is this slow it may not even have begun.
        Assert.True(error.SqliteErrorCode == 9 || error is SplitSqliteBusyException);
        Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(other, third).Comes());
        stage.AssertThere(isLeader ? "b,c" : "a,c", shared: null, undone: null);
    }

    // A timer that would be longer than the longest there is.
    [Fact]
    public void Deadline_of_decades_may_interrupt()
    {
        using var file = new TestFile("Interrupt On Timeout=True;Default Timeout=2147483647").With(Table);
        using var a = file.Open();
        Assert.Equal(1, a.Run("INSERT INTO t(x) VALUES ('a')"));
        Assert.Equal(1, a.Number("SELECT count(*) FROM t"));
    }

    /// <summary>Three sessions of one option set with the hook, in a line.</summary>
    private sealed class Stage : IDisposable
    {
        private readonly TestFile _file;
        private readonly SplitSqliteDataSource _source;
        private readonly SemaphoreSlim _running = new(0);
        private readonly SemaphoreSlim _goOn = new(0);
        private readonly CancellationTokenSource _cancellation = new();
        private DbCommand? _command;

        public Stage(string options = "Default Timeout=0")
        {
            _file = new TestFile("Synchronous=Off;" + options).With(Table);
            _source = _file.Hooked(n =>
            {
                _running.Release();
                if (n % 2 != 0)
                {
                    _goOn.Wait();
                }
            });
            (A, B, C) = (_file.Open(_source), _file.Open(_source), _file.Open(_source));
            Line = new GroupLine(_file);
        }

        public SplitSqliteConnection A { get; }

        public SplitSqliteConnection B { get; }

        public SplitSqliteConnection C { get; }

        public GroupLine Line { get; }

        /// <summary>Queues the write that is to be cancelled: by its token, or by <c>Cancel()</c> where a thread blocks for it.</summary>
        public Task<int> Start(SplitSqliteConnection connection, string sql, bool isAsync)
        {
            if (isAsync)
            {
                return Line.Async(connection, sql, _cancellation.Token);
            }

            _command = connection.Command(sql);
            return Line.Joined(Schedule.OnThread(_command.ExecuteNonQuery));
        }

        public void Cancel()
        {
            _command?.Cancel();
            _cancellation.Cancel();
        }

        public async Task Runs() => Assert.True(await _running.WaitAsync(TimeSpan.FromSeconds(60)));

        public void GoOn(int times = 1) => _goOn.Release(times);

        public void AssertThere(string expected, int? shared, int? undone)
        {
            Assert.Equal(expected, A.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY id)"));
            Assert.Equal((shared ?? _file.Database.SharedCommits, undone ?? _file.Database.UndoneGroups), (_file.Database.SharedCommits, _file.Database.UndoneGroups));
            _file.AssertIdle();
        }

        public void Dispose()
        {
            Line.Dispose();
            A.Dispose();
            B.Dispose();
            C.Dispose();
            _source.Dispose();
            _file.AssertIdle();
            _file.AssertIntact();
            _file.Dispose();
            _running.Dispose();
            _goOn.Dispose();
            _cancellation.Dispose();
        }
    }
}
