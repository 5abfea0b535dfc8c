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

    /// <summary>
    /// After a commit whose outcome is unknown: closes what is idle now, and the rest when it comes back, so that the next to open the file finds what
    /// SQLite makes of its log then. Under the gate, held by who uses <paramref name="inUse"/>.
    /// </summary>
    public void RenewAll(PhysicalConnection inUse)
    {
        DisposeAll(Readers.Retire());
        Interlocked.Increment(ref _writerGeneration);
        WriterLock.Wait();
        try
        {
            foreach (var options in _optionSets.Values)
            {
                if (options.Writer is { } writer && writer != inUse)
                {
                    options.Writer = null;
                    writer.Dispose();
                }
            }
        }
        finally
        {
            WriterLock.Release();
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

    /// <summary>
    /// Closes what the process leaves behind at its end. Work that is under way on other threads may end; nothing new begins. What is still at work at the
    /// deadline is left to the operating system: its connection, and with it the WAL, which the next open takes in.
    /// </summary>
    public void CloseAtExit(Deadline deadline)
    {
        lock (_lifeLock)
        {
            _isClosing = true;
        }

        _timer.Dispose();
        Checkpoints.Stop();
        try
        {
            // The permit and the pause are kept: nobody writes or reads any more.
            var hasGate = TryEnterAtExit(deadline);
            DisposeAll(Readers.IsPaused ? Readers.TakeIdle() : Readers.Pause(out _));
            while (hasGate && Readers.Rented + Readers.Overflow > 0 && !deadline.HasPassed)
            {
                Thread.Sleep(1);
            }

            if (hasGate)
            {
                DisposeWriters();
            }
        }
        finally
        {
            Anchor?.Dispose();
            Watch.End();

            // Who opens it at this late hour opens it anew.
            DatabaseRegistry.Remove(this);
            _closed.TrySetResult();
        }
    }

    private bool TryEnterAtExit(Deadline deadline)
    {
        try
        {
            _ = Gate.Enter(Checkpoints.Holder, deadline, CancellationToken.None);
            return true;
        }
        catch (WaitTimeoutException)
        {
            return false;
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
            Anchor?.Dispose();
            Watch.End();
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
            // Its close takes the WAL in, if it is the last.
            if (LeaveWriter(Deadline.After(TimeSpan.Zero, TimeProvider.System)) is { } options)
            {
                options.Writer!.Dispose();
                options.Writer = null;
            }
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

    // Under WriterLock. Where a WAL lies there and no writer is open to take it in, opens one, and answers whose it is.
    private OptionSet? LeaveWriter(Deadline deadline)
    {
        if (_optionSets.Values.Any(static set => set.Writer is not null)
            || _optionSets.Values.FirstOrDefault(static set => !set.IsReadOnly) is not { } options
            || !IsSplit || !File.Exists(Identity) || !File.Exists(Identity + "-wal"))
        {
            return null;
        }

        options.Writer = NewWriter(options, deadline);
        return options;
    }

    private void DisposeWriters()
    {
        WriterLock.Wait();
        try
        {
            // A connection to a file that is gone leaves its WAL behind when it closes, beside the file that is there now.
            RenewIfMoved();
            DisposeAll(_oldWriters);
            ForgetOldWriters();
            foreach (var options in _optionSets.Values)
            {
                // Taken out first: who opens a reader meanwhile sees that there is no writer and waits for the lock, where the close of the
                // last connection, which shuts all others out for as long as it takes, would be met as SQLITE_BUSY.
                var writer = options.Writer;
                options.Writer = null;
                writer?.Dispose();
            }
        }
        finally
        {
            WriterLock.Release();
        }
    }

    /// <summary>After the gate was left: closes a writer that has outlived a <see cref="Clear"/> which found the gate taken, or its file.</summary>
    public void CloseIfOutdated(PhysicalConnection? writer)
    {
        CloseOldWriters();
        if (writer is { Role: PhysicalRole.Private })
        {
            // A private session had the gate: the shared writer was idle meanwhile.
            writer = writer.Options.Writer;
        }

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

