using System.Globalization;
using System.Text;

namespace SplitSqlite.Routing;

/// <summary>Makes the plan of a command text from its words alone. Pure: the same text always gives the same plan.</summary>
internal static class RoutePlanner
{
    /// <summary>Makes the plan of a text.</summary>
    /// <param name="text">The command text.</param>
    public static SqlPlan Plan(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var splitter = new StatementSplitter(text);
        if (!splitter.Next(out var slice))
        {
            return Combine(text, []);
        }

        var first = Read(text, slice);
        if (!splitter.Next(out slice))
        {
            return Combine(text, [first]);
        }

        var statements = new List<SqlStatement> { first };
        do
        {
            statements.Add(Read(text, slice));
        }
        while (splitter.Next(out slice));

        return Combine(text, [.. statements]);
    }

    private static SqlStatement Read(string text, in StatementSlice slice)
    {
        var words = text.AsSpan(slice.Start, slice.End - slice.Start);
        var found = StatementClassifier.Classify(words, slice);
        return new SqlStatement
        {
            Kind = found.Kind,
            Route = found.Route,
            Utf8 = ToUtf8(words),
            Start = slice.Start,
            Length = words.Length,
            SavepointName = found.SavepointName,
            Pragma = found.Pragma,
            IsExplain = found.IsExplain,
            ChangesRows = found.ChangesRows,
            HasReturning = found.HasReturning,
            NamesSessionValues = slice.NamesSessionValues,
        };
    }

    private static byte[] ToUtf8(ReadOnlySpan<char> words)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(words)];
        Encoding.UTF8.GetBytes(words, bytes);
        return bytes;
    }

    private static SqlPlan Combine(string text, SqlStatement[] statements)
    {
        var route = Route.None;
        var decisive = -1;
        var sessionPragmas = false;
        var kept = statements.Length > 0;
        var transactions = false;
        for (var i = 0; i < statements.Length; i++)
        {
            var statement = statements[i];
            kept &= statement.Kind == StatementKind.Dml || (statement.Kind == StatementKind.Read && !ExplainsMoreThanReads(statement));
            transactions |= IsTransactionControl(statement.Kind);
            if (statement.Pragma is { } pragma)
            {
                var left = statement.Kind == StatementKind.Pragma && PragmaTable.IsSessionClass(pragma.Class);
                sessionPragmas |= left || PragmaTable.ReadsSessionValue(pragma);
                if (left)
                {
                    continue;
                }
            }

            if (statement.Route > route)
            {
                route = statement.Route;
                decisive = i;
            }
        }

        return new SqlPlan
        {
            Text = text,
            Statements = statements,
            Route = route,
            HasSessionPragmas = sessionPragmas,
            IsKept = kept,
            HasTransactionControl = transactions,
            Reason = Reason(statements, decisive, sessionPragmas),
        };
    }

    // A kept EXPLAIN PRAGMA would act again whenever the schema changes and SQLite prepares it anew.
    private static bool ExplainsMoreThanReads(SqlStatement statement) => statement.IsExplain && statement.Route != Route.Reader;

    private static bool IsTransactionControl(StatementKind kind) => kind is
        StatementKind.Begin or StatementKind.Commit or StatementKind.Rollback or
        StatementKind.Savepoint or StatementKind.Release or StatementKind.RollbackTo;

    private static string Reason(SqlStatement[] statements, int decisive, bool sessionPragmas)
    {
        if (decisive < 0)
        {
            return sessionPragmas ? "only settings, which the session decides on" : "nothing to run";
        }

        var statement = statements[decisive];
        if (statement.Route == Route.Reader)
        {
            return "only reads";
        }

        var why = Why(statement);
        return statements.Length == 1
            ? why
            : string.Create(CultureInfo.InvariantCulture, $"statement {decisive + 1} of {statements.Length}: {why}");
    }

    private static string Why(SqlStatement statement) => statement.Kind switch
    {
        StatementKind.Read when statement.IsExplain => "EXPLAIN of what a reader refuses to prepare",
        StatementKind.Read => "reads through a function or a pragma_ table that a shared reader can't serve",
        StatementKind.Dml when statement.Route == Route.Private => "changes rows of a TEMP object, which belongs to one connection",
        StatementKind.Dml => "changes rows",
        StatementKind.Ddl => "changes the schema",
        StatementKind.Maintenance => "rebuilds the file or an index",
        StatementKind.Analyze => "writes statistics for the query planner",
        StatementKind.VacuumInto => "copies the file, which needs a connection of its own for reading",
        StatementKind.Pragma => PragmaReason(statement.Pragma!),
        StatementKind.Attach => "attaches or detaches a database, which belongs to one connection",
        StatementKind.Temp => "TEMP objects belong to one connection",
        StatementKind.LoadExtension => "load_extension() belongs to one connection",
        StatementKind.Unknown => "not understood, so it runs where everything may run",
        _ => "begins, ends or divides a transaction",
    };

    private static string PragmaReason(PragmaCall pragma) => pragma.Class switch
    {
        PragmaClass.File => $"PRAGMA {pragma.Name} changes the file",
        PragmaClass.Refused => $"PRAGMA {pragma.Name} would take the file from every other session",
        _ => $"PRAGMA {pragma.Name} is unknown or belongs to one connection",
    };
}
