using System.Runtime.InteropServices;

namespace SplitSqlite.Engine;

/// <summary>
/// File systems that another host may have open too, or that hand what is mapped into memory to no other process: WAL needs memory
/// that all users of a file share (https://sqlite.org/wal.html).
/// </summary>
/// <remarks>
/// On Linux by the number that <c>statfs</c> gives, and not by <see cref="DriveInfo.DriveFormat"/>: the numbers are those of the kernel's
/// <c>magic.h</c> and can be held by a test where no such file system is at hand; the names that .NET makes of them are not documented.
/// </remarks>
internal static unsafe partial class SharedFileSystem
{
    private static readonly Dictionary<uint, string> LinuxTypes = new()
    {
        [0x00006969] = "nfs",
        [0x0000517B] = "smb",
        [0xFF534D42] = "cifs",
        [0xFE534D42] = "smb2",
        [0x01021997] = "9p",
        [0x65735546] = "fuse",
        [0x00C36400] = "ceph",
        [0x5346414F] = "afs",
        [0x6B414653] = "afs",
        [0x0000564C] = "ncp",
        [0x73757245] = "coda",
        [0x786F4256] = "vboxsf",
        [0xBACBACBC] = "vmhgfs",
        [0x7C7C6673] = "prl_fs",
        [0x53464846] = "wslfs",
        [0x01161970] = "gfs2",
        [0x7461636F] = "ocfs2",
        [0x0BD00BD0] = "lustre",
        [0x47504653] = "gpfs",
        [0x19830326] = "beegfs",
        [0x20030528] = "pvfs2",
    };

    private static readonly string[] OtherNames = ["nfs", "smbfs", "afpfs", "webdav", "ftp", "9p", "virtiofs", "acfs", "prl_fs", "vmhgfs", "vboxsf"];

    /// <summary>Gets the type of a file's file system if it is such a one; <see langword="null"/> if it is not, or can't be told.</summary>
    /// <param name="path">The file's full name. The file is not opened.</param>
    public static string? NameOf(string path)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                return TypeOf(path) is { } type ? NameOf(type) : null;
            }

            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(path)! : path);
            return IsShared(drive.DriveFormat, drive.DriveType) ? drive.DriveFormat : null;
        }
        catch (ArgumentException) when (path.StartsWith(@"\\", StringComparison.Ordinal))
        {
            // DriveInfo takes no UNC path; and that is what tells.
            return "network";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A virtual file system's file, of which the operating system knows nothing.
            return null;
        }
    }

    /// <summary>Gets the name of a Linux file system type, if it is such a one. <c>fuse</c> stands for <c>fuseblk</c> and <c>virtiofs</c> too; <c>overlay</c> and <c>tmpfs</c> are local.</summary>
    /// <param name="type">The <c>f_type</c> of <c>statfs</c>.</param>
    public static string? NameOf(uint type) => LinuxTypes.GetValueOrDefault(type);

    /// <summary>Says the same by name, for macOS and Windows.</summary>
    public static bool IsShared(string format, DriveType type)
        => type == DriveType.Network
            || format.Contains("fuse", StringComparison.OrdinalIgnoreCase)
            || OtherNames.Contains(format, StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the <c>f_type</c> of a file's file system, or <see langword="null"/> if there is no such file.</summary>
    public static uint? TypeOf(string path)
    {
        // struct statfs begins with f_type, a word, on all that .NET runs on; it has some 120 bytes.
        var buffer = stackalloc nint[64];
        return StatFs(path, buffer) == 0 ? (uint)buffer[0] : null;
    }

    [LibraryImport("libc", EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatFs(string path, nint* buffer);
}
