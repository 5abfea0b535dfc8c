namespace SplitSqlite.Routing;

/// <summary>What a token of SQL text is. Whitespace and comments are no tokens.</summary>
internal enum SqlTokenKind : byte
{
    /// <summary>The text is over.</summary>
    End,

    /// <summary>A keyword or a bare identifier.</summary>
    Word,

    /// <summary>An identifier in double quotes, backticks or brackets.</summary>
    QuotedName,

    /// <summary>A string literal.</summary>
    String,

    /// <summary>A blob literal.</summary>
    Blob,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A parameter.</summary>
    Parameter,

    /// <summary>A dot between names.</summary>
    Dot,

    /// <summary>A comma.</summary>
    Comma,

    /// <summary>An opening parenthesis.</summary>
    Open,

    /// <summary>A closing parenthesis.</summary>
    Close,

    /// <summary>A semicolon.</summary>
    Semicolon,

    /// <summary>Any other operator.</summary>
    Operator,

    /// <summary>What SQLite answers with "unrecognized token".</summary>
    Illegal,
}

/// <summary>A token, by its place in the text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins, in UTF-16 code units.</param>
/// <param name="End">Where it ends, exclusive.</param>
internal readonly record struct SqlToken(SqlTokenKind Kind, int Start, int End);
