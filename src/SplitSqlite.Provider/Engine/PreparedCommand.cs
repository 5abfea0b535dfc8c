using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// The prepared statements of one plan on one physical connection. They are prepared one after the other as execution reaches them,
/// because a later statement may need what an earlier one made (<c>CREATE TABLE t; INSERT INTO t …</c>).
/// </summary>
internal sealed class PreparedCommand(SqlPlan plan, bool isKept) : IDisposable
{
    private readonly List<PreparedPart> _parts = new(plan.Statements.Length);
    private int _statement;
    private int _offset;

    /// <summary>Gets the plan.</summary>
    public SqlPlan Plan { get; } = plan;

    /// <summary>Gets whether the command belongs to the cache and comes back into it.</summary>
    public bool IsKept { get; } = isKept;

    /// <summary>Gets or sets whether an execution has it.</summary>
    public bool IsInUse { get; set; }

    /// <summary>Gets the part at <paramref name="index"/>, preparing it if need be; <see langword="null"/> past the end.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">SQLite does not accept the statement. Asking again tries again.</exception>
    public PreparedPart? Part(int index, sqlite3 handle)
    {
        while (index >= _parts.Count)
        {
            if (_statement >= Plan.Statements.Length)
            {
                return null;
            }

            var statement = Plan.Statements[_statement];
            if (statement.Kind is StatementKind.Begin or StatementKind.Commit or StatementKind.Rollback or StatementKind.Savepoint or StatementKind.Pragma)
            {
                // Not prepared here: the engine may run something of its own in its place, and many PRAGMAs take effect when prepared.
                _parts.Add(new PreparedPart(statement, null));
                _statement++;
                continue;
            }

            // SQLite's own idea of where a statement ends has the last word, should the tokenizer's differ.
            var prepared = PreparedStatement.Prepare(handle, statement.Utf8.AsSpan(_offset), out var tail);
            _offset = statement.Utf8.Length - tail.Length;
            if (prepared is not null)
            {
                _parts.Add(new PreparedPart(statement, prepared));
            }

            if (tail.IsEmpty)
            {
                _statement++;
                _offset = 0;
            }
        }

        return _parts[index];
    }

    /// <summary>Resets all statements and lets go of large bound values.</summary>
    public void Reset()
    {
        foreach (var part in _parts)
        {
            part.Prepared?.Reset();
            part.Prepared?.ReleaseLargeBindings();
        }
    }

    public void Dispose()
    {
        foreach (var part in _parts)
        {
            part.Prepared?.Dispose();
        }

        _parts.Clear();
        _statement = 0;
        _offset = 0;
    }
}

/// <summary>One statement of a plan with its prepared form, if it has been prepared.</summary>
internal sealed class PreparedPart(SqlStatement statement, PreparedStatement? prepared)
{
    /// <summary>Gets what the planner says of it.</summary>
    public SqlStatement Statement { get; } = statement;

    /// <summary>Gets or sets its prepared form.</summary>
    public PreparedStatement? Prepared { get; set; } = prepared;
}
