using System.Collections.Frozen;
using System.Text;

namespace SplitSqlite.Routing;

/// <summary>Comparing and unquoting the words of SQL text. ASCII letters have no case, all others do, as in SQLite.</summary>
internal static class SqlWords
{
    // The keywords that SQLite never takes for a name without quotes; all others fall back to one.
    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        [
            "ADD", "ALL", "ALTER", "AND", "AS", "AUTOINCREMENT", "BETWEEN", "CASE", "CHECK", "COLLATE", "COMMIT", "CONSTRAINT",
            "CREATE", "DEFAULT", "DEFERRABLE", "DELETE", "DISTINCT", "DROP", "ELSE", "ESCAPE", "EXCEPT", "EXISTS", "FOREIGN", "FROM",
            "GROUP", "HAVING", "IN", "INDEX", "INSERT", "INTERSECT", "INTO", "IS", "ISNULL", "JOIN", "LIMIT", "NOT",
            "NOTHING", "NOTNULL", "NULL", "ON", "OR", "ORDER", "PRIMARY", "REFERENCES", "RETURNING", "SELECT", "SET", "TABLE",
            "THEN", "TO", "TRANSACTION", "UNION", "UNIQUE", "UPDATE", "USING", "VALUES", "WHEN", "WHERE",
        ],
        StringComparer.OrdinalIgnoreCase);

    public static bool Same(ReadOnlySpan<char> word, ReadOnlySpan<char> keyword) => Ascii.EqualsIgnoreCase(word, keyword);

    public static bool IsReserved(ReadOnlySpan<char> word) =>
        Ascii.IsValid(word) && Reserved.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    /// <summary>Takes the outer quotes off; doubled quotes inside stay as they are, which is enough to compare with plain names.</summary>
    public static ReadOnlySpan<char> Inner(SqlTokenKind kind, ReadOnlySpan<char> token) =>
        kind is SqlTokenKind.QuotedName or SqlTokenKind.String ? token[1..^1] : token;

    /// <summary>Makes the name or value that SQLite sees, without quotes.</summary>
    public static string Unquote(SqlTokenKind kind, ReadOnlySpan<char> token)
    {
        var inner = Inner(kind, token).ToString();
        if (inner.Length == token.Length || token[0] == '[')
        {
            return inner;
        }

        var quote = token[0].ToString();
        return inner.Contains(quote, StringComparison.Ordinal)
            ? inner.Replace(quote + quote, quote, StringComparison.Ordinal)
            : inner;
    }

    /// <summary>Lowers ASCII letters only.</summary>
    public static string Lower(string text)
    {
        foreach (var c in text)
        {
            if (char.IsAsciiLetterUpper(c))
            {
                return string.Create(text.Length, text, static (span, source) =>
                {
                    for (var i = 0; i < span.Length; i++)
                    {
                        var c = source[i];
                        span[i] = char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
                    }
                });
            }
        }

        return text;
    }
}
