using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

public sealed class DeadlineTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void None_never_passes()
    {
        Assert.True(Deadline.None.IsNone);
        Assert.False(Deadline.None.HasPassed);
        Assert.Equal(Timeout.InfiniteTimeSpan, Deadline.None.Remaining);
        Assert.Equal(TimeSpan.Zero, Deadline.None.Elapsed);
    }

    [Fact]
    public void Counts_down_and_stops_at_zero()
    {
        Deadline deadline = Deadline.After(TimeSpan.FromSeconds(3), _time);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(1), deadline.Remaining);
        Assert.False(deadline.HasPassed);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(deadline.HasPassed);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, deadline.Remaining);
        Assert.Equal(TimeSpan.FromSeconds(4), deadline.Elapsed);
    }

    [Fact]
    public void Zero_has_passed_at_once() => Assert.True(Deadline.After(TimeSpan.Zero, _time).HasPassed);

    [Fact]
    public void Infinite_never_passes_but_knows_its_age()
    {
        Deadline deadline = Deadline.After(Timeout.InfiniteTimeSpan, _time);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.True(deadline.IsNone);
        Assert.False(deadline.HasPassed);
        Assert.Equal(Timeout.InfiniteTimeSpan, deadline.Remaining);
        Assert.Equal(TimeSpan.FromDays(1), deadline.Elapsed);
    }

    [Fact]
    public void The_longest_timeout_does_not_overflow()
    {
        Assert.False(Deadline.After(TimeSpan.MaxValue, TimeProvider.System).HasPassed);
        Assert.Throws<ArgumentOutOfRangeException>(() => Deadline.After(TimeSpan.FromSeconds(-1), _time));
    }
}
