namespace SplitSqlite.Engine;

/// <content>Whether the file is still the one at its path.</content>
internal sealed unsafe partial class PhysicalConnection
{
    /// <summary>
    /// Says whether the file's path leads to another file by now, or to none; <see langword="null"/> where the connection is closed.
    /// Callable from any thread: it costs one system call.
    /// </summary>
    public bool? HasMoved()
    {
        var seen = Volatile.Read(ref _placeSeenAtChange);
        if (seen != 0 && FileWatch.Changes == seen && Environment.TickCount64 - Volatile.Read(ref _placeSeenAt) < LongestTrust)
        {
            return Volatile.Read(ref _disposed) ? null : false;
        }

        return LookForMove();
    }

    /// <summary>The same by a look at the path, whatever is known of it: before another connection is opened, which must not bring two files together.</summary>
    public bool? LookForMove()
    {
        var watchedSince = _watch?.Arm() ?? 0;
        bool moved;

        // A full fence between the two: either this sees that the connection is closing, or Dispose sees it look.
        Interlocked.Increment(ref _looks);
        try
        {
            if (Volatile.Read(ref _disposed))
            {
                return null;
            }

            moved = NativeFile.HasMoved(_file);
        }
        finally
        {
            Interlocked.Decrement(ref _looks);
        }

        if (!moved && watchedSince != 0 && FileWatch.Changes == watchedSince)
        {
            Volatile.Write(ref _placeSeenAt, Environment.TickCount64);
            Volatile.Write(ref _placeSeenAtChange, watchedSince);
        }

        return moved;
    }

    /// <summary>Reads the beginning of the WAL as this connection has it, whatever lies at its path by now. For who has the connection.</summary>
    public bool TryReadWal(Span<byte> bytes) => NativeFile.TryReadWal(_pointer, bytes);
}
