using System.Diagnostics.CodeAnalysis;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>What type a column is said to have.</content>
internal static partial class ValueConversions
{
    /// <summary>Gets the declared type of a column without its parenthesis, or the storage class of the value at hand where there is none (BLOB for NULL).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public static string GetDataTypeName(ResultSet rows, int ordinal)
    {
        ColumnInfo[] columns = rows.Columns;
        if ((uint)ordinal < (uint)columns.Length && columns[ordinal].TypeName is { } declared)
        {
            return declared;
        }

        return rows.GetStorageClass(ordinal) switch
        {
            raw.SQLITE_INTEGER => "INTEGER",
            raw.SQLITE_FLOAT => "REAL",
            raw.SQLITE_TEXT => "TEXT",
            _ => "BLOB",
        };
    }

    /// <summary>
    /// Gets the CLR type of the value at hand; of a NULL, the type that this method gave for the column before in this
    /// result, else that of the declared type's affinity.
    /// </summary>
    /// <param name="rows">The result.</param>
    /// <param name="ordinal">The column.</param>
    /// <param name="seen">The storage classes seen so far in this result: kept by the caller, made here.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
    public static Type GetFieldType(ResultSet rows, int ordinal, ref byte[]? seen)
    {
        int storageClass = rows.GetStorageClass(ordinal);
        if (storageClass != raw.SQLITE_NULL)
        {
            seen ??= new byte[rows.FieldCount];
            seen[ordinal] = (byte)storageClass;
        }
        else
        {
            storageClass = seen is not null && seen[ordinal] != 0
                ? seen[ordinal]
                : GetAffinity(GetDataTypeName(rows, ordinal));
        }

        return GetClrType(storageClass);
    }

    /// <summary>Gets the CLR type that values of a storage class are read as.</summary>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
    public static Type GetClrType(int storageClass) => storageClass switch
    {
        raw.SQLITE_INTEGER => typeof(long),
        raw.SQLITE_FLOAT => typeof(double),
        raw.SQLITE_TEXT => typeof(string),
        _ => typeof(byte[]),
    };

    /// <summary>Gets the storage class that a declared type prefers, by SQLite's rules of affinity; NUMERIC counts as text.</summary>
    /// <remarks>https://sqlite.org/datatype3.html#determination_of_column_affinity: the first of these that is part of the name.</remarks>
    public static int GetAffinity(string declaredType)
    {
        if (Has("INT"))
        {
            return raw.SQLITE_INTEGER;
        }

        if (Has("CHAR") || Has("CLOB") || Has("TEXT"))
        {
            return raw.SQLITE_TEXT;
        }

        if (Has("BLOB"))
        {
            return raw.SQLITE_BLOB;
        }

        return Has("REAL") || Has("FLOA") || Has("DOUB") ? raw.SQLITE_FLOAT : raw.SQLITE_TEXT;

        bool Has(string part) => declaredType.Contains(part, StringComparison.OrdinalIgnoreCase);
    }
}
