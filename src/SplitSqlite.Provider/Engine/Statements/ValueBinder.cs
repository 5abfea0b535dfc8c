using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>Binds one CLR value: which storage class it gets and in which form, as Microsoft.Data.Sqlite decides it.</summary>
/// <remarks>
/// <see cref="SqliteParameter.SqliteType"/> answers an inferred type where none was set. That gives the same answers: of
/// each CLR type, the type inferred for it is the one that stands for its default form.
/// <see cref="SqliteParameter.Size"/> answers 0 where none was set and the value is neither text nor blob; a set 0 can't be
/// told from that and counts as unset here (it would leave nothing of a Guid or a date).
/// </remarks>
internal static class ValueBinder
{
    // The invariant culture's date and time separators are these characters, so they need no quoting.
    private const string DateTimeFormat = "yyyy-MM-dd HH:mm:ss.FFFFFFF";
    private const string DateTimeOffsetFormat = DateTimeFormat + "zzz";
    private const string DateFormat = "yyyy-MM-dd";
    private const string TimeFormat = "HH:mm:ss";
    private const string TimeWithFractionFormat = "HH:mm:ss.fffffff";

    /// <summary>At least one digit after the point (a text that no affinity takes for an integer), at most what a decimal has.</summary>
    private const string DecimalFormat = "0.0###########################";

    /// <summary>Up to here, in chars and in bytes, a string is bound with its length; beyond it only up to its first zero character, as SQLitePCLRaw does for Microsoft.Data.Sqlite.</summary>
    private const int BoundWithLength = 512;

    /// <summary>Binds a value to a parameter.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="index">The parameter's position, from 1.</param>
    /// <param name="parameter">The parameter, for its type and size.</param>
    /// <param name="value">Its value, not <see langword="null"/>.</param>
    public static void Bind(PreparedStatement statement, int index, SqliteParameter parameter, object value)
    {
        switch (value)
        {
            case string text:
                BindString(statement, index, text, parameter.Size);
                break;
            case int number:
                BindInteger(statement, index, number);
                break;
            case long number:
                BindInteger(statement, index, number);
                break;
            case DBNull:
                statement.ThrowFor(raw.sqlite3_bind_null(statement.Handle, index));
                break;
            case bool flag:
                BindInteger(statement, index, flag ? 1 : 0);
                break;
            case double number:
                BindReal(statement, index, number);
                break;
            case float number:
                BindReal(statement, index, number);
                break;
            case DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan or decimal or Guid or char:
                BindFormatted(statement, index, parameter, value);
                break;
            default:
                BindOther(statement, index, parameter, value);
                break;
        }
    }

    private static void BindOther(PreparedStatement statement, int index, SqliteParameter parameter, object value)
    {
        // By exact type, not by pattern: to the runtime an sbyte[] is a byte[] too.
        if (value.GetType() == typeof(byte[]))
        {
            BindBlob(statement, index, (byte[])value, parameter.Size);
            return;
        }

        // An enum has its underlying type's code and unboxes as that.
        long? number = Type.GetTypeCode(value.GetType()) switch
        {
            TypeCode.Byte => (byte)value,
            TypeCode.SByte => (sbyte)value,
            TypeCode.Int16 => (short)value,
            TypeCode.UInt16 => (ushort)value,
            TypeCode.Int32 => (int)value,
            TypeCode.UInt32 => (uint)value,
            TypeCode.Int64 => (long)value,
            TypeCode.UInt64 => unchecked((long)(ulong)value),
            _ => null,
        };
        if (number is null)
        {
            throw new InvalidOperationException($"Parameter '{parameter.ParameterName}': a value of type {value.GetType()} has no form in SQLite.");
        }

        BindInteger(statement, index, number.Value);
    }

