namespace SplitSqlite.Engine;

/// <summary>
/// The right to use a physical connection, and who uses it: open cursors and streams count as users, a transaction or snapshot pins it.
/// It goes back when nobody uses it and nothing pins it, once, through <see cref="Session.GiveBack"/>.
/// </summary>
/// <remarks>One object per physical connection, since a connection is lent to one session at a time; no allocation per lease. No lock: it is its session's own.</remarks>
internal sealed class ConnectionLease(PhysicalConnection connection)
{
    /// <summary>Gets the connection.</summary>
    public PhysicalConnection Connection { get; } = connection;

    /// <summary>Gets the session that has the lease, or <see langword="null"/> while nobody has.</summary>
    public Session? Session { get; private set; }

    /// <summary>Gets how many open cursors and streams use the connection.</summary>
    public int Users { get; private set; }

    /// <summary>Gets or sets whether a transaction, a snapshot or a private session keeps the lease between commands.</summary>
    public bool IsPinned { get; set; }

    /// <summary>Gets or sets the permit of the gate, while <see cref="HoldsGate"/>.</summary>
    public GatePermit Permit { get; set; }

    /// <summary>Gets or sets whether the lease includes the writer's gate.</summary>
    public bool HoldsGate { get; set; }

    /// <summary>Gets or sets whether the connection is in the transaction of a commit group, which is no session's.</summary>
    public bool IsInGroup { get; set; }

    /// <summary>Gets or sets the pool's slot, for readers.</summary>
    public PoolSlot<PhysicalConnection> Slot { get; set; }

    /// <summary>Gets or sets the database's commit count when the first of the cursors now open began to read.</summary>
    public long CommitCountAtStart { get; set; }

    /// <summary>Gets or sets the native <c>total_changes()</c> before the running statement.</summary>
    public long TotalChangesAtStart { get; set; }

    /// <summary>Lends the connection to a session.</summary>
    public void Begin(Session session)
    {
        Session = session;
        Connection.Session = session;
        Connection.Guard.Forget();
        Users = 0;
        IsPinned = false;
    }

    /// <summary>Ends the loan.</summary>
    public void End()
    {
        Session = null;
        Connection.Session = null;
        Users = 0;
        IsPinned = false;
    }

    /// <summary>Counts a cursor or stream in.</summary>
    public void AddUser() => Users++;

    /// <summary>Counts a cursor or stream out, and gives the lease back if it was the last thing that kept it.</summary>
    public void RemoveUser()
    {
        Users--;
        ReleaseIfUnused();
    }

    /// <summary>Gives the lease back if nothing keeps it.</summary>
    public void ReleaseIfUnused()
    {
        if (Users == 0 && !IsPinned && Session is { } session)
        {
            session.GiveBack(this);
        }
    }
}
