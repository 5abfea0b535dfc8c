namespace SplitSqlite.Engine;

/// <summary>
/// How an offer of work ended: either <em>lead</em> (the caller holds the gate, runs its own work, and may draw others'), or <em>done</em>
/// (a leader ran it).
/// </summary>
internal readonly struct GateTurn
{
    private GateTurn(GatePermit permit, Exception? error)
    {
        Permit = permit;
        Error = error;
    }

    /// <summary>Gets a value indicating whether the caller leads. Otherwise its work is done.</summary>
    public bool IsLead => !Permit.IsNone;

    /// <summary>Gets the permit of the one who leads.</summary>
    public GatePermit Permit { get; }

    /// <summary>
    /// Gets what the leader completed the work with. Returned and not thrown, so that a failure of the work can't be taken for one of the wait.
    /// </summary>
    public Exception? Error { get; }

    public static GateTurn Lead(GatePermit permit) => new(permit, null);

    public static GateTurn Done(Exception? error) => new(default, error);
}
