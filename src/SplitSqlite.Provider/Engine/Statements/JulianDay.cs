namespace SplitSqlite.Engine;

/// <summary>Dates as SQLite's REAL form has them: days since noon of 24 November 4714 BC, in whole milliseconds.</summary>
/// <remarks>SQLite's own date functions count so, and Microsoft.Data.Sqlite does their arithmetic, its truncations included.</remarks>
internal static class JulianDay
{
    private const double MillisecondsPerDay = 86400000.0;
    private const long HalfDay = 43200000;

    /// <summary>The Julian day number that begins at noon of 1 January of the year 1.</summary>
    private const int FirstDay = 1721426;

    /// <summary>The one that begins at noon of 31 December 9999.</summary>
    private const int LastDay = 5373484;

    /// <summary>Gets the REAL form of a CLR value that has one: dates as Julian days, times and spans as parts of a day.</summary>
    /// <returns>The days, or <see langword="null"/> where a value of that type has no such form.</returns>
    public static double? FromValue(object value) => value switch
    {
        DateTime instant => FromDateTime(instant),
        DateTimeOffset instant => FromDateTime(TimeZoneHandling.Pre10 ? instant.DateTime : instant.UtcDateTime),
        DateOnly date => FromDateTime(date.ToDateTime(TimeOnly.MinValue)),
        TimeOnly time => MillisecondsOfDay(time.Hour, time.Minute, time.Second, time.Millisecond) / MillisecondsPerDay,
        TimeSpan span => span.TotalDays,
        _ => null,
    };

    /// <summary>Gets the date of a Julian day; its kind is unspecified.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside the years 1 to 9999.</exception>
    public static DateTime ToDateTime(double julianDay)
    {
        // Wrapping is meant: it decides which absurd numbers are refused and which pass for dates.
        long milliseconds = unchecked((long)((julianDay * MillisecondsPerDay) + 0.5) + HalfDay);
        int day = unchecked((int)(milliseconds / (2 * HalfDay)));
        long ofDay = milliseconds % (2 * HalfDay);

        long sinceFirst = (long)day - FirstDay;
        return ofDay >= 0 && (ulong)sinceFirst <= LastDay - FirstDay
            ? new DateTime((sinceFirst * TimeSpan.TicksPerDay) + (ofDay * TimeSpan.TicksPerMillisecond))
            : throw new ArgumentOutOfRangeException(nameof(julianDay), julianDay, null);
    }

    private static double FromDateTime(DateTime instant)
    {
        long day = (instant.Ticks / TimeSpan.TicksPerDay) + FirstDay;
        long milliseconds = (day * 2 * HalfDay) - HalfDay
            + MillisecondsOfDay(instant.Hour, instant.Minute, instant.Second, instant.Millisecond);
        return milliseconds / MillisecondsPerDay;
    }

    private static long MillisecondsOfDay(int hour, int minute, int second, int millisecond)
    {
        // The seconds are truncated from a double, which loses a millisecond of some values (1.001 s). SQLite does so.
        double seconds = second + (millisecond / 1000.0);
        return (((hour * 60L) + minute) * 60000) + (long)(seconds * 1000);
    }
}
