namespace SplitSqlite.Engine;

/// <summary>
/// Leaves other processes room. Whoever waits for SQLite's lock polls, and a process whose writers hand the gate on without pause frees that lock for
/// some microseconds at a time: the others would hit them by luck only. So while another process has been seen writing, every turn of
/// <see cref="Turn"/> is followed by a pause of <see cref="Length"/> in which nobody here begins to write.
/// </summary>
/// <remarks>
/// The pause is made by who has just entered the gate, before its BEGIN: it waits as everybody waits, by its own deadline and token, and the gate
/// knows nothing of it. A process that gets its turn in the room is met as BUSY by our next write, which renews the memory; it leaves room
/// in its own turn if it is one of ours. Where none has been seen all of it is one read of a field. See <c>docs/design/processes.md</c>.
/// </remarks>
internal sealed class RoomForOthers(TimeProvider time)
{
    /// <summary>For how long we write without leaving room.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the room is: the longest step with which one of ours polls, so that it is hit by each that waits.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMilliseconds(Busy.LongestStep);

    /// <summary>For how long another process is reckoned with after it was last met: long enough for a plain one, which polls seldom, to come back.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly long _turn = Ticks(Turn, time);
    private readonly long _length = Ticks(Length, time);
    private readonly long _memory = Ticks(Memory, time);

    // Timestamps. Written under the gate only; the first two are glanced at without it.
    // Until when another process is reckoned with; 0 where none is.
    private long _until;

    // Since when nobody else had a chance.
    private long _since;

    // When the gate was left last.
    private long _left;

    /// <summary>Gets whether another process has been met lately.</summary>
    public bool IsShared => Volatile.Read(ref _until) != 0;

    /// <summary>Gets whether room may be due, for who is not inside the gate yet: a glance, which may be wrong either way.</summary>
    public bool MayBeDue => IsShared && time.GetTimestamp() - Volatile.Read(ref _since) >= _turn;

    /// <summary>Another process was in the way of a write: our turn has not begun yet. Under the gate.</summary>
    public void Met()
    {
        // The place to warn of an engine with the WAL-reset bug (DESIGN 8), when log messages are there.
        var now = time.GetTimestamp();
        Volatile.Write(ref _since, now);
        Volatile.Write(ref _until, now + _memory);
    }

    /// <summary>The gate is about to be left. Under the gate.</summary>
    public void Leaving()
    {
        if (IsShared)
        {
            _left = time.GetTimestamp();
        }
    }

    /// <summary>Leaves room if it is due, waiting on this thread; under the gate, before anything is begun.</summary>
    /// <exception cref="OperationCanceledException">Cancelled meanwhile.</exception>
    public void Give(Deadline deadline, CancellationToken cancellationToken)
    {
        if (IsDue())
        {
            var wait = LengthWithin(deadline);
            if (cancellationToken.WaitHandle.WaitOne(wait))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            Given(wait);
        }
    }

    /// <summary>The same without a thread.</summary>
    /// <exception cref="OperationCanceledException">Cancelled meanwhile.</exception>
    public ValueTask GiveAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        return IsDue() ? Wait(LengthWithin(deadline)) : default;

        async ValueTask Wait(TimeSpan wait)
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            Given(wait);
        }
    }

    private static long Ticks(TimeSpan span, TimeProvider time) => (long)(span.TotalSeconds * time.TimestampFrequency);

    // Nobody misses a deadline by it: who has less time left tries its luck then, and the next one leaves the room.
    private static TimeSpan LengthWithin(Deadline deadline)
        => deadline.IsNone || deadline.Remaining > Length ? Length : deadline.Remaining;

    private bool IsDue()
    {
        if (!IsShared)
        {
            return false;
        }

        var now = time.GetTimestamp();
        if (now >= _until)
        {
            Volatile.Write(ref _until, 0);
            return false;
        }

        if (now - _left >= _length)
        {
            // Nobody wrote for that long anyway.
            Volatile.Write(ref _since, now);
            return false;
        }

        return now - _since >= _turn;
    }

    private void Given(TimeSpan wait)
    {
        if (wait == Length)
        {
            Volatile.Write(ref _since, time.GetTimestamp());
        }
    }
}
