using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>Handing over work. Holders are named A, B, …; the work of B is "b".</summary>
public sealed class GateDrawTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Gate<string, string> _gate;
    private readonly GatePermit _leader;

    public GateDrawTests()
    {
        _gate = new Gate<string, string>(_time);
        Assert.True(_gate.TryEnter("A", out _leader));
    }

    [Fact]
    public async Task Who_offers_at_a_free_gate_leads()
    {
        _gate.Exit(_leader);
        GateTurn turn = _gate.Offer("B", "b", Deadline.None, default);
        Assert.True(turn.IsLead);
        _gate.Exit(turn.Permit);
        turn = await _gate.OfferAsync("C", "c", Deadline.None, default).Comes();
        Assert.True(turn.IsLead);
        _gate.Exit(turn.Permit);
    }

    [Fact]
    public async Task Who_offers_and_is_not_drawn_leads_when_its_turn_comes()
    {
        Task<GateTurn> b = Offer("B");
        _gate.Exit(_leader);
        GateTurn turn = await b.Comes();
        Assert.True(turn.IsLead);
        _gate.Exit(turn.Permit);
        Assert.True(_gate.IsFree);
    }

    // A       B   C           B: task, C: thread
    // [
    //         …   …
    // draw b
    // draw c
    // done b  .
    // done c      .           with an error
    // ]
    [Fact]
    public async Task A_leader_runs_the_work_of_others()
    {
        Task<GateTurn> b = Offer("B");
        Task<GateTurn> c = Schedule.OnThread(() => _gate.Offer("C", "c", Deadline.None, default));
        Schedule.Until(() => _gate.QueueLength == 2);

        DrawnWork<string> first = Draw()!.Value;
        DrawnWork<string> second = Draw()!.Value;
        Assert.Equal(("b", "c"), (first.Work, second.Work));
        Assert.Null(Draw());
        Assert.Equal((0, 2), (_gate.QueueLength, _gate.Snapshot().Drawn));
        Assert.False(b.IsCompleted);

        first.Complete();
        GateTurn turn = await b.Comes();
        Assert.False(turn.IsLead);
        Assert.Null(turn.Error);

        var error = new NotSupportedException();
        second.Complete(error);
        Assert.Same(error, (await c.Comes()).Error);
        Assert.Equal(0, _gate.Snapshot().Drawn);
        _gate.Exit(_leader);
        Assert.True(_gate.IsFree);
    }

    // A       B   P   C       P wants the permit, offers nothing
    // [
    //         …   …   …
    // draw b
    // draw -                  P is first: C must not pass it
    // done b  .
    // ]           [
    //             draw c
    [Fact]
    public async Task A_draw_never_skips_a_plain_waiter()
    {
        Task<GateTurn> b = Offer("B");
        Task<GatePermit> plain = _gate.EnterAsync("P", Deadline.None, default).AsTask();
        Task<GateTurn> c = Offer("C");

        DrawnWork<string> work = Draw()!.Value;
        Assert.Null(_gate.Draw(_leader, _ => throw new InvalidOperationException("A plain waiter has nothing to ask about.")));
        work.Complete();
        await b.Comes();
        _gate.Exit(_leader);
        GatePermit p = await plain.Comes();
        work = _gate.Draw(p, _ => true)!.Value;
        Assert.Equal("c", work.Work);
        work.Complete();
        await c.Comes();
        _gate.Exit(p);
        Assert.True(_gate.IsFree);
    }

    [Fact]
    public async Task Work_that_does_not_fit_keeps_its_place()
    {
        Task<GateTurn> b = Offer("B");
        Task<GateTurn> c = Offer("C");
        Assert.Null(_gate.Draw(_leader, work => work == "c"));
        Assert.Equal(["B", "C"], Line());
        _gate.Exit(_leader);
        GatePermit permit = (await b.Comes()).Permit;
        Assert.False(c.IsCompleted);
        _gate.Exit(permit);
        _gate.Exit((await c.Comes()).Permit);
    }

    [Fact]
    public async Task A_question_that_throws_leaves_everything_as_it_was()
    {
        Task<GateTurn> b = Offer("B");
        Assert.Throws<NotSupportedException>(() => _gate.Draw(_leader, _ => throw new NotSupportedException()));
        Assert.Equal(["B"], Line());
        Assert.Equal(0, _gate.Snapshot().Drawn);
        _gate.Exit(_leader);
        _gate.Exit((await b.Comes()).Permit);
        Assert.True(_gate.IsFree);
    }

    [Fact]
    public async Task The_question_is_asked_outside_the_lock()
    {
        Task<GateTurn> b = Offer("B");
        Assert.NotNull(_gate.Draw(_leader, _ => Schedule.OnThread(() => _gate.Snapshot().Drawn == 1).Comes().GetAwaiter().GetResult()));
        Assert.False(b.IsCompleted);
    }

    // B C D wait; B, C drawn; put back in either order: B C D wait
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_put_back_has_its_old_place(bool lastDrawnFirst)
    {
        Task<GateTurn> b = Offer("B");
        Task<GateTurn> c = Offer("C");
        Task<GateTurn> d = Offer("D");
        DrawnWork<string>[] drawn = [Draw()!.Value, Draw()!.Value];
        if (lastDrawnFirst)
        {
            Array.Reverse(drawn);
        }

        drawn[0].Return();
        drawn[1].Return();
        Assert.Equal(["B", "C", "D"], Line());

        _gate.Exit(_leader);
        foreach (Task<GateTurn> wait in new[] { b, c, d })
        {
            _gate.Exit((await wait.Comes()).Permit);
        }

        Assert.True(_gate.IsFree);
    }

    [Fact]
    public async Task Drawn_work_is_settled_once()
    {
        Task<GateTurn> b = Offer("B");
        DrawnWork<string> work = Draw()!.Value;
        work.Return();
        Assert.Throws<InvalidOperationException>(work.Return);
        Assert.Throws<InvalidOperationException>(() => work.Complete());

        // Drawn anew: the first draw's hands stay off.
        DrawnWork<string> again = Draw()!.Value;
        Assert.Throws<InvalidOperationException>(() => work.Complete());
        Assert.False(b.IsCompleted);
        again.Complete();
        await b.Comes();
        Assert.Throws<InvalidOperationException>(() => again.Complete());
        Assert.Throws<InvalidOperationException>(again.Return);
    }

    // A       B               B's token fires and its deadline passes while A runs its work
    // [
    //         …
    // draw b
    //         ! !             nothing happens
    // done b  .
    [Fact]
    public async Task Drawn_work_does_not_leave_and_gets_its_outcome()
    {
        using var leave = new CancellationTokenSource();
        Task<GateTurn> b = Offer("B", Deadline.After(TimeSpan.FromSeconds(1), _time), leave.Token);
        DrawnWork<string> work = Draw()!.Value;
        leave.Cancel();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(b.IsCompleted);
        work.Complete();
        Assert.False((await b.Comes()).IsLead);
        Assert.Equal(0, _time.LiveTimers);
    }

    // As above, but put back: then what was asked of it meanwhile comes true, the first wish first.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_is_put_back_leaves_if_it_was_asked_to_meanwhile(bool tokenFirst)
    {
        using var leave = new CancellationTokenSource();
        Task<GateTurn> b = Offer("B", Deadline.After(TimeSpan.FromSeconds(1), _time), leave.Token);
        Task<GateTurn> c = Offer("C");
        DrawnWork<string> work = Draw()!.Value;
        if (tokenFirst)
        {
            leave.Cancel();
            _time.Advance(TimeSpan.FromSeconds(2));
        }
        else
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            leave.Cancel();
        }

        Assert.False(b.IsCompleted);
        work.Return();
        if (tokenFirst)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => b.Comes());
        }
        else
        {
            WaitTimeoutException thrown = await Assert.ThrowsAsync<WaitTimeoutException>(() => b.Comes());
            Assert.Equal(TimeSpan.FromSeconds(2), thrown.Waited);
            Assert.Equal("A", ((GateSnapshot<string>)thrown.Seen).Holder);
        }

        Assert.Equal(["C"], Line());
        _gate.Exit(_leader);
        _gate.Exit((await c.Comes()).Permit);
        Assert.True(_gate.IsFree);
    }

    // A       B   C
    // [
    //         …   …
    // draw b
    // ]           [
    // done b  .               acknowledged after the leader has left: commits may be acknowledged later than they run
    //             ]
    [Fact]
    public async Task Work_may_be_completed_after_its_leader_left()
    {
        Task<GateTurn> b = Offer("B");
        Task<GateTurn> c = Offer("C");
        DrawnWork<string> work = Draw()!.Value;
        _gate.Exit(_leader);
        GatePermit permit = (await c.Comes()).Permit;
        Assert.False(b.IsCompleted);
        work.Complete();
        await b.Comes();
        _gate.Exit(permit);
        Assert.True(_gate.IsFree);
    }

    [Fact]
    public async Task Work_put_back_at_a_free_gate_leads_at_once()
    {
        Task<GateTurn> b = Offer("B");
        DrawnWork<string> work = Draw()!.Value;
        _gate.Exit(_leader);
        Assert.True(_gate.IsFree);
        work.Return();
        Assert.Equal("B", _gate.Snapshot().Holder);
        _gate.Exit((await b.Comes()).Permit);
        Assert.True(_gate.IsFree);
    }

    [Fact]
    public void Only_who_is_inside_draws()
    {
        _ = Offer("B");
        _gate.Exit(_leader);
        Assert.Throws<InvalidOperationException>(() => _gate.Draw(_leader, _ => true));
    }

    private Task<GateTurn> Offer(string name, Deadline deadline = default, CancellationToken token = default) =>
        _gate.OfferAsync(name, name.ToLowerInvariant(), deadline, token).AsTask();

    private DrawnWork<string>? Draw() => _gate.Draw(_leader, _ => true);

    private IEnumerable<string> Line() => _gate.Snapshot().Waiters.Select(w => w.Holder);
}
