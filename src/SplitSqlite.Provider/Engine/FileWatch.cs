using System.Runtime.InteropServices;

namespace SplitSqlite.Engine;

/// <summary>
/// Tells, on Linux, whether a path may lead elsewhere than before, for the price of one short system call: inotify watches the file and each
/// folder on the way to it, and is asked how much it has to tell. A third of the cost of a <c>stat</c>, which looks up each folder.
/// </summary>
/// <remarks>
/// <para>
/// The kernel enters an event into the queue inside the very call that unlinks or renames, before that call returns. So whoever asks after a
/// <c>File.Delete</c> has returned, on whatever thread and in whatever process of this kernel, finds it there. Nothing here waits to be told.
/// </para>
/// <para>
/// One queue for the process (a user has 128 by default), and one number for all paths: an event for any of them makes every
/// connection look by itself once more. That is rare, and so needs no order of its own.
/// </para>
/// <para>
/// It says "may": the look itself stays <see cref="NativeFile.HasMoved"/>. Where nothing can be watched (another operating system, a file system that others
/// change without this kernel, a folder that may not be read, no watches left), <see cref="Arm"/> answers 0 and each question is a look.
/// </para>
/// </remarks>
/// <param name="path">The file's full name, without links.</param>
internal sealed unsafe partial class FileWatch(string path)
{
    // Of <sys/inotify.h> and <asm-generic/ioctls.h>. An unlink, and a rename over it, change the file's count of links: IN_ATTRIB.
    private const uint Attributes = 0x4;
    private const uint DeletedItself = 0x400;
    private const uint MovedItself = 0x800;
    private const uint Ignored = 0x8000;
    private const uint FolderOnly = 0x1000000;
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const nuint BytesToRead = 0x541B;
    private const int NoSuchFile = 2;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int NoFolder = 20;

    // File systems of which nobody changes a name without this kernel. The numbers are those of its magic.h.
    private static readonly HashSet<uint> LocalTypes =
    [
        0xEF53, // ext2, ext3, ext4
        0x58465342, // xfs
        0x9123683E, // btrfs
        0x01021994, // tmpfs
        0x794C7630, // overlay
        0xF2F52010, // f2fs
        0x2FC12FC1, // zfs
        0xCA451A4E, // bcachefs
    ];

    // Protects the queue's reading and all watches, so that no event is read of a watch that is just being entered. A leaf.
    private static readonly Lock Sync = new();

    // How many paths need a watch. Folders are shared.
    private static readonly Dictionary<int, int> Users = [];

    private static readonly int Queue = OperatingSystem.IsLinux() ? OpenQueue() : -1;
    private static long ChangeCount = 1;
    private static int IsReading;

    private int[] _watches = [];
    private long _armedAt;
    private bool _isGivenUp = Queue < 0;

    /// <summary>Gets a number that is another one once anything may have happened to a path that is watched. Asks the kernel.</summary>
    public static long Changes
    {
        get
        {
            int bytes;
            if (Ask(Queue, BytesToRead, &bytes) != 0 || bytes != 0)
            {
                lock (Sync)
                {
                    ReadEvents();
                }
            }
            else
            {
                // Another thread may have taken the events out just now, and not have counted them yet.
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref IsReading) != 0)
                {
                    lock (Sync)
                    {
                    }
                }
            }

