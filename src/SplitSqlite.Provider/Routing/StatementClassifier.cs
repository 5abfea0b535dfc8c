namespace SplitSqlite.Routing;

/// <summary>What the words of one statement make of it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Route">Where it runs alone.</param>
internal readonly record struct StatementClass(StatementKind Kind, Route Route)
{
    public string? SavepointName { get; init; }

    public PragmaCall? Pragma { get; init; }

    public bool IsExplain { get; init; }

    public bool ChangesRows { get; init; }

    public bool HasReturning { get; init; }
}

/// <summary>Classes a statement by its leading words. What it doesn't understand is <see cref="StatementKind.Unknown"/> and goes to the writer.</summary>
internal static class StatementClassifier
{
    public static StatementClass Classify(ReadOnlySpan<char> statement, in StatementSlice slice)
    {
        var cursor = new SqlCursor(statement);
        if (cursor.Take("EXPLAIN"))
        {
            return Explained(ref cursor, slice);
        }

        // Many PRAGMAs act while SQLite still parses, so even one that ends in a syntax error must not touch a shared connection.
        if (cursor.Take("PRAGMA"))
        {
            return Pragma(ref cursor);
        }

        return slice.HasIllegalToken ? Of(StatementKind.Unknown) : ByVerb(ref cursor, slice);
    }

    /// <summary>Gets where a statement of this kind runs alone.</summary>
    public static Route RouteOf(StatementKind kind) => kind switch
    {
        StatementKind.Read => Route.Reader,
        StatementKind.VacuumInto => Route.Unpooled,
        StatementKind.Attach or StatementKind.Temp or StatementKind.LoadExtension => Route.Private,
        StatementKind.Pragma => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A PRAGMA's route depends on its class."),
        _ => Route.Writer,
    };

    private static StatementClass Of(StatementKind kind) => new(kind, RouteOf(kind));

    private static StatementClass ByVerb(ref SqlCursor cursor, in StatementSlice slice)
    {
        var found = Verb(ref cursor);
        if (slice.LoadsExtension)
        {
            return Of(StatementKind.LoadExtension);
        }

        if (found.Kind == StatementKind.Read && slice.LeastRoute > found.Route)
        {
            return found with { Route = slice.LeastRoute };
        }

        if (slice.LeastRoute == Route.Private && found.Route < Route.Private)
        {
            return found with { Route = Route.Private };
        }

        return found.Kind == StatementKind.Dml ? found with { HasReturning = slice.HasReturning } : found;
    }

    private static StatementClass Verb(ref SqlCursor cursor)
    {
        if (cursor.Kind != SqlTokenKind.Word)
        {
            return Of(StatementKind.Unknown);
        }

        if (cursor.Is("SELECT") || cursor.Is("VALUES"))
        {
            return Of(StatementKind.Read);
        }

        if (cursor.Take("WITH"))
        {
            return With(ref cursor);
        }

        if (cursor.Is("INSERT") || cursor.Is("REPLACE") || cursor.Is("UPDATE") || cursor.Is("DELETE"))
        {
            return Dml(ref cursor);
        }

        if (cursor.Take("CREATE"))
        {
            return Create(ref cursor);
        }

        if (cursor.Take("ALTER"))
        {
            return Of(cursor.Take("TABLE") ? Stored(ref cursor) : StatementKind.Unknown);
        }

        if (cursor.Take("DROP"))
        {
            return Drop(ref cursor);
        }

        if (cursor.Take("VACUUM"))
        {
            if (!cursor.Is("INTO"))
            {
                _ = cursor.TakeName();
            }

            return Of(cursor.Is("INTO") ? StatementKind.VacuumInto : StatementKind.Maintenance);
        }

        if (cursor.Is("REINDEX"))
        {
            return Of(StatementKind.Maintenance);
        }

        if (cursor.Is("ANALYZE"))
        {
            return Of(StatementKind.Analyze);
        }

        return cursor.Is("ATTACH") || cursor.Is("DETACH") ? Of(StatementKind.Attach) : TransactionVerbs.Classify(ref cursor);
    }

