namespace SplitSqlite.Engine;

/// <summary>
/// A waiter's work in the hands of the leader who drew it. Exactly one of <see cref="Complete"/> and <see cref="Return"/> must be called, once,
/// also after the leader has left the gate; until then the waiter waits whatever its token and deadline say.
/// </summary>
internal readonly struct DrawnWork<TWork>
    where TWork : class
{
    private readonly IDrawnWaiter<TWork> _waiter;
    private readonly int _draw;

    public DrawnWork(IDrawnWaiter<TWork> waiter, int draw)
    {
        _waiter = waiter;
        _draw = draw;
    }

    /// <summary>Gets the work.</summary>
    public TWork Work => _waiter.Work!;

    /// <summary>Gets whether its token or its deadline has asked the waiter to end meanwhile, which it will if it is put back; a glance.</summary>
    public bool IsAskedToEnd => _waiter.IsAskedToEnd;

    /// <summary>Tells the waiter that its work was run.</summary>
    /// <param name="error">Why it failed, if it did.</param>
    /// <exception cref="InvalidOperationException">It was completed or put back before.</exception>
    public void Complete(Exception? error = null) => _waiter.Complete(_draw, error);

    /// <summary>Puts the waiter back to the head of the line, in its old order; its token and its deadline count again.</summary>
    /// <exception cref="InvalidOperationException">It was completed or put back before.</exception>
    public void Return() => _waiter.Return(_draw);
}

/// <summary>A waiter as <see cref="DrawnWork{TWork}"/> sees it. <c>draw</c> says which draw is meant: a waiter may be drawn, put back and drawn again.</summary>
internal interface IDrawnWaiter<out TWork>
    where TWork : class
{
    TWork? Work { get; }

    bool IsAskedToEnd { get; }

    void Complete(int draw, Exception? error);

    void Return(int draw);
}
