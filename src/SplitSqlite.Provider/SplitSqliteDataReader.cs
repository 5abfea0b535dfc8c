using System.Collections;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <summary>Reads the results of a command. It does not see what is written after it was opened.</summary>
/// <remarks>
/// Values, types and errors are those of Microsoft.Data.Sqlite. All methods complete synchronously, the asynchronous ones
/// too: they only look whether their token is cancelled already.
/// </remarks>
[SuppressMessage("Design", "CA1010", Justification = "ADO.NET's readers enumerate records without a type.")]
public sealed partial class SplitSqliteDataReader : DbDataReader
{
    private readonly IDataReaderOwner _command;
    private readonly Cursor _cursor;
    private readonly bool _closesConnection;
    private bool _closed;

    // Few readers are asked for blobs in pieces, or for the types of their columns.
    private Memory? _memory;

    /// <summary>Takes over the results of an execution.</summary>
    /// <param name="command">The command or batch, whose one open reader this is.</param>
    /// <param name="cursor">Its results, standing on the first.</param>
    /// <param name="behavior">Of these flags only <see cref="CommandBehavior.CloseConnection"/> has an effect, as in Microsoft.Data.Sqlite.</param>
    internal SplitSqliteDataReader(IDataReaderOwner command, Cursor cursor, CommandBehavior behavior)
    {
        _command = command;
        _cursor = cursor;
        _closesConnection = behavior.HasFlag(CommandBehavior.CloseConnection);
    }

    /// <summary>Gets 0: rows are not nested.</summary>
    public override int Depth => 0;

    /// <summary>Gets the number of columns; 0 where there is no result (left).</summary>
    /// <exception cref="InvalidOperationException">The reader is closed.</exception>
    public override int FieldCount
    {
        get
        {
            ThrowIfClosed();
            return _cursor.Current?.FieldCount ?? 0;
        }
    }

    /// <summary>Gets whether the result at hand has rows, read ones included; false where there is no result.</summary>
    public override bool HasRows => !IsClosed && (_cursor.Current?.HasRows ?? false);

    /// <summary>Gets whether the reader is closed, by itself or with its connection.</summary>
    public override bool IsClosed => _closed || _cursor.IsOfClosedSession;

    /// <summary>Gets the rows changed by the statements run so far; -1 where none could change any. Complete when the reader is closed.</summary>
    public override int RecordsAffected => _cursor.RecordsAffected;

    /// <summary>Gets a value as it is stored.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    public override object this[int ordinal] => GetValue(ordinal);

    /// <summary>Gets a value as it is stored.</summary>
    /// <param name="name">The column's name; see <see cref="GetOrdinal"/>.</param>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <summary>Moves to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="InvalidOperationException">The reader is closed.</exception>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">SQLite failed to compute the row.</exception>
    public override bool Read()
    {
        ThrowIfClosed();
        if (_memory is not null)
        {
            _memory.Blobs = null;
        }

        if (_cursor.Current is not { } rows)
        {
            return false;
        }

        var found = rows.Read();
        if (!found)
        {
            _cursor.RowsEnded();
        }

        return Kept(found);
    }

    /// <summary>Runs the statements of a batch on to the next one with columns.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="InvalidOperationException">The reader is closed.</exception>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">A statement failed. The reader is closed then.</exception>
    public override bool NextResult()
    {
        ThrowIfClosed();
        ForgetResult();
        try
        {
            return Kept(_cursor.NextResult());
        }
        catch
        {
            try
            {
                Close();
            }
            catch
            {
                // The error that led here is the one to know of.
            }

            throw;
        }
    }

    /// <summary>Runs what is left of the batch, unless it was cancelled, then closes the reader. Calling it again does nothing.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">A statement failed. The reader is closed all the same.</exception>
    public override void Close()
    {
        if (_closed)
        {
            return;
        }

        try
        {
            if (_cursor is CommandCursor { IsCancelled: true } cancelled)
            {
                // Who cancels and closes wants neither the rest nor to be told so (Dapper does both where an enumeration is left early).
                cancelled.Abandon();
            }
            else
            {
                _cursor.Close();
            }
        }
        finally
        {
            // Whatever happened, the command must be free for another reader.
            _closed = true;
            ForgetResult();
            _command.ReaderClosed(this);
            if (_closesConnection && !_cursor.IsOfClosedSession)
            {
                _command.Connection?.Close();
            }
        }
    }

    /// <summary>Gets an enumerator over the rows, as <see cref="IDataRecord"/>. It leaves the reader open.</summary>
    public override IEnumerator GetEnumerator() => new DbEnumerator(this, closeReader: false);

    // Where a connection is dropped without Dispose, its finalizer has the statement reset by another thread. As long as a call of ours is under
    // way, this keeps the finalizer away: it holds on to the reader, which holds on to its command and connection, until there is a result.
    private T Kept<T>(T result)
    {
        GC.KeepAlive(this);
        return result;
    }

    private void ForgetResult() => _memory = null;

    private void ThrowIfClosed()
    {
        if (IsClosed)
        {
            throw new InvalidOperationException("The data reader is closed.");
        }
    }

    /// <summary>Gets the result at hand. Asked for at every call: an open result may be taken over into memory between two.</summary>
    private ResultSet Rows()
    {
        ThrowIfClosed();
        return _cursor.Current ?? throw new InvalidOperationException("No data exists for the row/column.");
    }

    /// <summary>What is remembered of one result.</summary>
    private sealed class Memory
    {
        /// <summary>The blobs of this row that were asked for: a value read in a hundred pieces must not be copied a hundred times.</summary>
        public byte[]?[]? Blobs;

        /// <summary>The storage classes seen so far, by column.</summary>
        public byte[]? SeenClasses;

        /// <summary>The one INTEGER PRIMARY KEY column of a table, or none, by schema and table.</summary>
        public Dictionary<(string? Database, string Table), string?>? PrimaryKeys;
    }
}
