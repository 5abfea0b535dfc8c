using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// The prepared statements of one plan on one physical connection. They are prepared one after the other as execution reaches them,
/// because a later statement may need what an earlier one made (<c>CREATE TABLE t; INSERT INTO t …</c>).
/// </summary>
internal sealed class PreparedCommand(SqlPlan plan, bool isKept) : IDisposable
{
    private readonly PreparedPart?[] _parts = new PreparedPart?[plan.Statements.Length];

    /// <summary>Gets the plan.</summary>
    public SqlPlan Plan { get; } = plan;

    /// <summary>Gets whether the command belongs to the cache and comes back into it.</summary>
    public bool IsKept { get; } = isKept;

    /// <summary>Gets or sets whether an execution has it.</summary>
    public bool IsInUse { get; set; }

    /// <summary>Gets a statement of the plan, prepared if it is one that SQLite prepares without effect.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">SQLite does not accept the statement. Asking again tries again.</exception>
    public PreparedPart Part(int index, sqlite3 handle)
        => _parts[index] ??= Prepare(Plan.Statements[index], handle);

    /// <summary>Resets all statements and lets go of large bound values.</summary>
    public void Reset()
    {
        foreach (var part in _parts)
        {
            if (part?.Prepared is { } prepared)
            {
                prepared.Reset();
                prepared.ReleaseLargeBindings();
                part.Rows?.Forget();
            }
        }
    }

    public void Dispose()
    {
        foreach (var part in _parts)
        {
            part?.Prepared?.Dispose();
        }

        Array.Clear(_parts);
    }

    private PreparedPart Prepare(SqlStatement statement, sqlite3 handle)
    {
        // The engine may run something of its own in place of transaction control, and many PRAGMAs take effect when prepared.
        var part = new PreparedPart(statement);
        if (statement.Kind is not (StatementKind.Begin or StatementKind.Commit or StatementKind.Rollback or StatementKind.Savepoint or StatementKind.Pragma))
        {
            part.Prepare(handle, IsKept);
        }

        return part;
    }
}

/// <summary>One statement of a plan with its prepared form, if it has been prepared.</summary>
internal sealed class PreparedPart(SqlStatement statement)
{
    /// <summary>Gets what the planner says of it.</summary>
    public SqlStatement Statement { get; } = statement;

    /// <summary>Gets its prepared form; <see langword="null"/> before it is prepared, or where SQLite sees nothing in it.</summary>
    public PreparedStatement? Prepared { get; private set; }

    /// <summary>Gets or sets the object that its rows are read through, kept for the next execution.</summary>
    public StatementRows? Rows { get; set; }

    /// <summary>Has SQLite prepare it.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">SQLite does not accept the statement.</exception>
    public void Prepare(sqlite3 handle, bool keep)
    {
        Rows = null;
        Prepared = PreparedStatement.Prepare(handle, Statement.Utf8, out var tail, keep);
        if (!tail.IsEmpty)
        {
            // Tests hold the tokenizer equal to SQLite's own ends of statements on some hundred thousand texts. Should they ever differ, nothing may be left out in silence.
            Prepared?.Dispose();
            Prepared = null;
            throw new InvalidOperationException("SplitSqlite can't tell where the statements of this command text end. Send them as separate commands, and please report the text.");
        }
    }
}
