namespace SplitSqlite.Engine;

/// <summary>The results of one executed command as a data reader sees them, wherever they come from.</summary>
internal abstract class Cursor
{
    /// <summary>Gets whether the session has been closed that it is of, and all that it had with it.</summary>
    public virtual bool IsOfClosedSession => false;

    /// <summary>Gets the result set at hand, or <see langword="null"/> where the command has none (left).</summary>
    public abstract ResultSet? Current { get; }

    /// <summary>Gets the rows changed by the statements run so far, or -1 where none could change any (summed as Microsoft.Data.Sqlite sums).</summary>
    public abstract int RecordsAffected { get; }

    /// <summary>The rows of <see cref="Current"/> have been read to their end: what they changed counts from now on.</summary>
    public virtual void RowsEnded()
    {
    }

    /// <summary>Runs on to the next statement with columns.</summary>
    /// <returns>Whether there is one.</returns>
    public abstract bool NextResult();

    /// <summary>Runs what is left of the batch, gives back the lease, and throws what the rest threw. Safe to call twice.</summary>
    public abstract void Close();

    /// <summary>Opens a stream over one stored value, or answers <see langword="null"/> where the rows are not those of a live statement.</summary>
    /// <param name="database">The schema's name.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="column">The column's name.</param>
    /// <param name="rowid">The row.</param>
    public abstract Stream? OpenBlob(string database, string table, string column, long rowid);
}
