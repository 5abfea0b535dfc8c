using System.ComponentModel;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Routing;

namespace SplitSqlite;

/// <summary>SQL to be executed through a <see cref="SplitSqliteConnection"/>: on a reader if it only reads, else on the writer.</summary>
[DesignerCategory("")]
public sealed partial class SplitSqliteCommand : DbCommand, IDataReaderOwner
{
    private SqliteParameterCollection? _parameters;
    private SplitSqliteConnection? _connection;
    private string _commandText = string.Empty;
    private SqlPlan? _plan;
    private int _commandTimeout;
    private bool _isTimeoutSet;
    private bool _isVisible;
    private byte _updatedRowSource;
    private SplitSqliteDataReader? _reader;

    // What Cancel() is to end; another thread reads it.
    private volatile CommandCursor? _running;

    /// <summary>Makes a command without text or connection.</summary>
    public SplitSqliteCommand()
    {
    }

    /// <summary>Makes a command.</summary>
    /// <param name="commandText">The SQL, one statement or several.</param>
    public SplitSqliteCommand(string? commandText) => CommandText = commandText;

    /// <summary>Makes a command.</summary>
    /// <param name="commandText">The SQL, one statement or several.</param>
    /// <param name="connection">The connection, which need not be open yet.</param>
    public SplitSqliteCommand(string? commandText, SplitSqliteConnection? connection)
        : this(commandText) => Connection = connection;

    /// <summary>Makes a command.</summary>
    /// <param name="commandText">The SQL, one statement or several.</param>
    /// <param name="connection">The connection, which need not be open yet.</param>
    /// <param name="transaction">The connection's transaction.</param>
    public SplitSqliteCommand(string? commandText, SplitSqliteConnection? connection, SplitSqliteTransaction? transaction)
        : this(commandText, connection) => Transaction = transaction;

    /// <summary>Gets or sets the SQL, one statement or several. How it is routed is told by <see cref="SplitSqliteConnection.ExplainRoute"/>.</summary>
    /// <exception cref="InvalidOperationException">A data reader of this command is open.</exception>
    [AllowNull]
    public override string CommandText
    {
        get => _commandText;
        set
        {
            RequireNoReader(nameof(CommandText));
            if (!ReferenceEquals(value, _commandText))
            {
                _commandText = value ?? string.Empty;
                _plan = null;
            }
        }
    }

    /// <summary>
    /// Gets or sets for how many seconds the command may wait for the writer, for a reader and for other processes' locks together; 0 means
    /// for ever. The default is the connection's. What runs is not ended by it, unless the connection string says <c>Interrupt On Timeout=True</c>.
    /// </summary>
    public override int CommandTimeout
    {
        get => _isTimeoutSet ? _commandTimeout : _connection?.DefaultTimeout ?? 30;
        set
        {
            _commandTimeout = value;
            _isTimeoutSet = true;
        }
    }

    /// <summary>Gets or sets how the text is understood: only <see cref="CommandType.Text"/> is.</summary>
    /// <exception cref="ArgumentException">Another type was set, as with Microsoft.Data.Sqlite.</exception>
    public override CommandType CommandType
    {
        get => CommandType.Text;
        set
        {
            if (value != CommandType.Text)
            {
                throw new ArgumentException($"The command type '{value}' is not supported: SQLite has no stored procedures. Use CommandType.Text.", nameof(value));
            }
        }
    }

    /// <summary>Gets or sets the connection.</summary>
    /// <exception cref="InvalidOperationException">A data reader of this command is open.</exception>
    public new SplitSqliteConnection? Connection
    {
        get => _connection;
        set
        {
            RequireNoReader(nameof(Connection));
            _connection = value;
        }
    }

    /// <summary>Gets or sets the transaction that the command is part of. It must be the connection's own, as with Microsoft.Data.Sqlite.</summary>
    public new SplitSqliteTransaction? Transaction { get; set; }

    /// <summary>Gets the parameters, which are Microsoft.Data.Sqlite's own.</summary>
    public new SqliteParameterCollection Parameters => _parameters ??= new ParameterCollection();

    /// <inheritdoc/>
    public override bool DesignTimeVisible
    {
        get => _isVisible;
        set => _isVisible = value;
    }

    /// <inheritdoc/>
    public override UpdateRowSource UpdatedRowSource
    {
        get => (UpdateRowSource)_updatedRowSource;
        set => _updatedRowSource = (byte)value;
    }

    /// <inheritdoc/>
    protected override DbConnection? DbConnection
    {
        get => Connection;
        set => Connection = value switch
        {
            null => null,
            SplitSqliteConnection connection => connection,
            _ => throw new InvalidCastException($"A command of SplitSqlite needs a SplitSqliteConnection, not a {value.GetType().Name}."),
        };
    }

    /// <inheritdoc/>
    protected override DbTransaction? DbTransaction
    {
        get => Transaction;
        set => Transaction = value switch
        {
            null => null,
            SplitSqliteTransaction transaction => transaction,
            _ => throw new InvalidCastException($"A command of SplitSqlite needs a SplitSqliteTransaction, not a {value.GetType().Name}."),
        };
    }

    /// <inheritdoc/>
    protected override DbParameterCollection DbParameterCollection => Parameters;

    /// <summary>Makes a parameter.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "An instance member in every ADO.NET provider.")]
    public new SqliteParameter CreateParameter() => new();

    /// <inheritdoc/>
    protected override DbParameter CreateDbParameter() => CreateParameter();

    /// <summary>
    /// Ends the execution that is under way, from whatever thread: one that waits leaves the queue at once, one that runs is interrupted
    /// (<c>sqlite3_interrupt</c>). It ends with an <see cref="OperationCanceledException"/>; what had finished is a success. Does nothing where nothing runs.
    /// </summary>
    /// <remarks>An interrupted INSERT, UPDATE or DELETE ends the transaction that it is part of, as SQLite says (https://sqlite.org/c3ref/interrupt.html).</remarks>
    public override void Cancel() => _running?.Cancel();

    /// <summary>Has the statements prepared, so that errors in the text are told now. Prepared statements are kept without it too.</summary>
    /// <exception cref="InvalidOperationException">The connection is not open.</exception>
    /// <exception cref="SqliteException">SQLite does not accept the text.</exception>
    public override void Prepare()
    {
        var session = RequireSession(nameof(Prepare));
        session.Prepare(Plan(), Deadline(session));
        GC.KeepAlive(_connection);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Frees the command for its next data reader.</summary>
    void IDataReaderOwner.ReaderClosed(SplitSqliteDataReader reader)
    {
        if (_reader == reader)
        {
            _reader = null;
        }

        _running = null;
    }

    private SqlPlan Plan() => _plan ??= PlanCache.Shared.Get(_commandText);

    private Deadline Deadline(Session session)
        => session.DeadlineOf(_isTimeoutSet ? _commandTimeout : null, _connection!.DefaultTimeout);

    private void RequireNoReader(string member)
    {
        if (_reader is { IsClosed: false })
        {
            throw new InvalidOperationException($"{member} can't be set while a data reader of this command is open. Close the data reader first.");
        }
    }

    private Session RequireSession(string method)
        => _connection is { State: ConnectionState.Open, Session: { } session }
            ? session
            : throw new InvalidOperationException($"{method} needs an open connection. {(_connection is null ? "Set the command's Connection." : "Call Open() first.")}");

    // The collection's constructor is protected there.
    private sealed class ParameterCollection : SqliteParameterCollection;
}
