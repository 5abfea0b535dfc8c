using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace SplitSqlite.Tests.Faults;

/// <summary>
/// A VFS over the system's own (https://sqlite.org/vfs.html) that does as it is told by the <see cref="FaultPlan"/> of a database: <c>Vfs=faulty</c> in a
/// connection string, and <see cref="PlanFor"/> before the first open. Files without a plan are as ever.
/// </summary>
internal static unsafe class FaultVfs
{
    public const string Name = "faulty";

    private static readonly ConcurrentDictionary<string, FaultPlan> Plans = new(StringComparer.Ordinal);
    private static readonly NativeVfs* System = Register();

    /// <summary>Gets the address of the VFS below.</summary>
    public static NativeVfs* Below => System;

    /// <summary>Gets the plan of a database's files, a new one the first time.</summary>
    public static FaultPlan PlanFor(string path)
    {
        Assert.True(System != null);
        return Plans.GetOrAdd(path, static _ => new FaultPlan());
    }

    /// <summary>Forgets a plan.</summary>
    public static void Forget(string path) => Plans.TryRemove(path, out _);

    private static NativeVfs* Register()
    {
        RuntimeHelpers.RunClassConstructor(typeof(Microsoft.Data.Sqlite.SqliteConnection).TypeHandle);
        var library = NativeLibrary.Load(raw.GetNativeLibraryName(), typeof(SQLite3Provider_e_sqlite3).Assembly, null);
        var find = (delegate* unmanaged[Cdecl]<byte*, NativeVfs*>)NativeLibrary.GetExport(library, "sqlite3_vfs_find");
        var register = (delegate* unmanaged[Cdecl]<NativeVfs*, int, int>)NativeLibrary.GetExport(library, "sqlite3_vfs_register");
        var below = find(null);
        var methods = FaultFile.MakeMethods();

        // Never freed: SQLite keeps both to the end of the process.
        var vfs = (NativeVfs*)NativeMemory.Alloc((nuint)sizeof(NativeVfs));

        // What is not replaced below looks at no VFS of its own (dlopen, sleep, the clock): the system's serve as they are.
        *vfs = *below;
        vfs->Version = Math.Min(below->Version, 3);
        vfs->FileSize = FaultFile.SizeOver(below);
        vfs->Next = null;
        vfs->Name = (byte*)Marshal.StringToCoTaskMemUTF8(Name);
        vfs->AppData = (nint)methods;
        vfs->Open = &Open;
        vfs->Delete = &Delete;
        vfs->Access = &Access;
        vfs->FullPathname = &FullPathname;
        Assert.Equal(raw.SQLITE_OK, register(vfs, 0));
        return below;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(NativeVfs* vfs, byte* name, NativeFile* file, int flags, int* outFlags)
    {
        try
        {
            file->Methods = null;
            var (plan, kind) = Find(name);
            var (code, _) = plan?.Ask(FileWork.Open, kind) ?? (raw.SQLITE_OK, true);
            return code != raw.SQLITE_OK ? code : FaultFile.Open(System, (NativeMethods*)vfs->AppData, name, file, flags, outFlags, plan, kind);
        }
        catch (Exception exception)
        {
            return FaultFile.Report(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(NativeVfs* vfs, byte* name, int syncFolder)
    {
        try
        {
            var (plan, kind) = Find(name);
            var (code, isDone) = plan?.Ask(FileWork.Delete, kind) ?? (raw.SQLITE_OK, true);
            var rc = isDone ? System->Delete(System, name, syncFolder) : raw.SQLITE_OK;
            return code != raw.SQLITE_OK ? code : rc;
        }
        catch (Exception exception)
        {
            return FaultFile.Report(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(NativeVfs* vfs, byte* name, int flags, int* result) => System->Access(System, name, flags, result);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FullPathname(NativeVfs* vfs, byte* name, int size, byte* result) => System->FullPathname(System, name, size, result);

    // A file of no name is a temporary one.
    private static (FaultPlan? Plan, FileKind Kind) Find(byte* name)
    {
        if (Marshal.PtrToStringUTF8((nint)name) is not { } path)
        {
            return default;
        }

        var kind = path.EndsWith("-wal", StringComparison.Ordinal) ? FileKind.Wal : path.EndsWith("-journal", StringComparison.Ordinal) ? FileKind.Journal : FileKind.Main;
        var main = kind switch
        {
            FileKind.Wal => path[..^"-wal".Length],
            FileKind.Journal => path[..^"-journal".Length],
            _ => path,
        };
        return (Plans.GetValueOrDefault(main), kind);
    }
}
