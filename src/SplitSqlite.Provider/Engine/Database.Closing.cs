using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <content>The end of connections: trimmed, cleared, or closed with the database. Readers first, the writers last.</content>
internal sealed partial class Database
{
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

    /// <summary>Readers first, the writers last: the last writer to close leaves one clean file.</summary>
    private void CloseAll()
    {
        _timer.Dispose();
        Checkpoints.Stop();
        try
        {
            // No session is open, so only a checkpoint can hold the gate, and it makes way.
            var permit = Gate.Enter(Checkpoints.Holder, Deadline.None, CancellationToken.None);
            try
            {
                DisposeAll(Readers.TakeIdle());
                LeaveClean();
            }
            finally
            {
                DisposeWriters();
                Gate.Exit(permit);
            }
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
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Another process is at work, the file is gone, or the user's initializer fails: none of it is the business of who closes.
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

