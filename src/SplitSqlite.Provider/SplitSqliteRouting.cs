namespace SplitSqlite;

/// <summary>How a session's statements find their physical connection (keyword <c>Routing</c>).</summary>
public enum SplitSqliteRouting
{
    /// <summary>Reads run on pooled read-only connections; writes and transactions on the writer.</summary>
    Auto = 0,

    /// <summary>Everything that the session sends runs on the writer, reads too.</summary>
    Writer = 1,
}
