using System.Globalization;

namespace SplitSqlite.ConnectionStrings;

/// <summary>
/// Conversions and checks of SplitSqlite's own keywords. Whatever is wrong is an <see cref="ArgumentException"/>
/// (out of range: <see cref="ArgumentOutOfRangeException"/>) that names keyword, value and what is allowed.
/// </summary>
internal static class SplitValue
{
    public static int Number(string keyword, object value) => value switch
    {
        int number => number,
        string text when int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) => number,
        long or short or byte or sbyte or ushort or uint or ulong => Converted(keyword, value, "a whole number", static v => Convert.ToInt32(v, CultureInfo.InvariantCulture)),
        _ => throw Wrong(keyword, value, "a whole number"),
    };

    public static bool Boolean(string keyword, object value)
        => Converted(keyword, value, "True or False", static v => Convert.ToBoolean(v, CultureInfo.InvariantCulture));

    public static T Enumeration<T>(string keyword, object value)
        where T : struct, Enum
        => TryEnumeration<T>(value, out var converted) ? converted : throw Wrong(keyword, value, AllowedNames<T>());

    public static T? NullableEnumeration<T>(string keyword, object value)
        where T : struct, Enum
        => value is string { Length: 0 } ? null : Enumeration<T>(keyword, value);

    public static SplitSqliteJournalMode JournalMode(string keyword, object value)
        => TryEnumeration<SplitSqliteJournalMode>(value, out var converted)
            ? converted
            : throw Wrong(keyword, value, AllowedNames<SplitSqliteJournalMode>(), " Reads beside a write need WAL; with Keep the file keeps the journal mode it has, so set another one with 'PRAGMA journal_mode' once and write 'Journal Mode=Keep'.");

    /// <summary>Makes the check of a number with a lower bound.</summary>
    public static Action<string, int> AtLeast(int minimum) => (keyword, value) =>
    {
        if (value < minimum)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, $"Connection string keyword '{keyword}' takes a whole number, at least {minimum}.");
        }
    };

    /// <summary>Checks that a value is one of its enumeration's.</summary>
    public static void Defined<T>(string keyword, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, $"Connection string keyword '{keyword}' takes {AllowedNames<T>()}.");
        }
    }

    /// <summary>Checks that a value, where there is one, is one of its enumeration's.</summary>
    public static void NullOrDefined<T>(string keyword, T? value)
        where T : struct, Enum
    {
        if (value is { } given)
        {
            Defined(keyword, given);
        }
    }

    // A number that is not defined passes, for Defined to refuse. Enum.TryParse alone would also take "Wal,Keep".
    private static bool TryEnumeration<T>(object value, out T converted)
        where T : struct, Enum
    {
        switch (value)
        {
            case string text:
                return Enum.TryParse(text, ignoreCase: true, out converted) && !text.Contains(',');
            case T typed:
                converted = typed;
                return true;
            case int number:
                converted = (T)Enum.ToObject(typeof(T), number);
                return true;
            default:
                converted = default;
                return false;
        }
    }

    private static T Converted<T>(string keyword, object value, string allowed, Func<object, T> convert)
    {
        try
        {
            return convert(value);
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidCastException)
        {
            throw Wrong(keyword, value, allowed, inner: e);
        }
    }

    private static string AllowedNames<T>()
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    private static ArgumentException Wrong(string keyword, object value, string allowed, string more = "", Exception? inner = null)
        => new($"Connection string keyword '{keyword}' takes {allowed}, not '{value}'.{more}", inner);
}
