using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.CrashChild;

/// <summary>Runs out of file handles while sessions read and write, for real: only who needs a new handle may fail, and all is well when there are some again.</summary>
internal static partial class HandleShortage
{
    private const int NoFile = 7; // RLIMIT_NOFILE on Linux
    private const int Sessions = 12;

    // Threads take handles too when they begin, so they begin before.
    private static readonly Crew Workers = new(Sessions);

    private static SplitSqliteConnection? Anchor;

    public static async Task<int> RunAsync(string connectionString)
    {
        connectionString += ";Max Readers=10;Default Timeout=100;Synchronous=Off";
        using var anchor = new SplitSqliteConnection(connectionString);
        anchor.Open();
        Anchor = anchor;
        Run(anchor, "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)");

        // All code is loaded, which takes handles too, before they are short; errors are thrown once.
        var (before, failed) = await StormAsync(connectionString);
        if (failed != 0 || !FailsToOpen())
        {
            return 10;
        }

        SplitSqliteConnection.ClearPool(anchor);
        if (GetLimit(NoFile, out var limit) != 0)
        {
            return 11;
        }

        // The runtime's own collector opens files to learn how much memory there is, and ends the process where it can't.
        if (!GC.TryStartNoGCRegion(128_000_000))
        {
            return 14;
        }

        var handles = Directory.GetFiles("/proc/self/fd").Length;
        if (SetLimit(NoFile, limit with { Soft = (ulong)handles + 12 }) != 0)
        {
            return 12;
        }

        var (some, refused) = await StormAsync(connectionString);
        if (SetLimit(NoFile, limit) != 0 || refused == 0)
        {
            return 13;
        }

        GC.EndNoGCRegion();
        var (after, later) = await StormAsync(connectionString);
        Console.WriteLine($"{before} calls done, {some} done and {refused} refused while short of handles, {after} done later; {(later == 0 && after == before ? "as before" : "not as before")};");
        return 0;
    }

    private static async Task<(int Done, int Failed)> StormAsync(string connectionString)
    {
        var done = 0;
        var failed = 0;
        await Workers.RunAsync(() =>
        {
            for (var n = 0; n < 20; n++)
            {
                try
                {
                    using var session = new SplitSqliteConnection(connectionString);
                    session.Open();
                    using var command = session.CreateCommand();
                    command.CommandText = "SELECT a FROM t";
                    using (var reader = command.ExecuteReader())
                    {
                        reader.Read();
                        Run(session, "INSERT INTO t VALUES (3)");
                        using var nested = session.CreateCommand();
                        nested.CommandText = "SELECT count(*) FROM t";
                        nested.ExecuteScalar();
                    }

                    Interlocked.Increment(ref done);
                }
                catch (SqliteException exception) when (exception.SqliteErrorCode is 14 or 10 or 8)
                {
                    Interlocked.Increment(ref failed);
                }

                if (n % 5 == 0)
                {
                    SplitSqliteConnection.ClearPool(Anchor!);
                }
            }
        });
        return (done, failed);
    }

    private static bool FailsToOpen()
    {
        try
        {
            using var missing = new SplitSqliteConnection("Data Source=/no/such/folder/file.db");
            missing.Open();
            return false;
        }
        catch (SqliteException)
        {
            return true;
        }
    }

    private static void Run(SplitSqliteConnection session, string sql)
    {
        using var command = session.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    /// <summary>Threads that are there already when there is something to do.</summary>
    private sealed class Crew
    {
        private readonly BlockingCollection<Action> _work = [];

        public Crew(int size)
        {
            for (var i = 0; i < size; i++)
            {
                new Thread(() =>
                {
                    foreach (var work in _work.GetConsumingEnumerable())
                    {
                        work();
                    }
                })
                { IsBackground = true }.Start();
            }

            Size = size;
        }

        private int Size { get; }

        /// <summary>Runs the same as often as there are threads.</summary>
        public Task RunAsync(Action work)
        {
            var ends = new List<Task>();
            for (var i = 0; i < Size; i++)
            {
                var end = new TaskCompletionSource();
                ends.Add(end.Task);
                _work.Add(() =>
                {
                    try
                    {
                        work();
                        end.SetResult();
                    }
                    catch (Exception exception)
                    {
                        end.SetException(exception);
                    }
                });
            }

            return Task.WhenAll(ends);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit(ulong Soft, ulong Hard);
}
