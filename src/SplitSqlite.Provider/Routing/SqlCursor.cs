namespace SplitSqlite.Routing;

/// <summary>Walks over the tokens of one statement, one token of lookahead, for the classifiers.</summary>
internal ref struct SqlCursor
{
    private readonly ReadOnlySpan<char> _text;
    private SqlTokenizer _tokens;
    private SqlToken _current;

    public SqlCursor(ReadOnlySpan<char> statement)
    {
        _text = statement;
        _tokens = new SqlTokenizer(statement);
        _current = _tokens.Next();
    }

    public readonly SqlTokenKind Kind => _current.Kind;

    public readonly ReadOnlySpan<char> Text => _text[_current.Start.._current.End];

    /// <summary>Gets whether the statement is over here: nothing follows, or its semicolon.</summary>
    public readonly bool AtEnd => Kind is SqlTokenKind.End or SqlTokenKind.Semicolon;

    /// <summary>Gets whether a name stands here in any spelling: a word that is no reserved one, a quoted name, a string.</summary>
    public readonly bool AtName =>
        Kind is SqlTokenKind.QuotedName or SqlTokenKind.String || (Kind == SqlTokenKind.Word && !SqlWords.IsReserved(Text));

    public void Skip() => _current = _tokens.Next();

    public readonly bool Is(ReadOnlySpan<char> keyword) => Kind == SqlTokenKind.Word && SqlWords.Same(Text, keyword);

    public readonly bool IsOperator(char c) => Kind == SqlTokenKind.Operator && Text[0] == c;

    public bool Take(ReadOnlySpan<char> keyword)
    {
        if (!Is(keyword))
        {
            return false;
        }

        Skip();
        return true;
    }

    public bool Take(SqlTokenKind kind)
    {
        if (Kind != kind)
        {
            return false;
        }

        Skip();
        return true;
    }

    /// <summary>Takes a name without its quotes, or answers <see langword="null"/>.</summary>
    public string? TakeName()
    {
        if (!AtName)
        {
            return null;
        }

        var name = SqlWords.Unquote(Kind, Text);
        Skip();
        return name;
    }

    /// <summary>Takes a parenthesised piece whole.</summary>
    public bool TakeParenthesised()
    {
        if (!Take(SqlTokenKind.Open))
        {
            return false;
        }

        for (var depth = 1; depth > 0; Skip())
        {
            switch (Kind)
            {
                case SqlTokenKind.Open:
                    depth++;
                    break;
                case SqlTokenKind.Close:
                    depth--;
                    break;
                case SqlTokenKind.End:
                    return false;
            }
        }

        return true;
    }

    /// <summary>Tells whether the object named here is spelled as one of the temp schema.</summary>
    public bool IsTempObject()
    {
        if (Kind is not (SqlTokenKind.Word or SqlTokenKind.QuotedName or SqlTokenKind.String) ||
            !SqlWords.Same(SqlWords.Inner(Kind, Text), "temp"))
        {
            return false;
        }

        Skip();
        return Kind == SqlTokenKind.Dot;
    }
}
