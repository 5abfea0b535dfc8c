using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <summary>
/// One file in this process: one gate, one pool of readers, one commit counter, one checkpointer. Its identity is the file name that
/// SQLite tells of the opened file, never the text of a connection string.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Its life is counted in sessions: the timer ends in CloseAll.")]
internal sealed partial class Database
{
    // Protects the option sets, their writers' opening and closing, and the life of the database. Taken before nothing else of ours
    // (gate and pool have leaf locks of their own); SQLite may be opened and closed under it, so it is a semaphore that can be awaited.
    public SemaphoreSlim WriterLock { get; } = new(1, 1);

    // Protects the count of sessions and the life state. A leaf.
    private readonly Lock _lifeLock = new();

    // A URI is part of the key: its parameters (mode, immutable, nolock, …) belong to the connection, and so does that ATTACH takes URIs.
    private readonly Dictionary<(OptionSetKey Key, string? Uri, bool IsReadOnly, Action<SqliteConnection>? Initializer), OptionSet> _optionSets = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Timer _timer;
    private readonly TimeSpan _idleLifetime;
    private int _isTimerArmed;

    // Asked for by whoever opened the file that is open now; who may write first decides over it (_isJournalModeDecided).
    private bool _isJournalModeKnown;
    private int _sessions;
    private long _idleSince = Environment.TickCount64;
    private bool _isClosing;
    private long _commitCount;
    private long _reroutes;
    private long _sharedCommits;
    private long _sharingWrites;
    private long _undoneGroups;
    private int _writerGeneration;

    public Database(string identity, ConnectionSettings settings)
    {
        Identity = identity;
        Watch = new FileWatch(identity);
        _idleLifetime = settings.IdleLifetime;
        _decided = new DatabaseOptions(settings);
        Checkpoints = new Checkpointer(this);
        Gate = new Gate<WriterHolder, IGroupMember>(TimeProvider.System, Checkpoints.MakeWay);
        Readers = new Pool<OptionSet, PhysicalConnection>(settings.MaxReaders, TimeProvider.System);
        using (ExecutionContext.SuppressFlow())
        {
            _timer = new Timer(static state => ((Database)state!).Tidy(), this, Timeout.Infinite, Timeout.Infinite);
        }
    }

    /// <summary>Gets the file's name as SQLite knows it.</summary>
    public string Identity { get; }

    /// <summary>Gets what tells that the file may have been moved or deleted.</summary>
    public FileWatch Watch { get; }

    /// <summary>Gets what is told of the database to a logger.</summary>
    public DatabaseLog Log { get; } = new();

    /// <summary>Gets the gate of the one writer.</summary>
    public Gate<WriterHolder, IGroupMember> Gate { get; }

    /// <summary>Gets the readers of all option sets.</summary>
    public Pool<OptionSet, PhysicalConnection> Readers { get; }

    /// <summary>Gets or sets what keeps a busy process from starving others. Tests put in one with a clock of their own.</summary>
    public RoomForOthers Room { get; set; } = new(TimeProvider.System);

    /// <summary>Gets or sets for how long a commit group takes in others. Tests that know who is in a group leave it more time than a slow machine needs.</summary>
    public TimeSpan LongestGroupRun { get; set; } = CommitGroup.LongestRun;

    /// <summary>Gets the process's only checkpointer of this file.</summary>
    public Checkpointer Checkpoints { get; }

    /// <summary>Gets a count that has gone up by the time a commit is acknowledged. A read begun at a count sees every commit up to it.</summary>
    public long CommitCount => Volatile.Read(ref _commitCount);

    /// <summary>Gets whether the database lives and dies with one physical connection (<c>:memory:</c>), so that its session is private from the start.</summary>
    public bool IsUnshared { get; init; }

    /// <summary>Gets what keeps a database in memory alive that connections share, whatever becomes of those that work; <see langword="null"/> for all others. Closed last.</summary>
    public SqliteConnection? Anchor { get; init; }

    /// <summary>Gets whether it is a database in memory that connections share: table locks in place of snapshots, gone with its last session.</summary>
    public bool IsSharedMemory => Anchor is not null;

    /// <summary>Gets the name that SQLite tells of the open database: empty for those in memory.</summary>
    public string FileName => IsUnshared || IsSharedMemory ? string.Empty : Identity;

    /// <summary>Gets or sets the writer that was used last, whose WAL a checkpoint finds as it left it. Under the gate.</summary>
    public PhysicalConnection? LastWriter { get; set; }

    /// <summary>Gets how many texts that looked like reads had to be run again on the writer.</summary>
    public long Reroutes => Volatile.Read(ref _reroutes);

    /// <summary>Gets how many commits were shared by several writes.</summary>
    public long SharedCommits => Volatile.Read(ref _sharedCommits);

    /// <summary>Gets how many writes have shared a commit with others.</summary>
    public long SharingWrites => Volatile.Read(ref _sharingWrites);

    /// <summary>Gets how many groups had to be undone, so that each of their writes was run again alone.</summary>
    public long UndoneGroups => Volatile.Read(ref _undoneGroups);

    /// <summary>Gets how many sessions are open.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Gets a task that ends when the last connection has been closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Says that something was committed, before the commit is acknowledged. Interlocked: a private session's statement that only looks like a write comes here without the gate.</summary>
    public void CountCommit() => Interlocked.Increment(ref _commitCount);

