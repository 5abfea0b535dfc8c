using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <summary>What belongs to a connection in SQLite, so that sessions which differ in it can't share physical connections.</summary>
/// <param name="Password">The encryption key, or empty for none. Never shown.</param>
/// <param name="Vfs">The virtual file system, or <see langword="null"/> for the default one.</param>
/// <param name="Mode">How the file is opened.</param>
/// <param name="ForeignKeys"><c>PRAGMA foreign_keys</c>, or <see langword="null"/> for the native library's default.</param>
/// <param name="RecursiveTriggers">Whether <c>PRAGMA recursive_triggers</c> is on.</param>
/// <param name="Synchronous"><c>PRAGMA synchronous</c>, or <see langword="null"/> for the native library's default.</param>
internal sealed record OptionSetKey(
    [property: DebuggerBrowsable(DebuggerBrowsableState.Never)] string Password,
    string? Vfs,
    SqliteOpenMode Mode,
    bool? ForeignKeys,
    bool RecursiveTriggers,
    SplitSqliteSynchronous? Synchronous)
{
    // Replaces the compiler's, which would print the password.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(
            null,
            $"Password = {(Password.Length == 0 ? "none" : "***")}, Vfs = {Vfs}, Mode = {Mode}, ForeignKeys = {ForeignKeys}, RecursiveTriggers = {RecursiveTriggers}, Synchronous = {Synchronous}");
        return true;
    }
}
