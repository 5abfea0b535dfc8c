using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>64 threads and tasks with random tokens, deadlines and offers of work.</summary>
[Collection(Alone.Name)]
public sealed class GateStressTests
{
    private readonly Gate<Visit, Visit> _gate = new(TimeProvider.System);

    // Written by the one inside only, which is part of what is tested.
    private readonly List<(Visit[] Line, Visit? Next)> _exits = [];
    private int _inside;
    private long _granted;

    private enum End
    {
        Open,
        Led,
        Done,
        Left,
    }

    [Fact]
    public async Task Keeps_one_inside_and_all_in_order_through_a_storm()
    {
        var run = new StressRun("gate");
        await run.Go(64, Step, StepAsync);

        Assert.True(_gate.IsFree);
        Assert.Equal(0, _gate.QueueLength);
        Assert.Equal(0, _gate.Snapshot().Drawn);
        TestContext.Current.TestOutputHelper?.WriteLine($"{_granted} visits");
        Assert.True(_granted > 1000, $"Only {_granted} visits: no storm.");
        CheckOrder(run.Seed);
    }

    /// <summary>What a holder saw as it left: the first in line is next, unless it left; nobody changes places; who comes, comes at the end.</summary>
    private void CheckOrder(int seed)
    {
        for (int i = 0; i < _exits.Count; i++)
        {
            (Visit[] line, Visit? next) = _exits[i];
            Assert.All(line.TakeWhile(v => v != next), v => Assert.True(v.End is End.Left or End.Done, $"Seed {seed}: passed over at exit {i}"));
            if (i + 1 < _exits.Count)
            {
                // Of the old line, those still there come first and in the old order.
                HashSet<Visit> old = [.. line];
                Visit[] later = _exits[i + 1].Line;
                Visit[] stayed = [.. later.TakeWhile(old.Contains)];
                Assert.DoesNotContain(later.Skip(stayed.Length), old.Contains);
                Assert.Equal(line.Where(stayed.Contains), stayed);
            }
        }
    }

    private void Step(Random random)
    {
        (Visit visit, Deadline deadline, CancellationTokenSource leave) = Plan(random);
        try
        {
            if (visit.Offers)
            {
                GateTurn turn = _gate.Offer(visit, visit, deadline, leave.Token);
                Finish(visit, turn, random);
            }
            else
            {
                Lead(visit, _gate.Enter(visit, deadline, leave.Token), random);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WaitTimeoutException)
        {
            visit.End = End.Left;
        }

        leave.Dispose();
    }

    private async Task StepAsync(Random random)
    {
        (Visit visit, Deadline deadline, CancellationTokenSource leave) = Plan(random);
        try
        {
            if (visit.Offers)
            {
                GateTurn turn = await _gate.OfferAsync(visit, visit, deadline, leave.Token).ConfigureAwait(false);
                Finish(visit, turn, random);
            }
            else
            {
                Lead(visit, await _gate.EnterAsync(visit, deadline, leave.Token).ConfigureAwait(false), random);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WaitTimeoutException)
        {
            visit.End = End.Left;
        }

        leave.Dispose();
    }

    private static (Visit Visit, Deadline Deadline, CancellationTokenSource Leave) Plan(Random random)
    {
        var leave = new CancellationTokenSource();
        if (random.Next(4) == 0)
        {
            leave.CancelAfter(random.Next(3));
        }

        Deadline deadline = random.Next(4) == 0 ? Deadline.After(TimeSpan.FromMilliseconds(random.Next(3)), TimeProvider.System) : Deadline.None;
        return (new Visit(random.Next(2) == 0), deadline, leave);
    }

    private void Finish(Visit visit, GateTurn turn, Random random)
    {
        if (turn.IsLead)
        {
            Lead(visit, turn.Permit, random);
            return;
        }

        Assert.Equal(1, visit.Runs);
        Assert.Equal(visit.Fails, turn.Error is not null);
        visit.End = End.Done;
    }

    private void Lead(Visit visit, GatePermit permit, Random random)
    {
        Assert.Equal(1, Interlocked.Increment(ref _inside));
        visit.End = End.Led;
        Assert.Equal(0, visit.Runs);
        Assert.Same(visit, _gate.Snapshot(most: 0).Holder);
        _granted++;
        if (_exits.Count > 0)
        {
            _exits[^1] = (_exits[^1].Line, visit);
        }

        var drawn = new List<DrawnWork<Visit>>();
        for (int i = random.Next(5); i > 0 && _gate.Draw(permit, _ => random.Next(8) != 0) is { } work; i--)
        {
            if (random.Next(4) == 0)
            {
                work.Return();
                break;
            }

            Interlocked.Increment(ref work.Work.Runs);
            work.Work.Fails = random.Next(4) == 0;
            drawn.Add(work);
        }

        bool late = random.Next(2) == 0;
        if (!late)
        {
            Complete(drawn);
        }

        Thread.SpinWait(random.Next(200));
        _exits.Add(([.. _gate.Snapshot(int.MaxValue).Waiters.Select(w => w.Holder)], null));
        Interlocked.Decrement(ref _inside);
        _gate.Exit(permit);
        if (late)
        {
            Complete(drawn);
        }
    }

    private static void Complete(List<DrawnWork<Visit>> drawn)
    {
        foreach (DrawnWork<Visit> work in drawn)
        {
            work.Complete(work.Work.Fails ? new NotSupportedException() : null);
        }
    }

    private sealed class Visit(bool offers)
    {
        public int Runs;

        public bool Offers => offers;

        public bool Fails { get; set; }

        public End End { get; set; }
    }
}
