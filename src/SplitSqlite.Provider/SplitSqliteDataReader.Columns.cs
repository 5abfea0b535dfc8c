using System.Diagnostics.CodeAnalysis;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <content>Names and types of the columns.</content>
public sealed partial class SplitSqliteDataReader
{
    /// <summary>Gets the name of a column.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public override string GetName(int ordinal)
    {
        ColumnInfo[] columns = Rows().Columns;
        return (uint)ordinal < (uint)columns.Length
            ? columns[ordinal].Name
            : throw new ArgumentOutOfRangeException(nameof(ordinal), ordinal, null);
    }

    /// <summary>Finds a column by its exact name, else by its name in another case. Of several with one name it is the last.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The column, from 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    /// <exception cref="InvalidOperationException">The name fits two columns whose names differ in case, neither of them exactly.</exception>
    public override int GetOrdinal(string name)
    {
        ColumnInfo[] columns = Rows().Columns;
        ArgumentNullException.ThrowIfNull(name);
        for (int i = columns.Length - 1; i >= 0; i--)
        {
            if (columns[i].Name == name)
            {
                return i;
            }
        }

        int match = -1;
        for (int i = columns.Length - 1; i >= 0; i--)
        {
            string candidate = columns[i].Name;
            if (!string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (match >= 0 && columns[match].Name != candidate)
            {
                throw new InvalidOperationException($"'{name}' may mean column '{candidate}' or column '{columns[match].Name}': write it in its exact case.");
            }

            match = Math.Max(match, i);
        }

        return match >= 0 ? match : throw new ArgumentOutOfRangeException(nameof(name), name, null);
    }

    /// <summary>Gets the declared type of a column without its parenthesis; of an expression, the storage class of its value in this row.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public override string GetDataTypeName(int ordinal) => Kept(ValueConversions.GetDataTypeName(Rows(), ordinal));

    /// <summary>Gets the type of a column's value in this row, which SQLite lets change from row to row; of NULL, the one seen before, else the one that the declared type suggests.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <returns><see cref="long"/>, <see cref="double"/>, <see cref="string"/> or <see cref="byte"/>[].</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
    public override Type GetFieldType(int ordinal) => Kept(ValueConversions.GetFieldType(Rows(), ordinal, ref (_memory ??= new Memory()).SeenClasses));
}
