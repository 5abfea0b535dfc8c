namespace SplitSqlite.Benchmarks.Sides;

/// <summary>SQLite's <c>synchronous</c>, always the same on all sides of a comparison.</summary>
internal enum Synchronous
{
    /// <summary>No fsync at a commit: the last commits may be lost with the power, the file stays sound.</summary>
    Normal = 1,

    /// <summary>An fsync at each commit; SQLite's default.</summary>
    Full = 2,
}
