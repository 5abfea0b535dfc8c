using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// The last of the three layers that keep a read on a read-only connection a read: SQLite's authorizer, asked once per prepare.
/// On readers it denies what neither <c>SQLITE_OPEN_READONLY</c> nor <c>query_only</c> stops (FACTS 8.5: ATTACH, TEMP objects, BEGIN, setting
/// PRAGMAs, <c>load_extension</c>); DML it leaves to <c>query_only</c>, because a SELECT on an rtree prepares DML. On the writer it denies
/// nothing and only takes note of what would leave state behind for the next session.
/// </summary>
/// <remarks>Set once per connection, since setting an authorizer expires every prepared statement; the engine switches it by <see cref="Mode"/>. It never throws: it is called by SQLite.</remarks>
internal sealed class Guard
{
    // Kept in a field for as long as SQLite may call it.
    private readonly delegate_authorizer _authorize;

    public Guard() => _authorize = Authorize;

    /// <summary>Gets or sets what is let through.</summary>
    public GuardMode Mode { get; set; } = GuardMode.Off;

    /// <summary>Gets whether something was denied since <see cref="Forget"/>.</summary>
    public bool HasDenied { get; private set; }

    /// <summary>Gets whether a statement was prepared since <see cref="Forget"/> that changes the connection itself (TEMP objects, ATTACH, loaded extensions).</summary>
    public bool HasSeenConnectionState { get; private set; }

    /// <summary>Sets the authorizer of a connection.</summary>
    public void Attach(sqlite3 handle)
        => Microsoft.Data.Sqlite.SqliteException.ThrowExceptionForRC(raw.sqlite3_set_authorizer(handle, _authorize, null), handle);

    /// <summary>Forgets what was recorded.</summary>
    public void Forget()
    {
        HasDenied = false;
        HasSeenConnectionState = false;
    }

    /// <summary>Forgets what was denied, not what was let through.</summary>
    public void ForgetDenied() => HasDenied = false;

    private int Authorize(object userData, int action, utf8z argument1, utf8z argument2, utf8z schema, utf8z trigger)
    {
        if (Mode == GuardMode.Off)
        {
            return raw.SQLITE_OK;
        }

        switch (action)
        {
            case raw.SQLITE_ATTACH:
            case raw.SQLITE_DETACH:
            case raw.SQLITE_CREATE_TEMP_INDEX:
            case raw.SQLITE_CREATE_TEMP_TABLE:
            case raw.SQLITE_CREATE_TEMP_TRIGGER:
            case raw.SQLITE_CREATE_TEMP_VIEW:
            case raw.SQLITE_FUNCTION when IsLoadExtension(argument2):
                return Deny(changesConnection: true);

            case raw.SQLITE_TRANSACTION:
                return Deny(changesConnection: false);

            case raw.SQLITE_SAVEPOINT:
                return Mode == GuardMode.Snapshot ? raw.SQLITE_OK : Deny(changesConnection: false);

            // The planner has let only reading PRAGMAs come here, in spellings it knows; a PRAGMA that sets a value can come
            // only by a text that was read wrongly. Schema tables need arguments (table_info(t)), so these are told by name.
            case raw.SQLITE_PRAGMA:
                return argument2.utf8_to_string() is { Length: > 0 } && !TakesArgumentToRead(argument1.utf8_to_string())
                    ? Deny(changesConnection: true)
                    : raw.SQLITE_OK;

            default:
                return raw.SQLITE_OK;
        }
    }

    private int Deny(bool changesConnection)
    {
        HasSeenConnectionState |= changesConnection;
        if (Mode == GuardMode.Record)
        {
            return raw.SQLITE_OK;
        }

        HasDenied = true;
        return raw.SQLITE_DENY;
    }

    private static bool IsLoadExtension(utf8z name)
        => string.Equals(name.utf8_to_string(), "load_extension", StringComparison.OrdinalIgnoreCase);

    private static bool TakesArgumentToRead(string? pragma)
        => pragma?.ToUpperInvariant() is "TABLE_INFO" or "TABLE_XINFO" or "TABLE_LIST" or "INDEX_INFO" or "INDEX_XINFO" or "INDEX_LIST"
            or "FOREIGN_KEY_LIST" or "FOREIGN_KEY_CHECK" or "INTEGRITY_CHECK" or "QUICK_CHECK";
}

/// <summary>What a <see cref="Guard"/> lets through.</summary>
internal enum GuardMode
{
    /// <summary>Everything: the engine itself is speaking, or the connection is private.</summary>
    Off,

    /// <summary>Reads only.</summary>
    Read,

    /// <summary>Reads and savepoints: a read-only transaction.</summary>
    Snapshot,

    /// <summary>Everything, taking note of what changes the connection.</summary>
    Record,
}
