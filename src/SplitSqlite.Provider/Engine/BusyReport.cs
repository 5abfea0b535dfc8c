using System.Globalization;
using System.Text;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>Makes the exception for a wait that passed its deadline: what was waited for, who holds it, since when, with which SQL.</summary>
internal static class BusyReport
{
    // A statement in a message is there to be recognised, not to be read in full.
    private const int SqlLength = 200;

    /// <summary>Gets what is said of a wait for a file in which the waiting flow itself seems to have a transaction open.</summary>
    public const string ItselfWithFile = " The waiting code seems to wait for itself: it, or what called it, opened that transaction. End the transaction first.";

    /// <summary>Describes a wait for something of this process.</summary>
    public static SplitSqliteBusyException Describe(Session session, WaitTimeoutException timeout) => Describe(session, session.Database, timeout);

    /// <summary>Describes a wait for a database's writer or readers: the session's own, or one that it has attached.</summary>
    public static SplitSqliteBusyException Describe(Session session, Database database, WaitTimeoutException timeout)
    {
        if (timeout.Seen is not GateSnapshot<WriterHolder> seen)
        {
            var readers = database.Readers;
            if (timeout.Seen is PoolSnapshot { IsPaused: true })
            {
                return DescribeHeld(database.Identity, timeout.Waited, timeout.Seen.QueueLength);
            }

            return new SplitSqliteBusyException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"waited {timeout.Waited.TotalSeconds:0.0} s for a reader of '{database.Identity}': all {readers.Capacity} are in use and {timeout.Seen.QueueLength} more wait. A data reader that is not disposed keeps its reader; 'Max Readers' sets how many there are."),
                timeout.Waited,
                timeout.Seen.QueueLength,
                raw.SQLITE_BUSY);
        }

        var holder = seen.Holder;
        if (holder is FileHold)
        {
            return DescribeHeld(database.Identity, timeout.Waited, seen.QueueLength);
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"waited {timeout.Waited.TotalSeconds:0.0} s for the writer of '{database.Identity}'");
        if (holder is null)
        {
            text.Append('.');
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $", which session {holder.Id} has held for {seen.HeldFor.TotalSeconds:0.0} s ");
            text.Append(holder.IsTransaction ? "in a transaction" : "for a command");
            if (holder.Sql is { } sql)
            {
                text.Append(CultureInfo.InvariantCulture, $" (last SQL: {Shorten(sql)})");
            }

            text.Append('.');
        }

        text.Append(CultureInfo.InvariantCulture, $" {seen.QueueLength} more wait.");
        var itself = holder is not null && holder.Flow.SeemsSameAs(FlowMark.Current);
        if (itself)
        {
            text.Append(" The waiting code seems to wait for itself: it, or what called it, opened that transaction on another connection. Use one connection for both, or end the transaction first.");
        }

        if (holder?.StackTrace is { } stack)
        {
            text.AppendLine().Append("The writer was taken at:").AppendLine().Append(stack);
        }

        return new SplitSqliteBusyException(text.ToString(), timeout.Waited, seen.QueueLength, raw.SQLITE_BUSY)
        {
            HolderId = holder?.Id,
            HolderSql = holder?.Sql,
            HolderAge = holder is null ? null : seen.HeldFor,
            HolderIsTransaction = holder?.IsTransaction ?? false,
            HolderStackTrace = holder?.StackTrace,
            SeemsToWaitForItself = itself,
        };
    }

    /// <summary>Describes a wait for the lock of another process.</summary>
    public static SplitSqliteBusyException DescribeForeign(Database database, Deadline deadline, int rc)
        => DescribeForeign(database.Identity, database.Gate.QueueLength, deadline, rc);

    /// <summary>Describes a wait for the lock of another process, for who opens a database.</summary>
    public static SplitSqliteBusyException DescribeForeign(string file, int queueLength, Deadline deadline, int rc)
        => new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"waited {deadline.Elapsed.TotalSeconds:0.0} s for a lock that another process (or a connection outside of SplitSqlite) holds on '{file}'."),
            deadline.Elapsed,
            queueLength,
            Busy.AsBusy(rc));

    /// <summary>Describes a wait for a file that is kept closed.</summary>
    public static SplitSqliteBusyException DescribeHeld(string path, TimeSpan waited, int queueLength)
        => new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"waited {waited.TotalSeconds:0.0} s for '{path}', which this process keeps closed for file access (SplitSqliteConnection.CloseForFileAccess): it is open again when what that call returned is disposed."),
            waited,
            queueLength,
            raw.SQLITE_BUSY);

    /// <summary>Makes an SQL text fit into a message.</summary>
    public static string Shorten(string sql)
    {
        var flat = string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return flat.Length <= SqlLength ? flat : string.Concat(flat.AsSpan(0, SqlLength), "…");
    }
}
