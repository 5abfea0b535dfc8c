using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <summary>What SQLite reads out of a <c>file:</c> URI, as far as it decides where the database is.</summary>
/// <param name="Path">The path, decoded.</param>
/// <param name="IsMemory">Whether the mode is that of a database in memory. The path <c>:memory:</c> is one in any mode.</param>
/// <param name="IsShared">Whether the cache is shared.</param>
/// <param name="Vfs">The virtual file system's name, or <see langword="null"/> for the default.</param>
/// <seealso href="https://www.sqlite.org/uri.html"/>
internal readonly record struct SqliteUri(string Path, bool IsMemory, bool IsShared, string? Vfs)
{
    /// <summary>Reads a URI. Parameters win over keywords, later ones over earlier ones; what SQLite would refuse is left to it.</summary>
    /// <param name="afterScheme">The text after <c>file:</c>.</param>
    /// <param name="mode">The mode given beside the URI.</param>
    /// <param name="cache">The cache mode given beside the URI.</param>
    /// <param name="vfs">The virtual file system given beside the URI.</param>
    public static SqliteUri Parse(string afterScheme, SqliteOpenMode mode, SqliteCacheMode cache, string? vfs)
    {
        var isMemory = mode == SqliteOpenMode.Memory;
        var isShared = cache == SqliteCacheMode.Shared;

        var rest = afterScheme.AsSpan();
        if (rest.IndexOf('#') is >= 0 and var fragment)
        {
            rest = rest[..fragment];
        }

        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            // The authority: empty or "localhost", else SQLite refuses the URI.
            rest = rest[2..];
            rest = rest.IndexOf('/') is >= 0 and var root ? rest[root..] : [];
        }

        var query = rest.IndexOf('?');
        var path = Decode(query < 0 ? rest : rest[..query]);
        if (query >= 0)
        {
            foreach (var range in rest[(query + 1)..].Split('&'))
            {
                var parameter = rest[(query + 1)..][range];
                var equals = parameter.IndexOf('=');
                var value = equals < 0 ? string.Empty : Decode(parameter[(equals + 1)..]);
                switch (Decode(equals < 0 ? parameter : parameter[..equals]))
                {
                    case "mode":
                        isMemory = value == "memory";
                        break;
                    case "cache":
                        isShared = value == "shared";
                        break;
                    case "vfs":
                        vfs = value;
                        break;
                }
            }
        }

        return new(path, isMemory, isShared, vfs);
    }

    /// <summary>Takes parameters out of a URI.</summary>
    /// <param name="uri">The whole text, with <c>file:</c>.</param>
    /// <param name="names">Which.</param>
    public static string Without(string uri, params ReadOnlySpan<string> names)
    {
        var fragment = uri.IndexOf('#');
        var text = fragment < 0 ? uri : uri[..fragment];
        var query = text.IndexOf('?');
        if (query < 0)
        {
            return uri;
        }

        var kept = new List<string>();
        foreach (var parameter in text[(query + 1)..].Split('&'))
        {
            if (!names.Contains(Decode(parameter.Split('=')[0])))
            {
                kept.Add(parameter);
            }
        }

        return kept.Count == 0 ? text[..query] : $"{text[..query]}?{string.Join('&', kept)}";
    }

    // An encoded zero ends the text for SQLite.
    private static string Decode(ReadOnlySpan<char> text)
    {
        var decoded = Uri.UnescapeDataString(text);
        return decoded.IndexOf('\0') is >= 0 and var end ? decoded[..end] : decoded;
    }
}
