using System.Globalization;
using System.Text.RegularExpressions;

namespace SsoStorm;

/// <summary>Figures as people read them; the same on every machine, whatever its language.</summary>
internal static partial class Format
{
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Six characters at most, for a column.</summary>
    public static string ShortCount(long value) => value switch
    {
        < 100_000 => Count(value),
        < 1_000_000 => Number(value / 1e3, "0") + " k",
        _ => Number(value / 1e6, "0.0") + " M",
    };

    public static string Rate(double value) =>
        value.ToString(value is > 0 and < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    public static string Time(Latency latency) => (latency.IsAtLeast ? "≥" : "") + Time(latency.Microseconds);

    public static string Time(long microseconds) => microseconds switch
    {
        < 1_000 => Number(microseconds, "0") + " µs",
        < 10_000 => Number(microseconds / 1e3, "0.00") + " ms",
        < 100_000 => Number(microseconds / 1e3, "0.0") + " ms",
        < 1_000_000 => Number(microseconds / 1e3, "0") + " ms",
        < 10_000_000 => Number(microseconds / 1e6, "0.00") + " s",
        _ => Number(microseconds / 1e6, "0.0") + " s",
    };

    public static string Seconds(double seconds) => Number(seconds, "0.#") + " s";

    /// <summary>1 login, 2 logins.</summary>
    public static string Plural(long count, string one, string? many = null) =>
        $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    public static string Times(double factor) => Number(factor, factor < 10 ? "0.0" : "0") + " times";

    /// <summary>Splits PascalCase into words: <c>ConnectionString</c> gives <c>connection string</c>.</summary>
    public static string Words(string name) => WordStart().Replace(name, " $0").ToLowerInvariant();

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
