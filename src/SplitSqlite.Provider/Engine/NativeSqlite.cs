using System.Runtime.InteropServices;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// SQLite's calls that SQLitePCLRaw does not carry, taken from the very library that owns the handles
/// (<see cref="raw.GetNativeLibraryName"/>; a second SQLite in the process would not know them). Each degrades where the library lacks it.
/// </summary>
internal static unsafe class NativeSqlite
{
    /// <summary><c>SQLITE_TXN_NONE</c>: no statement of the connection reads or writes.</summary>
    public const int TransactionNone = 0;

    private static readonly nint Library = Load();

    private static readonly delegate* unmanaged[Cdecl]<nint, long, void> SetLastInsertRowIdPointer =
        (delegate* unmanaged[Cdecl]<nint, long, void>)Export("sqlite3_set_last_insert_rowid");

    private static readonly delegate* unmanaged[Cdecl]<nint, byte*, int> TransactionStatePointer =
        (delegate* unmanaged[Cdecl]<nint, byte*, int>)Export("sqlite3_txn_state");

    private static readonly delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, nint, byte*, int, int>, nint, nint> WalHookPointer =
        (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, nint, byte*, int, int>, nint, nint>)Export("sqlite3_wal_hook");

    private static readonly delegate* unmanaged[Cdecl]<byte*, Vfs*> FindVfsPointer =
        (delegate* unmanaged[Cdecl]<byte*, Vfs*>)Export("sqlite3_vfs_find");

    /// <summary>Gets the name of the virtual file system that is used where none is named, or an empty text where the library can't tell.</summary>
    public static string DefaultVfs
        => FindVfsPointer != null && FindVfsPointer(null) is var vfs && vfs != null
            ? Marshal.PtrToStringUTF8((nint)vfs->Name) ?? string.Empty
            : string.Empty;

    private static readonly delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, int>, nint, nint> CommitHookPointer =
        (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, int>, nint, nint>)Export("sqlite3_commit_hook");

    /// <summary>Gets whether <see cref="SetLastInsertRowId"/> does anything.</summary>
    public static bool CanSetLastInsertRowId => SetLastInsertRowIdPointer != null;

    /// <summary>Gets whether commits report the size of the WAL.</summary>
    public static bool CanHookWal => WalHookPointer != null;

    /// <summary>Gets whether commits tell when they begin.</summary>
    public static bool CanHookCommits => CommitHookPointer != null;

    /// <summary>Makes a connection answer <paramref name="value"/> as its last rowid (https://sqlite.org/c3ref/set_last_insert_rowid.html).</summary>
    public static void SetLastInsertRowId(nint connection, long value)
    {
        if (SetLastInsertRowIdPointer != null)
        {
            SetLastInsertRowIdPointer(connection, value);
        }
    }

    /// <summary>Gets the greatest transaction state over all schemas, or <see cref="TransactionNone"/> where the library can't tell (before 3.34).</summary>
    public static int TransactionState(nint connection)
        => TransactionStatePointer != null ? TransactionStatePointer(connection, null) : TransactionNone;

    /// <summary>
    /// Has each commit write the WAL's page count to <paramref name="pages"/>: that of the main file to the first, that of an attached one to
    /// the second. They must outlive the connection. Replaces the automatic checkpoint.
    /// </summary>
    public static void WatchWalPages(nint connection, int* pages)
    {
        if (WalHookPointer != null)
        {
            _ = WalHookPointer(connection, &OnCommit, (nint)pages);
        }
    }

    /// <summary>Has each commit of a change count up <paramref name="begun"/> when it begins, well or badly as it may end (https://sqlite.org/c3ref/commit_hook.html).</summary>
    public static void WatchCommits(nint connection, int* begun)
    {
        if (CommitHookPointer != null)
        {
            _ = CommitHookPointer(connection, &OnCommitBegun, (nint)begun);
        }
    }

    /// <summary>Before the memory that the hooks write to is freed: takes them off.</summary>
    public static void Unwatch(nint connection)
    {
        if (WalHookPointer != null)
        {
            _ = WalHookPointer(connection, null, 0);
        }

        if (CommitHookPointer != null)
        {
            _ = CommitHookPointer(connection, null, 0);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int OnCommitBegun(nint context)
    {
        (*(int*)context)++;
        return raw.SQLITE_OK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int OnCommit(nint context, nint connection, byte* schema, int pages)
    {
        // "main" begins with an m, and "temp" has no WAL. An attached schema named m… only makes a checkpoint early.
        var isMain = schema != null && *schema == (byte)'m';
        Volatile.Write(ref ((int*)context)[isMain ? 0 : 1], pages);

        return raw.SQLITE_OK;
    }

    // The head of sqlite3_vfs, which has not changed since SQLite 3.5 (https://sqlite.org/c3ref/vfs.html).
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int LongestName;
        public Vfs* Next;
        public byte* Name;
    }

    /// <summary>Gets a function of the library, or 0 where it lacks it.</summary>
    public static nint Export(string name)
        => Library != 0 && NativeLibrary.TryGetExport(Library, name, out var address) ? address : 0;

    private static nint Load()
    {
        // Microsoft.Data.Sqlite's bundle has set the provider by now; naming a connection type makes sure of it.
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Microsoft.Data.Sqlite.SqliteConnection).TypeHandle);
        var name = raw.GetNativeLibraryName();
        foreach (var assembly in new[] { typeof(SQLite3Provider_e_sqlite3).Assembly, typeof(NativeSqlite).Assembly })
        {
            if (NativeLibrary.TryLoad(name, assembly, null, out var library))
            {
                return library;
            }
        }

        return 0;
    }
}