    [SkipLocalsInit]
    private static void BindFormatted(PreparedStatement statement, int index, SqliteParameter parameter, object value)
    {
        SqliteType type = parameter.SqliteType;
        switch (value)
        {
            case char character when type == SqliteType.Integer:
                BindInteger(statement, index, character);
                return;
            case Guid guid when type == SqliteType.Blob:
                Span<byte> bytes = stackalloc byte[16];
                _ = guid.TryWriteBytes(bytes);
                BindBlob(statement, index, bytes, LimitOf(parameter));
                return;
        }

        if (type == SqliteType.Real && JulianDay.FromValue(value) is double days)
        {
            BindReal(statement, index, days);
            return;
        }

        Span<byte> utf8 = stackalloc byte[64];
        int length = Format(value, utf8);
        if (value is not char && LimitOf(parameter) is int limit and >= 0)
        {
            // All of these are ASCII: a character is a byte.
            length = Math.Min(length, limit);
        }

        BindUtf8(statement, index, utf8[..length]);
    }

    private static int Format(object value, Span<byte> utf8)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        int length;
        bool fits;
        switch (value)
        {
            case DateTime instant:
                fits = instant.TryFormat(utf8, out length, DateTimeFormat, invariant);
                break;
            case DateTimeOffset instant:
                fits = instant.TryFormat(utf8, out length, DateTimeOffsetFormat, invariant);
                break;
            case DateOnly date:
                fits = date.TryFormat(utf8, out length, DateFormat, invariant);
                break;
            case TimeOnly time:
                string format = time.Ticks % TimeSpan.TicksPerSecond == 0 ? TimeFormat : TimeWithFractionFormat;
                fits = time.TryFormat(utf8, out length, format, invariant);
                break;
            case TimeSpan span:
                fits = span.TryFormat(utf8, out length, "c", invariant);
                break;
            case decimal number:
                fits = number.TryFormat(utf8, out length, DecimalFormat, invariant);
                break;
            case Guid guid:
                fits = guid.TryFormat(utf8, out length, "D");
                _ = Ascii.ToUpperInPlace(utf8[..length], out _);
                break;
            default:
                length = Encoding.UTF8.GetBytes([(char)value], utf8);
                fits = true;
                break;
        }

        return fits ? length : throw new InvalidOperationException($"A {value.GetType()} takes more than {utf8.Length} bytes.");
    }

    /// <summary>Gets the size set on a parameter whose value is neither text nor blob; -1 where there is none.</summary>
    private static int LimitOf(SqliteParameter parameter) => parameter.Size is > 0 and int size ? size : -1;

    private static void BindInteger(PreparedStatement statement, int index, long value)
        => statement.BindInt64(index, value);

    private static void BindReal(PreparedStatement statement, int index, double value)
    {
        if (double.IsNaN(value))
        {
            // SQLite would store NULL in its place.
            throw new InvalidOperationException("NaN has no form in SQLite.");
        }

        statement.BindDouble(index, value);
    }

    private static void BindBlob(PreparedStatement statement, int index, ReadOnlySpan<byte> value, int size)
    {
        if (size != -1 && size < value.Length)
        {
            value = value[..size];
        }

        statement.NoteBinding(value.Length);
        statement.ThrowFor(raw.sqlite3_bind_blob(statement.Handle, index, value));
    }

    [SkipLocalsInit]
    private static void BindString(PreparedStatement statement, int index, string value, int size)
    {
        ReadOnlySpan<char> text = value;
        if (size != -1 && size < text.Length)
        {
            text = text[..size];
        }

        if (text.Length <= BoundWithLength / 3)
        {
            Span<byte> buffer = stackalloc byte[BoundWithLength];
            BindUtf8(statement, index, buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
            return;
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(text));
        try
        {
            ReadOnlySpan<byte> utf8 = rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented));
            if (text.Length > BoundWithLength || utf8.Length > BoundWithLength)
            {
                int zero = utf8.IndexOf((byte)0);
                utf8 = zero < 0 ? utf8 : utf8[..zero];
            }

            BindUtf8(statement, index, utf8);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void BindUtf8(PreparedStatement statement, int index, ReadOnlySpan<byte> utf8)
    {
        statement.NoteBinding(utf8.Length);
        statement.BindText(index, utf8);
    }
}
