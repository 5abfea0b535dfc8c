using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Benchmarks.Sides;

/// <summary>
/// Microsoft.Data.Sqlite as it is, but for one thing: a run that is over can make those give up who still wait for the lock. It asks a command for
/// its timeout at each of its attempts, so a shorter answer ends the wait; no token and no interrupt does.
/// </summary>
internal sealed class PlainFactory : DbProviderFactory
{
    private volatile bool _isOver;

    public override DbConnection CreateConnection() => new Connection(this);

    /// <summary>From now on whoever has waited for a second is told that the database is locked.</summary>
    public void GiveUp() => _isOver = true;

    private sealed class Connection(PlainFactory factory) : SqliteConnection
    {
        public override SqliteCommand CreateCommand() => new Command(factory)
        {
            Connection = this,
            CommandTimeout = DefaultTimeout,
            Transaction = Transaction,
        };
    }

    private sealed class Command(PlainFactory factory) : SqliteCommand
    {
        public override int CommandTimeout
        {
            get => factory._isOver ? 1 : base.CommandTimeout;
            set => base.CommandTimeout = value;
        }
    }
}
