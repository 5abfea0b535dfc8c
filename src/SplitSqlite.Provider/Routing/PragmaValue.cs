using System.Globalization;

namespace SplitSqlite.Routing;

/// <summary>What SQLite makes of a PRAGMA's argument, so that a session can tell whether it asks for anything, and answer it from memory.</summary>
internal static class PragmaValue
{
    /// <summary>What <c>cache_spill</c> reads where the cache has its default size and pages of 4,096 bytes.</summary>
    public const int DefaultSpill = 483;

    // A page of 4,096 bytes with what the cache keeps beside it.
    private const int SpillPageSize = 4232;
    private const long MaxMmapSize = 0x7fff0000;
    private const long MaxPages = 0xfffffffe;
    private const int MaxThreads = 8;

    private static readonly string[] JournalModes = ["delete", "persist", "off", "truncate", "memory", "wal"];

    /// <summary>Gets the value that SQLite would hold, and answer when asked, after it was given this one.</summary>
    /// <param name="name">The PRAGMA's name in lower case.</param>
    /// <param name="argument">The argument, without quotes.</param>
    /// <returns>The value, or <see langword="null"/> where SQLite keeps the one it has.</returns>
    public static string? Normalize(string name, string argument)
    {
        var kind = PragmaTable.Find(name)?.Value ?? PragmaValueKind.Text;
        switch (kind)
        {
            case PragmaValueKind.Switch:
                return IsOn(argument, fallback: false) ? "1" : "0";
            case PragmaValueKind.Int32:
                return Number(Int32(argument) ?? 0);
            case PragmaValueKind.Int32FromZero:
                return Number(Math.Max(0, Int32(argument) ?? 0));
            case PragmaValueKind.Count:
                return Count(name, argument);
            case PragmaValueKind.PageLimit:
                return Int64(argument, out var pages) && pages > 0 ? Number(Math.Min(pages, MaxPages)) : null;
            case PragmaValueKind.JournalSize:
                _ = Int64(argument, out var bytes);
                return Number(Math.Max(-1, bytes));
            case PragmaValueKind.MmapSize:
                _ = Int64(argument, out var size);
                return Number(Math.Clamp(size, 0, MaxMmapSize));
            case PragmaValueKind.CacheSpill:
                var spill = Int32(argument) ?? 1;
                var spillPages = spill < 0 ? -1024L * spill / SpillPageSize : spill;
                return IsOn(argument, fallback: spill != 0) ? Number(Math.Max(spillPages, DefaultSpill)) : "0";
            case PragmaValueKind.SecureDelete:
                return SqlWords.Same(argument, "fast") ? "2" : IsOn(argument, fallback: false) ? "1" : "0";
            case PragmaValueKind.Synchronous:
                return Number(SynchronousLevel(argument));
            case PragmaValueKind.TempStore:
                return TempStore(argument);
            case PragmaValueKind.LockingMode:
                return SqlWords.Same(argument, "normal") ? "normal" : SqlWords.Same(argument, "exclusive") ? "exclusive" : null;
            case PragmaValueKind.JournalMode:
                return Array.Find(JournalModes, mode => mode.Length >= argument.Length && SqlWords.Same(mode.AsSpan(0, argument.Length), argument));
            default:
                return argument;
        }
    }

    /// <summary>Tells whether setting a PRAGMA leaves a connection as it is.</summary>
    /// <param name="name">The PRAGMA's name in lower case.</param>
    /// <param name="current">The value it has, in any spelling.</param>
    /// <param name="asked">The value asked for, in any spelling.</param>
    public static bool SameValue(string name, string current, string asked) =>
        Normalize(name, asked) is not { } wanted || wanted == (Normalize(name, current) ?? current);

    /// <summary>Gets the level that <c>synchronous=</c> sets: 0 off, 1 normal, 2 full, 3 extra. SQLite takes any other word for NORMAL.</summary>
    public static int SynchronousLevel(string argument)
    {
        int level;
        if (argument.Length > 0 && char.IsAsciiDigit(argument[0]))
        {
            level = (byte)(Int32(argument) ?? 0);
        }
        else if (SqlWords.Same(argument, "off") || SqlWords.Same(argument, "no") || SqlWords.Same(argument, "false"))
        {
            level = 0;
        }
        else
        {
            level = SqlWords.Same(argument, "full") ? 2 : SqlWords.Same(argument, "extra") ? 3 : 1;
        }

        // SQLite keeps three bits, one too high, and never lets them be 0.
        return Math.Max(1, (level + 1) & 7) - 1;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    // A number is cut to a byte before it is asked for being 0: 256 is off.
    private static bool IsOn(string argument, bool fallback)
    {
        if (argument.Length > 0 && char.IsAsciiDigit(argument[0]))
        {
            return (byte)(Int32(argument) ?? 0) != 0;
        }

        if (SqlWords.Same(argument, "on") || SqlWords.Same(argument, "yes") || SqlWords.Same(argument, "true"))
        {
            return true;
        }

        return !SqlWords.Same(argument, "off") && !SqlWords.Same(argument, "no") && !SqlWords.Same(argument, "false") && fallback;
    }

    private static string? Count(string name, string argument)
    {
        if (!Int64(argument, out var count) || count < 0)
        {
            return null;
        }

        count &= int.MaxValue;
        return Number(name == "threads" ? Math.Min(count, MaxThreads) : count);
    }

    private static string TempStore(string argument)
    {
        if (argument.Length > 0 && argument[0] is >= '0' and <= '2')
        {
            return argument[..1];
        }

        return SqlWords.Same(argument, "file") ? "1" : SqlWords.Same(argument, "memory") ? "2" : "0";
    }

    // Digits to the first other character; what doesn't fit is no number at all.
    private static int? Int32(ReadOnlySpan<char> text)
    {
        var negative = text.StartsWith('-');
        if (negative || text.StartsWith('+'))
        {
            text = text[1..];
        }
        else if (IsHex(text))
        {
            var hex = Leading(text[2..], char.IsAsciiHexDigit).TrimStart('0');
            return hex.Length <= 8 && uint.TryParse(hex.IsEmpty ? "0" : hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) && bits <= int.MaxValue
                ? (int)bits
                : null;
        }

        var digits = Leading(text, char.IsAsciiDigit);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        value = negative ? -value : value;
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : null;
    }

    // Answers whether the text is a whole number and nothing else; the value of its leading digits in any case.
    private static bool Int64(ReadOnlySpan<char> text, out long value)
    {
        if (IsHex(text))
        {
            var hex = Leading(text[2..], char.IsAsciiHexDigit);
            return long.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && hex.Length == text.Length - 2;
        }

        text = text.Trim(" \t\n\v\f\r");
        var negative = text.StartsWith('-');
        if (negative || text.StartsWith('+'))
        {
            text = text[1..];
        }

        var digits = Leading(text, char.IsAsciiDigit);
        var fits = Int128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var wide);
        wide = negative ? -wide : wide;
        value = digits.IsEmpty ? 0 : !fits || wide > long.MaxValue || wide < long.MinValue ? (negative ? long.MinValue : long.MaxValue) : (long)wide;
        return fits && value == wide && digits.Length == text.Length;
    }

    private static bool IsHex(ReadOnlySpan<char> text) =>
        text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'X' && char.IsAsciiHexDigit(text[2]);

    private static ReadOnlySpan<char> Leading(ReadOnlySpan<char> text, Func<char, bool> belongs)
    {
        var i = 0;
        while (i < text.Length && belongs(text[i]))
        {
            i++;
        }

        return text[..i];
    }
}
