using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>One prepared statement of one physical connection, with what SQLite tells of it kept at hand.</summary>
/// <remarks>Not thread-safe: who holds the physical connection's lease holds its statements.</remarks>
internal sealed partial class PreparedStatement : IDisposable
{
    /// <summary>Bound texts and blobs above this many bytes are not kept alive by an idle statement.</summary>
    internal const int LargeBindingBytes = 4096;

    private const int StatusReprepare = 5; // SQLITE_STMTSTATUS_REPREPARE, which SQLitePCLRaw does not name

    private readonly sqlite3 _db;
    private string?[]? _parameterNames;
    private bool? _hasDistinctNames;
    private ColumnInfo[]? _columns;
    private int _columnsVersion;
    private bool _holdsLargeBindings;

    private PreparedStatement(sqlite3 db, sqlite3_stmt handle)
    {
        _db = db;
        Handle = handle;
        _pointer = handle.DangerousGetHandle();
        ParameterCount = raw.sqlite3_bind_parameter_count(handle);
        IsReadOnly = raw.sqlite3_stmt_readonly(handle) != 0;
        IsExplain = raw.sqlite3_stmt_isexplain(handle) != 0;
    }

    /// <summary>Gets SQLite's statement.</summary>
    public sqlite3_stmt Handle { get; }

    /// <summary>Gets the connection that the statement was prepared on.</summary>
    public sqlite3 Database => _db;

    /// <summary>Gets <c>sqlite3_stmt_readonly</c>: necessary for a read, not sufficient.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Gets whether it is an EXPLAIN or EXPLAIN QUERY PLAN.</summary>
    public bool IsExplain { get; }

    /// <summary>Gets the number of the greatest parameter, which is the number of values that have to be bound.</summary>
    public int ParameterCount { get; }

    /// <summary>Gets the names by position, prefix included; <see langword="null"/> for a bare <c>?</c>. A parameter has one name at most.</summary>
    public string?[] ParameterNames => _parameterNames ??= ReadParameterNames();

    /// <summary>Gets whether no two names differ in their prefix only, so that a name without prefix means one parameter.</summary>
    public bool HasDistinctNames
    {
        get
        {
            if (_hasDistinctNames is not { } distinct)
            {
                var seen = new HashSet<string>(StringComparer.Ordinal);
                _hasDistinctNames = distinct = Array.TrueForAll(ParameterNames, name => name is null || seen.Add(name[1..]));
            }

            return distinct;
        }
    }

    /// <summary>Gets names, declared types and origins of the columns, read again where SQLite prepared the statement anew.</summary>
    public ColumnInfo[] Columns
    {
        get
        {
            // SQLITE_STMTSTATUS_REPREPARE counts the silent preparations inside sqlite3_step: SELECT * has more
            // columns after an ALTER TABLE, on the same handle.
            int version = raw.sqlite3_stmt_status(Handle, StatusReprepare, 0);
            if (_columns is null || version != _columnsVersion)
            {
                _columns = ReadColumns();
                _columnsVersion = version;
            }

            return _columns;
        }
    }

    /// <summary>Prepares the first statement of a text.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="utf8">The text; a terminating zero byte is welcome (it spares SQLite a copy) and not needed.</param>
    /// <param name="tail">What follows the statement; empty at the end of the text, which a zero byte marks too.</param>
    /// <param name="keep">Whether the statement will be kept for reuse (a hint on where SQLite takes its memory from).</param>
    /// <returns>The statement, or <see langword="null"/> where the text begins with none: an empty text, comments, a lone semicolon.</returns>
    /// <exception cref="SqliteException">SQLite refused the text, or is busy or locked (5, 6): the code tells.</exception>
    public static PreparedStatement? Prepare(sqlite3 db, ReadOnlySpan<byte> utf8, out ReadOnlySpan<byte> tail, bool keep = false)
    {
        tail = default;
        if (utf8.IsEmpty)
        {
            return null;
        }

        int rc = raw.sqlite3_prepare_v3(db, utf8, keep ? (uint)raw.SQLITE_PREPARE_PERSISTENT : 0, out sqlite3_stmt handle, out tail);
        if (rc != raw.SQLITE_OK)
        {
            handle?.Dispose();
            SqliteException.ThrowExceptionForRC(rc, db);
        }

        if (!tail.IsEmpty && tail[0] == 0)
        {
            // SQLite stops at a zero byte and would hand it back for ever.
            tail = default;
        }

        if (handle is null || handle.IsInvalid)
        {
            handle?.Dispose();
            return null;
        }

        return new PreparedStatement(db, handle);
    }

    /// <summary>Sets all parameters to NULL.</summary>
    public void ClearBindings()
    {
        _ = raw.sqlite3_clear_bindings(Handle);
        _holdsLargeBindings = false;
    }

    /// <summary>Lets go of bound values if any is large. To be called after <see cref="Reset"/>: bindings can't change in mid-run.</summary>
    public void ReleaseLargeBindings()
    {
        if (_holdsLargeBindings)
        {
            ClearBindings();
        }
    }

    /// <summary>Takes note of the size of a bound text or blob.</summary>
    internal void NoteBinding(int bytes) => _holdsLargeBindings |= bytes > LargeBindingBytes;

    /// <summary>Throws for a result code of this statement as Microsoft.Data.Sqlite does.</summary>
    public void ThrowFor(int rc)
    {
        if (rc != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(rc, _db);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private string?[] ReadParameterNames()
    {
        if (ParameterCount == 0)
        {
            return [];
        }

        var names = new string?[ParameterCount];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = raw.sqlite3_bind_parameter_name(Handle, i + 1).utf8_to_string();
        }

        return names;
    }

    private ColumnInfo[] ReadColumns()
    {
        var columns = new ColumnInfo[ColumnCount];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = new ColumnInfo(
                raw.sqlite3_column_name(Handle, i).utf8_to_string(),
                raw.sqlite3_column_decltype(Handle, i).utf8_to_string(),
                raw.sqlite3_column_database_name(Handle, i).utf8_to_string(),
                raw.sqlite3_column_table_name(Handle, i).utf8_to_string(),
                raw.sqlite3_column_origin_name(Handle, i).utf8_to_string());
        }

        return columns;
    }
}