    private static StatementClass With(ref SqlCursor cursor)
    {
        _ = cursor.Take("RECURSIVE");
        do
        {
            if (cursor.TakeName() is null)
            {
                return Of(StatementKind.Unknown);
            }

            if (cursor.Kind == SqlTokenKind.Open && !cursor.TakeParenthesised())
            {
                return Of(StatementKind.Unknown);
            }

            if (!cursor.Take("AS"))
            {
                return Of(StatementKind.Unknown);
            }

            _ = cursor.Take("NOT");
            _ = cursor.Take("MATERIALIZED");
            if (!cursor.TakeParenthesised())
            {
                return Of(StatementKind.Unknown);
            }
        }
        while (cursor.Take(SqlTokenKind.Comma));

        if (cursor.Is("SELECT") || cursor.Is("VALUES"))
        {
            return Of(StatementKind.Read);
        }

        return cursor.Is("INSERT") || cursor.Is("REPLACE") || cursor.Is("UPDATE") || cursor.Is("DELETE")
            ? Dml(ref cursor)
            : Of(StatementKind.Unknown);
    }

    private static StatementClass Dml(ref SqlCursor cursor)
    {
        cursor.Skip();
        if (cursor.Take("OR"))
        {
            cursor.Skip();
        }

        _ = cursor.Take("INTO") || cursor.Take("FROM");
        return Of(cursor.IsTempObject() ? StatementKind.Temp : StatementKind.Dml) with { ChangesRows = true };
    }

    private static StatementClass Create(ref SqlCursor cursor)
    {
        if (cursor.Is("TEMP") || cursor.Is("TEMPORARY"))
        {
            return Of(StatementKind.Temp);
        }

        _ = cursor.Take("UNIQUE") || cursor.Take("VIRTUAL");
        return ObjectType(ref cursor) ? Of(Stored(ref cursor)) : Of(StatementKind.Unknown);
    }

    private static StatementClass Drop(ref SqlCursor cursor) =>
        ObjectType(ref cursor) ? Of(Stored(ref cursor)) : Of(StatementKind.Unknown);

    private static bool ObjectType(ref SqlCursor cursor) =>
        cursor.Take("TABLE") || cursor.Take("INDEX") || cursor.Take("VIEW") || cursor.Take("TRIGGER");

    private static StatementKind Stored(ref SqlCursor cursor)
    {
        // IF is a possible name too: only with EXISTS behind it is it the clause.
        if (cursor.Take("IF"))
        {
            _ = cursor.Take("NOT");
            if (!cursor.Take("EXISTS"))
            {
                return StatementKind.Ddl;
            }
        }

        return cursor.IsTempObject() ? StatementKind.Temp : StatementKind.Ddl;
    }

    private static StatementClass Pragma(ref SqlCursor cursor)
    {
        var call = PragmaParser.Parse(ref cursor);
        var kind = call.Name == "optimize" && call.Class == PragmaClass.File ? StatementKind.Analyze : StatementKind.Pragma;
        return new StatementClass(kind, PragmaTable.RouteOf(call.Class)) { Pragma = call };
    }

    private static StatementClass Explained(ref SqlCursor cursor, in StatementSlice slice)
    {
        if (cursor.Take("QUERY"))
        {
            _ = cursor.Take("PLAN");
        }

        if (cursor.Take("PRAGMA"))
        {
            // Explained or not, a PRAGMA that acts while it is prepared has acted.
            var call = PragmaParser.Parse(ref cursor);
            var route = call.Class == PragmaClass.Tuning ? Route.Private : PragmaTable.RouteOf(call.Class);
            return new StatementClass(StatementKind.Read, route) { IsExplain = true };
        }

        if (slice.HasIllegalToken)
        {
            return new StatementClass(StatementKind.Unknown, Route.Writer) { IsExplain = true };
        }

        // Nothing of it runs, but readers refuse to prepare BEGIN, ATTACH, TEMP and load_extension: no need to ask them first.
        var reads = ByVerb(ref cursor, slice).Kind is StatementKind.Read or StatementKind.Dml or StatementKind.Ddl;
        return new StatementClass(StatementKind.Read, reads ? Route.Reader : Route.Writer) { IsExplain = true };
    }
}
