using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// Several autocommit writes in one transaction of SQLite, so that they share one sync. Led by whoever came to the gate's end of the line and saw others
/// behind it, on the leader's thread, under its permit.
/// </summary>
/// <remarks>
/// <code>
///                       busy: wait, again                            busy: wait, again
///                          ┌────┐                                         ┌────┐
///                          │    ▼        own statement runs,              │    ▼
///    New ──────────────► Beginning ────► Running ──── others drawn ─► Committing ─────► Settled
///                          │               │          and run            │   │            each has its own answer
///                          │               │                             │   └──────────► Settled
///                          │               │ the transaction is gone     │                all have "outcome unknown"
///                          │               ├─────────────────────────────┤ surely nothing was committed
///                          │               ▼                             ▼
///                          └──────────► Undone ◄─────────────────────────┘ (also from everywhere when the leader gives up)
///                                         nobody was told anything: the others are back at the head of the line, each to be run alone
/// </code>
/// <list type="bullet">
/// <item>Nobody is told anything, yes or no, before the outcome is known: a constraint may have failed against a row that is rolled back.</item>
/// <item>Others are drawn only once BEGIN IMMEDIATE has succeeded, and only from the head of the line: the order with transactions is kept.</item>
/// <item>Who is drawn is completed or put back, exactly once: <see cref="Close"/> puts back whom nothing else has settled, <see cref="Tell"/>
/// completes the settled ones, after the gate was left.</item>
/// </list>
/// See <c>docs/design/group-commit.md</c>.
/// </remarks>
internal sealed class CommitGroup
{
    /// <summary>How many statements a group has at most.</summary>
    public const int MostStatements = 256;

    /// <summary>For how long a group takes in others. It bounds what a transaction behind it waits, and what a leader does for others.</summary>
    public static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(5);

    private readonly ConnectionLease _lease;
    private readonly GatePermit _permit;
    private readonly IGroupMember _leader;
    private readonly Database _database;
    private List<DrawnWork<IGroupMember>>? _others;
    private Phase _phase;

    /// <param name="leader">Who leads; its own work comes first.</param>
    /// <param name="lease">The lease of the writer, with the gate.</param>
    public CommitGroup(IGroupMember leader, ConnectionLease lease)
    {
        Debug.Assert(lease.HoldsGate && lease.Connection.Role == PhysicalRole.Writer, "Led by who has the writer.");
        _leader = leader;
        _lease = lease;
        _permit = lease.Permit;
        _database = leader.Session.Database;
    }

    private enum Phase : byte
    {
        Beginning,
        Running,
        Committing,
        Settled,
        Undone,
    }

    /// <summary>Gets SQLite's code of what sent the group waiting.</summary>
    public int BusyCode { get; private set; }

    /// <summary>Runs the group as far as it goes. Called again after <see cref="GroupOutcome.Busy"/>.</summary>
    /// <exception cref="SqliteException">The transaction can't be begun. Only the leader fails: nobody has been drawn.</exception>
    public GroupOutcome Run()
    {
        var connection = _lease.Connection;
        if (_phase == Phase.Beginning)
        {
            if (IsBusy(connection.BeginImmediate()))
            {
                return GroupOutcome.Busy;
            }

            _phase = Phase.Running;
            _lease.IsInGroup = true;
            if (!TryRun(_leader) || !DrawOthers())
            {
                Undo();
                return Undone(connection);
            }

            _phase = Phase.Committing;
        }

        return Commit(connection);
    }

    /// <summary>Ends the group before the gate is left: what is not settled is rolled back, and whom it concerns goes back to the line.</summary>
    public void Close()
    {
        if (_phase is Phase.Running or Phase.Committing)
        {
            Undo();
        }

        _lease.IsInGroup = false;
    }

    /// <summary>Tells the others, once the gate has been left: the next leader need not wait for so many to be woken.</summary>
    public void Tell()
    {
        if (_phase == Phase.Settled && _others is { } others)
        {
            _others = null;
            foreach (var other in others)
            {
                other.Complete();
            }
        }
    }

    // Answers whether the transaction goes on.
    private bool TryRun(IGroupMember member)
    {
        var connection = _lease.Connection;
        connection.Session = member.Session;
        try
        {
            member.RunInGroup(_lease);
        }
        finally
        {
            connection.Session = _leader.Session;
        }

        return !connection.IsAutocommit && !member.NeedsToBeAlone;
    }

