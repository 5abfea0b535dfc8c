namespace SplitSqlite.Engine;

/// <summary>
/// The files that a session has attached: their databases, each kept open as by a session of its own, and the permits of their gates. A
/// statement that writes may write to any of them, and BEGIN IMMEDIATE locks them all, so it needs all the gates.
/// </summary>
/// <remarks>
/// The gates, the session's own among them, are entered in the order of the files' names, so that sessions which attach each other's files
/// never wait in a circle. One case can't keep that order: ATTACH inside a transaction, whose session has its own gate by then. There the
/// rest are tried, not queued for; two such transactions may wait for each other until a deadline, as they would with SQLite's own locks.
/// Not thread-safe: it is its session's own.
/// </remarks>
internal sealed class AttachedDatabases(Session session)
{
    // Those that may be written to, in the order of their names.
    private Attached[] _others = [];

    // Those that need no gate; but who wants a file for himself waits for these connections too.
    private Attached[] _readOnly = [];

    // How many of them come before the session's own database.
    private int _before;

    /// <summary>Gets whether nothing is attached that would need a gate.</summary>
    public bool IsEmpty => _others.Length == 0;

    /// <summary>Gets the first database whose gate the session is not in, or <see langword="null"/>.</summary>
    public Database? Missing
    {
        get
        {
            foreach (var other in _others)
            {
                if (other.Permit.IsNone)
                {
                    return other.Database;
                }
            }

            return null;
        }
    }

    /// <summary>Gets a number that grows with each commit to any of the files.</summary>
    public long CommitCount
    {
        get
        {
            var sum = 0L;
            foreach (var other in _others)
            {
                sum += other.Database.CommitCount;
            }

            foreach (var other in _readOnly)
            {
                sum += other.Database.CommitCount;
            }

            return sum;
        }
    }

    /// <summary>After ATTACH or DETACH: asks SQLite what is attached now.</summary>
    /// <returns>A file that can't be joined now, because it is just being closed, or kept closed (<see cref="FileHold"/>); <see langword="null"/> where all is well.</returns>
    public string? Refresh(PhysicalConnection connection)
    {
        var own = session.Database.Identity;
        var files = connection.AttachedFiles();
        files.Remove(own);
        string? notFree = null;
        var before = _others.Concat(_readOnly).ToArray();
        _others = Join(files.Where(static file => !file.Value).Select(static file => file.Key).Order(StringComparer.Ordinal));
        _readOnly = Join(files.Where(static file => file.Value).Select(static file => file.Key));
        _before = _others.TakeWhile(other => string.CompareOrdinal(other.Database.Identity, own) < 0).Count();
        foreach (var gone in before.Except(_others).Except(_readOnly))
        {
            gone.Exit();
            gone.Leave();
        }

        return notFree;

        Attached[] Join(IEnumerable<string> names)
        {
            var joined = new List<Attached>();
            foreach (var name in names)
            {
                if ((Array.Find(before, other => other.Database.Identity == name) ?? Attached.TryJoin(name, session)) is { } attached)
                {
                    joined.Add(attached);
                }
                else
                {
                    notFree = name;
                }
            }

            return [.. joined];
        }
    }

    /// <summary>Enters all gates if all are free.</summary>
    /// <param name="own">The permit of the session's own database. The others are kept here.</param>
    public bool TryEnter(out GatePermit own)
    {
        if (TryEnterOthers() && session.Database.Gate.TryEnter(session, out own))
        {
            return true;
        }

        Exit();
        own = default;
        return false;
    }

    /// <summary>Enters the gates of the attached files that the session is not in, as far as they are free.</summary>
    /// <returns>Whether it is in all of them now.</returns>
    public bool TryEnterOthers()
    {
        foreach (var other in _others)
        {
            if (other.Permit.IsNone)
            {
                if (!other.Database.Gate.TryEnter(session, out var permit))
                {
                    return false;
                }

                other.Permit = permit;
            }
        }

        return true;
    }

