namespace SplitSqlite.History;

/// <summary>The one clock of a history: a number that every beginning and end draws, so that "before" means the same to all sessions.</summary>
internal static class Stamp
{
    private static long Last;
    private static long LastToken;

    /// <summary>Draws the next moment.</summary>
    public static long Next() => Interlocked.Increment(ref Last);

    /// <summary>Draws tokens that nobody else has: the first of so many in a row.</summary>
    public static long Tokens(int count = 1) => Interlocked.Add(ref LastToken, count) - count + 1;
}
