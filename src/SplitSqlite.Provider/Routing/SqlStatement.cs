namespace SplitSqlite.Routing;

/// <summary>One statement of a command text.</summary>
internal sealed class SqlStatement
{
    /// <summary>Gets what the statement is.</summary>
    public required StatementKind Kind { get; init; }

    /// <summary>Gets the statement's own text in UTF-8, from its first token to its end, its semicolon included where it has one.</summary>
    public required byte[] Utf8 { get; init; }

    /// <summary>Gets where the statement begins in the command text, in UTF-16 code units.</summary>
    public required int Start { get; init; }

    /// <summary>Gets how long it is there.</summary>
    public required int Length { get; init; }

    /// <summary>Gets the savepoint's name without quotes, for the three savepoint kinds.</summary>
    public string? SavepointName { get; init; }

    /// <summary>Gets the PRAGMA's parts, for <see cref="StatementKind.Pragma"/> and <see cref="StatementKind.Analyze"/> by <c>PRAGMA optimize</c>.</summary>
    public PragmaCall? Pragma { get; init; }

    /// <summary>Gets whether it begins with EXPLAIN.</summary>
    public bool IsExplain { get; init; }

    /// <summary>Gets whether it is an INSERT, UPDATE, DELETE or REPLACE, of a TEMP table too.</summary>
    public bool ChangesRows { get; init; }

    /// <summary>Gets whether it has a RETURNING clause, as far as its words tell.</summary>
    public bool HasReturning { get; init; }

    /// <summary>Gets whether it names <c>last_insert_rowid</c>, <c>changes</c> or <c>total_changes</c>.</summary>
    public bool NamesSessionValues { get; init; }

    /// <summary>Gets the route of the statement alone, outside a transaction; for PRAGMAs the session may do with less.</summary>
    public required Route Route { get; init; }
}
