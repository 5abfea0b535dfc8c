namespace SplitSqlite.Engine;

/// <summary>
/// A point in time until which one operation may wait. One deadline goes through everything that the operation waits for
/// (the gate, the pool, other processes' locks), so that their waits add up to one limit and not to three.
/// </summary>
internal readonly struct Deadline
{
    private readonly TimeProvider? _time;
    private readonly long _start;

    // The limit is kept beside the start, not added to it: a timeout of decades must not overflow a timestamp.
    private readonly TimeSpan _limit;

    private Deadline(TimeSpan limit, TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _limit = limit;
    }

    /// <summary>Gets the deadline that never comes. It does not know when it was made: <see cref="Elapsed"/> is zero.</summary>
    public static Deadline None => default;

    /// <summary>Gets a value indicating whether the deadline never comes.</summary>
    public bool IsNone => _time is null || _limit == Timeout.InfiniteTimeSpan;

    /// <summary>Gets the time since the deadline was made.</summary>
    public TimeSpan Elapsed => _time is null ? TimeSpan.Zero : _time.GetElapsedTime(_start);

    /// <summary>Gets the time left, never less than zero; <see cref="Timeout.InfiniteTimeSpan"/> where the deadline never comes.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (IsNone)
            {
                return Timeout.InfiniteTimeSpan;
            }

            TimeSpan left = _limit - Elapsed;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Gets a value indicating whether the time is up.</summary>
    public bool HasPassed => !IsNone && Elapsed >= _limit;

    /// <summary>Makes a deadline that starts now.</summary>
    /// <param name="timeout">How long; zero has passed at once, <see cref="Timeout.InfiniteTimeSpan"/> never comes but knows its <see cref="Elapsed"/>.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative and not infinite.</exception>
    public static Deadline After(TimeSpan timeout, TimeProvider time)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        return new Deadline(timeout, time);
    }
}
