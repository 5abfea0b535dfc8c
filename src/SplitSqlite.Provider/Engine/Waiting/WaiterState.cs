namespace SplitSqlite.Engine;

/// <summary>Where one wait stands; drawn as a state machine in <see cref="Waiter{TResult}"/>.</summary>
internal enum WaiterState
{
    /// <summary>Made, not yet in line.</summary>
    New,

    /// <summary>In line.</summary>
    Waiting,

    /// <summary>Out of the line; a leader runs its work.</summary>
    Drawn,

    /// <summary>Ended: it has what it waited for.</summary>
    Granted,

    /// <summary>Ended: a leader ran its work.</summary>
    Completed,

    /// <summary>Ended: its token fired, its thread was interrupted, or the line's hook failed.</summary>
    Cancelled,

    /// <summary>Ended: its deadline passed.</summary>
    TimedOut,
}
