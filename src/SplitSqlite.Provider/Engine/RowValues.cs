namespace SplitSqlite.Engine;

/// <summary>The values of the current row as SQLite's own four accessors give them; every conversion to a CLR type is built on these.</summary>
internal abstract class RowValues
{
    /// <summary>Gets the number of columns.</summary>
    public abstract int FieldCount { get; }

    /// <summary>Gets the storage class of a value (<c>SQLITE_INTEGER</c>, <c>SQLITE_FLOAT</c>, <c>SQLITE_TEXT</c>, <c>SQLITE_BLOB</c>, <c>SQLITE_NULL</c>).</summary>
    public abstract int GetStorageClass(int ordinal);

    /// <summary>Gets the value as <c>sqlite3_column_int64</c> does, SQLite's conversions included.</summary>
    public abstract long GetInt64(int ordinal);

    /// <summary>Gets the value as <c>sqlite3_column_double</c> does.</summary>
    public abstract double GetDouble(int ordinal);

    /// <summary>Gets the value as <c>sqlite3_column_text</c> does.</summary>
    public abstract string GetText(int ordinal);

    /// <summary>Gets the value as <c>sqlite3_column_blob</c> does; an empty array for an empty blob.</summary>
    public abstract byte[] GetBlob(int ordinal);
}
