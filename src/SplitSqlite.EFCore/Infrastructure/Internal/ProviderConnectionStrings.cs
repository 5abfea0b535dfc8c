using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.EFCore.Infrastructure.Internal;

/// <summary>What the extension of EF Core's provider is given in the place of a user's connection string.</summary>
internal static class ProviderConnectionStrings
{
    /// <summary>Makes the part that Microsoft.Data.Sqlite understands: the text as it is if that is all of it.</summary>
    /// <returns>Always a string object of its own, because that is how it is known again.</returns>
    /// <exception cref="ArgumentException">There is an unknown keyword or a value that does not fit.</exception>
    public static string? Make(string? connectionString)
    {
        if (connectionString is null)
        {
            return null;
        }

        // An empty string object can't be one of its own, and means the same to EF Core as a blank one: none was given.
        if (connectionString.Length == 0)
        {
            return new string(' ', 1);
        }

        if (IsName(connectionString))
        {
            return new string(connectionString.AsSpan());
        }

        var all = new SplitSqliteConnectionStringBuilder(connectionString);
        return HasOwnKeywords(all) ? PlainPart(all).ConnectionString : new string(connectionString.AsSpan());
    }

    /// <summary>Gets the part that Microsoft.Data.Sqlite understands, as a builder.</summary>
    public static SqliteConnectionStringBuilder PlainPart(SplitSqliteConnectionStringBuilder all)
    {
        var plain = new SqliteConnectionStringBuilder();
        foreach (string keyword in all.Keys)
        {
            if (all.ShouldSerialize(keyword) && IsPlain(plain, keyword))
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

    private static bool HasOwnKeywords(SplitSqliteConnectionStringBuilder all)
    {
        var plain = new SqliteConnectionStringBuilder();
        foreach (string keyword in all.Keys)
        {
            if (all.ShouldSerialize(keyword) && !IsPlain(plain, keyword))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPlain(SqliteConnectionStringBuilder plain, string keyword) => plain.ContainsKey(keyword);
}
