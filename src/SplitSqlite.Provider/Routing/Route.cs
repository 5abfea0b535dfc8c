namespace SplitSqlite.Routing;

/// <summary>Where a whole command text runs when its session is in no transaction. Ordered: the route of a batch is the greatest of its statements'.</summary>
internal enum Route : byte
{
    /// <summary>Nothing has to run: an empty text, or tuning PRAGMAs only.</summary>
    None,

    /// <summary>A pooled read-only connection.</summary>
    Reader,

    /// <summary>A read-only connection of its own, neither the gate nor the pool: VACUUM INTO alone.</summary>
    Unpooled,

    /// <summary>The one serialized writer of the file.</summary>
    Writer,

    /// <summary>A physical connection that belongs to this session until it closes.</summary>
    Private,

    /// <summary>Nowhere: the statement can't be served by this provider and is refused by name.</summary>
    Refused,
}
