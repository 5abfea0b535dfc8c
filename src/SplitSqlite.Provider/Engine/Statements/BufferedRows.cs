using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>Rows held in memory: what a RETURNING gave before its commit, what is left of a reader whose connection is needed, answers of our own.</summary>
/// <remarks>Values are kept in their storage class and converted when they are asked for in another, as a live row's are.</remarks>
internal sealed class BufferedRows : ResultSet
{
    private readonly CellStore _cells;
    private readonly int _fieldCount;
    private int _rowCount;
    private int _row = -1;
    private ExceptionDispatchInfo? _failure;

    private BufferedRows(ColumnInfo[] columns, bool hasRows, int rowsExpected)
    {
        Columns = columns;
        HasRows = hasRows;
        _fieldCount = columns.Length;
        _cells = new CellStore(columns.Length * rowsExpected);
    }

    /// <inheritdoc/>
    public override ColumnInfo[] Columns { get; }

    /// <inheritdoc/>
    public override bool HasRows { get; }

    /// <inheritdoc/>
    public override int FieldCount => _fieldCount;

    /// <inheritdoc/>
    public override bool IsOnRow => (uint)_row < (uint)_rowCount;

    /// <summary>Gets the error that the read behind the last row will throw, if there is one.</summary>
    public Exception? Failure => _failure?.SourceException;

    /// <summary>Gets the number of rows held.</summary>
    public int RowCount => _rowCount;

    /// <summary>Reads a live result to its end, from where it stands: the row that it is on stays the current one.</summary>
    /// <param name="live">The live result. Its statement can be reset afterwards.</param>
    /// <param name="deferErrors">
    /// Whether an error of SQLite, or a cancellation, is kept for the <see cref="Read"/> that would have met it. False for statements that write:
    /// their owner must know before it commits.
    /// </param>
    /// <exception cref="SqliteException">A step failed, and <paramref name="deferErrors"/> is false.</exception>
    public static BufferedRows Drain(ResultSet live, bool deferErrors = false)
    {
        var rows = new BufferedRows(live.Columns, live.HasRows, live.HasRows ? 1 : 0);
        if (live.IsOnRow)
        {
            rows.AddRow(live);
            rows._row = 0;
        }

        try
        {
            while (live.Read())
            {
                rows.AddRow(live);
            }
        }
        catch (Exception error) when (deferErrors && error is SqliteException or OperationCanceledException)
        {
            rows._failure = ExceptionDispatchInfo.Capture(error);
        }

        return rows;
    }

