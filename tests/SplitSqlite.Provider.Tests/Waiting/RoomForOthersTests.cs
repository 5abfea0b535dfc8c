using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>When room is left for other processes, by a clock that a test moves.</summary>
public sealed class RoomForOthersTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly SplitSqlite.Engine.RoomForOthers _room;

    public RoomForOthersTests()
    {
        // At no time near zero, which means never.
        _clock.Advance(TimeSpan.FromHours(1));
        _room = new SplitSqlite.Engine.RoomForOthers(_clock);
    }

    [Fact]
    public void No_room_is_left_while_no_other_process_has_been_met()
    {
        for (var i = 0; i < 1000; i++)
        {
            Assert.False(_room.MayBeDue);
            Assert.True(Write(1).IsCompletedSuccessfully);
        }
    }

    [Fact]
    public void Each_turn_is_followed_by_room()
    {
        _room.Met();
        for (var turn = 0; turn < 50; turn++)
        {
            for (var i = 0; i < 100; i++)
            {
                Assert.True(Write(1).IsCompletedSuccessfully);
            }

            Assert.True(_room.MayBeDue);
            var room = Give();
            _clock.Advance(TimeSpan.FromMilliseconds(9));
            Assert.False(room.IsCompleted);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(room.IsCompletedSuccessfully);
            Assert.False(_room.MayBeDue);
        }
    }

    [Fact]
    public void Transaction_longer_than_a_turn_is_followed_by_room()
    {
        _room.Met();
        _clock.Advance(TimeSpan.FromSeconds(3));
        _room.Leaving();
        Assert.True(_room.MayBeDue);
        Assert.False(Give().IsCompleted);
    }

    [Fact]
    public void Writer_that_pauses_by_itself_is_not_made_to_wait()
    {
        _room.Met();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(Write(5).IsCompletedSuccessfully);
            _clock.Advance(TimeSpan.FromMilliseconds(30));
        }
    }

    [Fact]
    public void Turn_begins_when_the_other_process_was_last_in_the_way()
    {
        _room.Met();
        _clock.Advance(TimeSpan.FromMilliseconds(95));
        _room.Leaving();
        _room.Met();
        Assert.True(Write(95).IsCompletedSuccessfully);
        Assert.False(_room.MayBeDue);
    }

    [Fact]
    public void Other_process_is_forgotten_when_it_was_long_not_met()
    {
        _room.Met();
        Assert.True(_room.IsShared);
        _clock.Advance(SplitSqlite.Engine.RoomForOthers.Memory);
        _room.Leaving();
        Assert.True(Give().IsCompletedSuccessfully);
        Assert.False(_room.IsShared);
        Assert.False(_room.MayBeDue);
    }

    [Fact]
    public async Task Room_that_is_cancelled_is_left_by_the_next()
    {
        MakeDue();
        using var cancellation = new CancellationTokenSource();
        var room = Give(token: cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => room);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Assert.ThrowsAny<OperationCanceledException>(() => _room.Give(SplitSqlite.Engine.Deadline.None, cancelled.Token));
        Assert.False(Give().IsCompleted);
    }

    [Fact]
    public void Who_has_less_time_left_waits_no_longer_and_the_next_one_leaves_the_room()
    {
        MakeDue();
        var deadline = SplitSqlite.Engine.Deadline.After(TimeSpan.FromMilliseconds(4), _clock);
        var hurried = Give(deadline);
        Assert.False(hurried.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(4));
        Assert.True(hurried.IsCompletedSuccessfully);
        _room.Leaving();
        Assert.False(Give().IsCompleted);
    }

    [Fact]
    public void Room_on_a_thread_ends_a_turn_too()
    {
        MakeDue();
        _room.Give(SplitSqlite.Engine.Deadline.None, CancellationToken.None);
        Assert.False(_room.MayBeDue);
    }

    private Task Give(SplitSqlite.Engine.Deadline deadline = default, CancellationToken token = default) => _room.GiveAsync(deadline, token).AsTask();

    private void MakeDue()
    {
        _room.Met();
        _clock.Advance(SplitSqlite.Engine.RoomForOthers.Turn);
        _room.Leaving();
        Assert.True(_room.MayBeDue);
    }

    // A write that takes so many milliseconds, right behind the one before it.
    private Task Write(int milliseconds)
    {
        var room = Give();
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _room.Leaving();
        return room;
    }
}
