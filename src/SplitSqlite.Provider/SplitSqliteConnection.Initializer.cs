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
    /// is not added again; of a combined delegate, only the parts are added that it lacks. If the connection is open it takes effect at once, without closing anything.
    /// </param>
    /// <exception cref="SplitSqliteBusyException">The connection is open, and the default timeout passed while waiting for the database.</exception>
    public void UsePhysicalConnectionInitializer(Action<SqliteConnection> initializer)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        var all = _initializer;
        Action<SqliteConnection>? added = null;
        foreach (var part in Delegate.EnumerateInvocationList(initializer))
        {
            if (!Has(all, part))
            {
                all += part;
                added += part;
            }
        }

        if (added is null)
        {
            return;
        }

        if (Session is { } session)
        {
            session.MoveToInitializer(all!, added, session.DeadlineOf(null, DefaultTimeout));
        }

        _initializer = all;
        GC.KeepAlive(this);
    }

    private static bool Has(Action<SqliteConnection>? all, Action<SqliteConnection> part)
    {
        foreach (var present in Delegate.EnumerateInvocationList(all))
        {
            if (present == part)
            {
                return true;
            }
        }

        return false;
    }
}
