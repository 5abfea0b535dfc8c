namespace SplitSqlite.Engine;

/// <summary>The columns and rows of one statement with columns, streamed from a statement or held in memory.</summary>
internal abstract class ResultSet : RowValues
{
    /// <summary>Gets whether the first step found a row.</summary>
    public abstract bool HasRows { get; }

    /// <summary>Moves to the next row; the first call moves to the row that the first step found.</summary>
    public abstract bool Read();

    /// <summary>Gets the names, declared types and origins of the columns.</summary>
    public abstract ColumnInfo[] Columns { get; }
}

/// <summary>What SQLite tells of a column.</summary>
/// <param name="Name">The name in the result.</param>
/// <param name="DeclaredType">The declared type of the column it comes from, or <see langword="null"/> for an expression.</param>
/// <param name="Database">The schema it comes from, or <see langword="null"/>.</param>
/// <param name="Table">The table it comes from, or <see langword="null"/>.</param>
/// <param name="Origin">The column it comes from, or <see langword="null"/>.</param>
internal sealed record ColumnInfo(string Name, string? DeclaredType, string? Database, string? Table, string? Origin)
{
    /// <summary>Gets the declared type up to its parenthesis: <c>decimal</c> for <c>decimal(10,2)</c>.</summary>
    public string? TypeName { get; } = DeclaredType is null ? null : BeforeParenthesis(DeclaredType);

    private static string BeforeParenthesis(string declaredType)
    {
        int parenthesis = declaredType.IndexOf('(', StringComparison.Ordinal);
        return parenthesis < 0 ? declaredType : declaredType[..parenthesis];
    }
}
