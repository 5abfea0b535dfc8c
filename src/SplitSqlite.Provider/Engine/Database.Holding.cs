using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Closed for somebody who works on the file by other means, while its sessions stay open (<see cref="FileHold"/>).</content>
internal sealed partial class Database
{
    private int _openConnections;

    // Who keeps the file closed. Written under _lifeLock, where sessions are counted in.
    private volatile FileHold? _hold;

    private bool IsHeld => _hold is not null;

    /// <summary>Gets how many physical connections are open.</summary>
    public int OpenConnections => Volatile.Read(ref _openConnections);

    /// <summary>Counts a physical connection in.</summary>
    public void NoticeOpened() => Interlocked.Increment(ref _openConnections);

    /// <summary>Counts a physical connection out, when it is closed.</summary>
    public void NoticeClosed() => Interlocked.Decrement(ref _openConnections);

    /// <summary>Counts a hold in as if it were a session, so that the database lives as long; no if it is closing.</summary>
    public bool TryBeginHold() => TryAddSession();

    /// <summary>Gets what to wait for where no session could be counted in: the hold's end, or the close, or nothing if it is over by now.</summary>
    public Task WhenFree
    {
        get
        {
            lock (_lifeLock)
            {
                // Both may be over since who asks was turned away: then he may come again at once, and must not wait for a close that is far off.
                return _hold?.Released ?? (_isClosing ? Closed : Task.CompletedTask);
            }
        }
    }

    /// <summary>From now on no session is counted in (who comes waits at the registry), and no reader is lent.</summary>
    /// <returns>The readers that were idle, for the caller to dispose.</returns>
    public List<PhysicalConnection> PauseFor(FileHold hold)
    {
        lock (_lifeLock)
        {
            _hold = hold;
        }

        return Readers.Pause(out _);
    }

    /// <summary>Takes the WAL into the file and closes everything. The gate is the hold's, and nothing is lent.</summary>
    /// <exception cref="SplitSqliteBusyException">Another process had the file until the deadline.</exception>
    public void CloseForHold(FileHold hold, Deadline deadline, CancellationToken cancellationToken)
    {
        var isWhole = true;
        DisposeAll(Readers.TakeIdle());
        WriterLock.Wait(cancellationToken);
        try
        {
            RenewIfMoved();
            DisposeAll(_oldWriters);
            ForgetOldWriters();
            TryToTakeIn(hold, () => LeaveWriter(deadline));

            // What others have taken out of the pool to close it is closed in a moment. The writer goes last: a reader that did would leave the WAL behind.
            var writers = _optionSets.Values.Count(static set => set.Writer is not null);
            var spin = default(SpinWait);
            while (OpenConnections > writers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (deadline.HasPassed)
                {
                    throw hold.Busy(deadline, "its last connections are just being closed.");
                }

                spin.SpinOnce();
            }

            if (_optionSets.Values.FirstOrDefault(static set => set.Writer is not null)?.Writer is { } writer)
            {
                TryToTakeIn(hold, () => isWhole = TryTakeWalIn(writer, deadline, cancellationToken));
            }
        }
        finally
        {
            WriterLock.Release();
        }

        DisposeWriters();
        if (!isWhole)
        {
            throw hold.Busy(deadline, "another process, or a connection outside of SplitSqlite, reads or writes it, so that its WAL can't be taken in.");
        }
    }

    /// <summary>Sessions may come again. What they open is looked at anew: it may be another file.</summary>
    public void EndHold()
    {
        WriterLock.Wait();
        try
        {
            _isJournalModeKnown = false;
            CountCommit();
        }
        finally
        {
            WriterLock.Release();
        }

        lock (_lifeLock)
        {
            _hold = null;
        }
    }

    // A damaged file is held all the same: it is there to be replaced.
    private static void TryToTakeIn(FileHold hold, Action takeIn)
    {
        try
        {
            takeIn();
        }
        catch (Microsoft.Data.Sqlite.SqliteException exception) when (!Busy.IsBusy(exception.SqliteExtendedErrorCode))
        {
            hold.Failure ??= exception;
        }
    }

    private static bool TryTakeWalIn(PhysicalConnection writer, Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var rc = raw.sqlite3_wal_checkpoint_v2(writer.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
            if (!Busy.IsBusy(rc))
            {
                Microsoft.Data.Sqlite.SqliteException.ThrowExceptionForRC(rc, writer.Handle);
                return true;
            }

            if (deadline.HasPassed)
            {
                return false;
            }

            Busy.Wait(deadline, cancellationToken);
        }
    }
}
