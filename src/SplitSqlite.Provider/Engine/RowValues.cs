namespace SplitSqlite.Engine;

/// <summary>The values of the current row as SQLite's own four accessors give them; every conversion to a CLR type is built on these.</summary>
/// <remarks>
/// The accessors answer as <c>sqlite3_column_*</c> do: an ordinal out of range counts as NULL, and nothing is checked
/// but in <see cref="GetStorageClass"/>. <see cref="ValueConversions"/> adds the checks.
/// </remarks>
internal abstract class RowValues
{
    /// <summary>Gets the number of columns.</summary>
    public abstract int FieldCount { get; }

    /// <summary>Gets whether there is a row to read from: <c>Read</c> was called and found one.</summary>
    public abstract bool IsOnRow { get; }

    /// <summary>Gets the storage class of a value (<c>SQLITE_INTEGER</c>, <c>SQLITE_FLOAT</c>, <c>SQLITE_TEXT</c>, <c>SQLITE_BLOB</c>, <c>SQLITE_NULL</c>).</summary>
    /// <remarks>Before the first <c>Read</c> it is that of the row which the first step found, as in Microsoft.Data.Sqlite.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public abstract int GetStorageClass(int ordinal);

    /// <summary>Gets the value as <c>sqlite3_column_int64</c> does, SQLite's conversions included; 0 for NULL.</summary>
    public abstract long GetInt64(int ordinal);

    /// <summary>Gets the value as <c>sqlite3_column_double</c> does; 0 for NULL.</summary>
    public abstract double GetDouble(int ordinal);

    /// <summary>Gets the value as <c>sqlite3_column_text</c> does; <see langword="null"/> for NULL.</summary>
    public abstract string? GetText(int ordinal);

    /// <summary>Gets the value as <c>sqlite3_column_blob</c> does; an empty array for an empty blob and for NULL.</summary>
    public abstract byte[] GetBlob(int ordinal);

    /// <summary>Gets what <see cref="GetText"/> gives as UTF-8, without a copy where there is none to make; it is gone with the next call on this row.</summary>
    /// <returns>Whether the value is not NULL.</returns>
    public abstract bool TryPeekText(int ordinal, out ReadOnlySpan<byte> utf8);

    /// <summary>Gets what <see cref="GetBlob"/> gives without a copy; it is gone with the next call on this row.</summary>
    public abstract ReadOnlySpan<byte> PeekBlob(int ordinal);

    /// <summary>Throws where there is no such column.</summary>
    protected void CheckOrdinal(int ordinal)
    {
        if ((uint)ordinal >= (uint)FieldCount)
        {
            throw new ArgumentOutOfRangeException(nameof(ordinal), ordinal, null);
        }
    }
}
