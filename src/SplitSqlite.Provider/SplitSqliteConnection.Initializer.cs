using Microsoft.Data.Sqlite;

namespace SplitSqlite;

/// <content>What is done to the physical connections that the connection runs on.</content>
public sealed partial class SplitSqliteConnection
{
    /// <summary>
    /// Has something done once to each physical connection that this connection runs on, as a data source has it done by
    /// <see cref="SplitSqliteDataSourceBuilder.UsePhysicalConnectionInitializer"/>. Physical connections are shared with all connections that have the same
    /// initializers; this one does not get one of its own, as it would by <see cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>.
    /// </summary>
    /// <param name="initializer">
    /// What to do, after what the connection has already. Equal delegates (the same method of the same object) are the same initializer: one that the connection has
    /// is not added again. If the connection is open it takes effect at once, without closing anything.
    /// </param>
    /// <exception cref="InvalidOperationException">The connection is open and in a read-only snapshot.</exception>
    /// <exception cref="SplitSqliteBusyException">The connection is open, and the default timeout passed while waiting for the database.</exception>
    public void UsePhysicalConnectionInitializer(Action<SqliteConnection> initializer)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        if (Has(initializer))
        {
            return;
        }

        var all = _initializer + initializer;
        if (Session is { } session)
        {
            session.MoveToInitializer(all, added: initializer, session.DeadlineOf(null, DefaultTimeout));
        }

        _initializer = all;
        GC.KeepAlive(this);
    }

    private bool Has(Action<SqliteConnection> initializer)
    {
        foreach (var present in Delegate.EnumerateInvocationList(_initializer))
        {
            if (present == initializer)
            {
                return true;
            }
        }

        return initializer == _initializer;
    }
}
