using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>
/// Overrides <c>last_insert_rowid()</c>, <c>changes()</c> and <c>total_changes()</c> so that they answer the values of the session that
/// uses the connection, whichever connection that is.
/// </summary>
/// <remarks>
/// On connections that write, <c>last_insert_rowid()</c> stays native (it is set before each statement instead): triggers use it for rows
/// inserted in the middle of a statement. <c>changes()</c> has no setter, so there the override answers the native value as soon as
/// the running statement has changed something, which is what a trigger sees, and the session's value before that.
/// </remarks>
internal static class SessionFunctions
{
    // From sqlite3.h; SQLitePCLRaw does not name it. Built-in functions are innocuous: usable in views and triggers whatever trusted_schema says.
    private const int Innocuous = 0x000200000;

    public static void RegisterOnReader(PhysicalConnection connection)
    {
        Register(connection, "last_insert_rowid", static (context, data, _) => Answer(context, ((PhysicalConnection)data).Session?.LastInsertRowId ?? 0));
        Register(connection, "changes", static (context, data, _) => Answer(context, ((PhysicalConnection)data).Session?.Changes ?? 0));
        Register(connection, "total_changes", static (context, data, _) => Answer(context, ((PhysicalConnection)data).Session?.TotalChanges ?? 0));
    }

    public static void RegisterOnWriter(PhysicalConnection connection)
    {
        Register(connection, "changes", static (context, data, _) => Answer(context, Current((PhysicalConnection)data).Changes));
        Register(connection, "total_changes", static (context, data, _) => Answer(context, Current((PhysicalConnection)data).Total));
        if (!NativeSqlite.CanSetLastInsertRowId)
        {
            Register(connection, "last_insert_rowid", static (context, data, _) => Answer(context, ((PhysicalConnection)data).Session?.LastInsertRowId ?? 0));
        }
    }

    private static (long Changes, long Total) Current(PhysicalConnection connection)
    {
        var native = raw.sqlite3_total_changes(connection.Handle);
        if (connection.Session is not { } session)
        {
            return (raw.sqlite3_changes(connection.Handle), native);
        }

        var since = native - connection.Lease.TotalChangesAtStart;
        return since == 0
            ? (session.Changes, session.TotalChanges)
            : (raw.sqlite3_changes(connection.Handle), session.TotalChanges + since);
    }

    private static void Answer(sqlite3_context context, long value) => raw.sqlite3_result_int64(context, value);

    private static void Register(PhysicalConnection connection, string name, delegate_function_scalar function)
        => SqliteException.ThrowExceptionForRC(
            raw.sqlite3_create_function(connection.Handle, name, 0, raw.SQLITE_UTF8 | Innocuous, connection, function),
            connection.Handle);
}
