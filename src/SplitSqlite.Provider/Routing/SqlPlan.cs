namespace SplitSqlite.Routing;

/// <summary>What the words of a command text tell about it. Immutable, cached by text, shared by all sessions.</summary>
internal sealed class SqlPlan
{
    /// <summary>Gets the command text.</summary>
    public required string Text { get; init; }

    /// <summary>Gets the statements in order; empty ones and comments are left out.</summary>
    public required SqlStatement[] Statements { get; init; }

    /// <summary>Gets the greatest route among the statements that have to run whatever the session's settings are.</summary>
    public required Route Route { get; init; }

    /// <summary>Gets whether a statement is among them whose route the session's own settings decide (synchronous, journal mode, connection PRAGMAs, tuning PRAGMAs).</summary>
    public required bool HasSessionPragmas { get; init; }

    /// <summary>Gets whether all statements are reads or DML, so that their prepared form is worth keeping.</summary>
    public required bool IsKept { get; init; }

    /// <summary>Gets whether the text may run inside the transaction of a commit group: all reads and DML, at least one of it a write.</summary>
    public bool MayShareCommit => IsKept && Route == Route.Writer && !EndsTransactions;

    /// <summary>Gets or sets whether the text has ended a transaction that it ran in (ON CONFLICT ROLLBACK, RAISE(ROLLBACK)): from then on it commits alone.</summary>
    /// <remarks>Learned as <see cref="IsRefusedByReaders"/> is.</remarks>
    public bool EndsTransactions { get; set; }

    /// <summary>Gets whether BEGIN, SAVEPOINT or another statement of transaction control is among them.</summary>
    public required bool HasTransactionControl { get; init; }

    /// <summary>Gets or sets whether a read-only connection has refused what looked like a read: from then on it goes to the writer.</summary>
    /// <remarks>Learned later. Written once, from false to true, by whoever learns it first.</remarks>
    public bool IsRefusedByReaders { get; set; }

    /// <summary>Gets or sets what the engine has found out about the text once, for its own use; it depends on nothing but the text.</summary>
    public object? EngineNote { get; set; }

    /// <summary>Gets in words why the text goes where it goes, for <c>ExplainRoute</c>.</summary>
    public required string Reason { get; init; }
}
