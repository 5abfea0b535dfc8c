namespace SplitSqlite.Routing;

/// <summary>What a PRAGMA does to whom.</summary>
internal enum PragmaClass : byte
{
    /// <summary>Only reads (the file, the schema or the connection).</summary>
    Read,

    /// <summary>Sets what only tunes a connection; results don't depend on it. Never executed.</summary>
    Tuning,

    /// <summary>Sets a value of the connection that changes results; harmless when the session has that value already.</summary>
    Connection,

    /// <summary><c>synchronous=</c>: harmless when no stronger than the session's, else another option set.</summary>
    Synchronous,

    /// <summary><c>journal_mode=</c>: harmless when it asks for the mode the file has, else a write of the file.</summary>
    JournalMode,

    /// <summary>Changes the file (or checkpoints, or checks it with a write): the writer.</summary>
    File,

    /// <summary>Reads what only one fixed connection can answer (<c>data_version</c>), or is unknown: private.</summary>
    Private,

    /// <summary>Would take the file from everybody else (<c>locking_mode=EXCLUSIVE</c>).</summary>
    Refused,
}

/// <summary>A PRAGMA taken apart: <c>PRAGMA [schema.]name[=argument | (argument)]</c>.</summary>
/// <param name="Schema">The schema in lower case, or <see langword="null"/> where none was named.</param>
/// <param name="Name">The name in lower case.</param>
/// <param name="Argument">The argument without quotes, sign included, or <see langword="null"/> where there is none.</param>
/// <param name="Class">What it does in this form.</param>
/// <param name="AnswersRow">Whether SQLite answers a row even when a value is set (<c>journal_mode=</c>, <c>busy_timeout=</c>, …).</param>
/// <param name="ColumnName">The name of the answer's column (<c>timeout</c> for <c>busy_timeout</c>, else the PRAGMA's name).</param>
/// <param name="DefaultValue">For <see cref="PragmaClass.Connection"/> and tuning PRAGMAs: the value a fresh connection of this build has, where it is known.</param>
internal sealed record PragmaCall(
    string? Schema,
    string Name,
    string? Argument,
    PragmaClass Class,
    bool AnswersRow,
    string ColumnName,
    string? DefaultValue);
