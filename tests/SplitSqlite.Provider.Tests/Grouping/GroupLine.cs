using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Grouping;

/// <summary>Writes that queue at the gate in a known order while a test holds it: when it lets go, the first leads a group of the others.</summary>
internal sealed class GroupLine : IDisposable
{
    private readonly TestFile _file;
    private readonly SplitSqliteConnection _holder;
    private readonly GatePermit _permit;
    private int _queued;
    private bool _isOpen;

    public GroupLine(TestFile file)
    {
        _file = file;
        _holder = file.Open();
        file.Database.LongestGroupRun = TimeSpan.FromMinutes(1);

        // No lock of SQLite's: what another process holds is another matter.
        Schedule.Until(() => file.Database.Gate.IsFree);
        _permit = file.Database.Gate.Enter(_holder.Session!, Deadline.None, CancellationToken.None);
    }

    /// <summary>Queues a write that is awaited.</summary>
    public Task<int> Async(SplitSqliteConnection connection, string sql, CancellationToken cancellationToken = default)
        => Joined(connection.Command(sql).ExecuteNonQueryAsync(cancellationToken));

    /// <summary>Queues a write that blocks a thread.</summary>
    public Task<int> Sync(SplitSqliteConnection connection, string sql)
        => Joined(Schedule.OnThread(connection.Command(sql).ExecuteNonQuery));

    /// <summary>Waits until what was just begun is the last in line.</summary>
    public TTask Joined<TTask>(TTask work)
        where TTask : Task
    {
        _queued++;
        Schedule.Until(() => _file.Database.Gate.QueueLength == _queued);
        return work;
    }

    /// <summary>One of the queue has left it by itself.</summary>
    public void Left() => _queued--;

    /// <summary>Lets the first in.</summary>
    public void Go()
    {
        _isOpen = true;
        _file.Database.Gate.Exit(_permit);
    }

    public void Dispose()
    {
        if (!_isOpen)
        {
            Go();
        }

        _holder.Dispose();
    }
}
