using System.Threading.Tasks.Sources;

namespace SplitSqlite.Engine;

/// <summary>One wait at a gate, with or without an offer of work.</summary>
internal sealed class GateWaiter<THolder, TWork> : Waiter<GateTurn>, IDrawnWaiter<TWork>, IValueTaskSource<GatePermit>
    where THolder : class
    where TWork : class
{
    private readonly Gate<THolder, TWork> _gate;

    public GateWaiter(Gate<THolder, TWork> gate, THolder holder, TWork? work, bool blocks)
        : base(gate, blocks, gate.Clock.GetTimestamp())
    {
        _gate = gate;
        Holder = holder;
        Work = work;
    }

    public THolder Holder { get; }

    /// <summary>Gets the offered work, or <see langword="null"/> for a plain waiter, which is never drawn.</summary>
    public TWork? Work { get; }

    /// <summary>Gets or sets how often it was drawn. Under the gate's lock.</summary>
    public int Draws { get; set; }

    /// <summary>Gets the wait of a plain waiter as a task, without a second object in between.</summary>
    public ValueTask<GatePermit> AsPermitTask() => new(this, Version);

    bool IDrawnWaiter<TWork>.IsAskedToEnd => Asked.HasValue;

    void IDrawnWaiter<TWork>.Complete(int draw, Exception? error) => _gate.Complete(this, draw, error);

    void IDrawnWaiter<TWork>.Return(int draw) => _gate.Return(this, draw);

    GatePermit IValueTaskSource<GatePermit>.GetResult(short token) => GetResult(token).Permit;

    ValueTaskSourceStatus IValueTaskSource<GatePermit>.GetStatus(short token) => GetStatus(token);

    void IValueTaskSource<GatePermit>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        OnCompleted(continuation, state, token, flags);
}
