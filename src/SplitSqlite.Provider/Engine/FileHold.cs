using System.Globalization;
using System.Text;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// A file that is kept closed in this process while somebody works on it by other means (<c>SplitSqliteConnection.CloseForFileAccess</c>). Holds the
/// database's gate, pauses its pool, and keeps new sessions back; a file that is not open is only kept from being opened.
/// </summary>
/// <remarks>
/// <code>
///   registered ──► gate entered ──► opens kept back, pool paused ──► nothing lent? ──► checkpointed, closed ──► (in use) ──► released
///        │              ▲                                             │ no: gate left till all has come back
///        │              └─────────────────────────────────────────────┘
///        └── deadline, cancelled, failed: from anywhere ────────────────────────────────────────────────────────────────────►
/// </code>
/// The gate comes first: while a transaction is waited for, reads and opens go on. It is left while readers and private connections are waited for.
/// </remarks>
internal sealed class FileHold : WriterHolder
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Database? _database;
    private GatePermit _permit;
    private bool _hasGate;
    private bool _hasPool;
    private int _isReleased;

    private FileHold(string path)
    {
        Path = path;
        Sql = "(file access)";
    }

    /// <summary>Gets the file's full name.</summary>
    public string Path { get; }

    /// <summary>Gets or sets why the WAL could not be taken into the file, if it could not.</summary>
    public Microsoft.Data.Sqlite.SqliteException? Failure { get; set; }

    /// <summary>Gets a task that ends when the file may be opened again.</summary>
    public Task Released => _released.Task;

    /// <summary>Gets or sets whether the file must not be opened now. Under the registry's lock.</summary>
    public bool KeepsOpensBack { get; set; }

    /// <summary>Gets or sets what ends when the opens are over that had begun before. Under the registry's lock.</summary>
    public TaskCompletionSource? OpensOver { get; set; }

    /// <summary>Closes a file and keeps it closed, waiting on this thread.</summary>
    /// <exception cref="SplitSqliteBusyException">It was in use until the deadline. Everything goes on as before.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public static FileHold Take(string path, Deadline deadline, CancellationToken cancellationToken)
    {
        var hold = new FileHold(path);
        while (DatabaseRegistry.TryRegister(hold) is { } other)
        {
            if (!Wait(other.Released, deadline, cancellationToken))
            {
                throw hold.Busy(deadline, "another call of CloseForFileAccess has it.");
            }
        }

        try
        {
            while (hold.FindDatabase(out var closing))
            {
                if (closing is not null)
                {
                    hold.ThrowIfLate(Wait(closing, deadline, cancellationToken), deadline);
                }
                else if (hold._database is { } database)
                {
                    hold.Entered(database.Gate.Enter(hold, deadline, cancellationToken));
                }

                hold.ThrowIfLate(Wait(DatabaseRegistry.KeepOpensBack(hold), deadline, cancellationToken), deadline);
            }

            hold.PausePool();
            while (hold.StepAside() is { } drained)
            {
                hold.ThrowIfLate(Wait(drained, deadline, cancellationToken), deadline);
                hold.Entered(hold._database!.Gate.Enter(hold, deadline, cancellationToken));
            }

            hold._database?.CloseForHold(hold, deadline, cancellationToken);
            return hold;
        }
        catch (WaitTimeoutException)
        {
            throw hold.GiveUp(deadline);
        }
        catch
        {
            hold.Release();
            throw;
        }
    }

    /// <summary>The same without a thread while waiting.</summary>
    /// <inheritdoc cref="Take" path="/exception"/>
    public static async Task<FileHold> TakeAsync(string path, Deadline deadline, CancellationToken cancellationToken)
    {
        var hold = new FileHold(path);
        while (DatabaseRegistry.TryRegister(hold) is { } other)
        {
            if (!await WaitAsync(other.Released, deadline, cancellationToken).ConfigureAwait(false))
            {
                throw hold.Busy(deadline, "another call of CloseForFileAccess has it.");
            }
        }

        try
        {
            while (hold.FindDatabase(out var closing))
            {
                if (closing is not null)
                {
                    hold.ThrowIfLate(await WaitAsync(closing, deadline, cancellationToken).ConfigureAwait(false), deadline);
                }
                else if (hold._database is { } database)
                {
                    hold.Entered(await database.Gate.EnterAsync(hold, deadline, cancellationToken).ConfigureAwait(false));
                }

                hold.ThrowIfLate(await WaitAsync(DatabaseRegistry.KeepOpensBack(hold), deadline, cancellationToken).ConfigureAwait(false), deadline);
            }

            hold.PausePool();
            while (hold.StepAside() is { } drained)
            {
                hold.ThrowIfLate(await WaitAsync(drained, deadline, cancellationToken).ConfigureAwait(false), deadline);
                hold.Entered(await hold._database!.Gate.EnterAsync(hold, deadline, cancellationToken).ConfigureAwait(false));
            }

            hold._database?.CloseForHold(hold, deadline, cancellationToken);
            return hold;
        }
        catch (WaitTimeoutException)
        {
            throw hold.GiveUp(deadline);
        }
        catch
        {
            hold.Release();
            throw;
        }
    }

    /// <summary>Lets everybody go on. Safe to call twice, and from any thread.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) == 1)
        {
            return;
        }

        var database = _database;
        try
        {
            database?.EndHold();
            if (_hasPool)
            {
                database!.Readers.Resume();
            }

            LeaveGate();
        }
        finally
        {
            // Whatever closing a connection may throw, nobody waits for ever.
            DatabaseRegistry.Unregister(this);
            _released.TrySetResult();
            database?.RemoveSession();
        }
    }

    /// <summary>Makes the exception for a file that was not free in time.</summary>
    public SplitSqliteBusyException Busy(Deadline deadline, string why) => Busy(deadline, why, itself: false);

    private SplitSqliteBusyException Busy(Deadline deadline, string why, bool itself)
        => new(
            string.Create(CultureInfo.InvariantCulture, $"waited {deadline.Elapsed.TotalSeconds:0.0} s to close '{Path}' for file access: {why} Nothing was closed for good; everything goes on as before."),
            deadline.Elapsed,
            _database?.Gate.QueueLength ?? 0,
            raw.SQLITE_BUSY)
        {
            SeemsToWaitForItself = itself,
        };

    // Answers whether there is something to do yet: to enter the gate of a database that is open, or to keep back who would open it.
    private bool FindDatabase(out Task? closing)
    {
        closing = null;
        if (_database is not null)
        {
            return !KeepsOpensBack;
        }

        if (DatabaseRegistry.FindByIdentity(Path) is not { } database)
        {
            return !KeepsOpensBack;
        }

        if (database.TryBeginHold())
        {
            _database = database;
        }
        else
        {
            closing = database.Closed;
        }

        return true;
    }

    private void Entered(GatePermit permit)
    {
        _permit = permit;
        _hasGate = true;
    }

    private void PausePool()
    {
        if (_database is { } database)
        {
            var idle = database.PauseFor(this);
            _hasPool = true;
            idle.ForEach(static reader => reader.Dispose());
        }
    }

    // Who has a data reader open, or TEMP objects, may have to write before he is done: the gate is left to him, and entered again after him.
    // Meanwhile the next one may have kept the writer for himself (adoption), so it is asked again.
    private Task? StepAside()
    {
        if (_database?.Readers.WhenDrained() is not { IsCompleted: false } drained)
        {
            return null;
        }

        LeaveGate();
        return drained;
    }

    private void LeaveGate()
    {
        if (_hasGate)
        {
            _hasGate = false;
            _database!.Gate.Exit(_permit);
            _database.CloseOldWriters();
        }
    }

    private void ThrowIfLate(bool inTime, Deadline deadline)
    {
        if (!inTime)
        {
            throw GiveUp(deadline);
        }
    }

    private SplitSqliteBusyException GiveUp(Deadline deadline)
    {
        var exception = Busy(deadline, InUse(out var itself), itself);
        Release();
        return exception;
    }

    private string InUse(out bool itself)
    {
        itself = false;
        if (_database is not { } database)
        {
            return "it is just being opened or closed.";
        }

        if (!_hasPool || database.Readers.WhenDrained().IsCompleted)
        {
            var holder = database.Gate.Snapshot().Holder;
            if (holder is null)
            {
                return "its last connections are just being closed.";
            }

            itself = holder.Flow.SeemsSameAs(FlowMark.Current);
            var sql = holder.Sql is { } last ? $" (last SQL: {BusyReport.Shorten(last)})" : string.Empty;
            return string.Create(CultureInfo.InvariantCulture, $"session {holder.Id} has the writer {(holder.IsTransaction ? "in a transaction" : "for a command")}{sql}.")
                + (itself ? BusyReport.ItselfWithFile : string.Empty);
        }

        var lent = database.Readers.Snapshot();
        var text = new StringBuilder("still in use are");
        var separator = " ";
        Add(lent.Rented + lent.Overflow, "reader(s) of open data readers or snapshots");
        Add(database.Readers.Outside, "connection(s) of sessions with TEMP objects, attached files or functions of their own, or of a backup");
        return separator == " " ? "its last connections are just being closed." : text.Append('.').ToString();

        void Add(int count, string what)
        {
            if (count > 0)
            {
                text.Append(separator).Append(CultureInfo.InvariantCulture, $"{count} {what}");
                separator = " and ";
            }
        }
    }

    private static bool Wait(Task task, Deadline deadline, CancellationToken cancellationToken)
        => task.Wait(Remaining(deadline), cancellationToken);

    // Waits count whole milliseconds: rounded up, so that none ends before the deadline.
    private static TimeSpan Remaining(Deadline deadline)
        => deadline.Remaining is { TotalMilliseconds: <= int.MaxValue } left && !deadline.IsNone ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : Timeout.InfiniteTimeSpan;

    private static async Task<bool> WaitAsync(Task task, Deadline deadline, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
        {
            return true;
        }

        try
        {
            await task.WaitAsync(Remaining(deadline), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
