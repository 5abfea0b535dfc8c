namespace SplitSqlite.Routing;

/// <summary>Takes a PRAGMA apart: <c>[schema.]name [= value | (value)]</c>, the value a signed number, a name, a string or a keyword.</summary>
internal static class PragmaParser
{
    /// <summary>Parses what follows the word PRAGMA. What is malformed comes back as private: SQLite may act before it finds the error.</summary>
    public static PragmaCall Parse(ref SqlCursor cursor)
    {
        var name = cursor.TakeName();
        string? schema = null;
        if (name is not null && cursor.Take(SqlTokenKind.Dot))
        {
            schema = SqlWords.Lower(name);
            name = cursor.TakeName();
        }

        if (name is null)
        {
            return PragmaTable.Malformed(schema, string.Empty);
        }

        name = SqlWords.Lower(name);
        if (cursor.AtEnd)
        {
            return PragmaTable.Call(schema, name, argument: null);
        }

        var parenthesised = cursor.Take(SqlTokenKind.Open);
        if (!parenthesised)
        {
            if (!cursor.IsOperator('='))
            {
                return PragmaTable.Malformed(schema, name);
            }

            cursor.Skip();
        }

        var argument = Value(ref cursor);
        return argument is not null && (!parenthesised || cursor.Take(SqlTokenKind.Close)) && cursor.AtEnd
            ? PragmaTable.Call(schema, name, argument)
            : PragmaTable.Malformed(schema, name);
    }

    private static string? Value(ref SqlCursor cursor)
    {
        var minus = cursor.IsOperator('-') && cursor.Text.Length == 1;
        if (minus || cursor.IsOperator('+'))
        {
            cursor.Skip();
            return Number(ref cursor) is { } number ? (minus ? "-" + number : number) : null;
        }

        if (cursor.Kind == SqlTokenKind.Number)
        {
            return Number(ref cursor);
        }

        if (cursor.AtName)
        {
            return cursor.TakeName();
        }

        // Reserved words, yet allowed as a value.
        if (cursor.Is("ON") || cursor.Is("DELETE") || cursor.Is("DEFAULT"))
        {
            var word = cursor.Text.ToString();
            cursor.Skip();
            return word;
        }

        return null;
    }

    private static string? Number(ref SqlCursor cursor)
    {
        if (cursor.Kind != SqlTokenKind.Number || cursor.Text.Contains('_'))
        {
            return null;
        }

        var number = cursor.Text.ToString();
        cursor.Skip();
        return number;
    }
}
