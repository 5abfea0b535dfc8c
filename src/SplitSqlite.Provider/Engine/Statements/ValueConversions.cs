using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>Turns SQLite's values into CLR values, by the rules of Microsoft.Data.Sqlite.</summary>
/// <remarks>
/// Every getter answers, in this order: no row, <see cref="InvalidOperationException"/>; no such column,
/// <see cref="ArgumentOutOfRangeException"/>; NULL, <see cref="InvalidOperationException"/>. Getters that look at the
/// storage class first swap the first two. An integer is asked for its value first and for its storage class only if that
/// is 0, which is what SQLite answers for NULL.
/// </remarks>
internal static partial class ValueConversions
{
    /// <summary>Gets whether a value is NULL.</summary>
    public static bool IsDBNull(RowValues row, int ordinal)
    {
        CheckRow(row);
        return row.GetStorageClass(ordinal) == raw.SQLITE_NULL;
    }

    /// <summary>Gets a value as an integer, with SQLite's conversion.</summary>
    public static long GetInt64(RowValues row, int ordinal)
    {
        CheckRow(row);
        long value = row.GetInt64(ordinal);
        if (value == 0)
        {
            CheckNotNull(row, ordinal);
        }

        return value;
    }

    /// <summary>Gets a value as a number, with SQLite's conversion.</summary>
    public static double GetDouble(RowValues row, int ordinal)
    {
        CheckRow(row);
        double value = row.GetDouble(ordinal);
        if (value == 0)
        {
            CheckNotNull(row, ordinal);
        }

        return value;
    }

    /// <summary>Gets a value as text, with SQLite's conversion.</summary>
    public static string GetString(RowValues row, int ordinal)
    {
        CheckRow(row);
        string? text = row.GetText(ordinal);
        if (text is null)
        {
            CheckNotNull(row, ordinal);
        }

        return text!;
    }

    /// <summary>Gets whether a value is not 0.</summary>
    public static bool GetBoolean(RowValues row, int ordinal) => GetInt64(row, ordinal) != 0;

    /// <summary>Gets an integer in range.</summary>
    /// <exception cref="OverflowException">It is out of range.</exception>
    public static byte GetByte(RowValues row, int ordinal) => checked((byte)GetInt64(row, ordinal));

    /// <inheritdoc cref="GetByte"/>
    public static short GetInt16(RowValues row, int ordinal) => checked((short)GetInt64(row, ordinal));

    /// <inheritdoc cref="GetByte"/>
    public static int GetInt32(RowValues row, int ordinal) => checked((int)GetInt64(row, ordinal));

    /// <summary>Gets a number, rounded.</summary>
    public static float GetFloat(RowValues row, int ordinal) => (float)GetDouble(row, ordinal);

    /// <summary>Gets the only character of a text, or the one of which an integer is the code.</summary>
    public static char GetChar(RowValues row, int ordinal)
    {
        if (row.GetStorageClass(ordinal) == raw.SQLITE_TEXT)
        {
            string text = GetString(row, ordinal);
            if (text.Length == 1)
            {
                return text[0];
            }
        }

        return checked((char)GetInt64(row, ordinal));
    }

    /// <summary>Gets a Julian day or a text as a date.</summary>
    public static DateTime GetDateTime(RowValues row, int ordinal)
    {
        if (IsNumber(row, ordinal))
        {
            return JulianDay.ToDateTime(GetDouble(row, ordinal));
        }

        // The framework turns an offset into local time; since version 10 the answer is in UTC.
        DateTime parsed = Parse<DateTime>(row, ordinal, CultureInfo.InvariantCulture);
        return parsed.Kind == DateTimeKind.Local && !TimeZoneHandling.Pre10 ? parsed.ToUniversalTime() : parsed;
    }

    /// <summary>Gets a Julian day or a text as a date with an offset; UTC where it has none.</summary>
    public static DateTimeOffset GetDateTimeOffset(RowValues row, int ordinal)
    {
        if (IsNumber(row, ordinal))
        {
            DateTime instant = JulianDay.ToDateTime(GetDouble(row, ordinal));
            return TimeZoneHandling.Pre10 ? new DateTimeOffset(instant) : new DateTimeOffset(instant, TimeSpan.Zero);
        }

        ReadOnlySpan<byte> utf8 = PeekText(row, ordinal);
        Span<char> characters = utf8.Length <= StackCharacters ? stackalloc char[StackCharacters] : new char[utf8.Length];
        return DateTimeOffset.Parse(
            characters[..Encoding.UTF8.GetChars(utf8, characters)],
            CultureInfo.InvariantCulture,
            TimeZoneHandling.Pre10 ? DateTimeStyles.None : DateTimeStyles.AssumeUniversal);
    }

    /// <summary>Gets a Julian day or a text as a date without time.</summary>
    public static DateOnly GetDateOnly(RowValues row, int ordinal) => IsNumber(row, ordinal)
        ? DateOnly.FromDateTime(JulianDay.ToDateTime(GetDouble(row, ordinal)))
        : Parse<DateOnly>(row, ordinal, CultureInfo.InvariantCulture);

