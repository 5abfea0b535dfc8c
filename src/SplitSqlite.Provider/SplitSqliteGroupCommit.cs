namespace SplitSqlite;

/// <summary>Which writes may share a commit (keyword <c>Group Commit</c>).</summary>
public enum SplitSqliteGroupCommit
{
    /// <summary>
    /// Autocommit writes and batches that wait for the writer at the same time are committed together. Each is acknowledged after that commit, and
    /// answers what it would have answered alone. One that has nobody to share with is not held up.
    /// </summary>
    Autocommit = 0,

    /// <summary>Each write commits alone.</summary>
    Off = 1,
}
