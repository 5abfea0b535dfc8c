using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// What is known of a commit that failed. SQLite tells an error and rolls back in memory; whether the file will hold the change after a
/// crash depends on how far the commit had come (<c>docs/design/commits.md</c>).
/// </summary>
internal static class CommitOutcome
{
    /// <summary>Says whether the change may be in the file although SQLite told an error while committing it.</summary>
    /// <param name="extendedCode">SQLite's extended result code.</param>
    /// <param name="journalMode">The main file's journal mode, as SQLite names it.</param>
    /// <param name="hasAttached">Whether the commit may have been one of several files.</param>
    public static bool IsUnknown(int extendedCode, string journalMode, bool hasAttached)
    {
        var code = extendedCode & 0xFF;
        if (hasAttached)
        {
            // Files in WAL mode commit one after the other: an earlier one may be done (https://sqlite.org/lang_attach.html).
            return code is raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_NOMEM or raw.SQLITE_CANTOPEN or raw.SQLITE_PROTOCOL;
        }

        return journalMode.ToUpperInvariant() switch
        {
            // The frame that commits is written before the log is synced and before the index of the log knows of it. An error of either leaves
            // it in the log for who recovers it. Where the disk was full the frame is not whole; and what is read is read before it.
            "WAL" => code is raw.SQLITE_NOMEM or raw.SQLITE_CANTOPEN || (code == raw.SQLITE_IOERR && !IsRead(extendedCode)),

            // Deleting the journal commits. Everything before it is undone from the journal, by us or by who opens the file next.
            "DELETE" => extendedCode is raw.SQLITE_IOERR_DELETE or raw.SQLITE_IOERR_DELETE_NOENT or raw.SQLITE_IOERR_DIR_FSYNC or raw.SQLITE_IOERR_TRUNCATE,

            // Cutting the journal, or overwriting its header, commits; an earlier write or sync that failed has the same codes.
            "TRUNCATE" or "PERSIST" => code == raw.SQLITE_IOERR && !IsRead(extendedCode),

            // There is nothing to undo a half-written change with after a crash.
            _ => code is raw.SQLITE_IOERR or raw.SQLITE_FULL,
        };
    }

    private static bool IsRead(int extendedCode)
        => extendedCode is raw.SQLITE_IOERR_READ or raw.SQLITE_IOERR_SHORT_READ or raw.SQLITE_IOERR_LOCK or raw.SQLITE_IOERR_SHMLOCK;
}
