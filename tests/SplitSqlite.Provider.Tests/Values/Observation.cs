using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Values;

/// <summary>What a call came to, as a text that tells apart everything that a caller can: type, value to the bit, or exception type and SQLite's codes.</summary>
internal static class Observation
{
    public static string Of(Func<object?> call)
    {
        object? value;
        try
        {
            value = call();
        }
        catch (SqliteException error)
        {
            return $"!{error.GetType().Name} {error.SqliteErrorCode}/{error.SqliteExtendedErrorCode}";
        }
        catch (Exception error)
        {
            return $"!{error.GetType().FullName}";
        }

        return Describe(value);
    }

    private static string Describe(object? value) => value switch
    {
        null => "null",
        string text => "string " + Escape(text),
        byte[] bytes => "byte[] " + Convert.ToHexString(bytes),
        char character => $"char {(int)character}",
        double number => $"double {BitConverter.DoubleToInt64Bits(number):x}",
        float number => $"float {BitConverter.SingleToInt32Bits(number):x}",
        decimal number => "decimal " + string.Join(',', decimal.GetBits(number)),
        DateTime instant => $"DateTime {instant.Ticks} {instant.Kind}",
        DateTimeOffset instant => $"DateTimeOffset {instant.Ticks} {instant.Offset}",
        TimeSpan span => $"TimeSpan {span.Ticks}",
        TimeOnly time => $"TimeOnly {time.Ticks}",
        Type type => "Type " + type,
        Stream stream => $"{(stream is MemoryStream ? nameof(MemoryStream) : "SqliteBlob")} w{stream.CanWrite} " + Convert.ToHexString(Drain(stream)),
        TextReader reader => "TextReader " + Escape(reader.ReadToEnd()),
        object?[] values => string.Join(" ; ", values.Select(Describe)),
        IFormattable other => $"{other.GetType().Name} {other.ToString(null, CultureInfo.InvariantCulture)}",
        _ => $"{value.GetType().Name} {value}",
    };

    private static byte[] Drain(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static string Escape(string text)
    {
        if (text.Length > 200)
        {
            return $"[{text.Length}] {string.GetHashCode(text, StringComparison.Ordinal):x}";
        }

        var escaped = new StringBuilder();
        foreach (char character in text)
        {
            _ = character is >= ' ' and <= '~'
                ? escaped.Append(character)
                : escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return $"'{escaped}'";
    }
}
