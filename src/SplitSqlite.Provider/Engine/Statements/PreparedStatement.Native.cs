using System.Runtime.CompilerServices;
using System.Text;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>
/// What is called for each execution, row and value, by function pointers. SQLitePCLRaw counts a reference to the handle in and out of each call, which for the shortest of
/// them costs more than the call. Where the library's exports can't be had (linked into the program), its way is taken.
/// </content>
/// <remarks>
/// What the count protects from is kept: a statement that is closed is not called (<see cref="Pointer"/>), and none is finalized during a call, for the object that is called on stays
/// alive and is closed only by who has the physical connection's lease.
/// </remarks>
internal sealed unsafe partial class PreparedStatement
{
    private static readonly delegate* unmanaged[Cdecl]<nint, int> StepPointer = (delegate* unmanaged[Cdecl]<nint, int>)NativeSqlite.Export("sqlite3_step");
    private static readonly delegate* unmanaged[Cdecl]<nint, int> ResetPointer = (delegate* unmanaged[Cdecl]<nint, int>)NativeSqlite.Export("sqlite3_reset");

    // It reads one field, so the runtime need not be told of the call.
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int> ColumnCountPointer =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int>)NativeSqlite.Export("sqlite3_column_count");

    private static readonly delegate* unmanaged[Cdecl]<nint, int, int> ColumnTypePointer = (delegate* unmanaged[Cdecl]<nint, int, int>)NativeSqlite.Export("sqlite3_column_type");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, long> ColumnInt64Pointer = (delegate* unmanaged[Cdecl]<nint, int, long>)NativeSqlite.Export("sqlite3_column_int64");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, double> ColumnDoublePointer = (delegate* unmanaged[Cdecl]<nint, int, double>)NativeSqlite.Export("sqlite3_column_double");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, byte*> ColumnTextPointer = (delegate* unmanaged[Cdecl]<nint, int, byte*>)NativeSqlite.Export("sqlite3_column_text");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, int> ColumnBytesPointer = (delegate* unmanaged[Cdecl]<nint, int, int>)NativeSqlite.Export("sqlite3_column_bytes");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, long, int> BindInt64Pointer = (delegate* unmanaged[Cdecl]<nint, int, long, int>)NativeSqlite.Export("sqlite3_bind_int64");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, double, int> BindDoublePointer =
        (delegate* unmanaged[Cdecl]<nint, int, double, int>)NativeSqlite.Export("sqlite3_bind_double");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int> BindTextPointer =
        (delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int>)NativeSqlite.Export("sqlite3_bind_text");

    private static readonly bool HasExports = StepPointer != null && ResetPointer != null && ColumnCountPointer != null && ColumnTypePointer != null && ColumnInt64Pointer != null
        && ColumnDoublePointer != null && ColumnTextPointer != null && ColumnBytesPointer != null && BindInt64Pointer != null && BindDoublePointer != null && BindTextPointer != null;

    private const nint Transient = -1; // SQLITE_TRANSIENT: SQLite makes its own copy.

    private readonly nint _pointer;

    // A statement that has not been stepped since its last reset has nothing to reset.
    private bool _isReset = true;

    /// <summary>Gets the number of columns as of now: a step after a schema change may have prepared the statement anew.</summary>
    public int ColumnCount => HasExports ? Kept(ColumnCountPointer(Pointer)) : raw.sqlite3_column_count(Handle);

    private nint Pointer
    {
        get
        {
            if (Handle.IsClosed)
            {
                ThrowClosed();
            }

            return _pointer;
        }
    }

    /// <summary>Runs the statement to its next row or its end.</summary>
    /// <returns>SQLite's result code, unchecked.</returns>
    public int Step()
    {
        _isReset = false;
        return HasExports ? Kept(StepPointer(Pointer)) : raw.sqlite3_step(Handle);
    }

    /// <summary>Ends a run. The bindings stay.</summary>
    /// <returns>SQLite's result code: that of the last step if it failed; OK where it was reset already.</returns>
    public int Reset()
    {
        if (_isReset)
        {
            return raw.SQLITE_OK;
        }

        _isReset = true;
        return HasExports ? Kept(ResetPointer(Pointer)) : raw.sqlite3_reset(Handle);
    }

    /// <summary>Gets the storage class of a value of the row at hand.</summary>
    public int ColumnType(int ordinal) => HasExports ? Kept(ColumnTypePointer(Pointer, ordinal)) : raw.sqlite3_column_type(Handle, ordinal);

    /// <summary>Gets a value of the row at hand as <c>sqlite3_column_int64</c> does.</summary>
    public long ColumnInt64(int ordinal) => HasExports ? Kept(ColumnInt64Pointer(Pointer, ordinal)) : raw.sqlite3_column_int64(Handle, ordinal);

    /// <summary>Gets a value of the row at hand as <c>sqlite3_column_double</c> does.</summary>
    public double ColumnDouble(int ordinal) => HasExports ? Kept(ColumnDoublePointer(Pointer, ordinal)) : raw.sqlite3_column_double(Handle, ordinal);

    /// <summary>Gets a value of the row at hand as <c>sqlite3_column_text</c> does, zero characters included; <see langword="null"/> for NULL.</summary>
    public string? ColumnText(int ordinal)
    {
        if (!HasExports)
        {
            return raw.sqlite3_column_text(Handle, ordinal).utf8_to_string();
        }

        // In this order: only the text's bytes are UTF-8's.
        var text = ColumnTextPointer(Pointer, ordinal);
        return Kept(text == null ? null : Encoding.UTF8.GetString(text, ColumnBytesPointer(_pointer, ordinal)));
    }

    /// <summary>Binds an integer.</summary>
    public void BindInt64(int index, long value)
        => ThrowFor(HasExports ? Kept(BindInt64Pointer(Pointer, index, value)) : raw.sqlite3_bind_int64(Handle, index, value));

    /// <summary>Binds a number.</summary>
    public void BindDouble(int index, double value)
        => ThrowFor(HasExports ? Kept(BindDoublePointer(Pointer, index, value)) : raw.sqlite3_bind_double(Handle, index, value));

    /// <summary>Binds a text.</summary>
    public void BindText(int index, ReadOnlySpan<byte> utf8)
    {
        // An empty span has no address, and without one SQLite binds NULL: SQLitePCLRaw finds it one.
        if (!HasExports || utf8.IsEmpty)
        {
            ThrowFor(raw.sqlite3_bind_text(Handle, index, utf8));
            return;
        }

        fixed (byte* text = utf8)
        {
            ThrowFor(Kept(BindTextPointer(Pointer, index, text, utf8.Length, Transient)));
        }
    }

    private static void ThrowClosed() => throw new ObjectDisposedException(nameof(PreparedStatement));

    // Keeps this object, and so the handle, to the end of the call that had its pointer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Kept<T>(T result)
    {
        GC.KeepAlive(this);
        return result;
    }
}
