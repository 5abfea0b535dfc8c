namespace SplitSqlite;

/// <summary>What is done about the journal mode of a database file when it is opened (keyword <c>Journal Mode</c>).</summary>
/// <seealso href="https://www.sqlite.org/pragma.html#pragma_journal_mode"/>
public enum SplitSqliteJournalMode
{
    /// <summary>The file is changed to write-ahead logging, where readers and the writer do not wait for each other. SQLite stores this in the file, for good.</summary>
    Wal = 0,

    /// <summary>The file keeps the journal mode that it has. In any mode but WAL there is nothing to split: statements then run one after the other.</summary>
    Keep = 1,
}
