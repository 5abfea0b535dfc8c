using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <summary>
/// One file in this process: one gate, one pool of readers, one commit counter, one checkpointer. Its identity is the file name that
/// SQLite tells of the opened file, never the text of a connection string.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Its life is counted in sessions: the timer ends in CloseAll.")]
internal sealed class Database
{
    // Protects the option sets, their writers' opening and closing, and the life of the database. Taken before nothing else of ours
    // (gate and pool have leaf locks of their own); SQLite may be opened and closed under it, so it is a semaphore that can be awaited.
    public SemaphoreSlim WriterLock { get; } = new(1, 1);

    // Protects the count of sessions and the life state. A leaf.
    private readonly Lock _lifeLock = new();
    private readonly Dictionary<(OptionSetKey Key, Action<SqliteConnection>? Initializer), OptionSet> _optionSets = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Timer _timer;
    private readonly TimeSpan _idleLifetime;
    private int _isTimerArmed;
    private bool _isJournalModeDecided;
    private int _sessions;
    private long _idleSince = Environment.TickCount64;
    private bool _isClosing;
    private long _commitCount;
    private long _reroutes;
    private int _writerGeneration;

    public Database(string identity, ConnectionSettings settings)
    {
        Identity = identity;
        _idleLifetime = settings.IdleLifetime;
        Checkpoints = new Checkpointer(this);
        Gate = new Gate<WriterHolder, object>(TimeProvider.System, Checkpoints.MakeWay);
        Readers = new Pool<OptionSet, PhysicalConnection>(settings.MaxReaders, TimeProvider.System);
        using (ExecutionContext.SuppressFlow())
        {
            _timer = new Timer(static state => ((Database)state!).Tidy(), this, Timeout.Infinite, Timeout.Infinite);
        }
    }

    /// <summary>Gets the file's name as SQLite knows it.</summary>
    public string Identity { get; }

    /// <summary>Gets the gate of the one writer.</summary>
    public Gate<WriterHolder, object> Gate { get; }

    /// <summary>Gets the readers of all option sets.</summary>
    public Pool<OptionSet, PhysicalConnection> Readers { get; }

    /// <summary>Gets the process's only checkpointer of this file.</summary>
    public Checkpointer Checkpoints { get; }

    /// <summary>Gets or sets whether the file is in WAL mode, so that readers and the writer don't meet.</summary>
    public bool IsSplit { get; set; }

    /// <summary>Gets the journal mode as SQLite named it when the file was opened.</summary>
    public string JournalMode { get; set; } = string.Empty;

    /// <summary>Gets a count that has gone up by the time a commit is acknowledged. A read begun at a count sees every commit up to it.</summary>
    public long CommitCount => Volatile.Read(ref _commitCount);

    /// <summary>Gets whether the database lives and dies with one physical connection (<c>:memory:</c>), so that its session is private from the start.</summary>
    public bool IsUnshared { get; init; }

    /// <summary>Gets or sets the writer that was used last, whose WAL a checkpoint finds as it left it. Under the gate.</summary>
    public PhysicalConnection? LastWriter { get; set; }

    /// <summary>Gets how many texts that looked like reads had to be run again on the writer.</summary>
    public long Reroutes => Volatile.Read(ref _reroutes);

    /// <summary>Gets how many sessions are open.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Gets a task that ends when the last connection has been closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Says that something was committed, before the commit is acknowledged. Interlocked: a private session's statement that only looks like a write comes here without the gate.</summary>
    public void CountCommit() => Interlocked.Increment(ref _commitCount);

    /// <summary>Says that a read was refused by the guard or by SQLite and goes to the writer.</summary>
    public void CountReroute() => Interlocked.Increment(ref _reroutes);

    /// <summary>Counts a session in, unless the database is closing.</summary>
    public bool TryAddSession()
    {
        lock (_lifeLock)
        {
            if (_isClosing)
            {
                return false;
            }

            _sessions++;
            return true;
        }
    }

    /// <summary>Counts a session out; the last one leaves the database warm for its idle lifetime, or closes it.</summary>
    public void RemoveSession()
    {
        lock (_lifeLock)
        {
            if (--_sessions > 0)
            {
                return;
            }

            _idleSince = Environment.TickCount64;
        }

        if (IsUnshared || _idleLifetime == TimeSpan.Zero)
        {
            CloseIfUnused(force: true);
        }
        else
        {
            ArmTimer();
        }
    }

