using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>Two things at the same moment, in a pool of one: the room is where the outcome says it is.</summary>
[Collection(Alone.Name)]
public sealed class PoolRaceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Pool<string, string> _pool;
    private readonly PoolSlot<string> _slot;

    public PoolRaceTests()
    {
        _pool = new Pool<string, string>(1, _time);
        Assert.True(_pool.TryRent("k", out _slot));
        _slot = _slot.With("k1");
    }

    [Fact]
    public void Return_meets_token()
    {
        PoolSlot<string> current = _slot;
        Race.Run(() =>
        {
            var leave = new CancellationTokenSource();
            Task<PoolSlot<string>> next = _pool.RentAsync("k", Deadline.None, leave.Token).AsTask();
            bool? Check()
            {
                bool got = Race.Outcome(next) == TaskStatus.RanToCompletion;
                if (got)
                {
                    current = next.Result;
                }
                else
                {
                    Assert.True(_pool.TryRent("k", out current));
                }

                Assert.Equal("k1", current.Item);
                Assert.Equal((1, 0, 0), (_pool.Rented, _pool.Idle, _pool.Waiting));
                leave.Dispose();
                return got;
            }

            return (() => _pool.Return(current), leave.Cancel, Check);
        });
    }

    [Fact]
    public void Return_meets_deadline_and_arrival()
    {
        PoolSlot<string> current = _slot;
        Race.Run(() =>
        {
            Task<PoolSlot<string>> next = _pool.RentAsync("k", Deadline.After(TimeSpan.FromSeconds(1), _time), default).AsTask();
            Task<PoolSlot<string>> other = null!;
            void LetTimePassAndArrive()
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                other = _pool.RentAsync("m", Deadline.None, default).AsTask();
            }

            bool? Check()
            {
                bool got = Race.Outcome(next) == TaskStatus.RanToCompletion;
                if (got)
                {
                    _pool.Return(next.Result);
                }

                // Whether it evicted the idle item or was handed the room: it has a slot.
                Assert.Equal(TaskStatus.RanToCompletion, Race.Outcome(other));
                Assert.Null(other.Result.Item);
                _pool.Discard(other.Result);
                Assert.Equal((0, 0, 0), (_pool.Rented, _pool.Idle, _pool.Waiting));
                Assert.True(_pool.TryRent("k", out current));
                current = current.With("k1");
                return got;
            }

            return (() => _pool.Return(current), LetTimePassAndArrive, Check);
        });
    }
}
