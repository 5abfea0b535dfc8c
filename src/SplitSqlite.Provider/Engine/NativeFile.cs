using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// What SQLite knows of a file that it has open, asked through its own file object, and how it spells a name. All of it works without
/// opening the file: closing any descriptor of a database would drop this process's locks on it (https://sqlite.org/howtocorrupt.html, 2.2).
/// </summary>
internal static unsafe class NativeFile
{
    private const int FilePointer = 7; // SQLITE_FCNTL_FILE_POINTER
    private const int VfsNameCode = 12; // SQLITE_FCNTL_VFSNAME
    private const int HasMovedCode = 20; // SQLITE_FCNTL_HAS_MOVED
    private const int JournalPointer = 28; // SQLITE_FCNTL_JOURNAL_POINTER

    // Places of the methods in sqlite3_io_methods, after iVersion, which takes a pointer's room.
    private const int ReadMethod = 2;
    private const int FileControlMethod = 10;

    private static readonly delegate* unmanaged[Cdecl]<nint, byte*, int, nint*, int> FileControlPointer =
        (delegate* unmanaged[Cdecl]<nint, byte*, int, nint*, int>)NativeSqlite.Export("sqlite3_file_control");

    private static readonly delegate* unmanaged[Cdecl]<nint, void> FreePointer =
        (delegate* unmanaged[Cdecl]<nint, void>)NativeSqlite.Export("sqlite3_free");

    private static readonly delegate* unmanaged[Cdecl]<byte*, nint> FindVfsPointer =
        (delegate* unmanaged[Cdecl]<byte*, nint>)NativeSqlite.Export("sqlite3_vfs_find");

    /// <summary>Gets SQLite's file object (<c>sqlite3_file*</c>) of a connection's main database, which lives as long as the connection; 0 where the library can't tell.</summary>
    public static nint MainFileOf(nint connection) => Pointer(connection, FilePointer);

    /// <summary>Gets whether a connection's file is the operating system's own of that name: opened by one of the file systems that SQLite itself has for Unix.</summary>
    public static bool IsPlainUnix(nint connection)
    {
        var name = Pointer(connection, VfsNameCode);
        if (name == 0)
        {
            return false;
        }

        try
        {
            // One that stands before another tells both: "tracing/unix".
            return Marshal.PtrToStringUTF8(name) is "unix" or "unix-excl" or "unix-dotfile" or "unix-none";
        }
        finally
        {
            FreePointer(name);
        }
    }

    /// <summary>
    /// Says whether the path leads to another file by now, or to none: one <c>stat</c>. The file's own method is called, and not
    /// <c>sqlite3_file_control</c>, which would wait for the connection's running statement; it reads only what is fixed when the file is opened,
    /// so that it may be called from any thread while the connection is open. <see langword="false"/> where the file system can't tell (Windows, where an open file stays).
    /// </summary>
    public static bool HasMoved(nint file)
    {
        var control = (delegate* unmanaged[Cdecl]<nint, int, void*, int>)(file == 0 ? 0 : Method(file, FileControlMethod));
        var moved = 0;
        return control != null && control(file, HasMovedCode, &moved) == raw.SQLITE_OK && moved != 0;
    }

    /// <summary>Reads the beginning of a connection's WAL through the connection's own descriptor, wherever the file is by now. Used by who has the connection.</summary>
    /// <returns>Whether there was so much of it.</returns>
    public static bool TryReadWal(nint connection, Span<byte> bytes)
    {
        var file = Pointer(connection, JournalPointer);
        if (file == 0 || Marshal.ReadIntPtr(file) == 0)
        {
            return false;
        }

        fixed (byte* buffer = bytes)
        {
            var read = (delegate* unmanaged[Cdecl]<nint, byte*, int, long, int>)Method(file, ReadMethod);
            return read(file, buffer, bytes.Length, 0) == raw.SQLITE_OK;
        }
    }

    /// <summary>Gets the full name that SQLite would know a file by, links resolved; <see langword="null"/> where it can't be told.</summary>
    /// <param name="path">The path, existing or not.</param>
    /// <param name="vfs">The virtual file system's name, or <see langword="null"/> for the default.</param>
    public static string? FullName(string path, string? vfs)
    {
        if (FindVfsPointer == null)
        {
            return null;
        }

        fixed (byte* name = vfs is null ? null : Encoding.UTF8.GetBytes(vfs + '\0'))
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var found = (Vfs*)FindVfsPointer(name);
            if (found == null || found->FullPathname == null)
            {
                return null;
            }

            var size = found->LongestPath + 1;
            Span<byte> buffer = size <= 1024 ? stackalloc byte[1024] : new byte[size];
            fixed (byte* full = buffer)
            {
                // SQLITE_OK_SYMLINK (512) says that a link was followed.
                return (found->FullPathname(found, text, size, full) & 0xFF) == raw.SQLITE_OK ? Marshal.PtrToStringUTF8((nint)full) : null;
            }
        }
    }

    private static nint Pointer(nint connection, int code)
    {
        nint file = 0;
        if (FileControlPointer != null)
        {
            fixed (byte* main = "main\0"u8)
            {
                _ = FileControlPointer(connection, main, code, &file);
            }
        }

        return file;
    }

    private static nint Method(nint file, int place)
        => Marshal.ReadIntPtr(file) is not 0 and var methods ? Marshal.ReadIntPtr(methods, place * nint.Size) : 0;

    // The beginning of sqlite3_vfs (https://sqlite.org/c3ref/vfs.html), which SQLite keeps as it is.
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int LongestPath;
        public Vfs* Next;
        public byte* Name;
        public void* AppData;
        public void* Open;
        public void* Delete;
        public void* Access;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, byte*, int> FullPathname;
    }
}
