namespace SplitSqlite.Routing;

/// <summary>What one pass over a statement's tokens tells beside where it ends.</summary>
internal ref struct StatementSlice
{
    /// <summary>Where the first token begins.</summary>
    public int Start;

    /// <summary>Where it ends: behind its semicolon, or where the text does.</summary>
    public int End;

    /// <summary>Whether SQLite will refuse a token of it.</summary>
    public bool HasIllegalToken;

    /// <summary>Whether <c>load_extension(</c> is called.</summary>
    public bool LoadsExtension;

    /// <summary>Whether <c>last_insert_rowid</c>, <c>changes</c> or <c>total_changes</c> is named.</summary>
    public bool NamesSessionValues;

    /// <summary>Whether RETURNING stands outside of all parentheses.</summary>
    public bool HasReturning;

    /// <summary>The least route that what a read calls allows: some functions and <c>pragma_…</c> tables are more than reads.</summary>
    public Route LeastRoute;
}

/// <summary>
/// Cuts a command text into statements where SQLite's parser does. A semicolon ends a statement, except in the body of a
/// CREATE TRIGGER: there only the one after an END that itself follows a semicolon does. That END can't belong to a CASE.
/// <code>
/// CREATE [TEMP] TRIGGER … BEGIN  step ;  step ;  END  ;
///    Head            Body ^           ^ AfterStep  ^ AfterEnd, over
/// </code>
/// </summary>
internal ref struct StatementSplitter
{
    private readonly ReadOnlySpan<char> _text;
    private SqlTokenizer _tokens;

    public StatementSplitter(ReadOnlySpan<char> text)
    {
        _text = text;
        _tokens = new SqlTokenizer(text);
    }

    private enum Place : byte
    {
        Beginning,
        AfterExplain,
        AfterCreate,
        Elsewhere,
        TriggerHead,
        TriggerBody,
        TriggerAfterStep,
        TriggerAfterEnd,
    }

    /// <summary>Reads on to the end of the next statement. Lone semicolons and comments are passed over.</summary>
    /// <param name="slice">The statement.</param>
    /// <returns>Whether there was one.</returns>
    public bool Next(out StatementSlice slice)
    {
        slice = default;
        var token = _tokens.Next();
        while (token.Kind == SqlTokenKind.Semicolon)
        {
            token = _tokens.Next();
        }

        if (token.Kind == SqlTokenKind.End)
        {
            return false;
        }

        slice.Start = token.Start;
        var place = Place.Beginning;
        var depth = 0;
        SqlToken previous = default;
        for (; token.Kind != SqlTokenKind.End; previous = token, token = _tokens.Next())
        {
            slice.End = token.End;
            if (token.Kind == SqlTokenKind.Semicolon)
            {
                if (place is not (Place.TriggerBody or Place.TriggerAfterStep))
                {
                    return true;
                }

                place = Place.TriggerAfterStep;
                continue;
            }

            Note(ref slice, token, previous, ref depth);
            place = Step(place, token);
        }

        // Without a semicolon SQLite reads on to the end: a comment there is part of the last column's name, and of the text that a view keeps.
        slice.End = token.Start;
        return true;
    }

    private readonly Place Step(Place place, SqlToken token)
    {
        var word = token.Kind == SqlTokenKind.Word ? _text[token.Start..token.End] : default;
        switch (place)
        {
            case Place.Elsewhere:
                return Place.Elsewhere;
            case Place.Beginning when SqlWords.Same(word, "EXPLAIN"):
                return Place.AfterExplain;
            case Place.AfterExplain when SqlWords.Same(word, "QUERY") || SqlWords.Same(word, "PLAN"):
                return Place.AfterExplain;
            case Place.Beginning or Place.AfterExplain:
                return SqlWords.Same(word, "CREATE") ? Place.AfterCreate : Place.Elsewhere;
            case Place.AfterCreate when SqlWords.Same(word, "TEMP") || SqlWords.Same(word, "TEMPORARY"):
                return Place.AfterCreate;
            case Place.AfterCreate:
                return SqlWords.Same(word, "TRIGGER") ? Place.TriggerHead : Place.Elsewhere;
            case Place.TriggerHead:
                return SqlWords.Same(word, "BEGIN") ? Place.TriggerBody : Place.TriggerHead;
            case Place.TriggerAfterStep when SqlWords.Same(word, "END"):
                return Place.TriggerAfterEnd;
            case Place.TriggerAfterEnd:
                return Place.TriggerAfterEnd;
            default:
                return Place.TriggerBody;
        }
    }

    private readonly void Note(ref StatementSlice slice, SqlToken token, SqlToken previous, ref int depth)
    {
        switch (token.Kind)
        {
            case SqlTokenKind.Illegal:
                slice.HasIllegalToken = true;
                break;
            case SqlTokenKind.Open:
                depth++;
                if (previous.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
                {
                    NoteCall(ref slice, SqlWords.Inner(previous.Kind, _text[previous.Start..previous.End]));
                }

                break;
            case SqlTokenKind.Close:
                depth--;
                break;
            case SqlTokenKind.Word or SqlTokenKind.QuotedName or SqlTokenKind.String:
                // SQLite takes a string for a table's name where only a name can stand.
                var name = SqlWords.Inner(token.Kind, _text[token.Start..token.End]);
                if (token.Kind == SqlTokenKind.Word && depth == 0 && name.Length == 9 && SqlWords.Same(name, "RETURNING"))
                {
                    slice.HasReturning = true;
                }
                else if (name.Length > 7 && SqlWords.Same(name[..7], "pragma_"))
                {
                    Raise(ref slice, PragmaTable.TableFunctionRoute(name[7..]));
                }

                break;
        }
    }

    private static void NoteCall(ref StatementSlice slice, ReadOnlySpan<char> name)
    {
        switch (name.Length)
        {
            case 7 when SqlWords.Same(name, "changes"):
            case 13 when SqlWords.Same(name, "total_changes"):
            case 17 when SqlWords.Same(name, "last_insert_rowid"):
                slice.NamesSessionValues = true;
                break;
            case 14 when SqlWords.Same(name, "load_extension"):
                slice.LoadsExtension = true;
                break;
            case 8 when SqlWords.Same(name, "optimize"):
                // FTS3's merges the index, though it stands in a SELECT.
                Raise(ref slice, Route.Writer);
                break;
            case 14 when SqlWords.Same(name, "fts3_tokenizer"):
                // Registers a tokenizer with its connection.
                Raise(ref slice, Route.Private);
                break;
        }
    }

    private static void Raise(ref StatementSlice slice, Route route)
    {
        if (route > slice.LeastRoute)
        {
            slice.LeastRoute = route;
        }
    }
}
