using System.Globalization;

namespace SplitSqlite.Plots;

/// <summary>Figures as people read them, the same on every machine, whatever its language.</summary>
internal static class FigureText
{
    /// <summary>A duration given in microseconds, to three digits.</summary>
    public static string Time(double microseconds) => microseconds switch
    {
        < 0.9995 => Short(microseconds * 1e3) + " ns",
        < 999.5 => Short(microseconds) + " µs",
        < 999_500 => Short(microseconds / 1e3) + " ms",
        _ => Short(microseconds / 1e6) + " s",
    };

    /// <summary>A count or a rate, to three digits.</summary>
    public static string Count(double value) => value switch
    {
        < 9_999.5 => value >= 100 ? value.ToString("#,0", CultureInfo.InvariantCulture) : Short(value),
        < 999_500 => Short(value / 1e3) + " k",
        _ => Short(value / 1e6) + " M",
    };

    /// <summary>Bytes in binary units.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        < 1024 => Short(bytes) + " B",
        < 1024 * 1024 => Short(bytes / 1024) + " KiB",
        _ => Short(bytes / 1024 / 1024) + " MiB",
    };

    /// <summary>A ratio.</summary>
    public static string Ratio(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    /// <summary>Three digits, without an exponent and without needless zeros.</summary>
    public static string Short(double value) => value switch
    {
        0 => "0",
        < 0.995 => value.ToString("0.##", CultureInfo.InvariantCulture),
        < 9.995 => value.ToString("0.##", CultureInfo.InvariantCulture),
        < 99.95 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0", CultureInfo.InvariantCulture),
    };
}
