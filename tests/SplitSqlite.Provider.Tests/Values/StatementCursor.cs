using System.Data;
using System.Text;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SQLitePCL;

namespace SplitSqlite.Tests.Values;

/// <summary>How a cursor of the tests holds its rows.</summary>
internal enum Holding
{
    /// <summary>In the statement.</summary>
    Live,

    /// <summary>In memory from the beginning.</summary>
    Buffered,

    /// <summary>In the statement up to the first row read, then in memory.</summary>
    BufferedMidway,
}

/// <summary>The smallest engine there is: runs a text statement by statement on an open connection.</summary>
internal sealed class StatementCursor : Cursor
{
    private readonly SqliteConnection _connection;
    private readonly SqliteParameterCollection? _parameters;
    private readonly Holding _holding;
    private byte[] _rest;
    private PreparedStatement? _statement;
    private ResultSet? _current;

    public StatementCursor(SqliteConnection connection, string sql, Holding holding = Holding.Live, SqliteParameterCollection? parameters = null)
    {
        _connection = connection;
        _parameters = parameters;
        _holding = holding;
        _rest = Encoding.UTF8.GetBytes(sql);
        try
        {
            NextResult();
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Gets or sets what <see cref="Close"/> throws.</summary>
    public Exception? ErrorOnClose { get; set; }

    public bool IsClosed { get; private set; }

    public override ResultSet? Current
    {
        get
        {
            if (_holding == Holding.BufferedMidway && _current is StatementRows { IsOnRow: true })
            {
                _current = BufferedRows.Drain(_current, deferErrors: true);
            }

            return _current;
        }
    }

    public override int RecordsAffected => -1;

    public static SplitSqliteDataReader Execute(
        SqliteConnection connection,
        string sql,
        Holding holding = Holding.Live,
        CommandBehavior behavior = CommandBehavior.Default,
        SplitSqliteConnection? session = null,
        SqliteParameterCollection? parameters = null)
        => new(new SplitSqliteCommand { Connection = session }, new StatementCursor(connection, sql, holding, parameters), behavior);

    public override bool NextResult()
    {
        Leave();
        while (_rest.Length > 0)
        {
            _statement = PreparedStatement.Prepare(_connection.Handle!, _rest, out ReadOnlySpan<byte> tail);
            _rest = tail.ToArray();
            if (_statement is null)
            {
                continue;
            }

            ParameterBinder.Bind(_statement, _parameters);
            int rc = _statement.Step();
            if (rc is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            {
                _statement.ThrowFor(rc);
            }

            if (_statement.ColumnCount > 0)
            {
                var rows = new StatementRows(_statement, rc);
                _current = _holding == Holding.Buffered ? BufferedRows.Drain(rows, deferErrors: true) : rows;
                return true;
            }

            Leave();
        }

        return false;
    }

    public override void Close()
    {
        Leave();
        IsClosed = true;
        if (ErrorOnClose is { } error)
        {
            throw error;
        }
    }

    public override Stream? OpenBlob(string database, string table, string column, long rowid)
        => _current is StatementRows ? new SqliteBlob(_connection, database, table, column, rowid, readOnly: true) : null;

    private void Leave()
    {
        _current = null;
        _statement?.Dispose();
        _statement = null;
    }
}
