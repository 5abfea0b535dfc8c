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

    /// <summary>Gets whether <see cref="SetLastInsertRowId"/> does anything.</summary>
    public static bool CanSetLastInsertRowId => SetLastInsertRowIdPointer != null;

    /// <summary>Gets whether commits report the size of the WAL.</summary>
    public static bool CanHookWal => WalHookPointer != null;

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

    /// <summary>Has each commit write the WAL's page count to <paramref name="pages"/>, which must outlive the connection. Replaces the automatic checkpoint.</summary>
    public static void WatchWalPages(nint connection, int* pages)
    {
        if (WalHookPointer != null)
        {
            _ = WalHookPointer(connection, &OnCommit, (nint)pages);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int OnCommit(nint context, nint connection, byte* schema, int pages)
    {
        // Only the main schema's WAL is ours to watch: "main" begins with an m, and "temp" has no WAL. An attached schema named m… only makes a checkpoint early.
        if (schema != null && *schema == (byte)'m')
        {
            Volatile.Write(ref *(int*)context, pages);
        }

        return raw.SQLITE_OK;
    }

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

    private static nint Export(string name)
        => Library != 0 && NativeLibrary.TryGetExport(Library, name, out var address) ? address : 0;
}
