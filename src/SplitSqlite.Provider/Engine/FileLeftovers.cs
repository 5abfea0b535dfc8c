namespace SplitSqlite.Engine;

/// <summary>
/// The <c>-wal</c> and <c>-shm</c> of a file that is gone, lying beside the file that has taken its place. SQLite would take the old WAL into the new
/// file (https://sqlite.org/howtocorrupt.html, 1.4 and 2.4), and would truncate the <c>-shm</c> under connections that still read the old one,
/// which ends the process by SIGBUS. So both go, if they are certainly ours: a WAL that was put there together with the new file must stay.
/// </summary>
internal static class FileLeftovers
{
    // What tells one WAL from another: page size, sequence number, two salts, a checksum over them (https://sqlite.org/fileformat2.html#walformat).
    private const int HeaderSize = 32;

    private const string OwnDescriptors = "/proc/self/fd";

    /// <summary>Removes what belongs to connections of this process. The database file itself is not touched, and nothing but the WAL is opened.</summary>
    /// <param name="path">The database's path.</param>
    /// <param name="old">Connections to the old file that the caller has for itself, still open.</param>
    public static void Remove(string path, IEnumerable<PhysicalConnection> old)
    {
        string[] beside = [path + "-wal", path + "-shm"];

        // A descriptor's link names the path only while the very file that it has open is there; else it says "(deleted)", or its new name.
        IEnumerable<string> ours = Directory.Exists(OwnDescriptors) ? OpenFiles(beside)
            : HasSameWal(beside[0], old) ? beside
            : File.Exists(beside[0]) ? [] : [beside[1]];
        foreach (var file in ours)
        {
            // The name goes; who has the file open keeps it to his end.
            File.Delete(file);
        }
    }

    private static HashSet<string> OpenFiles(string[] wanted)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var descriptor in Directory.EnumerateFiles(OwnDescriptors))
        {
            try
            {
                if (new FileInfo(descriptor).LinkTarget is { } target && wanted.Contains(target))
                {
                    found.Add(target);
                }
            }
            catch (IOException)
            {
                // Closed meanwhile.
            }
        }

        return found;
    }

    private static bool HasSameWal(string path, IEnumerable<PhysicalConnection> old)
    {
        Span<byte> there = stackalloc byte[HeaderSize];
        Span<byte> ours = stackalloc byte[HeaderSize];
        try
        {
            // No locks are ever taken on a WAL, so opening and closing it drops none.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.Read(file, there, 0) < HeaderSize)
            {
                return false;
            }
        }
        catch (IOException)
        {
            return false;
        }

        foreach (var connection in old)
        {
            if (connection.TryReadWal(ours))
            {
                return there.SequenceEqual(ours);
            }
        }

        return false;
    }
}
