namespace SplitSqlite.Engine;

/// <summary>What became of a drawn waiter that was put back.</summary>
internal enum PutBackOutcome
{
    /// <summary>It waits on in its old place.</summary>
    InLine,

    /// <summary>What it waits for was free.</summary>
    Granted,

    /// <summary>Its token had fired or its deadline had passed while it was drawn.</summary>
    Ended,
}
