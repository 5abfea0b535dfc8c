using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace SplitSqlite.Tests.Faults;

/// <summary>A file of <see cref="FaultVfs"/>: this, and behind it in the same memory the file of the system's VFS.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FaultFile
{
    private NativeFile _base;
    private nint _state;

    private static volatile Exception? Escaped;

    /// <summary>Gets what the shim itself has done wrong, which it can tell nobody from within SQLite.</summary>
    public static Exception? Failure => Escaped;

    public static int SizeOver(NativeVfs* below) => sizeof(FaultFile) + below->FileSize;

    public static int Report(Exception exception)
    {
        Escaped = exception;
        return raw.SQLITE_INTERNAL;
    }

    public static int Open(NativeVfs* below, NativeMethods* methods, byte* name, NativeFile* file, int flags, int* outFlags, FaultPlan? plan, FileKind kind)
    {
        var real = Real(file);
        real->Methods = null;
        var rc = below->Open(below, name, real, flags, outFlags);

        // SQLite closes a file whose open failed if it has methods.
        if (real->Methods != null)
        {
            ((FaultFile*)file)->_state = plan is null ? 0 : GCHandle.ToIntPtr(GCHandle.Alloc(new State(plan, kind)));
            file->Methods = methods;
        }

        return rc;
    }

    public static NativeMethods* MakeMethods()
    {
        var methods = (NativeMethods*)NativeMemory.Alloc((nuint)sizeof(NativeMethods));
        *methods = new NativeMethods
        {
            Version = 3,
            Close = &Close,
            Read = &Read,
            Write = &Write,
            Truncate = &Truncate,
            Sync = &Sync,
            FileSize = &FileSize,
            Lock = &Lock,
            Unlock = &Unlock,
            CheckReservedLock = &CheckReservedLock,
            FileControl = &FileControl,
            SectorSize = &SectorSize,
            DeviceCharacteristics = &DeviceCharacteristics,
            ShmMap = &ShmMap,
            ShmLock = &ShmLock,
            ShmBarrier = &ShmBarrier,
            ShmUnmap = &ShmUnmap,
            Fetch = &Fetch,
            Unfetch = &Unfetch,
        };
        return methods;
    }

    private static NativeFile* Real(NativeFile* file) => (NativeFile*)((FaultFile*)file + 1);

    private static State? StateOf(NativeFile* file)
        => ((FaultFile*)file)->_state is var state && state == 0 ? null : (State)GCHandle.FromIntPtr(state).Target!;

    private static (int Code, bool IsDone) Ask(NativeFile* file, FileWork work)
        => StateOf(file) is { } state ? state.Plan.Ask(work, state.Kind) : (raw.SQLITE_OK, true);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(NativeFile* file)
    {
        if (((FaultFile*)file)->_state is var state && state != 0)
        {
            ((FaultFile*)file)->_state = 0;
            GCHandle.FromIntPtr(state).Free();
        }

        return Real(file)->Methods->Close(Real(file));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(NativeFile* file, byte* buffer, int count, long offset)
    {
        try
        {
            var (code, _) = Ask(file, FileWork.Read);
            if (code == raw.SQLITE_OK)
            {
                return Real(file)->Methods->Read(Real(file), buffer, count, offset);
            }

            // Who reads past the end must find zeros: https://sqlite.org/c3ref/io_methods.html.
            new Span<byte>(buffer, count).Clear();
            return code;
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(NativeFile* file, byte* buffer, int count, long offset)
    {
        try
        {
            var (code, isDone) = Ask(file, FileWork.Write);
            var rc = isDone ? Real(file)->Methods->Write(Real(file), buffer, count, offset) : raw.SQLITE_OK;
            if (isDone && rc == raw.SQLITE_OK && StateOf(file) is { Plan.Witness: { } witness } state)
            {
                witness.Written(state.Kind, new ReadOnlySpan<byte>(buffer, count), offset);
            }

            return code != raw.SQLITE_OK ? code : rc;
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(NativeFile* file, long size)
    {
        try
        {
            var (code, isDone) = Ask(file, FileWork.Truncate);
            var rc = isDone ? Real(file)->Methods->Truncate(Real(file), size) : raw.SQLITE_OK;
            return code != raw.SQLITE_OK ? code : rc;
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(NativeFile* file, int flags)
    {
        try
        {
            var (code, isDone) = Ask(file, FileWork.Sync);
            var state = StateOf(file);
            var ticket = state?.Plan.Witness?.Syncing(state.Kind) ?? 0;
            var rc = isDone && state is not { Plan.PretendsToSync: true } ? Real(file)->Methods->Sync(Real(file), flags) : raw.SQLITE_OK;
            if (isDone && rc == raw.SQLITE_OK)
            {
                state?.Plan.Witness?.Synced(state.Kind, ticket);
            }

            return code != raw.SQLITE_OK ? code : rc;
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(NativeFile* file, long* size) => Real(file)->Methods->FileSize(Real(file), size);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(NativeFile* file, int level) => Real(file)->Methods->Lock(Real(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(NativeFile* file, int level) => Real(file)->Methods->Unlock(Real(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(NativeFile* file, int* result) => Real(file)->Methods->CheckReservedLock(Real(file), result);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(NativeFile* file, int operation, void* argument) => Real(file)->Methods->FileControl(Real(file), operation, argument);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(NativeFile* file) => Real(file)->Methods->SectorSize(Real(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(NativeFile* file) => Real(file)->Methods->DeviceCharacteristics(Real(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmMap(NativeFile* file, int region, int size, int extend, nint* result)
    {
        try
        {
            var (code, _) = Ask(file, FileWork.ShmMap);
            if (code == raw.SQLITE_OK)
            {
                return Real(file)->Methods->ShmMap(Real(file), region, size, extend, result);
            }

            *result = 0;
            return code;
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmLock(NativeFile* file, int offset, int count, int flags)
    {
        try
        {
            // An unlock never fails, and nobody asks whether it did.
            var (code, _) = (flags & 1) != 0 ? (raw.SQLITE_OK, true) : Ask(file, FileWork.ShmLock);
            return code != raw.SQLITE_OK ? code : Real(file)->Methods->ShmLock(Real(file), offset, count, flags);
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ShmBarrier(NativeFile* file) => Real(file)->Methods->ShmBarrier(Real(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmUnmap(NativeFile* file, int delete) => Real(file)->Methods->ShmUnmap(Real(file), delete);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Fetch(NativeFile* file, long offset, int count, void** result) => Real(file)->Methods->Fetch(Real(file), offset, count, result);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unfetch(NativeFile* file, long offset, void* page) => Real(file)->Methods->Unfetch(Real(file), offset, page);

    private sealed record State(FaultPlan Plan, FileKind Kind);
}