    /// <summary>Enters all gates in their order, blocking the thread.</summary>
    /// <exception cref="SplitSqliteBusyException">The deadline passed first.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public GatePermit Enter(Deadline deadline, CancellationToken cancellationToken)
    {
        GatePermit own = default;
        var turn = 0;
        try
        {
            for (; turn <= _others.Length; turn++)
            {
                Admit(turn, DatabaseAt(turn).Gate.Enter(session, deadline, cancellationToken), ref own);
            }

            return own;
        }
        catch (Exception exception)
        {
            if (GiveUp(turn, own, exception) is { } told)
            {
                throw told;
            }

            throw;
        }
    }

    /// <summary>The same without a thread while waiting.</summary>
    /// <inheritdoc cref="Enter" path="/exception"/>
    public async ValueTask<GatePermit> EnterAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        GatePermit own = default;
        var turn = 0;
        try
        {
            for (; turn <= _others.Length; turn++)
            {
                Admit(turn, await DatabaseAt(turn).Gate.EnterAsync(session, deadline, cancellationToken).ConfigureAwait(false), ref own);
            }

            return own;
        }
        catch (Exception exception)
        {
            if (GiveUp(turn, own, exception) is { } told)
            {
                throw told;
            }

            throw;
        }
    }

    /// <summary>Leaves the gates of the attached files; the session's own is left by whoever has its permit.</summary>
    public void Exit()
    {
        foreach (var other in _others)
        {
            other.Exit();
        }
    }

    /// <summary>Another process was in the way of a write to one of the files.</summary>
    public void MeetOthers()
    {
        foreach (var other in _others)
        {
            if (!other.Permit.IsNone)
            {
                other.Database.Room.Met();
            }
        }
    }

    /// <summary>Says that something was committed, to whichever of the files.</summary>
    public void CountCommit()
    {
        foreach (var other in _others)
        {
            other.Database.CountCommit();
        }
    }

    /// <summary>The session ends: its connection is closed, the files are let go.</summary>
    public void Dispose()
    {
        Attached[] all = [.. _others, .. _readOnly];
        (_others, _readOnly) = ([], []);
        foreach (var other in all)
        {
            other.Exit();
            other.Leave();
        }
    }

    // The order of entering: the attached files by name, the session's own database at its place among them.
    private Database DatabaseAt(int turn)
        => turn < _before ? _others[turn].Database : turn == _before ? session.Database : _others[turn - 1].Database;

    private void Admit(int turn, GatePermit permit, ref GatePermit own)
    {
        if (turn == _before)
        {
            own = permit;
        }
        else
        {
            _others[turn < _before ? turn : turn - 1].Permit = permit;
        }
    }

    // What was entered is left again; gives what to throw in place of a deadline's exception.
    private SplitSqliteBusyException? GiveUp(int turn, GatePermit own, Exception exception)
    {
        Exit();
        if (!own.IsNone)
        {
            session.Database.Gate.Exit(own);
        }

        return exception is WaitTimeoutException timeout ? BusyReport.Describe(session, DatabaseAt(turn), timeout) : null;
    }

    private sealed class Attached
    {
        // So that who wants the file for himself waits for this connection too.
        private readonly PoolSlot<PhysicalConnection> _slot;

        private Attached(Database database, PoolSlot<PhysicalConnection> slot)
        {
            Database = database;
            _slot = slot;
        }

        public Database Database { get; }

        public GatePermit Permit { get; set; }

        public static Attached? TryJoin(string file, Session session)
        {
            if (DatabaseRegistry.TryJoin(file, session.Settings) is not { } database)
            {
                return null;
            }

            if (database.Readers.TryRentOutside(session.Options, out var slot))
            {
                return new Attached(database, slot);
            }

            // Since then somebody has paused it, to close the file.
            database.RemoveSession();
            return null;
        }

        public void Leave()
        {
            Database.Readers.Discard(_slot);
            Database.RemoveSession();
        }

        public void Exit()
        {
            if (!Permit.IsNone)
            {
                var permit = Permit;
                Permit = default;
                Database.Room.Leaving();
                Database.Gate.Exit(permit);
            }
        }
    }
}
