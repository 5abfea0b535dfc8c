namespace SplitSqlite;

/// <summary>What has executed SQL and handed out a data reader: a command or a batch.</summary>
internal interface IDataReaderOwner
{
    /// <summary>Gets the connection.</summary>
    SplitSqliteConnection? Connection { get; }

    /// <summary>Frees the owner for its next data reader.</summary>
    void ReaderClosed(SplitSqliteDataReader reader);
}