    /// <summary>Counts a commit that several writes shared. Under the gate.</summary>
    public void CountSharedCommit(int writes)
    {
        Volatile.Write(ref _sharedCommits, _sharedCommits + 1);
        Volatile.Write(ref _sharingWrites, _sharingWrites + writes);
    }

    /// <summary>Counts a group that was undone. Under the gate.</summary>
    public void CountUndoneGroup() => Volatile.Write(ref _undoneGroups, _undoneGroups + 1);

    /// <summary>Says that a read was refused by the guard or by SQLite and goes to the writer.</summary>
    public void CountReroute() => Interlocked.Increment(ref _reroutes);

    /// <summary>Counts a session in, unless the database is closing or kept closed.</summary>
    public bool TryAddSession()
    {
        lock (_lifeLock)
        {
            if (_isClosing || IsHeld)
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

        if (IsUnshared || IsSharedMemory || _idleLifetime == TimeSpan.Zero || ProcessEnd.HasBegun)
        {
            CloseIfUnused(force: true);
        }
        else
        {
            Checkpoints.NoticeWarm();
            ArmTimer();
        }
    }

    /// <summary>Gets an option set, opening its writer if it is the first of its kind; the first of all decides the journal mode.</summary>
    /// <exception cref="SqliteException">The file is not a database, or the password is wrong, or another process is in the way until the deadline.</exception>
    public OptionSet GetOrOpen(ConnectionSettings settings, DataSourceName dataSource, Action<SqliteConnection>? initializer, bool isReadOnly, Deadline deadline)
    {
        WriterLock.Wait();
        try
        {
            var key = (settings.OptionSet, dataSource.Kind == DataSourceKind.Uri ? dataSource.Name : null, isReadOnly, initializer);
            if (_optionSets.TryGetValue(key, out var options))
            {
                return options;
            }

            options = new OptionSet(this, settings, dataSource, initializer, isReadOnly);
            _hasSeveralLockings |= _optionSets.Values.Any(other => !other.LocksAs(options));
            if (OpensUnderGate && !isReadOnly && _optionSets.Count > 0)
            {
                _optionSets.Add(key, options);
                return options;
            }

            if (options.IsReadOnly)
            {
                RenewIfMoved();
                using var connection = PhysicalConnection.Open(options, PhysicalRole.Reader);
                ReadFirst(connection, deadline);
            }
            else
            {
                options.Writer = NewWriter(options, deadline);
            }

            _optionSets.Add(key, options);
            return options;
        }
        finally
        {
            WriterLock.Release();
            CloseOldWriters();
        }
    }

    /// <summary>Gets the writer of an option set, opening it if it was closed or adopted. Under the gate.</summary>
    public PhysicalConnection OpenWriter(OptionSet options, Deadline deadline)
    {
        if (options.Writer is not { } writer)
        {
            WriterLock.Wait();
            try
            {
                writer = options.Writer ??= NewWriter(options, deadline);
            }
            finally
            {
                WriterLock.Release();
            }
        }

        if (_owesWal)
        {
            SwitchIfPossible(writer);
        }

        return writer;
    }

    /// <summary>Opens a reader for an empty slot of the pool.</summary>
    public PhysicalConnection OpenReader(OptionSet options, Deadline deadline)
    {
        var reader = options.OpenReader(deadline);
        ArmTimer();
        return reader;
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
            else if (_oldWriters.Remove(writer))
            {
                _hasOldWriters = _oldWriters.Count > 0;
            }
        }
        finally
        {
            WriterLock.Release();
        }
    }

    /// <summary>Gets a number that changes when writers are to be closed on their return.</summary>
    public int WriterGeneration => Volatile.Read(ref _writerGeneration);

    private static void DisposeAll(List<PhysicalConnection> connections)
    {
        foreach (var connection in connections)
        {
            connection.Dispose();
        }
    }

    // Under WriterLock. What it opens has read once: only so does it have the WAL open, and take it in when it closes as the last.
    private PhysicalConnection NewWriter(OptionSet options, Deadline deadline)
    {
        RenewIfMoved();
        while (true)
        {
            var writer = PhysicalConnection.Open(options, PhysicalRole.Writer);
            try
            {
                // Replaced between the look and the open.
                if (RenewIfMoved())
                {
                    writer.Dispose();
                    continue;
                }

                options.ConfigureWriting(writer, deadline);
                ReadFirst(writer, deadline);
                writer.WriterGeneration = WriterGeneration;
                _witness ??= writer;
                return writer;
            }
            catch
            {
                writer.Dispose();
                throw;
            }
        }
    }

    // The first read of a key's connection shows a wrong password or a file that is no database.
    private void ReadFirst(PhysicalConnection connection, Deadline deadline)
    {
        var options = connection.Options;
        if (_isJournalModeKnown && (_isJournalModeDecided || options.IsReadOnly))
        {
            Busy.Retry(connection, deadline, static (c, _) => c.ExecuteOwn("PRAGMA schema_version"), options);
            return;
        }

        _isJournalModeDecided = false;
        DecideJournalMode(connection, options, deadline);
        _isJournalModeKnown = true;
    }
}
