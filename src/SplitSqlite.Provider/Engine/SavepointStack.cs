namespace SplitSqlite.Engine;

/// <summary>
/// The savepoints of a transaction that a top-level SAVEPOINT began. SQLite would commit at the RELEASE of the outermost one; as ours
/// runs behind a BEGIN IMMEDIATE it would not (FACTS 9), so the session has to know which is the outermost.
/// </summary>
internal sealed class SavepointStack
{
    private readonly List<string> _names = [];

    /// <summary>A savepoint was set.</summary>
    public void Push(string name) => _names.Add(name);

    /// <summary>Says whether a RELEASE of this name ends the whole transaction.</summary>
    public bool IsOutermost(string name) => IndexOf(name) == 0;

    /// <summary>A savepoint was released: it and all after it are gone.</summary>
    public void Release(string name)
    {
        if (IndexOf(name) is >= 0 and var index)
        {
            _names.RemoveRange(index, _names.Count - index);
        }
    }

    /// <summary>A ROLLBACK TO was run: all after it are gone, it stays.</summary>
    public void RollbackTo(string name)
    {
        if (IndexOf(name) is >= 0 and var index)
        {
            _names.RemoveRange(index + 1, _names.Count - index - 1);
        }
    }

    // The most recent savepoint of that name, whatever its case (https://sqlite.org/lang_savepoint.html).
    private int IndexOf(string name) => _names.FindLastIndex(entry => string.Equals(entry, name, StringComparison.OrdinalIgnoreCase));
}
