using System.Data.Common;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>Room for other processes, in the engine: a clock that stands still keeps the room open for as long as a test wants.</summary>
public sealed class RoomTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";

    public static TheoryData<string> Ways => new("autocommit", "returning", "begin", "raw begin", "private", "private begin");

    //  a      enters the gate, leaves room ……………………………… writes
    //  plain                      writes at once, done
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Other_process_writes_in_the_room_that_a_writer_leaves(string way)
    {
        using var file = new TestFile().With(Table);
        var a = Open(file, way);
        using var plain = file.OpenPlain();
        var clock = MakeDue(file);
        var writing = Write(a, way, CancellationToken.None);
        Assert.Same(a.Session, file.Database.Gate.Snapshot().Holder);
        Assert.False(writing.IsCompleted);
        plain.Run("INSERT INTO t VALUES (2)");
        clock.Advance(RoomForOthers.Length);
        await writing.Comes();
        Assert.Equal(2, plain.Number("SELECT count(*) FROM t WHERE x < 3"));
        Assert.False(file.Database.Room.MayBeDue);
        a.Dispose();
        file.AssertIdle();
    }

    //  a      enters the gate, leaves room … cancelled
    //  b                   queues behind a ………………………… writes (the room, begun anew, is over)
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Writer_that_is_cancelled_while_it_leaves_room_gives_the_gate_back(string way)
    {
        using var file = new TestFile().With(Table);
        var a = Open(file, way);
        using var b = file.Open();
        var clock = MakeDue(file);
        using var cancellation = new CancellationTokenSource();
        var writing = Write(a, way, cancellation.Token);
        var behind = b.RunAsync("INSERT INTO t VALUES (3)");
        Assert.Equal(1, file.Database.Gate.QueueLength);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.Comes());
        Schedule.Until(() => file.Database.Gate.Snapshot().Holder == b.Session);
        Schedule.Until(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return behind.IsCompleted;
        });
        await behind.Comes();
        Assert.Equal(2, b.Number("SELECT count(*) FROM t"));
        a.Dispose();
        file.AssertIdle();
    }

    //  reads know nothing of it
    [Fact]
    public void Reads_do_not_wait_for_room()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        MakeDue(file);
        Assert.Equal(1, a.Number("SELECT count(*) FROM t"));
        using var snapshot = a.BeginTransaction(SplitSqliteTransactionOptions.ReadOnly);
        Assert.Equal(1, a.Number("SELECT count(*) FROM t"));
    }

    private static SplitSqliteConnection Open(TestFile file, string way)
    {
        var session = file.Open("Default Timeout=0");
        if (way.StartsWith("private", StringComparison.Ordinal))
        {
            session.Run("CREATE TEMP TABLE own(x)");
        }

        return session;
    }

    private static ManualTimeProvider MakeDue(TestFile file)
    {
        var clock = new ManualTimeProvider();
        clock.Advance(TimeSpan.FromHours(1));
        var room = file.Database.Room = new RoomForOthers(clock);
        room.Met();
        clock.Advance(RoomForOthers.Turn);
        room.Leaving();
        return clock;
    }

    private static async Task Write(SplitSqliteConnection session, string way, CancellationToken token)
    {
        if (way.EndsWith(" begin", StringComparison.Ordinal) || way == "begin")
        {
            if (way == "raw begin")
            {
                await using DbCommand begin = session.Command("BEGIN");
                await begin.ExecuteNonQueryAsync(token);
                session.Run("INSERT INTO t VALUES (3); COMMIT");
                return;
            }

            await using var transaction = await session.BeginTransactionAsync(token);
            session.Run("INSERT INTO t VALUES (3)");
            transaction.Commit();
            return;
        }

        await using var command = session.Command("INSERT INTO t VALUES (3)" + (way == "returning" ? " RETURNING x" : string.Empty));
        await command.ExecuteNonQueryAsync(token);
    }
}
