using System.Globalization;

namespace SplitSqlite.ConnectionStrings;

/// <summary>
/// Conversions that take and refuse what Microsoft.Data.Sqlite takes and refuses, with exceptions of the same types;
/// only the texts differ, which here name the keyword.
/// </summary>
internal static class PlainValue
{
    // No message may repeat this value: it may be the password.
    public static string Text(string keyword, object value)
        => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;

    public static bool Boolean(string keyword, object value)
        => Named(keyword, value, "True or False", static v => Convert.ToBoolean(v, CultureInfo.InvariantCulture));

    public static bool? NullableBoolean(string keyword, object value)
        => value is string { Length: 0 } ? null : Boolean(keyword, value);

    // The current culture, as there: it can matter for the sign.
    public static int Number(string keyword, object value)
        => Named(keyword, value, "a whole number", static v => Convert.ToInt32(v, CultureInfo.CurrentCulture));

    public static T Enumeration<T>(string keyword, object value)
        where T : struct, Enum
        => Named(keyword, value, string.Join(", ", Enum.GetNames<T>()), static v => v switch
        {
            // A text is parsed without a look at whether the number in it is defined, as there.
            string text => Enum.Parse<T>(text, ignoreCase: true),
            T typed => Defined(typed),
            Enum other => throw new ArgumentException($"{other.GetType()} is another enumeration than {typeof(T)}."),
            _ => Defined((T)Enum.ToObject(typeof(T), v)),
        });

    private static T Defined<T>(T value)
        where T : struct, Enum
        => Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{typeof(T)} has no such value.");

    private static T Named<T>(string keyword, object value, string allowed, Func<object, T> convert)
    {
        try
        {
            return convert(value);
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidCastException or ArgumentException)
        {
            var message = $"Connection string keyword '{keyword}' takes {allowed}, not '{value}'.";
            throw e switch
            {
                FormatException => new FormatException(message, e),
                OverflowException => new OverflowException(message, e),
                InvalidCastException => new InvalidCastException(message, e),
                ArgumentOutOfRangeException => new ArgumentOutOfRangeException(nameof(value), value, message),
                _ => new ArgumentException(message, e),
            };
        }
    }
}
