using System.Diagnostics.CodeAnalysis;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// The process's only checkpointer of a file, always under the gate: a checkpoint never races a write (the WAL-reset bug of SQLite before
/// 3.51.3 needs that race). PASSIVE only, so that the WAL is reused in place; growing and truncating cost twice the commit time (FACTS 9).
/// </summary>
/// <remarks>
/// From <see cref="Wanted"/> pages on, a checkpoint runs in the background once nobody has written for <see cref="Idle"/>, and is interrupted by
/// the first who wants the writer. Under a load without pause that moment never comes; past <see cref="Bound"/> pages the
/// session that has just committed runs it before it hands the writer on. When the last session has closed, whatever the WAL holds is taken
/// in after <see cref="Warm"/>, so that the file is whole by itself where somebody copies it without its WAL.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The database ends it with Stop.")]
internal sealed class Checkpointer
{
    /// <summary>Pages in the WAL from which a checkpoint is worth its while; SQLite's own automatic one uses the same figure.</summary>
    public const int Wanted = 1000;

    /// <summary>Pages from which it no longer waits for an idle moment. The longer it waits, the fewer pages are written twice, and the longer the one commit that pays.</summary>
    public const int Bound = 2000;

    /// <summary>For how long nobody must have written. An attempt between two writes of a busy session would be interrupted, its work for nothing.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(20);

    /// <summary>How long after the last close. Many a program opens and closes once for each call.</summary>
    public static readonly TimeSpan Warm = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly Execution _execution = new();
    private readonly Timer _timer;
    private int _isScheduled;
    private long _commitsWhenScheduled;
    private int _lastPages;
    private PhysicalConnection? _lastWriter;
    private int _next = Wanted;
    private long _completed;

    // The database's commit count when the WAL was last taken in whole.
    private long _takenIn;

    public Checkpointer(Database database)
    {
        _database = database;
        Holder = new CheckpointHolder();
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _timer = new Timer(
                static state => Background.Run(static checkpointer => checkpointer.RunIfIdle(), (Checkpointer)state!),
                this,
                Timeout.Infinite,
                Timeout.Infinite);
        }
    }

    /// <summary>Gets who holds the gate while a checkpoint runs.</summary>
    public WriterHolder Holder { get; }

    /// <summary>Gets how many checkpoints ran to their end, whether or not a reader kept pages back.</summary>
    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Called under the gate by whoever used the writer, before giving the gate back.</summary>
    public void BeforeRelease(PhysicalConnection writer)
    {
        var pages = writer.WalPages;
        if (pages < _lastPages || writer != _lastWriter)
        {
            // The WAL was begun anew, or another writer counts from its own last commit.
            _next = Wanted;
        }

        _lastPages = pages;
        _lastWriter = writer;
        if (pages < _next)
        {
            return;
        }

        if (pages >= _next - Wanted + Bound)
        {
            _ = Run(writer, interruptible: false);
        }
        else if (writer.Role == PhysicalRole.Writer)
        {
            Schedule();
        }
    }

    /// <summary>
    /// Called under the gates of all files that a connection has attached: nobody else may know how far their WALs have grown. The main file's
    /// is taken in by the way.
    /// </summary>
    public static void BeforeReleaseOfAttached(PhysicalConnection connection)
    {
        if (connection.AttachedWalPages >= Bound)
        {
            // What it answers is nothing that the session could mend: frames that stay in a WAL are not lost.
            _ = raw.sqlite3_wal_checkpoint_v2(connection.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
            connection.AttachedWalPages = 0;
        }
    }

    /// <summary>Called when the last session has closed: costs two reads where nothing was written.</summary>
    public void NoticeWarm()
    {
        if (_database.CommitCount != Volatile.Read(ref _takenIn) && Volatile.Read(ref _isScheduled) == 0)
        {
            Schedule(Warm);
        }
    }

    /// <summary>Ends the waiting for idle moments.</summary>
    public void Stop() => _timer.Dispose();

    /// <summary>Interrupts a checkpoint that runs in the background: somebody wants to write. Callable from any thread, no lock held.</summary>
    public void MakeWay()
    {
        if (_execution.RunsOn is { } connection)
        {
            connection.Interrupt(_execution);
        }
    }

    private void Schedule() => Schedule(Idle);

    private void Schedule(TimeSpan due)
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 1)
        {
            return;
        }

        Volatile.Write(ref _commitsWhenScheduled, _database.CommitCount);
        try
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The database is being closed, which checkpoints.
        }
    }

    private void RunIfIdle()
    {
        Volatile.Write(ref _isScheduled, 0);
        var isWanted = Volatile.Read(ref _lastPages) >= _next;
        if (_database.CommitCount != Volatile.Read(ref _commitsWhenScheduled))
        {
            Schedule(isWanted ? Idle : Warm);
            return;
        }

        // Scheduled at a last close, and open again since: the next last close asks again.
        if (!isWanted && _database.Sessions > 0)
        {
            return;
        }

        // If somebody holds the gate, their own release asks again.
        if (!_database.Gate.TryEnter(Holder, out var permit))
        {
            return;
        }

        try
        {
            if (_database.LastWriter is { IsDisposed: false } writer && writer.Options.Writer == writer && !Run(writer, interruptible: true))
            {
                Schedule(isWanted ? Idle : Warm);
            }
        }
        finally
        {
            var writer = _database.LastWriter;
            _database.Gate.Exit(permit);
            _database.CloseIfOutdated(writer);
        }
    }

    // Answers whether it is done with for now; false where it made way.
    private bool Run(PhysicalConnection writer, bool interruptible)
    {
        if (interruptible)
        {
            writer.BeginRunning(_execution);

            // Published before HasWaiters is read, or a writer that queues in between would neither be seen nor interrupt.
            Thread.MemoryBarrier();
        }

        try
        {
            // Who queued between TryEnter and BeginRunning found nothing to interrupt.
            if (interruptible && _database.Gate.HasWaiters)
            {
                return false;
            }

            var commits = _database.CommitCount;
            var rc = raw.sqlite3_wal_checkpoint_v2(writer.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var taken);
            if (rc == raw.SQLITE_OK)
            {
                // Pages that an open read keeps back are tried again a good while later, not at each commit.
                _next = pages + Wanted;
                _completed++;
                if (taken == pages)
                {
                    Volatile.Write(ref _takenIn, commits);
                }

            }
            else if (rc != raw.SQLITE_INTERRUPT)
            {
                // Another process reads or checkpoints (BUSY), or the disk fails: nothing is lost, the frames stay in the WAL, and the
                // next write meets the same trouble with somebody there to be told.
                _next = _lastPages + Wanted;
            }

            return rc != raw.SQLITE_INTERRUPT;
        }
        finally
        {
            if (interruptible)
            {
                writer.EndRunning(_execution);
            }
        }
    }

    private sealed class CheckpointHolder : WriterHolder
    {
        public CheckpointHolder() => Sql = "(checkpoint)";
    }

    private sealed class Execution : IInterruptible
    {
        private volatile PhysicalConnection? _runsOn;

        public PhysicalConnection? RunsOn
        {
            get => _runsOn;
            set => _runsOn = value;
        }
    }
}
