using System.Buffers;
using System.Data;
using System.Data.Common;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <content>The description of the result.</content>
public sealed partial class SplitSqliteDataReader
{
    // An index makes a column unique if it is over that column alone. The second value is 0 for tables that are functions
    // (pragma_table_info), and, as in Microsoft.Data.Sqlite, for those of other schemas than main.
    private const string TableFactsSql =
        """
        SELECT
            (SELECT count(*) FROM pragma_index_list($table) AS candidate
             WHERE candidate."unique"
               AND EXISTS (SELECT 1 FROM pragma_index_info(candidate.name) WHERE name = $column)
               AND NOT EXISTS (SELECT 1 FROM pragma_index_info(candidate.name) WHERE name <> $column)),
            (SELECT count(*) FROM sqlite_master WHERE name = $table AND type IN ('table', 'view'))
        """;

    private static readonly SearchValues<char> IdentifierCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$");

    /// <summary>Describes the columns of the result: a table with one row for each.</summary>
    /// <remarks>
    /// The same table as Microsoft.Data.Sqlite gives. It costs queries for every column that comes from a table, one of
    /// which reads the whole table, to find the storage class that is most frequent in the column.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The reader is closed, or has no result.</exception>
    public override DataTable GetSchemaTable()
    {
        ResultSet rows = Rows();
        var schema = new DataTable("SchemaTable");
        DataColumnCollection attributes = schema.Columns;
        attributes.Add(SchemaTableColumn.ColumnName, typeof(string));
        attributes.Add(SchemaTableColumn.ColumnOrdinal, typeof(int));
        attributes.Add(SchemaTableColumn.ColumnSize, typeof(int));
        attributes.Add(SchemaTableColumn.NumericPrecision, typeof(short));
        attributes.Add(SchemaTableColumn.NumericScale, typeof(short));
        attributes.Add(SchemaTableColumn.IsUnique, typeof(bool));
        attributes.Add(SchemaTableColumn.IsKey, typeof(bool));
        attributes.Add(SchemaTableOptionalColumn.BaseServerName, typeof(string));
        attributes.Add(SchemaTableOptionalColumn.BaseCatalogName, typeof(string));
        attributes.Add(SchemaTableColumn.BaseColumnName, typeof(string));
        attributes.Add(SchemaTableColumn.BaseSchemaName, typeof(string));
        attributes.Add(SchemaTableColumn.BaseTableName, typeof(string));
        attributes.Add(SchemaTableColumn.DataType, typeof(Type)).AllowDBNull = false;
        attributes.Add("DataTypeName", typeof(string));
        attributes.Add(SchemaTableColumn.AllowDBNull, typeof(bool));
        attributes.Add(SchemaTableColumn.IsAliased, typeof(bool));
        attributes.Add(SchemaTableColumn.IsExpression, typeof(bool));
        attributes.Add(SchemaTableOptionalColumn.IsAutoIncrement, typeof(bool));
        attributes.Add(SchemaTableColumn.IsLong, typeof(bool));

        ColumnInfo[] columns = rows.Columns;
        for (int i = 0; i < columns.Length; i++)
        {
            ColumnInfo column = columns[i];
            bool isAliased = column.Origin != column.Name;
            DataRow row = schema.NewRow();
            row[SchemaTableColumn.ColumnName] = column.Name;
            row[SchemaTableColumn.ColumnOrdinal] = i;
            row[SchemaTableColumn.ColumnSize] = -1;
            row[SchemaTableOptionalColumn.BaseServerName] = _command.Connection!.DataSource;
            row[SchemaTableOptionalColumn.BaseCatalogName] = column.Database;
            row[SchemaTableColumn.BaseColumnName] = column.Origin;
            row[SchemaTableColumn.BaseTableName] = column.Table;
            row[SchemaTableColumn.DataType] = GetFieldType(i);
            row["DataTypeName"] = GetDataTypeName(i);
            row[SchemaTableColumn.IsAliased] = isAliased;
            row[SchemaTableColumn.IsExpression] = column.Origin is null;
            if (column is { Table: not null, Origin: not null })
            {
                DescribeOrigin(row, column, isAliased);
            }

            schema.Rows.Add(row);
        }

        return schema;
    }

