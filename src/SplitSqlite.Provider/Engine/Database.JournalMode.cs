using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SplitSqlite.Diagnostics;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Whether there is anything to split: the file's journal mode, who decides it, and what the first open decides for the others.</content>
internal sealed partial class Database
{
    // How long an open waits for others who read, and how long after a failed attempt the next one comes.
    private static readonly TimeSpan SwitchPatience = TimeSpan.FromSeconds(1);

    private readonly DatabaseOptions _decided;
    private HashSet<DatabaseOptions>? _ignored;
    private bool _hasToldOfSharedCache;
    private bool _isJournalModeDecided;
    private volatile bool _hasSeveralLockings;

    // WAL is wanted, but somebody was reading when it was to be switched on.
    private volatile bool _owesWal;
    private long _lastAttempt;

    /// <summary>Gets or sets whether the file is in WAL mode, so that readers and the writer don't meet.</summary>
    public bool IsSplit { get; set; }

    /// <summary>Gets the journal mode as SQLite named it when the file was opened.</summary>
    public string JournalMode { get; set; } = string.Empty;

    /// <summary>
    /// Gets whether even opening a connection needs the gate. In memory the schema may be locked by a transaction that is under way. And where virtual
    /// file systems that do not see each other's locks have the file, a connection that reads beside a writer without WAL takes the
    /// writer's journal for one that a crash has left, and rolls it back (https://sqlite.org/lockingv3.html, hot journals).
    /// </summary>
    public bool OpensUnderGate => IsSharedMemory || (_hasSeveralLockings && !IsSplit);

    /// <summary>Takes over the journal mode that a PRAGMA has set. Under the gate.</summary>
    public void NoticeJournalMode(PhysicalConnection connection)
    {
        JournalMode = connection.ExecuteOwn("PRAGMA journal_mode") ?? string.Empty;
        IsSplit = JournalMode.Equals("wal", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>After a session has been opened, with no lock held: tells a logger what the first open has decided, if there is something to tell.</summary>
    public void NoticeOpen(ConnectionSettings settings, ILogger? logger)
    {
        Log.Attach(logger);
        var options = new DatabaseOptions(settings);
        if (options != _decided)
        {
            bool isNew;
            lock (_lifeLock)
            {
                isNew = (_ignored ??= []).Add(options);
            }

            if (isNew)
            {
                foreach (var (keyword, value, decided) in options.DifferencesFrom(_decided))
                {
                    Log.Add(logger => logger.OptionIgnored(Identity, keyword, value, decided));
                }
            }
        }

        Log.Flush();
    }

    // Under WriterLock, at the first open, and again at the first that may write.
    private void DecideJournalMode(PhysicalConnection connection, OptionSet options, Deadline deadline)
    {
        // Its first read shows a wrong password or a file that is no database.
        Busy.Retry(connection, deadline, static (c, database) => database.NoticeJournalMode(c), this);
        TellOfSharedCache(options);
        _owesWal = false;
        if (options.IsReadOnly)
        {
            if (options.Settings.OptionSet.Mode != SqliteOpenMode.ReadOnly)
            {
                Log.Add(logger => logger.ReadOnly(Identity));
            }

            return;
        }

        _isJournalModeDecided = true;
        if (IsSharedMemory)
        {
            return;
        }

        var sharedFileSystem = SharedFileSystem.NameOf(Identity);
        if (IsSplit)
        {
            if (sharedFileSystem is not null)
            {
                Log.Add(logger => logger.WalOnSharedFileSystem(Identity, sharedFileSystem));
            }
        }
        else if (options.Settings.JournalMode == SplitSqliteJournalMode.Keep)
        {
            TellNotSplit($"the file's journal mode is '{JournalMode}', and Journal Mode=Keep leaves it");
        }
        else if (sharedFileSystem is not null)
        {
            TellNotSplit($"it is on a file system of type {sharedFileSystem}, which other hosts may share, and WAL works within one host only");
        }
        else
        {
            SwitchToWal(connection, deadline);
        }
    }

    private void SwitchToWal(PhysicalConnection connection, Deadline deadline)
    {
        var patience = !deadline.IsNone && deadline.Remaining < SwitchPatience ? deadline : Deadline.After(SwitchPatience, TimeProvider.System);
        while (TrySwitch(connection) is { } busy)
        {
            if (Readers.Rented + Readers.Overflow > 0 || patience.HasPassed)
            {
                // A reader of our own may be in the hands of the very flow that waits here.
                _owesWal = true;
                TellNotSplit($"the file could not be switched to WAL yet, because somebody is reading it ({busy}); this is tried again with each write");
                return;
            }

            Busy.Wait(patience, CancellationToken.None);
        }
    }

    // Under the gate.
    private void SwitchIfPossible(PhysicalConnection writer)
    {
        if (Readers.Rented + Readers.Overflow > 0 || Environment.TickCount64 - _lastAttempt < SwitchPatience.TotalMilliseconds || TrySwitch(writer) is not null)
        {
            return;
        }

        _owesWal = false;
        if (IsSplit)
        {
            Log.Add(logger => logger.NowSplit(Identity));
        }
    }

    // Answers why not, where another attempt may succeed.
    private string? TrySwitch(PhysicalConnection connection)
    {
        RenewReaders();
        try
        {
            _ = connection.ExecuteOwn("PRAGMA journal_mode=WAL");
        }
        catch (SqliteException exception) when (Busy.IsBusy(exception.SqliteExtendedErrorCode))
        {
            _lastAttempt = Environment.TickCount64;
            return exception.Message;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_FULL)
        {
            // What can be read is read; a write will be told the same.
            TellNotSplit($"WAL can't be switched on: {exception.Message}");
            return null;
        }

        NoticeJournalMode(connection);
        if (!IsSplit)
        {
            TellNotSplit($"SQLite keeps the journal mode '{JournalMode}': the virtual file system or the URI gives no memory that connections share, which WAL needs");
        }

        return null;
    }

    private void TellNotSplit(string reason) => Log.Add(logger => logger.NotSplit(Identity, reason));

    private void TellOfSharedCache(OptionSet options)
    {
        if (!_hasToldOfSharedCache && !IsSharedMemory && options.Settings.AsksForSharedCache(options.DataSource))
        {
            _hasToldOfSharedCache = true;
            Log.Add(logger => logger.SharedCacheReplaced(Identity));
        }
    }
}
