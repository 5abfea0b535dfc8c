using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Faults;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Grouping;

/// <summary>Groups that meet a connection outside of the provider, as that of another process.</summary>
public sealed class GroupBusyTests
{
    private const string Table = "CREATE TABLE t(id INTEGER PRIMARY KEY, x); INSERT INTO t(x) VALUES ('one')";

    //  plain  (rollback journal) reads ……………………… ends
    //  a, b, c        BEGIN … COMMIT busy … again …… done
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_waits_for_a_reader_of_another_process_and_is_shared_all_the_same(bool isAsync)
    {
        using var file = new TestFile("Journal Mode=Keep;Synchronous=Off;Default Timeout=0").With(Table);
        using (var line = new GroupLine(file))
        using (var plain = file.OpenPlain())
        {
            using var a = file.Open();
            using var b = file.Open();
            using var c = file.Open();
            plain.Run("BEGIN");
            Assert.Equal(1, plain.Number("SELECT count(*) FROM t"));
            var first = isAsync ? line.Async(a, "INSERT INTO t(x) VALUES ('a')") : line.Sync(a, "INSERT INTO t(x) VALUES ('a')");
            var second = line.Async(b, "INSERT INTO t(x) VALUES ('b') RETURNING id");
            var third = line.Sync(c, "INSERT INTO t(x) VALUES ('c')");
            line.Go();
            Schedule.Until(() => file.Database.Room.IsShared);
            Assert.Equal(2, file.Database.Gate.Snapshot().Drawn);
            Assert.False(first.IsCompleted || second.IsCompleted || third.IsCompleted);
            plain.Run("COMMIT");
            Assert.Equal(new[] { 1, 1, 1 }, await Task.WhenAll(first, second, third).Comes());
            Assert.Equal((1, 3), (file.Database.SharedCommits, file.Database.SharingWrites));
            Assert.Equal("one,a,b,c", plain.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY id)"));
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    //  plain  reads ………………………………………………………………… ends
    //  a              COMMIT busy … its deadline ✗
    //  b, c           drawn ……………… again, alone, wait …… done
    [Theory]
    [InlineData("deadline")]
    [InlineData("token")]
    public async Task Leader_that_gives_up_waiting_for_its_commit_fails_alone(string way)
    {
        using var file = new TestFile("Journal Mode=Keep;Synchronous=Off;Default Timeout=0").With(Table);
        using (var line = new GroupLine(file))
        using (var plain = file.OpenPlain())
        {
            using var a = file.OpenHasty(way == "deadline" ? 2000 : 60_000);
            using var b = file.Open();
            using var c = file.Open();
            using var cancellation = new CancellationTokenSource();
            plain.Run("BEGIN");
            Assert.Equal(1, plain.Number("SELECT count(*) FROM t"));
            var first = line.Async(a, "INSERT INTO t(x) VALUES ('a')", cancellation.Token);
            var second = line.Async(b, "INSERT INTO t(x) VALUES ('b')");
            var third = line.Sync(c, "INSERT INTO t(x) VALUES ('c')");
            line.Go();
            Schedule.Until(() => first.IsCompleted || file.Database.Room.IsShared);
            if (way == "token")
            {
                await cancellation.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Comes());
            }
            else
            {
                await Assert.ThrowsAsync<SplitSqliteBusyException>(() => first.Comes());
            }

            Assert.False(second.IsCompleted || third.IsCompleted);
            plain.Run("COMMIT");
            Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(second, third).Comes());
            Assert.Equal(0, file.Database.SharedCommits);
            Assert.Equal("one,b,c", b.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY id)"));
            Assert.Equal(0, a.Number("SELECT total_changes() + last_insert_rowid()"));
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    //  plain  reads ……………………………………………………………… ends
    //  a              COMMIT busy ……… undone, again, alone …… done
    //  b                    drawn  cancelled ✗
    //  c                    drawn ……… back in line …………………… done
    [Fact]
    public async Task Member_that_is_asked_to_end_need_not_wait_for_a_commit_that_waits()
    {
        using var file = new TestFile("Journal Mode=Keep;Synchronous=Off;Default Timeout=0").With(Table);
        using (var line = new GroupLine(file))
        using (var plain = file.OpenPlain())
        {
            using var a = file.Open();
            using var b = file.Open();
            using var c = file.Open();
            using var cancellation = new CancellationTokenSource();
            plain.Run("BEGIN");
            Assert.Equal(1, plain.Number("SELECT count(*) FROM t"));
            var first = line.Async(a, "INSERT INTO t(x) VALUES ('a')");
            var second = line.Async(b, "INSERT INTO t(x) VALUES ('b')", cancellation.Token);
            var third = line.Sync(c, "INSERT INTO t(x) VALUES ('c')");
            line.Go();
            Schedule.Until(() => file.Database.Room.IsShared);
            Assert.Equal(2, file.Database.Gate.Snapshot().Drawn);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Comes());
            Assert.False(first.IsCompleted || third.IsCompleted);
            plain.Run("COMMIT");
            Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(first, third).Comes());
            Assert.Equal((0, 1), (file.Database.SharedCommits, file.Database.UndoneGroups));
            Assert.Equal("one,a,c", c.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY id)"));
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    //  plain  BEGIN IMMEDIATE ……………………………………… ROLLBACK
    //  a          BEGIN busy … deadline ✗  b leads: BEGIN busy …… a commit for b and c
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Leader_that_can_not_begin_fails_alone_and_has_drawn_nobody(bool isAsync)
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        using (var line = new GroupLine(file))
        using (var plain = file.OpenPlain())
        {
            using var a = file.OpenHasty(2000);
            using var b = file.Open();
            using var c = file.Open();
            plain.Run("BEGIN IMMEDIATE");
            var first = isAsync ? line.Async(a, "INSERT INTO t(x) VALUES ('a')") : line.Sync(a, "INSERT INTO t(x) VALUES ('a')");
            var second = line.Async(b, "INSERT INTO t(x) VALUES ('b')");
            var third = line.Sync(c, "INSERT INTO t(x) VALUES ('c')");
            line.Go();
            await Assert.ThrowsAsync<SplitSqliteBusyException>(() => first.Comes());
            var seen = file.Database.Gate.Snapshot();
            Assert.Equal((0, 1), (seen.Drawn, seen.QueueLength));
            Assert.Equal(0, file.Database.UndoneGroups);
            plain.Run("ROLLBACK");
            Assert.Equal(new[] { 1, 1 }, await Task.WhenAll(second, third).Comes());
            Assert.Equal((1, 2), (file.Database.SharedCommits, file.Database.SharingWrites));
            Assert.Equal("one,b,c", b.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY id)"));
        }

        file.AssertIdle();
        file.AssertFullCapacity();
    }
}