    // Answers whether the transaction goes on.
    private bool DrawOthers()
    {
        var begun = Stopwatch.GetTimestamp();
        var statements = _leader.StatementCount;
        var gate = _database.Gate;
        Func<IGroupMember, bool>? joins = null;
        while (statements < MostStatements && gate.HasWaiters && Stopwatch.GetElapsedTime(begun) < _database.LongestGroupRun)
        {
            joins ??= Joins;
            if (gate.Draw(_permit, joins) is not { } drawn)
            {
                break;
            }

            (_others ??= []).Add(drawn);
            if (!TryRun(drawn.Work))
            {
                return false;
            }

#if SABOTAGE_GROUPTELLSEARLY
            // Broken on purpose: told before anybody knows.
            _others.RemoveAt(_others.Count - 1);
            drawn.Complete();
#endif
            statements += drawn.Work.StatementCount;
        }

        return true;
    }

    private bool Joins(IGroupMember member) => member.MayJoin && member.Session.Options == _leader.Session.Options;

    private GroupOutcome Commit(PhysicalConnection connection)
    {
        // What is written to a file that is gone is lost, and must not be acknowledged; alone each is told, or meets the new file.
        if (connection.HasMoved() == true)
        {
            Undo();
            return _leader.WasStopped ? GroupOutcome.Settled : GroupOutcome.Moved;
        }

        var rc = connection.Commit();
        if (rc == raw.SQLITE_OK)
        {
            _database.CountCommit();
            if (_others is { } others)
            {
                _database.CountSharedCommit(others.Count + 1);
            }

            _phase = Phase.Settled;
            return GroupOutcome.Settled;
        }

        if (Busy.IsBusy(rc) && !connection.IsAutocommit)
        {
            if (_others?.Exists(static other => other.IsAskedToEnd) == true)
            {
                // Its token or its deadline: it must not wait for as long as the leader may. In the line each waits by its own again.
                Undo();
                return Undone(connection);
            }

            BusyCode = rc;
            return GroupOutcome.Busy;
        }

        if (_leader.Session.ErrorOf(_lease, rc, mayCommit: true) is SplitSqliteOutcomeUnknownException unknown)
        {
            Fail(unknown);
            return GroupOutcome.Settled;
        }

        Undo();
        return Undone(connection);
    }

    private GroupOutcome Undone(PhysicalConnection connection)
    {
        // To run on in a transaction that could not be rolled back would be to run for nobody knows whom. The connection is closed on its return.
        if (!connection.IsAutocommit)
        {
            throw new SqliteException("SQLite Error 1: 'cannot rollback'. SplitSqlite: a shared commit could not be undone; nothing of this command was committed.", raw.SQLITE_ERROR, raw.SQLITE_ERROR);
        }

        return _leader.WasStopped ? GroupOutcome.Settled : GroupOutcome.Undone;
    }

    // Nobody can be told whether his change is there; each gets an exception of his own.
    private void Fail(SplitSqliteOutcomeUnknownException unknown)
    {
        _leader.Fail(unknown);
        foreach (var other in _others ?? [])
        {
            other.Work.Fail(new SplitSqliteOutcomeUnknownException(unknown));
        }

        _phase = Phase.Settled;
    }

    // Rolled back, by SQLite or here: as if nothing of it had been run. Under the gate, so that nobody gets in between those that are put back.
    private void Undo()
    {
        var connection = _lease.Connection;
        var culprit = _phase == Phase.Running && connection.IsAutocommit ? _others?[^1].Work ?? _leader : null;
        _phase = Phase.Undone;
        try
        {
            if (!connection.IsAutocommit)
            {
                _ = connection.Rollback();
            }
        }
        finally
        {
            _lease.IsInGroup = false;
            PutBack(culprit);
        }
    }

    private void PutBack(IGroupMember? culprit)
    {
        _leader.Undo(endedTransaction: culprit == _leader);
        if (_others is not null)
        {
            _database.CountUndoneGroup();
        }

        // From the last to the first: each goes back to its own place, whichever comes first, but the head of the line is found faster so.
        for (var i = _others?.Count - 1 ?? -1; i >= 0; i--)
        {
            var other = _others![i];
#if SABOTAGE_GROUPFORGETS
            // Broken on purpose: the others keep the answers of the transaction that is no more.
            other.Complete();
#else
            other.Work.Undo(endedTransaction: culprit == other.Work);
            if (other.Work.WasStopped)
            {
                other.Complete();
            }
            else
            {
                other.Return();
            }
#endif
        }

        _others = null;
    }

    private bool IsBusy(int rc)
    {
        if (Busy.IsBusy(rc))
        {
            BusyCode = rc;
            return true;
        }

        SqliteException.ThrowExceptionForRC(rc, _lease.Connection.Handle);
        return false;
    }
}

/// <summary>How far a commit group has come.</summary>
internal enum GroupOutcome
{
    /// <summary>Another process is in the way: the same again in a while.</summary>
    Busy,

    /// <summary>It is over: the leader's own answer, or its error, is with the leader.</summary>
    Settled,

    /// <summary>It was rolled back, and nobody was told anything: the leader's own work is to be run alone, by the same permit.</summary>
    Undone,

    /// <summary>The same, because the file is another one by now: the leader needs another connection.</summary>
    Moved,
}
