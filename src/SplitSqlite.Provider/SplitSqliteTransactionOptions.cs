namespace SplitSqlite;

/// <summary>What a transaction is to be.</summary>
public enum SplitSqliteTransactionOptions
{
    /// <summary>A transaction that may write: it holds the writer of the file from its beginning to its end.</summary>
    ReadWrite,

    /// <summary>A transaction that only reads, on a reader, from one snapshot pinned at its beginning; the writer is left alone. The same as <see cref="System.Data.IsolationLevel.Snapshot"/>.</summary>
    ReadOnly,
}
