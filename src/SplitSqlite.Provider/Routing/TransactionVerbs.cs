namespace SplitSqlite.Routing;

/// <summary>Classes transaction control. A statement with a word too many or too few is a syntax error to SQLite and Unknown here.</summary>
internal static class TransactionVerbs
{
    public static StatementClass Classify(ref SqlCursor cursor)
    {
        if (cursor.Take("BEGIN"))
        {
            _ = cursor.Take("DEFERRED") || cursor.Take("IMMEDIATE") || cursor.Take("EXCLUSIVE");
            SkipTransaction(ref cursor);
            return Finish(ref cursor, StatementKind.Begin);
        }

        if (cursor.Take("COMMIT") || cursor.Take("END"))
        {
            SkipTransaction(ref cursor);
            return Finish(ref cursor, StatementKind.Commit);
        }

        if (cursor.Take("SAVEPOINT"))
        {
            return Named(ref cursor, StatementKind.Savepoint);
        }

        if (cursor.Take("RELEASE"))
        {
            _ = cursor.Take("SAVEPOINT");
            return Named(ref cursor, StatementKind.Release);
        }

        if (!cursor.Take("ROLLBACK"))
        {
            return new StatementClass(StatementKind.Unknown, Route.Writer);
        }

        SkipTransaction(ref cursor);
        if (!cursor.Take("TO"))
        {
            return Finish(ref cursor, StatementKind.Rollback);
        }

        _ = cursor.Take("SAVEPOINT");
        return Named(ref cursor, StatementKind.RollbackTo);
    }

    // The grammar allows TRANSACTION a name, which nothing uses.
    private static void SkipTransaction(ref SqlCursor cursor)
    {
        if (cursor.Take("TRANSACTION"))
        {
            _ = cursor.TakeName();
        }
    }

    private static StatementClass Named(ref SqlCursor cursor, StatementKind kind)
    {
        var name = cursor.TakeName();
        return Finish(ref cursor, kind, name is not null) with { SavepointName = name };
    }

    private static StatementClass Finish(ref SqlCursor cursor, StatementKind kind, bool wellFormed = true) =>
        new(wellFormed && cursor.AtEnd ? kind : StatementKind.Unknown, Route.Writer);
}
