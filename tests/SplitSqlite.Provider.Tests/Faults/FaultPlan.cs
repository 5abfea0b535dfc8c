using System.Collections.Concurrent;
using SQLitePCL;

namespace SplitSqlite.Tests.Faults;

/// <summary>What SQLite asks of a file.</summary>
internal enum FileWork
{
    Open,
    Read,
    Write,
    Truncate,
    Sync,
    Delete,
    ShmMap,
    ShmLock,
}

/// <summary>Which of a database's files.</summary>
internal enum FileKind
{
    Main,
    Wal,
    Journal,
}

/// <summary>
/// What is to go wrong with the files of one database, and what has been done to them, in order. A fault is one kind of work on one kind of
/// file, after so many that go well, so many times.
/// </summary>
internal sealed class FaultPlan
{
    public const int Forever = int.MaxValue;

    // Protects what follows. Called from within SQLite: nothing is called under it.
    private readonly Lock _lock = new();
    private readonly List<Fault> _faults = [];
    private readonly ConcurrentDictionary<(FileWork, FileKind), int> _counts = new();

    /// <summary>Gets or sets who is told of each work that went well, in its order, from within SQLite; must throw nothing.</summary>
    public IFileWitness? Witness { get; set; }

    /// <summary>Gets or sets whether a sync only says that it was done: where its place in the order is what matters.</summary>
    public bool PretendsToSync { get; set; }

    /// <summary>Gets how many faults have been met.</summary>
    public int Met { get; private set; }

    /// <summary>Has work fail.</summary>
    /// <param name="work">Which.</param>
    /// <param name="kind">On which file.</param>
    /// <param name="code">With which of SQLite's (extended) codes.</param>
    /// <param name="after">How many go well before.</param>
    /// <param name="times">How many fail.</param>
    /// <param name="isDone">Whether the work is done all the same, and only told as failed.</param>
    public FaultPlan Fail(FileWork work, FileKind kind, int code, int after = 0, int times = 1, bool isDone = false)
    {
        lock (_lock)
        {
            _faults.Add(new Fault(work, kind, code, isDone) { After = after, Times = times });
        }

        return this;
    }

    /// <summary>Has everything go well from now on.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _faults.Clear();
        }
    }

    /// <summary>Gets how often work was asked for.</summary>
    public int Count(FileWork work, FileKind kind) => _counts.GetValueOrDefault((work, kind));

    /// <summary>Called by the VFS before it does something. Answers the code to fail with, and whether to do it all the same.</summary>
    public (int Code, bool IsDone) Ask(FileWork work, FileKind kind)
    {
        _counts.AddOrUpdate((work, kind), 1, static (_, count) => count + 1);
        lock (_lock)
        {
            foreach (var fault in _faults)
            {
                if (fault.Work != work || fault.Kind != kind)
                {
                    continue;
                }

                if (fault.After > 0)
                {
                    fault.After--;
                }
                else if (fault.Times > 0)
                {
                    fault.Times -= fault.Times == Forever ? 0 : 1;
                    Met++;
                    return (fault.Code, fault.IsDone);
                }
            }
        }

        return (raw.SQLITE_OK, true);
    }

    private sealed record Fault(FileWork Work, FileKind Kind, int Code, bool IsDone)
    {
        public int After { get; set; }

        public int Times { get; set; }
    }
}

/// <summary>Somebody who looks on while SQLite works on a database's files. Called by many threads at once.</summary>
internal interface IFileWitness
{
    /// <summary>A write has been done.</summary>
    void Written(FileKind kind, ReadOnlySpan<byte> bytes, long offset);

    /// <summary>A sync is about to be done.</summary>
    long Syncing(FileKind kind);

    /// <summary>The sync has been done.</summary>
    void Synced(FileKind kind, long ticket);
}
