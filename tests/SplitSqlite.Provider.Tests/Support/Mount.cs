using System.Diagnostics;

namespace SplitSqlite.Tests.Support;

/// <summary>A file system mounted on a folder for the time of a test. Permissions bind nothing to root, mounts do.</summary>
internal sealed class Mount : IDisposable
{
    private Mount(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Mounts a file system in memory, or skips the test where that is not permitted.</summary>
    public static Mount Memory() => Make(folder => Succeeds("mount", "-t", "tmpfs", "-o", "size=8m", "splitsqlite", folder), "mounting a tmpfs needs root");

    /// <summary>Mounts a folder's mirror by FUSE, or skips the test where there is no bindfs.</summary>
    public static Mount Fuse(string mirrored) => Make(folder => Succeeds("bindfs", mirrored, folder), "bindfs is not here, or may not mount");

    public void Remount(bool readOnly) => Assert.True(Succeeds("mount", "-o", readOnly ? "remount,ro" : "remount,rw", Folder));

    public void Dispose()
    {
        // Lazy: a test that failed may have something open there.
        _ = Succeeds("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static Mount Make(Func<string, bool> mount, string reason)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mounts are made on Linux only");
        var folder = Directory.CreateTempSubdirectory("splitsqlite-mount-").FullName;
        if (!mount(folder))
        {
            Directory.Delete(folder);
            Assert.Skip(reason);
        }

        return new Mount(folder);
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
