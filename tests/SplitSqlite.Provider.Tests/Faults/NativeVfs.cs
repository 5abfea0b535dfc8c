using System.Runtime.InteropServices;

namespace SplitSqlite.Tests.Faults;

/// <summary><c>sqlite3_vfs</c>, version 3 (https://sqlite.org/c3ref/vfs.html). What a shim only passes on is kept as an address.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeVfs
{
    public int Version;
    public int FileSize;
    public int MaxPath;
    public NativeVfs* Next;
    public byte* Name;
    public nint AppData;
    public delegate* unmanaged[Cdecl]<NativeVfs*, byte*, NativeFile*, int, int*, int> Open;
    public delegate* unmanaged[Cdecl]<NativeVfs*, byte*, int, int> Delete;
    public delegate* unmanaged[Cdecl]<NativeVfs*, byte*, int, int*, int> Access;
    public delegate* unmanaged[Cdecl]<NativeVfs*, byte*, int, byte*, int> FullPathname;
    public nint DlOpen;
    public nint DlError;
    public nint DlSym;
    public nint DlClose;
    public nint Randomness;
    public nint Sleep;
    public nint CurrentTime;
    public nint GetLastError;
    public nint CurrentTimeInt64;
    public nint SetSystemCall;
    public nint GetSystemCall;
    public nint NextSystemCall;
}

/// <summary><c>sqlite3_file</c>: what every VFS's own file begins with.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeFile
{
    public NativeMethods* Methods;
}

/// <summary><c>sqlite3_io_methods</c>, version 3 (https://sqlite.org/c3ref/io_methods.html).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMethods
{
    public int Version;
    public delegate* unmanaged[Cdecl]<NativeFile*, int> Close;
    public delegate* unmanaged[Cdecl]<NativeFile*, byte*, int, long, int> Read;
    public delegate* unmanaged[Cdecl]<NativeFile*, byte*, int, long, int> Write;
    public delegate* unmanaged[Cdecl]<NativeFile*, long, int> Truncate;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, int> Sync;
    public delegate* unmanaged[Cdecl]<NativeFile*, long*, int> FileSize;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, int> Lock;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, int> Unlock;
    public delegate* unmanaged[Cdecl]<NativeFile*, int*, int> CheckReservedLock;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, void*, int> FileControl;
    public delegate* unmanaged[Cdecl]<NativeFile*, int> SectorSize;
    public delegate* unmanaged[Cdecl]<NativeFile*, int> DeviceCharacteristics;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, int, int, nint*, int> ShmMap;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, int, int, int> ShmLock;
    public delegate* unmanaged[Cdecl]<NativeFile*, void> ShmBarrier;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, int> ShmUnmap;
    public delegate* unmanaged[Cdecl]<NativeFile*, long, int, void**, int> Fetch;
    public delegate* unmanaged[Cdecl]<NativeFile*, long, void*, int> Unfetch;
}
