using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>Two things at the same moment, thousands of times: one of them wins, and the permit is where the outcome says it is.</summary>
[Collection(Alone.Name)]
public sealed class GateRaceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Gate<string, string> _gate;

    public GateRaceTests() => _gate = new Gate<string, string>(_time);

    // A   B
    // [
    //     …
    // ] | x
    [Fact]
    public void Grant_meets_token() => Race.Run(() =>
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        var leave = new CancellationTokenSource();
        Task<GatePermit> b = _gate.EnterAsync("B", Deadline.None, leave.Token).AsTask();
        bool? Check()
        {
            leave.Dispose();
            return EndsFree(b);
        }

        return (() => _gate.Exit(a), leave.Cancel, Check);
    });

    [Fact]
    public void Grant_meets_token_of_a_blocked_thread() => Race.Run(() =>
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        var leave = new CancellationTokenSource();
        Task<GatePermit> b = Schedule.OnThread(() => _gate.Enter("B", Deadline.None, leave.Token));
        Schedule.Until(() => _gate.HasWaiters);
        bool? Check()
        {
            leave.Dispose();
            return EndsFree(b);
        }

        return (() => _gate.Exit(a), leave.Cancel, Check);
    });

    [Fact]
    public void Grant_meets_deadline() => Race.Run(() =>
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        Task<GatePermit> b = _gate.EnterAsync("B", Deadline.After(TimeSpan.FromSeconds(1), _time), default).AsTask();
        return (() => _gate.Exit(a), () => _time.Advance(TimeSpan.FromSeconds(1)), () => EndsFree(b));
    });

    [Fact]
    public void Grant_meets_deadline_of_a_blocked_thread() => Race.Run(() =>
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        Task<GatePermit> b = Schedule.OnThread(() => _gate.Enter("B", Deadline.After(TimeSpan.FromSeconds(1), _time), default));
        Schedule.Until(() => _gate.HasWaiters);
        return (() => _gate.Exit(a), () => _time.Advance(TimeSpan.FromSeconds(1)), () => EndsFree(b));
    });

    [Fact]
    public void Token_meets_deadline() => Race.Run(() =>
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        var leave = new CancellationTokenSource();
        Task<GatePermit> b = _gate.EnterAsync("B", Deadline.After(TimeSpan.FromSeconds(1), _time), leave.Token).AsTask();
        bool? Check()
        {
            Assert.NotEqual(TaskStatus.RanToCompletion, Race.Outcome(b));
            Assert.False(_gate.HasWaiters);
            _gate.Exit(a);
            Assert.True(_gate.IsFree);
            leave.Dispose();
            return b.IsCanceled;
        }

        return (leave.Cancel, () => _time.Advance(TimeSpan.FromSeconds(1)), Check);
    });

    // A
    // ] | [ B             either B finds the gate free, or it queues and is handed the permit
    [Fact]
    public void Exit_meets_arrival() => Race.Run(() =>
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        Task<GatePermit> b = null!;
        bool foundFree = false;
        void Arrive()
        {
            b = _gate.EnterAsync("B", Deadline.None, default).AsTask();
            foundFree = b.IsCompleted;
        }

        bool? Check()
        {
            Assert.True(EndsFree(b));
            return foundFree;
        }

        return (() => _gate.Exit(a), Arrive, Check);
    });

    // A       B
    // [
    //         …
    // draw b
    // back  | x
    // ]
    [Fact]
    public void Putting_back_meets_token() => Race.Run(() =>
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        var leave = new CancellationTokenSource();
        Task<GateTurn> b = _gate.OfferAsync("B", "b", Deadline.None, leave.Token).AsTask();
        DrawnWork<string> work = _gate.Draw(a, _ => true)!.Value;
        bool wasFirst = false;
        bool? Check()
        {
            Assert.Equal(TaskStatus.Canceled, Race.Outcome(b));
            Assert.False(_gate.HasWaiters);
            _gate.Exit(a);
            Assert.True(_gate.IsFree);
            leave.Dispose();
            return wasFirst;
        }

        void PutBack()
        {
            // As near as one can tell from outside.
            wasFirst = !leave.IsCancellationRequested;
            work.Return();
        }

        return (PutBack, leave.Cancel, Check);
    });

    // The leader leaves while another of its threads puts work back.
    [Fact]
    public void Putting_back_meets_exit() => Race.Run(() =>
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        Task<GateTurn> b = _gate.OfferAsync("B", "b", Deadline.None, default).AsTask();
        DrawnWork<string> work = _gate.Draw(a, _ => true)!.Value;
        bool wasFirst = false;
        bool? Check()
        {
            Assert.Equal(TaskStatus.RanToCompletion, Race.Outcome(b));
            _gate.Exit(b.Result.Permit);
            Assert.True(_gate.IsFree);
            return wasFirst;
        }

        void PutBack()
        {
            wasFirst = !_gate.IsFree;
            work.Return();
        }

        return (PutBack, () => _gate.Exit(a), Check);
    });

    // A draw finds either work that can't leave any more, or nobody.
    [Fact]
    public void Draw_meets_token() => Race.Run(() =>
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        var leave = new CancellationTokenSource();
        Task<GateTurn> b = _gate.OfferAsync("B", "b", Deadline.None, leave.Token).AsTask();
        DrawnWork<string>? work = null;
        bool? Check()
        {
            work?.Complete();
            Assert.Equal(work is null ? TaskStatus.Canceled : TaskStatus.RanToCompletion, Race.Outcome(b));
            _gate.Exit(a);
            Assert.True(_gate.IsFree);
            leave.Dispose();
            return work is not null;
        }

        return (() => work = _gate.Draw(a, _ => true), leave.Cancel, Check);
    });

    [Fact]
    public void Two_exits_of_one_permit_make_one() => Race.Run(() =>
    {
        Assert.True(_gate.TryEnter("A", out GatePermit a));
        int thrown = 0;
        void Leave()
        {
            try
            {
                _gate.Exit(a);
            }
            catch (InvalidOperationException)
            {
                Interlocked.Increment(ref thrown);
            }
        }

        bool? Check()
        {
            Assert.Equal(1, thrown);
            Assert.True(_gate.IsFree);
            return null;
        }

        return (Leave, Leave, Check);
    });

    /// <summary>Waits for B's end, lets it leave again if it got in, and finds the gate free.</summary>
    /// <returns>Whether it got in.</returns>
    private bool EndsFree(Task<GatePermit> wait)
    {
        TaskStatus outcome = Race.Outcome(wait);
        if (outcome == TaskStatus.RanToCompletion)
        {
            Assert.Equal("B", _gate.Snapshot().Holder);
            _gate.Exit(wait.Result);
        }

        Assert.True(_gate.IsFree);
        Assert.False(_gate.HasWaiters);
        return outcome == TaskStatus.RanToCompletion;
    }
}
