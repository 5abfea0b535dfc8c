using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.EFCore.Infrastructure.Internal;

/// <summary>What the extension of EF Core's provider is given in the place of a user's connection string.</summary>
internal static class ProviderConnectionStrings
{
    // A context that is configured in OnConfiguring asks anew each time it is made.
    private const int MostKept = 256;

    private static readonly HashSet<string> PlainKeywords = new(new SqliteConnectionStringBuilder().Keys.Cast<string>(), StringComparer.OrdinalIgnoreCase);
    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);

    /// <summary>Gets the part that Microsoft.Data.Sqlite understands: the text as it is if that is all of it.</summary>
    /// <returns>A string object that no user has: that is how it is known again.</returns>
    /// <exception cref="ArgumentException">There is an unknown keyword or a value that does not fit.</exception>
    public static string? Get(string? connectionString)
    {
        if (connectionString is null)
        {
            return null;
        }

        if (Known.TryGetValue(connectionString, out var known))
        {
            return known;
        }

        var made = Make(connectionString);
        if (Known.Count >= MostKept)
        {
            Known.Clear();
        }

        return Known.GetOrAdd(connectionString, made);
    }

    /// <summary>Gets the part that Microsoft.Data.Sqlite understands, as a builder.</summary>
    public static SqliteConnectionStringBuilder PlainPart(SplitSqliteConnectionStringBuilder all)
    {
        var plain = new SqliteConnectionStringBuilder();
        foreach (string keyword in all.Keys)
        {
            if (all.ShouldSerialize(keyword) && PlainKeywords.Contains(keyword))
            {
                plain[keyword] = Convert.ToString(all[keyword], CultureInfo.InvariantCulture)!;
            }
        }

        return plain;
    }

    /// <summary>Says whether a text names an entry of the configuration ("Name=ConnectionStrings:App"), which EF Core looks up when a context needs it.</summary>
    public static bool IsName(string connectionString)
    {
        var equals = connectionString.IndexOf('=', StringComparison.Ordinal);
        return equals >= 0
            && connectionString.IndexOf('=', equals + 1) < 0
            && connectionString.AsSpan(0, equals).Trim().Equals("name", StringComparison.OrdinalIgnoreCase);
    }

    private static string Make(string connectionString)
    {
        if (connectionString.Length == 0)
        {
            // There is but one empty string. A blank means the same to EF Core: none was given.
            return new string(' ', 1);
        }

        if (!IsName(connectionString))
        {
            var all = new SplitSqliteConnectionStringBuilder(connectionString);
            if (all.Keys.Cast<string>().Any(keyword => all.ShouldSerialize(keyword) && !PlainKeywords.Contains(keyword)))
            {
                return PlainPart(all).ConnectionString;
            }
        }

        return new string(connectionString.AsSpan());
    }
}