    /// <summary>Gets an option set, opening its writer if it is the first of its kind; the first of all decides the journal mode.</summary>
    /// <exception cref="SqliteException">The file is not a database, or the password is wrong, or another process is in the way until the deadline.</exception>
    public OptionSet GetOrOpen(ConnectionSettings settings, DataSourceName dataSource, Action<SqliteConnection>? initializer, Deadline deadline)
    {
        WriterLock.Wait();
        try
        {
            var key = (settings.OptionSet, initializer);
            if (_optionSets.TryGetValue(key, out var options))
            {
                return options;
            }

            options = new OptionSet(this, settings, dataSource, initializer);
            var connection = options.IsReadOnly ? PhysicalConnection.Open(options, PhysicalRole.Reader) : NewWriter(options, deadline);
            try
            {
                if (JournalMode.Length == 0 || (!_isJournalModeDecided && !options.IsReadOnly))
                {
                    // The first who may set it decides; readers of read-only sessions that are open until now make room.
                    RenewReaders();
                    _isJournalModeDecided = !options.IsReadOnly;
                    Busy.Retry(connection, deadline, static (c, set) => set.Database.SetJournalMode(c, set), options);
                }
                else
                {
                    // The first read of a key's connection shows a wrong password or a file that is no database.
                    Busy.Retry(connection, deadline, static (c, _) => c.ExecuteOwn("PRAGMA schema_version"), options);
                }
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            if (options.IsReadOnly)
            {
                connection.Dispose();
            }
            else
            {
                options.Writer = connection;
            }

            _optionSets.Add(key, options);
            return options;
        }
        finally
        {
            WriterLock.Release();
        }
    }

    /// <summary>Gets the writer of an option set, opening it if it was closed or adopted. Under the gate.</summary>
    public PhysicalConnection OpenWriter(OptionSet options, Deadline deadline)
    {
        if (options.Writer is { } open)
        {
            return open;
        }

        WriterLock.Wait();
        try
        {
            return options.Writer ??= NewWriter(options, deadline);
        }
        finally
        {
            WriterLock.Release();
        }
    }

    /// <summary>Opens a reader for an empty slot of the pool. A writer is opened first where none is open (FACTS 8.15).</summary>
    public PhysicalConnection OpenReader(OptionSet options, Deadline deadline)
    {
        EnsureWriter(options, deadline);
        var reader = options.OpenReader(deadline);
        ArmTimer();
        return reader;
    }

    /// <summary>Opens the writer of an option set where it is not: it is the first to have the file and the last to leave it.</summary>
    public void EnsureWriter(OptionSet options, Deadline deadline)
    {
        if (options.IsReadOnly || options.Writer is not null)
        {
            return;
        }

        WriterLock.Wait();
        try
        {
            if (options.Writer is not null)
            {
                return;
            }

            // One that has not read yet does not have the WAL open, and would leave it lying there when it closes as the last.
            var writer = NewWriter(options, deadline);
            try
            {
                Busy.Retry(writer, deadline, static (c, _) => c.ExecuteOwn("PRAGMA schema_version"), options);
            }
            catch
            {
                writer.Dispose();
                throw;
            }

            options.Writer = writer;
        }
        finally
        {
            WriterLock.Release();
        }
    }

    /// <summary>Takes over the journal mode that a PRAGMA has set. Under the gate.</summary>
    public void NoticeJournalMode(PhysicalConnection connection)
    {
        JournalMode = connection.ExecuteOwn("PRAGMA journal_mode") ?? string.Empty;
        IsSplit = JournalMode.Equals("wal", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Closes a writer that can't be lent again; the next user opens a new one. Under the gate.</summary>
    public void DropWriter(PhysicalConnection writer)
    {
        WriterLock.Wait();
        try
        {
            if (writer.Options.Writer == writer)
            {
                writer.Options.Writer = null;
            }
        }
        finally
        {
            WriterLock.Release();
        }
    }

    /// <summary>After ANALYZE: readers that are open don't learn of the new statistics (FACTS 9), so they are renewed.</summary>
    public void RenewReaders()
    {
        DisposeAll(Readers.Retire());
    }

    /// <summary>Closes what is idle now, and what is in use when it comes back (<c>ClearPool</c>).</summary>
    public void Clear()
    {
        DisposeAll(Readers.Retire());
        Interlocked.Increment(ref _writerGeneration);
        if (!CloseIfUnused(force: true))
        {
            CloseIdleWriters();
        }
    }

    /// <summary>Gets a number that changes when writers are to be closed on their return.</summary>
    public int WriterGeneration => Volatile.Read(ref _writerGeneration);

    /// <summary>Closes the database if no session is open.</summary>
    /// <param name="force">Whether its idle lifetime does not matter.</param>
    public bool CloseIfUnused(bool force)
    {
        lock (_lifeLock)
        {
            if (_isClosing)
            {
                return true;
            }

            if (_sessions > 0 || (!force && Environment.TickCount64 - _idleSince < _idleLifetime.TotalMilliseconds))
            {
                return false;
            }

            _isClosing = true;
        }

        CloseAll();
        return true;
    }

    /// <summary>Closes what the process leaves behind at its end: what is idle now. Connections at work on other threads are left to the operating system.</summary>
    public void CloseAtExit(TimeSpan patience)
    {
        lock (_lifeLock)
        {
            _isClosing = true;
        }

        _timer.Dispose();
        Checkpoints.Stop();
        try
        {
            // The permit is kept: nobody writes any more.
            _ = Gate.Enter(Checkpoints.Holder, Deadline.After(patience, TimeProvider.System), CancellationToken.None);
            DisposeAll(Readers.TakeIdle());
            DisposeWriters();
        }
        catch (WaitTimeoutException)
        {
            DisposeAll(Readers.TakeIdle());
        }
        finally
        {
            // Who opens it at this late hour opens it anew.
            DatabaseRegistry.Remove(this);
            _closed.TrySetResult();
        }
    }

    private void SetJournalMode(PhysicalConnection connection, OptionSet options)
    {
        if (options.Settings.JournalMode == SplitSqliteJournalMode.Wal && !options.IsReadOnly)
        {
            _ = connection.ExecuteOwn("PRAGMA journal_mode=WAL");
        }

        NoticeJournalMode(connection);
    }

    private static void DisposeAll(List<PhysicalConnection> connections)
    {
        foreach (var connection in connections)
        {
            connection.Dispose();
        }
    }

    private static PhysicalConnection NewWriter(OptionSet options, Deadline deadline)
    {
        var writer = PhysicalConnection.Open(options, PhysicalRole.Writer);
        try
        {
            options.ConfigureWriting(writer, deadline);
            writer.WriterGeneration = options.Database.WriterGeneration;
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Readers first, the writers last: the last writer to close leaves one clean file.</summary>
    private void CloseAll()
    {
        _timer.Dispose();
        Checkpoints.Stop();
        try
        {
            // No session is open, so only a checkpoint can hold the gate, and it makes way.
            var permit = Gate.Enter(Checkpoints.Holder, Deadline.None, CancellationToken.None);
            DisposeAll(Readers.TakeIdle());
            LeaveClean();
            DisposeWriters();
            Gate.Exit(permit);
        }
        finally
        {
            DatabaseRegistry.Remove(this);
            _closed.TrySetResult();
        }
    }

    /// <summary>
    /// After a reader was closed for good: if it was the last connection, because the pool was cleared while it was in use, it has left the WAL
    /// behind, which only a connection that may write can take in.
    /// </summary>
    public void TidyAfterReader()
    {
        if (Readers.Rented + Readers.Overflow + Readers.Idle > 0 || !Gate.TryEnter(Checkpoints.Holder, out var permit))
        {
            return;
        }

        try
        {
            LeaveClean();
        }
        finally
        {
            Gate.Exit(permit);
        }
    }

    // Under the gate. Best effort: what stays in the WAL is not lost, the next open finds it.
    private void LeaveClean()
    {
        WriterLock.Wait();
        try
        {
            if (_optionSets.Values.Any(static set => set.Writer is not null)
                || _optionSets.Values.FirstOrDefault(static set => !set.IsReadOnly) is not { } options
                || !IsSplit || !File.Exists(Identity) || !File.Exists(Identity + "-wal"))
            {
                return;
            }

            // Its close takes the WAL in, if it has read once and is the last.
            using var writer = NewWriter(options, Deadline.After(TimeSpan.Zero, TimeProvider.System));
            _ = writer.ExecuteOwn("PRAGMA schema_version");
        }
        catch (SqliteException)
        {
            // Another process is at work, or the file is gone.
        }
        finally
        {
            WriterLock.Release();
        }
    }

    private void DisposeWriters()
    {
        WriterLock.Wait();
        try
        {
            foreach (var options in _optionSets.Values)
            {
                options.Writer?.Dispose();
                options.Writer = null;
            }
        }
        finally
        {
            WriterLock.Release();
        }
    }

    /// <summary>After the gate was left: closes a writer that has outlived a <see cref="Clear"/> which found the gate taken.</summary>
    public void CloseIfOutdated(PhysicalConnection? writer)
    {
        if (writer is { Role: PhysicalRole.Writer, IsDisposed: false } && writer.WriterGeneration != WriterGeneration)
        {
            CloseIdleWriters();
        }
    }

    private void CloseIdleWriters()
    {
        // A writer in use now is closed by who uses it, because its generation has passed.
        if (!Gate.TryEnter(Checkpoints.Holder, out var permit))
        {
            return;
        }

        try
        {
            DisposeWriters();
        }
        finally
        {
            Gate.Exit(permit);
        }
    }

    /// <summary>The timer's work: closes a database that nobody uses, trims readers that nobody needs.</summary>
    private void Tidy()
    {
        Volatile.Write(ref _isTimerArmed, 0);
        Background.Run(
            static database =>
            {
                if (!database.CloseIfUnused(force: false))
                {
                    DisposeAll(database.Readers.TakeIdle(database._idleLifetime));
                    database.ArmTimer();
                }
            },
            this);
    }

    // Armed once and left to run out: a session that opens and closes ten thousand times a second must not touch the timer.
    private void ArmTimer()
    {
        if (Interlocked.Exchange(ref _isTimerArmed, 1) == 1)
        {
            return;
        }

        try
        {
            _timer.Change(_idleLifetime > TimeSpan.Zero ? _idleLifetime : TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The database has just been closed: there is nothing left to tidy.
        }
    }
}
