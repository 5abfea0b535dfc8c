namespace SplitSqlite.History;

/// <summary>What a session was told of something that it wrote.</summary>
internal enum Outcome
{
    /// <summary>Nothing: all of it may be there, or nothing.</summary>
    Unknown,

    /// <summary>Success: all of it has to be there.</summary>
    Acknowledged,

    /// <summary>An error, a cancellation, or it was the session that rolled back: nothing of it may be there.</summary>
    Refused,
}

/// <summary>Rows of the log that are written together or not at all: by one statement, or by one transaction.</summary>
internal sealed class Unit(Operation operation)
{
    public Operation Operation { get; } = operation;

    /// <summary>Gets the tokens of its rows in the log, in their order.</summary>
    public List<long> Tokens { get; } = [];

    /// <summary>Gets before which moment nothing of it can have been committed: it had not been sent, or its transaction had just been begun.</summary>
    public long Begin { get; private set; } = Stamp.Next();

    /// <summary>Gets when it was acknowledged.</summary>
    public long End { get; private set; } = long.MaxValue;

    public Outcome Outcome { get; private set; }

    /// <summary>Gets or sets the unit of the same batch that was committed before this one can have been.</summary>
    public Unit? After { get; set; }

    /// <summary>Gets when its transaction was open for certain, first.</summary>
    public long HeldFrom { get; private set; }

    /// <summary>Gets when its transaction was open for certain, last.</summary>
    public long HeldTo { get; private set; }

    /// <summary>Gets or sets how far the log was when its transaction began, as it read it.</summary>
    public long? Base { get; set; }

    /// <summary>Gets or sets what <c>last_insert_rowid()</c> or RETURNING told of the last token's row in the log.</summary>
    public long? RowId { get; set; }

    /// <summary>Its transaction has been begun: from now on it holds the writer, and what was acknowledged by now is before it.</summary>
    public void HasBegun() => Begin = HeldFrom = HeldTo = Stamp.Next();

    /// <summary>Its transaction is still open.</summary>
    public void IsStillOpen() => HeldTo = Stamp.Next();

    public void Acknowledge()
    {
        End = Stamp.Next();
        Outcome = Outcome.Acknowledged;
    }

    public void Refuse() => Outcome = Outcome.Refused;

    /// <summary>Takes back the tokens from a point on, as ROLLBACK TO does.</summary>
    /// <returns>They, which may not be there.</returns>
    public Unit RollBackTo(int count)
    {
        var refused = new Unit(Operation);
        refused.Tokens.AddRange(Tokens[count..]);
        refused.Refuse();
        Tokens.RemoveRange(count, Tokens.Count - count);
        return refused;
    }
}