    /// <summary>Gets a text as a time of day. A number has none, not even the REAL that a parameter may be bound as.</summary>
    public static TimeOnly GetTimeOnly(RowValues row, int ordinal) => Parse<TimeOnly>(row, ordinal, CultureInfo.InvariantCulture);

    /// <summary>Gets a number of days or a text as a span, the text in the current culture's way.</summary>
    public static TimeSpan GetTimeSpan(RowValues row, int ordinal) => IsNumber(row, ordinal)
        ? TimeSpan.FromDays(GetDouble(row, ordinal))
        : Parse<TimeSpan>(row, ordinal, CultureInfo.CurrentCulture);

    /// <summary>Gets any value's text as a decimal number.</summary>
    public static decimal GetDecimal(RowValues row, int ordinal)
    {
        ReadOnlySpan<byte> utf8 = PeekText(row, ordinal);
        Span<char> characters = utf8.Length <= StackCharacters ? stackalloc char[StackCharacters] : new char[utf8.Length];
        return decimal.Parse(
            characters[..Encoding.UTF8.GetChars(utf8, characters)],
            NumberStyles.Number | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture);
    }

    /// <summary>Gets a blob of 16 bytes, or the text of anything else, as a Guid.</summary>
    public static Guid GetGuid(RowValues row, int ordinal)
    {
        if (row.GetStorageClass(ordinal) != raw.SQLITE_BLOB)
        {
            return ParseGuid(PeekText(row, ordinal));
        }

        CheckRow(row);
        ReadOnlySpan<byte> blob = row.PeekBlob(ordinal);
        return blob.Length == 16 ? new Guid(blob) : ParseGuid(blob);
    }

    /// <summary>Gets a value as bytes, with SQLite's conversion.</summary>
    public static byte[] GetBlob(RowValues row, int ordinal)
    {
        CheckRow(row);
        byte[] blob = row.GetBlob(ordinal);
        if (blob.Length == 0)
        {
            CheckNotNull(row, ordinal);
        }

        return blob;
    }

    /// <summary>Gets a value as what it is stored as: <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, <see cref="byte"/>[] or <see cref="DBNull"/>.</summary>
    public static object GetValue(RowValues row, int ordinal)
    {
        CheckRow(row);
        return row.GetStorageClass(ordinal) switch
        {
            raw.SQLITE_INTEGER => row.GetInt64(ordinal),
            raw.SQLITE_FLOAT => row.GetDouble(ordinal),
            raw.SQLITE_TEXT => row.GetText(ordinal)!,
            raw.SQLITE_BLOB => row.GetBlob(ordinal),
            _ => DBNull.Value,
        };
    }

    /// <summary>Gets the whole row.</summary>
    /// <returns>The number of columns.</returns>
    /// <exception cref="IndexOutOfRangeException">The array is shorter than the row (it is filled as far as it goes).</exception>
    public static int GetValues(RowValues row, object?[] values)
    {
        int count = row.FieldCount;
        for (int i = 0; i < count; i++)
        {
            values[i] = GetValue(row, i);
        }

        return count;
    }

    private const int StackCharacters = 64;

    private static void CheckRow(RowValues row)
    {
        if (!row.IsOnRow)
        {
            ThrowNoRow();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CheckNotNull(RowValues row, int ordinal)
    {
        if (row.GetStorageClass(ordinal) == raw.SQLITE_NULL)
        {
            throw NullValue(ordinal);
        }
    }

    private static void ThrowNoRow() => throw new InvalidOperationException("No data exists for the row/column.");

    private static InvalidOperationException NullValue(int ordinal)
        => new($"Column {ordinal} is NULL. Ask IsDBNull before calling a typed getter.");

    private static bool IsNumber(RowValues row, int ordinal)
        => row.GetStorageClass(ordinal) is raw.SQLITE_INTEGER or raw.SQLITE_FLOAT;

    private static ReadOnlySpan<byte> PeekText(RowValues row, int ordinal)
    {
        CheckRow(row);
        if (!row.TryPeekText(ordinal, out ReadOnlySpan<byte> utf8))
        {
            CheckNotNull(row, ordinal);
        }

        return utf8;
    }

    private static T Parse<T>(RowValues row, int ordinal, CultureInfo culture)
        where T : ISpanParsable<T>
    {
        ReadOnlySpan<byte> utf8 = PeekText(row, ordinal);
        Span<char> characters = utf8.Length <= StackCharacters ? stackalloc char[StackCharacters] : new char[utf8.Length];
        return T.Parse(characters[..Encoding.UTF8.GetChars(utf8, characters)], culture);
    }

    private static Guid ParseGuid(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length == 36)
        {
            Span<char> characters = stackalloc char[36];
            int length = Encoding.UTF8.GetChars(utf8, characters);
            if (Guid.TryParseExact(characters[..length], "D", out Guid guid))
            {
                return guid;
            }
        }

        // The constructor takes the other forms, and tells overflow from bad form, which Parse does not.
        return new Guid(Encoding.UTF8.GetString(utf8));
    }
}
