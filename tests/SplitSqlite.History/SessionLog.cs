namespace SplitSqlite.History;

/// <summary>One thing that a session did, from its invocation to its answer.</summary>
internal sealed class Operation(int session, int file, string kind)
{
    public int Session { get; } = session;

    /// <summary>Gets or sets on which file; only its opening changes it.</summary>
    public int File { get; set; } = file;

    public string Kind { get; } = kind;

    public long Begin { get; } = Stamp.Next();

    /// <summary>Gets or sets when it was answered; while it is not, the end of time.</summary>
    public long End { get; set; } = long.MaxValue;

    /// <summary>Gets or sets how it ended, in a word.</summary>
    public string Outcome { get; set; } = "running";

    /// <summary>Gets or sets how the session was opened.</summary>
    public string Connection { get; set; } = string.Empty;

    public override string ToString()
        => $"[{Begin,8} .. {(End == long.MaxValue ? "?" : End),8}] session {Session,2}, file {File}: {Kind}, {Outcome} ({Connection})";
}

/// <summary>A read of a whole state, which was taken at some moment between two stamps.</summary>
/// <param name="Operation">Whose.</param>
/// <param name="Begin">Before it was sent (a snapshot: before the transaction was begun).</param>
/// <param name="End">After it was answered (a data reader: when it was handed out).</param>
/// <param name="State">What it saw, without what its own open transaction had written.</param>
/// <param name="IsNested">Whether a data reader of the session was open, whose older snapshot it may share as long as nothing newer was acknowledged.</param>
internal readonly record struct StateRead(Operation Operation, long Begin, long End, State State, bool IsNested);

/// <summary>A read of one account.</summary>
/// <param name="Operation">Whose.</param>
/// <param name="Begin">Before it was sent.</param>
/// <param name="End">After it was answered.</param>
/// <param name="Account">Which.</param>
/// <param name="Version">Its version.</param>
/// <param name="Balance">Its balance.</param>
/// <param name="Token">Who wrote that version.</param>
internal readonly record struct AccountRead(Operation Operation, long Begin, long End, long Account, long Version, long Balance, long Token);

/// <summary>What one session has to tell. Written by that session alone; read by the judge when all have ended.</summary>
internal sealed class SessionLog
{
    public List<Operation> Operations { get; } = [];

    public List<Unit> Units { get; } = [];

    public List<StateRead> States { get; } = [];

    public List<AccountRead> Accounts { get; } = [];
}
