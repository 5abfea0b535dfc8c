using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <content>
/// A file that is deleted, replaced or renamed under us. The database is that of the path: what is opened from then on is the file that is there.
/// Whoever has something of the old file keeps it to its end, and is told when it writes.
/// </content>
internal sealed partial class Database
{
    // Writers of a file that is gone. In use, or to be closed by the next who can have the gate for a moment. Under WriterLock.
    private readonly List<PhysicalConnection> _oldWriters = [];

    // A connection that is open on the file of now, whichever: it tells whether the path still leads there. Replaced under WriterLock.
    private volatile PhysicalConnection? _witness;
    private volatile bool _hasOldWriters;
    private long _replacements;

    /// <summary>Gets how often the file was found to be another one.</summary>
    public long Replacements => Volatile.Read(ref _replacements);

    /// <summary>
    /// At the open of a session: where the file is no longer the one that is open, or nothing of it is open, what is there now is opened. Costs one
    /// system call (<see cref="FileWatch"/>, or a <c>stat</c>), which nothing spares: a delete between two opens leaves no trace in this process.
    /// </summary>
    /// <exception cref="SqliteException">It can't be opened.</exception>
    public void EnsureCurrent(OptionSet options, ConnectionSettings settings)
    {
        if (!IsUnshared && !IsSharedMemory && _witness?.HasMoved() != false)
        {
            Refresh(options, settings.OpenDeadline());
        }
    }

    /// <summary>At the start of a write, under the gate: the same, but where nothing is open the caller will open it.</summary>
    /// <exception cref="SqliteException">What is there now can't be opened.</exception>
    public void RefreshIfMoved(OptionSet options, Deadline deadline)
    {
        if (!IsSharedMemory && _witness?.HasMoved() == true)
        {
            Refresh(options, deadline);
        }
    }

    /// <summary>
    /// Opens a connection beside the writer, which is the first to have the file and the last to leave it (FACTS 8.15), sets it up and reads from it once.
    /// </summary>
    /// <remarks>
    /// All of it under <see cref="WriterLock"/>, the first read too: only with it does SQLite open the <c>-wal</c> and <c>-shm</c>, by their names. One that
    /// had opened the old file would else take those of the new one, and clear the index that others are reading.
    /// </remarks>
    /// <exception cref="SplitSqliteBusyException">Another process was in the way until the deadline.</exception>
    /// <exception cref="SqliteException">It can't be opened.</exception>
    public PhysicalConnection OpenBeside(OptionSet options, PhysicalRole role, Action<PhysicalConnection> setUp, Deadline deadline)
    {
        while (true)
        {
            WriterLock.Wait();
            try
            {
                if (TryOpenBeside(options, role, setUp, deadline) is { } connection)
                {
                    return connection;
                }
            }
            catch (SqliteException exception) when (Busy.IsBusy(exception.SqliteExtendedErrorCode))
            {
                if (deadline.HasPassed)
                {
                    throw BusyReport.DescribeForeign(this, deadline, exception.SqliteExtendedErrorCode);
                }
            }
            finally
            {
                WriterLock.Release();
                CloseOldWriters();
            }

            // Waited for out here, where nobody else is kept from the lock.
            Busy.Wait(deadline, CancellationToken.None);
        }
    }

    /// <summary>Makes the exception for who has written to a file that is gone.</summary>
    public SqliteException FileIsGone(bool isTransaction)
        => new(
            "SQLite Error 8: 'attempt to write a readonly database'. SplitSqlite: the file '" + Identity + "' was deleted, replaced or renamed while it was open. "
            + (isTransaction
                ? "The transaction that had begun before was rolled back: what it wrote would have been lost with the old file. Run it again; it then goes to the file that is there now."
                : "This connection has TEMP objects, attached files or functions of its own and so keeps the old file, where a write would be lost. Close it and open another one."),
            SQLitePCL.raw.SQLITE_READONLY,
            MovedCode);

    /// <summary>After the gate was left: closes writers of a file that is gone.</summary>
    public void CloseOldWriters()
    {
        if (!_hasOldWriters || !Gate.TryEnter(Checkpoints.Holder, out var permit))
        {
            return;
        }

        try
        {
            WriterLock.Wait();
            try
            {
                DisposeAll(_oldWriters);
                ForgetOldWriters();
            }
            finally
            {
                WriterLock.Release();
            }
        }
        finally
        {
            Gate.Exit(permit);
        }
    }

    private const int MovedCode = 8 | (4 << 8); // SQLITE_READONLY_DBMOVED

    private void Refresh(OptionSet options, Deadline deadline)
    {
        WriterLock.Wait();
        try
        {
            RenewIfMoved();

            // Kept closed by who came in between: the first statement opens it.
            if (!options.IsReadOnly && !IsHeld && !OpensUnderGate)
            {
                options.Writer ??= NewWriter(options, deadline);
            }
        }
        finally
        {
            WriterLock.Release();
        }

        CloseOldWriters();
    }

    // Under WriterLock. Answers nothing if the file was replaced meanwhile.
    private PhysicalConnection? TryOpenBeside(OptionSet options, PhysicalRole role, Action<PhysicalConnection> setUp, Deadline deadline)
    {
        if (!IsUnshared)
        {
            RenewIfMoved();
            if (role != PhysicalRole.Private && !options.IsReadOnly)
            {
                options.Writer ??= NewWriter(options, deadline);
            }
        }

        var connection = PhysicalConnection.Open(options, role);
        try
        {
            // Asked after the open: before it, a replacement in between would bring two files together.
            if (!IsUnshared && !IsSharedMemory && _witness?.LookForMove() == true)
            {
                connection.Dispose();
                return null;
            }

            setUp(connection);
            if (IsUnshared || IsSharedMemory)
            {
                return connection;
            }

            if (IsSplit || !_isJournalModeKnown)
            {
                // Without WAL there is nothing beside the file that it would open, and another process's lock to meet.
                _ = connection.ExecuteOwn("PRAGMA schema_version");
            }

            if (_witness is null or { IsDisposed: true })
            {
                _witness = connection;
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Under WriterLock, before and after a writer is opened. Answers whether what is open was given up.
    private bool RenewIfMoved()
    {
        if (IsSharedMemory)
        {
            return false;
        }

        switch (_witness?.LookForMove())
        {
            case false:
                return false;

            case null:
                // It was closed: another writer, if there is one, tells the same. Without any, readers can't be told from those of another file.
                _witness = _optionSets.Values.FirstOrDefault(static set => set.Writer is { IsDisposed: false })?.Writer;
                if (_witness is null)
                {
                    _isJournalModeKnown = false;
                    DisposeAll(Readers.Retire());
                    return false;
                }

                return RenewIfMoved();

            default:
                Renew();
                return true;
        }
    }

    private void Renew()
    {
        Interlocked.Increment(ref _replacements);
        Interlocked.Increment(ref _writerGeneration);
        var idle = Readers.Retire();
        foreach (var set in _optionSets.Values)
        {
            if (set.Writer is { } writer)
            {
                set.Writer = null;
                _oldWriters.Add(writer);
                _hasOldWriters = true;
            }
        }

        try
        {
            // While something of the old file is open, and before anything of the new one is.
            FileLeftovers.Remove(Identity, idle);
        }
        finally
        {
            _witness = null;
            _isJournalModeKnown = false;
            DisposeAll(idle);

            // No read that begins now may share a connection with one that began on the old file.
            CountCommit();
        }
    }

    private void ForgetOldWriters()
    {
        _oldWriters.Clear();
        _hasOldWriters = false;
    }
}
