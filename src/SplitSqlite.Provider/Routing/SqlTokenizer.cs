using System.Buffers;

namespace SplitSqlite.Routing;

/// <summary>
/// Cuts SQL text into tokens where SQLite cuts it. Allocates nothing. A NUL ends the text, as it does for SQLite.
/// Everything beyond ASCII belongs to an identifier, so it makes no difference that SQLite looks at UTF-8 and this at UTF-16.
/// </summary>
internal ref struct SqlTokenizer
{
    private static readonly SearchValues<char> WordChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$");

    private readonly ReadOnlySpan<char> _text;
    private int _position;

    public SqlTokenizer(ReadOnlySpan<char> text)
        : this(text, 0)
    {
    }

    public SqlTokenizer(ReadOnlySpan<char> text, int start)
    {
        _text = text;
        _position = start;
    }

    /// <summary>Reads the next token, past whitespace and comments.</summary>
    /// <returns>The token; its kind is <see cref="SqlTokenKind.End"/> where there is none left.</returns>
    public SqlToken Next()
    {
        SkipTrivia();
        var start = _position;
        var c = At(start);
        var kind = SqlTokenKind.Operator;
        var end = start + 1;
        switch (c)
        {
            case '\0':
                return new SqlToken(SqlTokenKind.End, start, start);
            case ';':
                kind = SqlTokenKind.Semicolon;
                break;
            case '(':
                kind = SqlTokenKind.Open;
                break;
            case ')':
                kind = SqlTokenKind.Close;
                break;
            case ',':
                kind = SqlTokenKind.Comma;
                break;
            case '+' or '*' or '/' or '%' or '&' or '~':
                break;
            case '-':
                if (At(end) == '>')
                {
                    end += At(end + 1) == '>' ? 2 : 1;
                }

                break;
            case '=':
                end += At(end) == '=' ? 1 : 0;
                break;
            case '|':
                end += At(end) == '|' ? 1 : 0;
                break;
            case '<':
                end += At(end) is '=' or '>' or '<' ? 1 : 0;
                break;
            case '>':
                end += At(end) is '=' or '>' ? 1 : 0;
                break;
            case '!':
                if (At(end) == '=')
                {
                    end++;
                }
                else
                {
                    kind = SqlTokenKind.Illegal;
                }

                break;
            case '\'' or '"' or '`':
                (kind, end) = Quoted(start, c);
                break;
            case '[':
                (kind, end) = Bracketed(start);
                break;
            case '.':
                if (char.IsAsciiDigit(At(end)))
                {
                    (kind, end) = Number(start);
                }
                else
                {
                    kind = SqlTokenKind.Dot;
                }

                break;
            case >= '0' and <= '9':
                (kind, end) = Number(start);
                break;
            case '?':
                kind = SqlTokenKind.Parameter;
                while (char.IsAsciiDigit(At(end)))
                {
                    end++;
                }

                break;
            case ':' or '@' or '$' or '#':
                (kind, end) = NamedParameter(start);
                break;
            case 'x' or 'X' when At(end) == '\'':
                (kind, end) = Blob(start);
                break;
            default:
                if (IsWordStart(c))
                {
                    kind = SqlTokenKind.Word;
                    end = WordEnd(end);
                }
                else
                {
                    kind = SqlTokenKind.Illegal;
                }

                break;
        }

        _position = end;
        return new SqlToken(kind, start, end);
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= '\u0080';

    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || c >= '\u0080';

    // SQLite lets a vertical tab pass only behind other whitespace.
    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\f' or '\r';

    private readonly char At(int index) => (uint)index < (uint)_text.Length ? _text[index] : '\0';

    private void SkipTrivia()
    {
        while (true)
        {
            var c = At(_position);
            if (IsSpace(c))
            {
                do
                {
                    _position++;
                    c = At(_position);
                }
                while (IsSpace(c) || c == '\v');
            }
            else if (c == '\uFEFF')
            {
                // A byte order mark counts as a space wherever a token could begin.
                _position++;
            }
            else if (c == '-' && At(_position + 1) == '-')
            {
                SkipTo(_position + 2, "\n\0");
            }
            else if (c == '/' && At(_position + 1) == '*' && At(_position + 2) != '\0')
            {
                SkipBlockComment();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipTo(int from, ReadOnlySpan<char> stops)
    {
        var length = _text[from..].IndexOfAny(stops);
        _position = length < 0 ? _text.Length : from + length;
    }

    private void SkipBlockComment()
    {
        // "/*/" opens and does not close.
        var i = _position + 2;
        while (true)
        {
            var c = At(i);
            if (c == '\0')
            {
                _position = Math.Min(i, _text.Length);
                return;
            }

            if (c == '*' && At(i + 1) == '/')
            {
                _position = i + 2;
                return;
            }

            i++;
        }
    }

    private readonly (SqlTokenKind Kind, int End) Quoted(int start, char quote)
    {
        for (var i = start + 1; ; i++)
        {
            var c = At(i);
            if (c == '\0')
            {
                return (SqlTokenKind.Illegal, i);
            }

            if (c == quote)
            {
                if (At(i + 1) != quote)
                {
                    return (quote == '\'' ? SqlTokenKind.String : SqlTokenKind.QuotedName, i + 1);
                }

                i++;
            }
        }
    }

    private readonly (SqlTokenKind Kind, int End) Bracketed(int start)
    {
        for (var i = start + 1; ; i++)
        {
            switch (At(i))
            {
                case '\0':
                    return (SqlTokenKind.Illegal, i);
                case ']':
                    return (SqlTokenKind.QuotedName, i + 1);
            }
        }
    }

    private readonly (SqlTokenKind Kind, int End) Blob(int start)
    {
        var i = start + 2;
        while (char.IsAsciiHexDigit(At(i)))
        {
            i++;
        }

        if (At(i) == '\'' && (i - start) % 2 == 0)
        {
            return (SqlTokenKind.Blob, i + 1);
        }

        while (At(i) is not ('\0' or '\''))
        {
            i++;
        }

        return (SqlTokenKind.Illegal, At(i) == '\'' ? i + 1 : i);
    }

    private readonly (SqlTokenKind Kind, int End) Number(int start)
    {
        int i;
        if (At(start) == '0' && At(start + 1) is 'x' or 'X' && char.IsAsciiHexDigit(At(start + 2)))
        {
            i = start + 3;
            while (char.IsAsciiHexDigit(At(i)) || At(i) == '_')
            {
                i++;
            }
        }
        else
        {
            i = DigitsEnd(start);
            if (At(i) == '.')
            {
                i = DigitsEnd(i + 1);
            }

            if (At(i) is 'e' or 'E' &&
                (char.IsAsciiDigit(At(i + 1)) || (At(i + 1) is '+' or '-' && char.IsAsciiDigit(At(i + 2)))))
            {
                i = DigitsEnd(i + 2);
            }
        }

        var end = WordEnd(i);
        return (end == i ? SqlTokenKind.Number : SqlTokenKind.Illegal, end);
    }

    private readonly int DigitsEnd(int i)
    {
        while (char.IsAsciiDigit(At(i)) || At(i) == '_')
        {
            i++;
        }

        return i;
    }

    private readonly (SqlTokenKind Kind, int End) NamedParameter(int start)
    {
        var named = false;
        var i = start + 1;
        while (true)
        {
            var c = At(i);
            if (IsWordPart(c))
            {
                named = true;
                i++;
            }
            else if (c == ':' && At(i + 1) == ':')
            {
                i += 2;
            }
            else if (c == '(' && named)
            {
                // Tcl's array element: whatever stands between the parentheses, a semicolon too, is part of the name.
                do
                {
                    i++;
                    c = At(i);
                }
                while (c is not ('\0' or ')' or ' ' or '\t' or '\n' or '\v' or '\f' or '\r'));

                return c == ')' ? (SqlTokenKind.Parameter, i + 1) : (SqlTokenKind.Illegal, i);
            }
            else
            {
                return (named ? SqlTokenKind.Parameter : SqlTokenKind.Illegal, i);
            }
        }
    }

    private readonly int WordEnd(int i)
    {
        while (i < _text.Length)
        {
            var rest = _text[i..].IndexOfAnyExcept(WordChars);
            if (rest < 0)
            {
                return _text.Length;
            }

            i += rest;
            if (_text[i] < '\u0080')
            {
                return i;
            }

            i++;
        }

        return i;
    }
}