    /// <summary>Makes a result of one column and one row, or of none.</summary>
    /// <param name="columnName">The column's name.</param>
    /// <param name="value">A <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or <see cref="byte"/>[], <see cref="DBNull"/> for a row with NULL, or <see langword="null"/> for no row.</param>
    public static BufferedRows Single(string columnName, object? value)
    {
        var rows = new BufferedRows([new ColumnInfo(columnName, null, null, null, null)], value is not null, 1);
        switch (value)
        {
            case null:
                return rows;
            case DBNull:
                rows._cells.AddNull();
                break;
            case double number:
                rows._cells.Add(number);
                break;
            case string text:
                rows._cells.Add(Encoding.UTF8.GetBytes(text), raw.SQLITE_TEXT);
                break;
            case byte[] blob:
                rows._cells.Add(blob, raw.SQLITE_BLOB);
                break;
            default:
                rows._cells.Add(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }

        rows._rowCount = 1;
        return rows;
    }

    /// <inheritdoc/>
    public override bool Read()
    {
        if (_row < _rowCount)
        {
            _row++;
        }

        if (_row == _rowCount && _failure is { } failure)
        {
            _failure = null;
            failure.Throw();
        }

        return _row < _rowCount;
    }

    /// <inheritdoc/>
    public override int GetStorageClass(int ordinal)
    {
        CheckOrdinal(ordinal);
        return TryLocate(ordinal, out int cell) ? _cells.StorageClass(cell) : raw.SQLITE_NULL;
    }

    /// <inheritdoc/>
    public override long GetInt64(int ordinal)
    {
        if (!TryLocate(ordinal, out int cell))
        {
            return 0;
        }

        return (int)_cells.StorageClass(cell) switch
        {
            raw.SQLITE_INTEGER => _cells.Integer(cell),
            raw.SQLITE_FLOAT => SqliteConversions.ToInt64(_cells.Real(cell)),
            raw.SQLITE_TEXT => SqliteConversions.ToInt64(_cells.Bytes(cell), isBlob: false),
            raw.SQLITE_BLOB => SqliteConversions.ToInt64(_cells.Bytes(cell), isBlob: true),
            _ => 0,
        };
    }

    /// <inheritdoc/>
    public override double GetDouble(int ordinal)
    {
        if (!TryLocate(ordinal, out int cell))
        {
            return 0;
        }

        return (int)_cells.StorageClass(cell) switch
        {
            raw.SQLITE_INTEGER => _cells.Integer(cell),
            raw.SQLITE_FLOAT => _cells.Real(cell),
            raw.SQLITE_TEXT => SqliteConversions.ToDouble(_cells.Bytes(cell), isBlob: false),
            raw.SQLITE_BLOB => SqliteConversions.ToDouble(_cells.Bytes(cell), isBlob: true),
            _ => 0,
        };
    }

    /// <inheritdoc/>
    public override string? GetText(int ordinal)
        => TryPeekText(ordinal, out ReadOnlySpan<byte> utf8) ? Encoding.UTF8.GetString(utf8) : null;

    /// <inheritdoc/>
    public override byte[] GetBlob(int ordinal) => PeekBlob(ordinal).ToArray();

    /// <inheritdoc/>
    public override bool TryPeekText(int ordinal, out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (!TryLocate(ordinal, out int cell) || _cells.StorageClass(cell) == raw.SQLITE_NULL)
        {
            return false;
        }

        if (_cells.StorageClass(cell) == raw.SQLITE_BLOB)
        {
            // sqlite3_column_text turns the blob of a live row into text for good, and its storage class with it.
            _cells.StorageClass(cell) = raw.SQLITE_TEXT;
        }

        utf8 = AsBytes(cell);
        return true;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> PeekBlob(int ordinal) => TryLocate(ordinal, out int cell) ? AsBytes(cell) : default;

    private ReadOnlySpan<byte> AsBytes(int cell) => (int)_cells.StorageClass(cell) switch
    {
        raw.SQLITE_INTEGER => Encoding.UTF8.GetBytes(_cells.Integer(cell).ToString(CultureInfo.InvariantCulture)),
        raw.SQLITE_FLOAT => SqliteConversions.ToText(_cells.Real(cell)),
        raw.SQLITE_NULL => default,
        _ => _cells.Bytes(cell),
    };

    private bool TryLocate(int ordinal, out int cell)
    {
        // Before the first Read a live statement stands on its first row already.
        int row = Math.Max(_row, 0);
        cell = (row * _fieldCount) + ordinal;
        return (uint)ordinal < (uint)_fieldCount && row < _rowCount;
    }

    private void AddRow(ResultSet live)
    {
        for (int i = 0; i < _fieldCount; i++)
        {
            int storageClass = live.GetStorageClass(i);
            switch (storageClass)
            {
                case raw.SQLITE_INTEGER:
                    _cells.Add(live.GetInt64(i));
                    break;
                case raw.SQLITE_FLOAT:
                    _cells.Add(live.GetDouble(i));
                    break;
                case raw.SQLITE_TEXT:
                    _ = live.TryPeekText(i, out ReadOnlySpan<byte> utf8);
                    _cells.Add(utf8, storageClass);
                    break;
                case raw.SQLITE_BLOB:
                    _cells.Add(live.PeekBlob(i), storageClass);
                    break;
                default:
                    _cells.AddNull();
                    break;
            }
        }

        _rowCount++;
    }
}
