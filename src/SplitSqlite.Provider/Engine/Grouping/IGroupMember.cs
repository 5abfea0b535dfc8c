namespace SplitSqlite.Engine;

/// <summary>
/// A write that can be run inside the transaction of a <see cref="CommitGroup"/>: by its own thread, or by that of a leader while its own
/// waits at the gate. What it answers stays with it until the group's outcome is known.
/// </summary>
internal interface IGroupMember
{
    /// <summary>Gets the session that the write is of; while it waits, nobody else uses it.</summary>
    Session Session { get; }

    /// <summary>Gets whether it may be run with others. Not once it has been undone with a group: then its turn is its own. Nor when its session was closed meanwhile.</summary>
    bool MayJoin { get; }

    /// <summary>Gets how many statements it has, for the bound of a group.</summary>
    int StatementCount { get; }

    /// <summary>Gets whether it was ended by its own cancellation or deadline: it is told so, whatever becomes of the group.</summary>
    bool WasStopped { get; }

    /// <summary>Gets whether it could not be run to its end inside the group, for no fault of its own; the group must be undone.</summary>
    bool NeedsToBeAlone { get; }

    /// <summary>Runs it. Throws nothing: what went wrong is kept with its answers.</summary>
    void RunInGroup(ConnectionLease lease);

    /// <summary>What it did has been rolled back: forgets all answers but that it was stopped. The session's values are what they were before.</summary>
    /// <param name="endedTransaction">Whether it was this one that ended the group's transaction.</param>
    void Undo(bool endedTransaction);

    /// <summary>Puts an error in the place of whatever it has answered, but that it was stopped.</summary>
    void Fail(Exception exception);
}
