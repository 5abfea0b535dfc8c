namespace SplitSqlite.ConnectionStrings;

/// <summary>What to write in place of a keyword that is none: words known from other providers, and misspellings.</summary>
internal static class KeywordAdvice
{
    // Longer words are no slip of the keyboard, and the distance takes the square of the length.
    private const int LongestGuess = 64;

    // Keyed by Fold. Only what can be said for certain; everything else falls to the nearest keyword, or to no advice.
    private static readonly Dictionary<string, string> Foreign = new(StringComparer.Ordinal)
    {
        ["maxpoolsize"] = "Write 'Max Readers': the readers are the only connections of which there are several.",
        ["maximumpoolsize"] = "Write 'Max Readers': the readers are the only connections of which there are several.",
        ["minpoolsize"] = "Leave it out: readers are opened when they are needed, at most 'Max Readers' of them.",
        ["minimumpoolsize"] = "Leave it out: readers are opened when they are needed, at most 'Max Readers' of them.",
        ["connectionlifetime"] = "Write 'Connection Idle Lifetime' (in seconds).",
        ["version"] = "Leave it out: SQLite 3 is the only version there is.",
        ["busytimeout"] = "Write 'Default Timeout', which is in seconds.",
        ["timeout"] = "Write 'Default Timeout', which is in seconds.",
        ["connecttimeout"] = "Write 'Default Timeout', which is in seconds.",
        ["connectiontimeout"] = "Write 'Default Timeout', which is in seconds.",
        ["sync"] = "Write 'Synchronous' (Off, Normal, Full or Extra).",
        ["syncmode"] = "Write 'Synchronous' (Off, Normal, Full or Extra).",
        ["synchronousmode"] = "Write 'Synchronous' (Off, Normal, Full or Extra).",
        ["journal"] = "Write 'Journal Mode' (Wal or Keep).",
        ["readonly"] = "Write 'Mode=ReadOnly'.",
        ["failifmissing"] = "Write 'Mode=ReadWrite', which does not create a missing file.",
        ["new"] = "Leave it out: 'Mode=ReadWriteCreate', the default, creates a missing file.",
        ["fulluri"] = "Write 'Data Source=file:…'.",
        ["uri"] = "Write 'Data Source=file:…'.",
        ["pagesize"] = "Leave it out and use 'PRAGMA page_size' before the first table is created.",
        ["cachesize"] = "Leave it out and use 'PRAGMA cache_size'.",
        ["maxpagecount"] = "Leave it out and use 'PRAGMA max_page_count'.",
        ["enlist"] = "Leave it out: as in Microsoft.Data.Sqlite, connections do not enlist in System.Transactions.",
        ["binaryguid"] = "Leave it out: as in Microsoft.Data.Sqlite, a Guid is stored as text; set SqliteParameter.SqliteType to Blob to store bytes.",
        ["datetimeformat"] = "Leave it out: as in Microsoft.Data.Sqlite, dates are stored as ISO 8601 text; set SqliteParameter.SqliteType to Real to store Julian days.",
        ["datetimeformatstring"] = "Leave it out: as in Microsoft.Data.Sqlite, dates are stored as ISO 8601 text.",
        ["datetimekind"] = "Leave it out: as in Microsoft.Data.Sqlite, there is no such setting.",
        ["defaultisolationlevel"] = "Leave it out and name the level in BeginTransaction.",
        ["utf8encoding"] = "Leave it out and use 'PRAGMA encoding' before the first table is created; UTF-8 is SQLite's default.",
        ["useutf8encoding"] = "Leave it out and use 'PRAGMA encoding' before the first table is created; UTF-8 is SQLite's default.",
        ["useutf16encoding"] = "Leave it out and use 'PRAGMA encoding' before the first table is created; UTF-8 is SQLite's default.",
        ["server"] = "Write 'Data Source', which is the path of the file.",
        ["database"] = "Write 'Data Source', which is the path of the file.",
        ["initialcatalog"] = "Write 'Data Source', which is the path of the file.",
        ["pwd"] = "Write 'Password'.",
        ["userid"] = "Leave it out: SQLite knows no users.",
        ["uid"] = "Leave it out: SQLite knows no users.",
    };

    /// <summary>Says that a keyword is not known, and what to write instead where that is known.</summary>
    public static string Unknown(string spelling)
    {
        var message = $"Connection string keyword '{spelling}' is not supported.";
        var folded = Fold(spelling.Length <= LongestGuess ? spelling : string.Empty);
        if (Foreign.TryGetValue(folded, out var advice))
        {
            return $"{message} {advice}";
        }

        return Nearest(folded) is { } nearest ? $"{message} Did you mean '{nearest}'?" : message;
    }

    // Spaces, underscores and case are what other providers' spellings differ in.
    private static string Fold(string spelling)
        => string.Concat(spelling.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    // A beginning counts as one slip. A slip in about each third letter at most, else any short word would be near to some keyword.
    private static string? Nearest(string folded)
    {
        string? nearest = null;
        var least = Math.Min(3, Math.Max(1, folded.Length / 3)) + 1;
        foreach (var keyword in ConnectionStringKeywords.All)
        {
            foreach (var spelling in keyword.Synonyms.Prepend(keyword.Name))
            {
                var known = Fold(spelling);
                var distance = folded.Length > 3 && known.StartsWith(folded, StringComparison.Ordinal) ? 1 : Distance(folded, known);
                if (distance < least)
                {
                    (nearest, least) = (keyword.Name, distance);
                }
            }
        }

        return folded.Length < 3 ? null : nearest;
    }

    /// <summary>Counts the letters to insert, delete, replace or swap with their neighbour (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
