namespace SplitSqlite.Engine;

/// <summary>
/// What a session is doing between commands. One place changes it: <see cref="Session"/>'s <c>MoveTo</c>, which knows the legal moves.
/// </summary>
/// <remarks>
/// <code>
///                 BEGIN, SAVEPOINT                    TEMP, ATTACH, …
///   Transaction ◄─────────────────► Free ───────────────────────────► Private ◄──────────► PrivateTransaction
///        │        COMMIT, ROLLBACK   ▲ │                                 ▲        BEGIN …
///        │                           │ └──► Snapshot (and back)          │
///        └───────────────────────────┼── ends having changed the writer ─┘  (adoption)
///   any ──► Closed
/// </code>
/// </remarks>
internal enum SessionState
{
    /// <summary>Holds nothing but the leases of its open data readers.</summary>
    Free,

    /// <summary>Holds the writer and its gate until SQLite is in autocommit again.</summary>
    Transaction,

    /// <summary>Holds a reader with a pinned snapshot.</summary>
    Snapshot,

    /// <summary>Has a physical connection of its own until it closes; takes the gate for each write.</summary>
    Private,

    /// <summary>The same inside a transaction: has the gate too.</summary>
    PrivateTransaction,

    /// <summary>The same inside a read-only snapshot: writes are refused.</summary>
    PrivateSnapshot,

    /// <summary>Is closed for good.</summary>
    Closed,
}
