using System.Data.Common;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <content>Values in pieces.</content>
public sealed partial class SplitSqliteDataReader
{
    /// <summary>Reads bytes of a value, or tells their number.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <param name="dataOffset">The first byte to read.</param>
    /// <param name="buffer">Where to put them, or <see langword="null"/> to get the length of the whole value.</param>
    /// <param name="bufferOffset">Where in it.</param>
    /// <param name="length">How many at most.</param>
    /// <returns>The number of bytes read.</returns>
    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length)
        => ValueConversions.ReadBytes(GetStream(ordinal), dataOffset, buffer, bufferOffset, length);

    /// <summary>Reads characters of a value, or tells their number.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <param name="dataOffset">The first character to read.</param>
    /// <param name="buffer">Where to put them, or <see langword="null"/> to get the length of the whole value.</param>
    /// <param name="bufferOffset">Where in it.</param>
    /// <param name="length">How many at most.</param>
    /// <returns>The number of characters read.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value has fewer characters than <paramref name="dataOffset"/>.</exception>
    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length)
        => ValueConversions.ReadChars(GetStream(ordinal), dataOffset, buffer, bufferOffset, length);

    /// <summary>
    /// Opens a value as a stream: straight from the database where the row's <c>rowid</c>, or the single
    /// <c>INTEGER PRIMARY KEY</c> of its table, is in the result too; else from a copy in memory.
    /// </summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL (and read into memory).</exception>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The value is no text and no blob (and read from the database).</exception>
    public override Stream GetStream(int ordinal)
    {
        ResultSet rows = Rows();
        if ((uint)ordinal >= (uint)rows.FieldCount)
        {
            throw new ArgumentOutOfRangeException(nameof(ordinal), ordinal, null);
        }

        // Rows in memory have left the database: no need to look for their rowid.
        if (rows is not BufferedRows && FindRowid(rows.Columns, ordinal) is int rowidOrdinal and >= 0)
        {
            // The look-up is a command of its own: in a private session it takes these rows into memory if others have committed meanwhile.
            rows = Rows();
            ColumnInfo column = rows.Columns[ordinal];
            long rowid = ValueConversions.GetInt64(rows, rowidOrdinal);
            if (rows is not BufferedRows && _cursor.OpenBlob(column.Database!, column.Table!, column.Origin!, rowid) is { } stream)
            {
                return Kept(new ConnectedStream(stream, _command.Connection!));
            }
        }

        return Kept(new MemoryStream(GetCachedBlob(rows, ordinal), writable: false));
    }

    /// <summary>Opens a value as text: an empty one for NULL.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    public override TextReader GetTextReader(int ordinal)
        => IsDBNull(ordinal) ? new StringReader(string.Empty) : ValueConversions.GetTextReader(GetStream(ordinal));

    private byte[] GetCachedBlob(ResultSet rows, int ordinal)
    {
        if (_memory?.Blobs?[ordinal] is { } cached)
        {
            return cached;
        }

        byte[] blob = ValueConversions.GetBlob(rows, ordinal);
        var memory = _memory ??= new Memory();
        memory.Blobs ??= new byte[]?[rows.FieldCount];
        memory.Blobs[ordinal] = blob;
        return blob;
    }

    /// <summary>Finds another column of the same table that holds its rowid.</summary>
    private int FindRowid(ColumnInfo[] columns, int ordinal)
    {
        ColumnInfo column = columns[ordinal];
        if (column.Table is null)
        {
            // An expression belongs to no row.
            return -1;
        }

        for (int i = 0; i < columns.Length; i++)
        {
            ColumnInfo other = columns[i];
            if (i != ordinal
                && other.Database == column.Database
                && other.Table == column.Table
                && (other.Origin == "rowid" || (other.Origin is not null && other.Origin == GetPrimaryKey(other.Database, other.Table))))
            {
                return i;
            }
        }

        return -1;
    }

    private string? GetPrimaryKey(string? database, string table)
    {
        var primaryKeys = (_memory ??= new Memory()).PrimaryKeys ??= [];
        if (primaryKeys.TryGetValue((database, table), out string? name))
        {
            return name;
        }

        int count = 0;
        bool isInteger = false;
        using (DbCommand command = CreateNestedCommand("SELECT name, type FROM pragma_table_info($table, $schema) WHERE pk > 0"))
        {
            AddParameter(command, "$table", table);
            AddParameter(command, "$schema", database);
            using DbDataReader keys = command.ExecuteReader();
            while (keys.Read())
            {
                count++;
                name = keys.GetString(0);
                isInteger = string.Equals(keys.GetString(1), "INTEGER", StringComparison.OrdinalIgnoreCase);
            }
        }

        name = count == 1 && isInteger ? name : null;
        primaryKeys.Add((database, table), name);
        return name;
    }

    private DbCommand CreateNestedCommand(string sql)
    {
        DbCommand command = _command.Connection!.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void AddParameter(DbCommand command, string name, string? value)
    {
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = (object?)value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }

}