    private void DescribeOrigin(DataRow row, ColumnInfo column, bool isAliased)
    {
        bool isKnownTable;
        using (DbCommand command = CreateNestedCommand(TableFactsSql))
        {
            AddParameter(command, "$table", column.Table);
            AddParameter(command, "$column", column.Origin);
            using DbDataReader facts = command.ExecuteReader();
            _ = facts.Read();
            row[SchemaTableColumn.IsUnique] = !isAliased && facts.GetInt64(0) != 0;
            isKnownTable = facts.GetInt64(1) != 0;
        }

        row[SchemaTableColumn.DataType] = GetUsualType(column, (string)row["DataTypeName"]);
        if (column.Database is not null && isKnownTable)
        {
            DescribeDeclaration(row, column, isAliased);
        }
    }

    /// <summary>Gets the CLR type of most values in the column, or what its declared type suggests where it has none.</summary>
    private Type GetUsualType(ColumnInfo column, string dataTypeName)
    {
        string storageClass = $"typeof({Quote(column.Origin!)})";
        using DbCommand command = CreateNestedCommand(
            $"""
             SELECT {storageClass} FROM {Quote(column.Table!)}
             WHERE {storageClass} <> 'null' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1
             """);
        return command.ExecuteScalar() switch
        {
            "integer" => typeof(long),
            "real" => typeof(double),
            "text" => typeof(string),
            "blob" => typeof(byte[]),
            _ => ValueConversions.GetClrType(ValueConversions.GetAffinity(dataTypeName)),
        };
    }

    private void DescribeDeclaration(DataRow row, ColumnInfo column, bool isAliased)
    {
        using DbCommand command = CreateNestedCommand(
            $"""
             SELECT pk, "notnull",
                 (SELECT sql FROM {Quote(column.Database!)}.sqlite_master WHERE type = 'table' AND name = $table)
             FROM pragma_table_xinfo($table, $schema) WHERE name = $column
             """);
        AddParameter(command, "$table", column.Table);
        AddParameter(command, "$schema", column.Database);
        AddParameter(command, "$column", column.Origin);
        using DbDataReader declaration = command.ExecuteReader();

        // Not declared: the rowid of a table without an INTEGER PRIMARY KEY, which counts as its key.
        bool isDeclared = declaration.Read();
        bool isKey = !isDeclared || declaration.GetInt64(0) > 0;
        bool isNotNull = isDeclared && declaration.GetInt64(1) != 0;
        row[SchemaTableColumn.IsKey] = isKey;
        row[SchemaTableColumn.AllowDBNull] = isAliased || !isNotNull;

        // Only a table's single INTEGER PRIMARY KEY can be declared so.
        row[SchemaTableOptionalColumn.IsAutoIncrement] =
            isDeclared && isKey && !declaration.IsDBNull(2) && HasAutoIncrement(declaration.GetString(2));
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Looks for the keyword in a CREATE TABLE, which no PRAGMA tells of; not in its strings, quoted names and comments.</summary>
    internal static bool HasAutoIncrement(ReadOnlySpan<char> sql)
    {
        const string Keyword = "AUTOINCREMENT";
        int i = 0;
        while (i < sql.Length)
        {
            ReadOnlySpan<char> rest = sql[i..];
            char first = rest[0];
            if (char.IsAsciiLetter(first) || first is '_' or > '\u007f')
            {
                int end = rest.IndexOfAnyExcept(IdentifierCharacters);
                ReadOnlySpan<char> word = end < 0 ? rest : rest[..end];
                if (word.Equals(Keyword, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }

                i += Math.Max(1, word.Length);
                continue;
            }

            i += first switch
            {
                '\'' or '"' or '`' => LengthTo(rest, first.ToString()),
                '[' => LengthTo(rest, "]"),
                '-' when rest.StartsWith("--") => LengthTo(rest, "\n"),
                '/' when rest.StartsWith("/*") => LengthTo(rest, "*/", 2),
                _ => 1,
            };
        }

        return false;

        // A doubled quote reads as one quoted name ending and another beginning, which comes to the same.
        static int LengthTo(ReadOnlySpan<char> text, string end, int from = 1)
        {
            int at = text[from..].IndexOf(end);
            return at < 0 ? text.Length : from + at + end.Length;
        }
    }
}
