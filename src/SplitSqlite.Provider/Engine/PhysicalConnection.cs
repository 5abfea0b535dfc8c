using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>What a physical connection is for.</summary>
internal enum PhysicalRole
{
    /// <summary>The connection that writes, used by whoever holds the gate.</summary>
    Writer,

    /// <summary>A pooled read-only connection.</summary>
    Reader,

    /// <summary>A connection that belongs to one session until it closes.</summary>
    Private,

    /// <summary>A read-only connection for one statement that the pool's guard would refuse (VACUUM INTO, a backup).</summary>
    Unpooled,
}

/// <summary>
/// One Microsoft.Data.Sqlite connection, opened with <c>Pooling=False</c> and owned by us, with all that belongs to it: prepared commands,
/// guard, and the session that uses it now. Used by one lease at a time; only <see cref="Interrupt"/> may be called from elsewhere.
/// </summary>
internal sealed unsafe partial class PhysicalConnection : IDisposable
{
    // For how many milliseconds the watch is taken at its word: a file system that is mounted over the path changes no name, and is not told of.
    private const int LongestTrust = 1000;

    // How many of SQLite's operations between two looks at whether the running statement must stop: some 20 to 50 µs.
    private const int OperationsPerLook = 1000;

    // Asked around each statement. Each reads one field, without SQLite's lock, so the runtime need not be told of the call; SQLitePCLRaw's way to them costs ten times as much.
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int> AutocommitPointer =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int>)NativeSqlite.Export("sqlite3_get_autocommit");

    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int> ChangesPointer =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int>)NativeSqlite.Export("sqlite3_changes");

    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int> TotalChangesPointer =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int>)NativeSqlite.Export("sqlite3_total_changes");

    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, long> LastRowIdPointer =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, long>)NativeSqlite.Export("sqlite3_last_insert_rowid");

    private static readonly delegate_progress Look = static connection => ((PhysicalConnection)connection).MustStop() ? 1 : 0;

    // Protects the pairing of "this execution is the running one" with sqlite3_interrupt, so that an interrupt meant for one execution
    // never reaches the next. A leaf: nothing else is locked under it, nothing but sqlite3_interrupt is called under it.
    private readonly Lock _interruptLock = new();

    private readonly SqliteConnection _inner;
    private readonly nint _pointer;
    private readonly int* _walPages;
    private readonly int* _commitsBegun;
    private int _commitsBefore;
    private readonly nint _file;

    // Where the file's names are watched: as of which count of changes, and when, it was last seen in its place.
    private readonly FileWatch? _watch;
    private long _placeSeenAt;
    private long _placeSeenAtChange;
    private IStoppable? _running;
    private sqlite3_stmt? _runningStatement;
    private long _nativeRowId;
    private int _looks;
    private bool _disposed;

    private PhysicalConnection(OptionSet options, PhysicalRole role, SqliteConnection inner)
    {
        Options = options;
        Role = role;
        _inner = inner;
        Handle = inner.Handle!;
        _pointer = Handle.DangerousGetHandle();
        _walPages = (int*)System.Runtime.InteropServices.NativeMemory.AllocZeroed(3, sizeof(int));
        _commitsBegun = _walPages + 2;
        _file = NativeFile.MainFileOf(_pointer);
        _watch = NativeFile.IsPlainUnix(_pointer) ? options.Database.Watch : null;
        Commands = new StatementCache(options.Settings.StatementCacheSize);
        Lease = new ConnectionLease(this);
    }

    /// <summary>Gets the option set that the connection was opened for.</summary>
    public OptionSet Options { get; }

    /// <summary>Gets what the connection is for; a writer becomes private when a session adopts it.</summary>
    public PhysicalRole Role { get; private set; }

    /// <summary>Gets SQLite's handle.</summary>
    public sqlite3 Handle { get; }

    /// <summary>Gets the Microsoft.Data.Sqlite connection, for initializers and session functions.</summary>
    public SqliteConnection Inner => _inner;

    /// <summary>Gets the prepared commands.</summary>
    public StatementCache Commands { get; }

    /// <summary>Gets the guard.</summary>
    public Guard Guard { get; } = new();

    /// <summary>Gets the connection's one lease object: a connection is lent to one session at a time.</summary>
    public ConnectionLease Lease { get; }

    /// <summary>Gets or sets the session that answers <c>last_insert_rowid()</c>, <c>changes()</c> and <c>total_changes()</c> now.</summary>
    public ISessionValues? Session { get; set; }

    /// <summary>Gets whether SQLite is outside of a transaction (<c>sqlite3_get_autocommit</c>).</summary>
    public bool IsAutocommit => (AutocommitPointer != null && !_disposed ? AutocommitPointer(_pointer) : raw.sqlite3_get_autocommit(Handle)) != 0;

    /// <summary>Gets the native <c>sqlite3_changes</c>.</summary>
    public int Changes => ChangesPointer != null && !_disposed ? ChangesPointer(_pointer) : raw.sqlite3_changes(Handle);

    /// <summary>Gets the native <c>sqlite3_total_changes</c>.</summary>
    public int TotalChanges => TotalChangesPointer != null && !_disposed ? TotalChangesPointer(_pointer) : raw.sqlite3_total_changes(Handle);

    /// <summary>Gets whether the connection can be lent to somebody else: no transaction, no active statement or blob.</summary>
    public bool IsClean => IsAutocommit && NativeSqlite.TransactionState(_pointer) == NativeSqlite.TransactionNone;

    /// <summary>Gets how many pages the WAL held after this connection's last commit; 0 where the library can't tell.</summary>
    public int WalPages => Volatile.Read(ref *_walPages);

    /// <summary>Gets or sets how many pages the WAL of an attached file held after this connection's last commit to one.</summary>
    public int AttachedWalPages
    {
        get => Volatile.Read(ref _walPages[1]);
        set => Volatile.Write(ref _walPages[1], value);
    }

    /// <summary>Gets whether SQLite has surely begun to commit since <see cref="ForgetCommits"/>.</summary>
    public bool HasBegunCommit => *_commitsBegun != _commitsBefore;

    /// <summary>Gets whether SQLite may have begun to commit since <see cref="ForgetCommits"/>: false only where it is sure that it has not.</summary>
    /// <remarks>A user's initializer may have put a commit hook of its own in the place of ours; then ours has never been called.</remarks>
    public bool MayHaveBegunCommit
        => HasBegunCommit || (*_commitsBegun == 0 && (Options.Initializer is not null || !NativeSqlite.CanHookCommits));

    /// <summary>Gets or sets whether something outside our sight may have changed the connection, so that it must not be pooled.</summary>
    public bool IsTainted { get; set; }

    /// <summary>Gets or sets the database's writer generation when the connection was opened; a writer of an older one is closed on its return.</summary>
    public int WriterGeneration { get; set; }

    /// <summary>Gets whether the handle is closed.</summary>
    public bool IsDisposed => _disposed;

    /// <summary>Opens a connection. Nothing of ours is set on it yet but what needs no lock.</summary>
    /// <exception cref="SqliteException">The file can't be opened.</exception>
    public static PhysicalConnection Open(OptionSet options, PhysicalRole role)
    {
        var readOnly = role is PhysicalRole.Reader or PhysicalRole.Unpooled || options.IsReadOnly;
        var inner = new SqliteConnection(options.ConnectionString(readOnly));
        try
        {
            inner.Open();
            if (!readOnly && IsReadOnlyFile(inner))
            {
                // SQLite opens a file for reading only where it can't be opened for writing, for want of a handle too (os_unix.c, unixOpen).
                // Kept, such a writer would fail every write for ever; so what it finds once more is taken for the truth.
                inner.Close();
                inner.Open();
            }

            var connection = new PhysicalConnection(options, role, inner);
            raw.sqlite3_progress_handler(connection.Handle, OperationsPerLook, Look, connection);
            options.Database.NoticeOpened();
            return connection;
        }
        catch
        {
            inner.Dispose();
            throw;
        }
    }

    /// <summary>Gets whether SQLite has the file open for reading only, whatever was asked for.</summary>
    public bool IsReadOnlyOnDisk => IsReadOnlyFile(_inner);

    /// <summary>Turns automatic checkpoints off and has commits report the WAL's size: the process has one checkpointer.</summary>
    public void TakeOverCheckpoints()
    {
        _ = raw.sqlite3_wal_autocheckpoint(Handle, 0);
        NativeSqlite.WatchWalPages(_pointer, _walPages);
        NativeSqlite.WatchCommits(_pointer, _commitsBegun);
    }

    /// <summary>Called before each statement that may end in a commit.</summary>
    public void ForgetCommits() => _commitsBefore = *_commitsBegun;

    /// <summary>Runs one statement of the engine's own to its end and answers its first value as text, or <see langword="null"/>.</summary>
    public string? ExecuteOwn(string sql)
    {
        var mode = Guard.Mode;
        Guard.Mode = GuardMode.Off;
        try
        {
            using var statement = PreparedStatement.Prepare(Handle, System.Text.Encoding.UTF8.GetBytes(sql), out _);
            var rc = statement!.Step();
            var value = rc == raw.SQLITE_ROW ? raw.sqlite3_column_text(statement.Handle, 0).utf8_to_string() : null;
            while (rc == raw.SQLITE_ROW)
            {
                rc = statement.Step();
            }

            SqliteException.ThrowExceptionForRC(rc, Handle);
            return value;
        }
        finally
        {
            Guard.Mode = mode;
        }
    }

    /// <summary>Gets the files that are attached, by the names that SQLite tells, and whether each can be read only.</summary>
    public Dictionary<string, bool> AttachedFiles()
    {
        var files = new Dictionary<string, bool>(StringComparer.Ordinal);
        using var statement = PreparedStatement.Prepare(Handle, "PRAGMA database_list"u8.ToArray(), out _);
        int rc;
        while ((rc = statement!.Step()) == raw.SQLITE_ROW)
        {
            var schema = raw.sqlite3_column_text(statement.Handle, 1).utf8_to_string();
            if (schema is not ("main" or "temp") && raw.sqlite3_column_text(statement.Handle, 2).utf8_to_string() is { Length: > 0 } file)
            {
                files[file] = raw.sqlite3_db_readonly(Handle, schema) != 0 && files.GetValueOrDefault(file, true);
            }
        }

        SqliteException.ThrowExceptionForRC(rc, Handle);
        return files;
    }

    /// <summary>Detaches a file.</summary>
    /// <exception cref="SqliteException">Something of it is being read.</exception>
    public void Detach(string file)
    {
        while (ExecuteOwn($"SELECT name FROM pragma_database_list WHERE seq > 1 AND file = '{file.Replace("'", "''", StringComparison.Ordinal)}'") is { } schema)
        {
            _ = ExecuteOwn($"DETACH \"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        }
    }

    /// <summary>
    /// Steps a statement that may be stopped. SQLite asks in the middle of the step, on this thread, and ends that statement alone, where
    /// <c>sqlite3_interrupt</c> would fail all others of the connection too.
    /// </summary>
    public int Step(PreparedStatement statement, IStoppable execution)
    {
        // A user's function may run a command of its own in the middle of this one.
        var (outer, outerStatement) = (_running, _runningStatement);
        (_running, _runningStatement) = (execution, statement.Handle);
        var rc = statement.Step();
        (_running, _runningStatement) = (outer, outerStatement);
        return rc;
    }

    /// <summary>Registers an execution as the one that an interrupt would hit.</summary>
    public void BeginRunning(IInterruptible execution) => execution.RunsOn = this;

    /// <summary>After this no interrupt for <paramref name="execution"/> reaches the connection any more.</summary>
    public void EndRunning(IInterruptible execution)
    {
        lock (_interruptLock)
        {
            execution.RunsOn = null;
        }
    }

    /// <summary>Interrupts an execution if it runs here now. Callable from any thread.</summary>
    public void Interrupt(IInterruptible execution)
    {
        lock (_interruptLock)
        {
            if (execution.RunsOn == this && !_disposed)
            {
                raw.sqlite3_interrupt(Handle);
            }
        }
    }

    /// <summary>Makes the native last rowid the session's before a statement runs: triggers need the native one (FACTS 9).</summary>
    public void AssumeLastInsertRowId(long value)
    {
        if (_nativeRowId != value)
        {
            NativeSqlite.SetLastInsertRowId(_pointer, value);
            _nativeRowId = value;
        }
    }

    /// <summary>Reads the native last rowid after a statement ran.</summary>
    public long ReadLastInsertRowId()
        => _nativeRowId = LastRowIdPointer != null && !_disposed ? LastRowIdPointer(_pointer) : raw.sqlite3_last_insert_rowid(Handle);

    /// <summary>Makes a writer the private connection of the session that changed it.</summary>
    public void BecomePrivate()
    {
        Role = PhysicalRole.Private;
        Guard.Mode = GuardMode.Off;
        IsTainted = false;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        lock (_interruptLock)
        {
            _disposed = true;
        }

        // For a microsecond at most, and not longer than the disposal itself: when this returns, the file is closed.
        Interlocked.MemoryBarrier();
        var spin = default(SpinWait);
        while (Volatile.Read(ref _looks) != 0)
        {
            spin.SpinOnce();
        }

        Commands.Dispose();
        DisposeOwnStatements();

        // A blob or statement of a user's initializer that is still open keeps the handle alive as a zombie (sqlite3_close_v2), and commits when it is closed.
        NativeSqlite.Unwatch(_pointer);
        _inner.Dispose();
        System.Runtime.InteropServices.NativeMemory.Free(_walPages);
        Options.Database.NoticeClosed();
    }

    private static bool IsReadOnlyFile(SqliteConnection inner) => raw.sqlite3_db_readonly(inner.Handle!, "main") == 1;

    // SQLite asks once more when a statement has ended, and committed: answered with a yes, it would tell of what is done as interrupted.
    private bool MustStop() => _running is { MustStop: true } && raw.sqlite3_stmt_busy(_runningStatement!) != 0;

}

/// <summary>Something that runs outside of statements (a checkpoint) and can be interrupted.</summary>
internal interface IInterruptible
{
    /// <summary>Gets or sets the connection on which a statement of it is active; set only through that connection.</summary>
    PhysicalConnection? RunsOn { get; set; }
}

/// <summary>Something whose running statement can be stopped.</summary>
internal interface IStoppable
{
    /// <summary>Gets whether the statement must stop. Asked by SQLite: must be quick and throw nothing.</summary>
    bool MustStop { get; }
}

/// <summary>The three values that SQLite keeps per connection and we keep per session.</summary>
internal interface ISessionValues
{
    /// <summary>Gets the rowid of the session's last successful INSERT.</summary>
    long LastInsertRowId { get; }

    /// <summary>Gets the rows changed by the session's last INSERT, UPDATE or DELETE.</summary>
    long Changes { get; }

    /// <summary>Gets the rows changed by the session since it was opened.</summary>
    long TotalChanges { get; }
}
