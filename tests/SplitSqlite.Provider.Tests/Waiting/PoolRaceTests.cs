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

    [Fact]
    public void Pause_meets_return_and_both_see_it_drained()
    {
        PoolSlot<string> current = _slot;
        Race.Run(() =>
        {
            Task drained = null!;
            List<string> taken = null!;
            string? handedBack = null;
            void Pause() => taken = _pool.Pause(out drained);
            void Return() => handedBack = _pool.Return(current);
            bool? Check()
            {
                // Whoever came first: the item was handed to exactly one of them, and the pause is over.
                Assert.Equal(TaskStatus.RanToCompletion, Race.Outcome(drained));
                Assert.True(handedBack is null ? taken is ["k1"] : taken.Count == 0);
                Assert.Equal((0, 0), (_pool.Rented, _pool.Idle));
                _pool.Resume();
                Assert.True(_pool.TryRent("k", out current));
                current = current.With("k1");
                return handedBack is not null;
            }

            return (Pause, Return, Check);
        });
    }

    [Fact]
    public void Resume_meets_arrival_and_token_and_nobody_is_forgotten()
    {
        _pool.Return(_slot);
        Race.Run(() =>
        {
            _pool.Pause(out _);
            var leave = new CancellationTokenSource();
            Task<PoolSlot<string>> waiting = _pool.RentAsync("k", Deadline.None, leave.Token).AsTask();
            Task<PoolSlot<string>> arriving = null!;
            void LeaveAndArrive()
            {
                leave.Cancel();
                arriving = _pool.RentAsync("m", Deadline.None, default).AsTask();
            }

            bool? Check()
            {
                bool got = Race.Outcome(waiting) == TaskStatus.RanToCompletion;
                if (got)
                {
                    _pool.Discard(waiting.Result);
                }

                Assert.Equal(TaskStatus.RanToCompletion, Race.Outcome(arriving));
                _pool.Discard(arriving.Result);
                Assert.Equal((0, 0, 0), (_pool.Rented, _pool.Idle, _pool.Waiting));
                leave.Dispose();
                return got;
            }

            return (_pool.Resume, LeaveAndArrive, Check);
        });
    }
}
