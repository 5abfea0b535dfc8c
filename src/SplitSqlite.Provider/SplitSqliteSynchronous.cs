namespace SplitSqlite;

/// <summary>How often SQLite syncs to disk (keyword <c>Synchronous</c>). The numbers are those of <c>PRAGMA synchronous</c>.</summary>
/// <seealso href="https://www.sqlite.org/pragma.html#pragma_synchronous"/>
public enum SplitSqliteSynchronous
{
    /// <summary>No syncs: a power failure can corrupt the file.</summary>
    Off = 0,

    /// <summary>In WAL mode a power failure can lose the last commits but not corrupt the file.</summary>
    Normal = 1,

    /// <summary>Each commit is on disk before it is acknowledged.</summary>
    Full = 2,

    /// <summary>As <see cref="Full"/>, and in rollback journal modes the folder is synced too.</summary>
    Extra = 3,
}
