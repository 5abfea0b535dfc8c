using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>The rows of a statement that is being stepped. One object for each statement, which begins anew with each execution.</summary>
/// <remarks>
/// The first step has been made before (where Microsoft.Data.Sqlite makes it: when the reader opens), so that its errors
/// are those of the execution; the first <see cref="Read"/> only consumes it. The owner resets the statement.
/// </remarks>
internal class StatementRows : ResultSet
{
    private readonly PreparedStatement _statement;
    private readonly sqlite3_stmt _handle;

    // Only a first step prepares anew: the columns stay what they are from there on.
    private int _fieldCount;
    private ColumnInfo[]? _columns;
    private State _state;
    private bool _hasRows;

    /// <summary>Makes the rows of a statement; <see cref="Begin"/> is to be called after its first step.</summary>
    public StatementRows(PreparedStatement statement)
    {
        _statement = statement;
        _handle = statement.Handle;
    }

    /// <summary>Takes over a statement after its first step.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="firstStep">What its first step returned: <c>SQLITE_ROW</c> or <c>SQLITE_DONE</c>.</param>
    public StatementRows(PreparedStatement statement, int firstStep)
        : this(statement) => Begin(firstStep);

    private enum State : byte
    {
        BeforeFirst,
        OnRow,
        AfterLast,
        Failed,
    }

    /// <inheritdoc/>
    public override bool HasRows => _hasRows;

    /// <inheritdoc/>
    public override bool IsOnRow => _state == State.OnRow;

    /// <summary>Gets whether a step failed, so that <c>sqlite3_reset</c> will return that same error once more.</summary>
    public bool HasFailed => _state == State.Failed;

    /// <inheritdoc/>
    public override int FieldCount => _fieldCount;

    /// <inheritdoc/>
    public override ColumnInfo[] Columns => _columns ??= _statement.Columns;

    /// <summary>Gets the statement.</summary>
    protected PreparedStatement Statement => _statement;

    /// <summary>Takes over the statement after its first step.</summary>
    /// <param name="firstStep">What that step returned: <c>SQLITE_ROW</c> or <c>SQLITE_DONE</c>.</param>
    public void Begin(int firstStep)
    {
        _state = State.BeforeFirst;
        _columns = null;
        _fieldCount = _statement.ColumnCount;
        _hasRows = firstStep == raw.SQLITE_ROW;
    }

    /// <summary>The execution is over: lets go of it.</summary>
    public virtual void Forget()
    {
    }

    /// <inheritdoc/>
    public override bool Read()
    {
        if (_state == State.OnRow)
        {
            return StepOn();
        }

        if (_state == State.BeforeFirst)
        {
            _state = _hasRows ? State.OnRow : State.AfterLast;
            return _hasRows;
        }

        return false;
    }

    /// <summary>Makes one step after the first. To be overridden where a cancellation has to be seen before it, or its code be translated.</summary>
    /// <returns>SQLite's result code.</returns>
    protected virtual int Step() => _statement.Step();

    /// <inheritdoc/>
    public override int GetStorageClass(int ordinal)
    {
        int storageClass = _statement.ColumnType(ordinal);
        if (storageClass == raw.SQLITE_NULL)
        {
            CheckOrdinal(ordinal);
        }

        return storageClass;
    }

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => _statement.ColumnInt64(ordinal);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => _statement.ColumnDouble(ordinal);

    /// <inheritdoc/>
    public override string? GetText(int ordinal) => _statement.ColumnText(ordinal);

    /// <inheritdoc/>
    public override byte[] GetBlob(int ordinal) => raw.sqlite3_column_blob(_handle, ordinal).ToArray();

    /// <inheritdoc/>
    public override bool TryPeekText(int ordinal, out ReadOnlySpan<byte> utf8)
    {
        utf8z text = raw.sqlite3_column_text(_handle, ordinal);
        ref readonly byte first = ref text.GetPinnableReference();
        if (Unsafe.IsNullRef(in first))
        {
            utf8 = default;
            return false;
        }

        utf8 = MemoryMarshal.CreateReadOnlySpan(in first, raw.sqlite3_column_bytes(_handle, ordinal));
        return true;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> PeekBlob(int ordinal) => raw.sqlite3_column_blob(_handle, ordinal);

    private bool StepOn()
    {
        // Failed unless proven otherwise: an exception out of Step leaves no row to read.
        _state = State.Failed;
        int rc = Step();
        if (rc == raw.SQLITE_ROW)
        {
            _state = State.OnRow;
            return true;
        }

        if (rc == raw.SQLITE_DONE)
        {
            _state = State.AfterLast;
            return false;
        }

        _statement.ThrowFor(rc);
        return false;
    }
}
