using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Faults;

/// <summary>
/// <c>synchronous=FULL</c>: a write is acknowledged only after a sync of the log that came after the frame that commits it, whoever of the sessions wrote
/// and synced it.
/// </summary>
public sealed class AcknowledgementTests
{
    //  64 sessions        INSERT a … acknowledged        BEGIN INSERT b, INSERT c COMMIT … acknowledged      …
    //  log           a, frame that commits, sync                  b, c, frame that commits, sync
    [Fact]
    public async Task Acknowledgement_follows_a_sync_of_the_wal_that_follows_its_last_write()
    {
        var (unsynced, tokens, syncs) = await Storm(string.Empty);
        TestContext.Current.TestOutputHelper?.WriteLine($"{tokens} writes acknowledged after {syncs} syncs of the log");
        Assert.Empty(unsynced);
    }

    // What the test above holds can fail to be so.
    [Fact]
    public async Task Acknowledgement_without_a_sync_is_noticed()
    {
        var (unsynced, tokens, _) = await Storm("Synchronous=Normal");
        Assert.InRange(unsynced.Count, tokens / 2, tokens);
    }

    private static async Task<(List<int> Unsynced, int Tokens, int Syncs)> Storm(string options)
    {
        const int sessions = 64;
        var each = int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_ACKS"), out var wanted) ? wanted : 8;
        using var file = Faulty.Make(out var plan, options + ";Default Timeout=200", "CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
        var log = new WalLog();
        plan.Witness = log;
        plan.PretendsToSync = true;
        var next = 0;
        var unsynced = new ConcurrentBag<int>();
        await Task.WhenAll(Enumerable.Range(0, sessions).Select(number => Schedule.OnThread(() =>
        {
            for (var n = 0; n < each; n++)
            {
                using var session = file.Open();
                List<int> mine = [Interlocked.Increment(ref next)];
                switch ((number + n) % 4)
                {
                    case 0:
                        session.Run("INSERT INTO t(a) VALUES ($1)", WalLog.Mark(mine[0]));
                        break;
                    case 1:
                        Assert.NotNull(session.Value("INSERT INTO t(a) VALUES ($1) RETURNING id", WalLog.Mark(mine[0])));
                        break;
                    case 2:
                        session.RunAsync("INSERT INTO t(a) VALUES ($1)", WalLog.Mark(mine[0])).GetAwaiter().GetResult();
                        break;
                    default:
                        mine.Add(Interlocked.Increment(ref next));
                        using (var transaction = session.BeginTransaction())
                        {
                            session.Run("INSERT INTO t(a) VALUES ($1)", WalLog.Mark(mine[0]));
                            session.Run("INSERT INTO t(a) VALUES ($1)", WalLog.Mark(mine[1]));
                            transaction.Commit();
                        }

                        break;
                }

                // The acknowledgement: whatever the log's syncs have covered by now.
                mine.FindAll(token => !log.IsSynced(token)).ForEach(unsynced.Add);
            }
        }))).Comes();
        file.AssertIdle();
        Assert.Null(FaultFile.Failure);
        Assert.Equal((long)next, Number(file));
        return ([.. unsynced], next, plan.Count(FileWork.Sync, FileKind.Wal));
    }

    private static long Number(TestFile file)
    {
        using var session = file.Open();
        return session.Number("SELECT count(*) FROM t");
    }

    /// <summary>The log as its writes and syncs come: where each token was committed, and up to where a sync has covered them.</summary>
    private sealed class WalLog : IFileWitness
    {
        private const int FrameHeader = 24;

        // Protects what follows.
        private readonly Lock _lock = new();
        private readonly Dictionary<int, long> _committedAt = [];
        private readonly List<int> _uncommitted = [];
        private readonly HashSet<int> _seen = [];
        private bool _isCommit;
        private long _writes;
        private long _synced;

        // Found again in the page that holds it.
        public static string Mark(int token) => string.Create(CultureInfo.InvariantCulture, $"<#{token:D8}>");

        public bool IsSynced(int token)
        {
            lock (_lock)
            {
                return _committedAt.TryGetValue(token, out var at) && at <= _synced;
            }
        }

        public void Written(FileKind kind, ReadOnlySpan<byte> bytes, long offset)
        {
            if (kind != FileKind.Wal)
            {
                return;
            }

            lock (_lock)
            {
                _writes++;
                if (bytes.Length == FrameHeader)
                {
                    // The size of the database after the commit, in a frame that commits: https://sqlite.org/fileformat2.html#walformat.
                    _isCommit = MemoryMarshal.Read<uint>(bytes[4..]) != 0;
                    return;
                }

                Find(bytes);
                if (_isCommit && offset > 0)
                {
                    _uncommitted.ForEach(token => _committedAt.Add(token, _writes));
                    _uncommitted.Clear();
                    _isCommit = false;
                }
            }
        }

        // What was written before the sync began is covered by it.
        public long Syncing(FileKind kind) => Interlocked.Read(ref _writes);

        public void Synced(FileKind kind, long ticket)
        {
            if (kind == FileKind.Wal)
            {
                lock (_lock)
                {
                    _synced = Math.Max(_synced, ticket);
                }
            }
        }

        private void Find(ReadOnlySpan<byte> page)
        {
            for (var at = page.IndexOf("<#"u8); at >= 0 && at + 11 <= page.Length;)
            {
                if (page[at + 10] == '>' && int.TryParse(page.Slice(at + 2, 8), CultureInfo.InvariantCulture, out var token) && _seen.Add(token))
                {
                    _uncommitted.Add(token);
                }

                page = page[(at + 2)..];
                at = page.IndexOf("<#"u8);
            }
        }
    }
}