            return Volatile.Read(ref ChangeCount);
        }
    }

    /// <summary>Has the path watched as it leads now.</summary>
    /// <returns>
    /// <see cref="Changes"/> as of before. As long as it stays that number, the path leads where a look after this call finds that it leads; 0 where it can't be watched.
    /// </returns>
    /// <remarks>
    /// From the root down: a folder that is exchanged before its own turn tells nothing, but then what is watched below it is what a look finds; one that is
    /// exchanged after its turn tells.
    /// </remarks>
    public long Arm()
    {
        if (Volatile.Read(ref _isGivenUp))
        {
            return 0;
        }

        lock (Sync)
        {
            ReadEvents();
            if (_armedAt == ChangeCount || _isGivenUp)
            {
                return _isGivenUp ? 0 : _armedAt;
            }

            var before = ChangeCount;
            var watches = new List<int>();
            var isWhole = true;
            for (var at = 1; isWhole && at > 0; at = path.IndexOf('/', at) + 1)
            {
                // "/", "/folder", "/folder/another", …
                isWhole = TryAdd(at == 1 ? "/" : path[..(at - 1)], MovedItself | DeletedItself | FolderOnly, watches);
            }

            isWhole = isWhole && TryAdd(path, Attributes | MovedItself | DeletedItself, watches);
            Leave();
            _watches = [.. watches];
            _armedAt = isWhole ? before : 0;
            return _armedAt;
        }
    }

    /// <summary>Ends the watching.</summary>
    public void End()
    {
        lock (Sync)
        {
            ReadEvents();
            _isGivenUp = true;
            Leave();
        }
    }

    // Under the lock, as are all below. The same folder or file gives the same watch.
    private bool TryAdd(string name, uint what, List<int> watches)
    {
        if (SharedFileSystem.TypeOf(name) is not { } type)
        {
            // Gone: somebody is about to look, and will find that out.
            return false;
        }

        if (!LocalTypes.Contains(type))
        {
            _isGivenUp = true;
            return false;
        }

        var watch = AddWatch(Queue, name, what);
        if (watch < 0)
        {
            _isGivenUp = Marshal.GetLastPInvokeError() is not (NoSuchFile or NoFolder);
            return false;
        }

        watches.Add(watch);
        Users[watch] = Users.GetValueOrDefault(watch) + 1;
        return true;
    }

    private void Leave()
    {
        foreach (var watch in _watches)
        {
            if (!Users.TryGetValue(watch, out var users))
            {
                // The kernel has ended it, with the file.
                continue;
            }

            if (users > 1)
            {
                Users[watch] = users - 1;
            }
            else
            {
                // First struck out: what the kernel says of its end is no change.
                Users.Remove(watch);
                _ = RemoveWatch(Queue, watch);
            }
        }

        _watches = [];
    }

    private static void ReadEvents()
    {
        const int Size = 4096;
        var buffer = stackalloc byte[Size];
        Interlocked.Exchange(ref IsReading, 1);
        while (true)
        {
            var length = (int)Read(Queue, buffer, Size);
            if (length < 0 && Marshal.GetLastPInvokeError() == Interrupted)
            {
                continue;
            }

            if (length <= 0)
            {
                if (length == 0 || Marshal.GetLastPInvokeError() != TryAgain)
                {
                    // Somebody has closed the descriptor. Each question is a look then.
                    Count();
                }

                break;
            }

            for (var at = 0; at < length;)
            {
                var happened = (Event*)(buffer + at);
                at += sizeof(Event) + (int)happened->NameLength;

                // -1 says that the queue ran over. Another one that is not known was left by ourselves.
                if (happened->Watch < 0 || Users.ContainsKey(happened->Watch))
                {
                    Count();
                    if ((happened->What & Ignored) != 0)
                    {
                        Users.Remove(happened->Watch);
                    }
                }
            }
        }

        Volatile.Write(ref IsReading, 0);
    }

    private static void Count() => Volatile.Write(ref ChangeCount, ChangeCount + 1);

    private static int OpenQueue()
    {
        try
        {
            return InotifyInit(NonBlockingCloseOnExec);
        }
        catch (EntryPointNotFoundException)
        {
            return -1;
        }
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1")]
    private static partial int InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int AddWatch(int queue, string path, uint what);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch")]
    private static partial int RemoveWatch(int queue, int watch);

    // With three arguments, which all calling conventions of Linux pass to "int ioctl(int, unsigned long, ...)" as to any other function.
    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ask(int queue, nuint request, int* answer);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int queue, byte* buffer, nint size);

    // struct inotify_event, without the name that follows.
    [StructLayout(LayoutKind.Sequential)]
    private struct Event
    {
        public int Watch;
        public uint What;
        public uint Cookie;
        public uint NameLength;
    }
}
