using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.CrashChild;

/// <summary>
/// Drops streams over stored values without closing them, over connections that are closed, dropped, cleared or still open, and has finalizers run
/// beside the engine's own work. What would go wrong would end the process.
/// </summary>
internal static class LeakedStreams
{
    private static readonly List<Stream> Kept = [];

    public static int Run(string connectionString, int rounds)
    {
        using (var session = new SplitSqliteConnection(connectionString))
        {
            session.Open();
            Execute(session, "CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, b BLOB); INSERT INTO t(b) VALUES (zeroblob(50000)), (zeroblob(50000))");
        }

        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        Parallel.For(0, 4, worker =>
        {
            for (var n = 0; n < rounds; n++)
            {
                Leak(connectionString, (worker + n) % 8, n);
                lock (Kept)
                {
                    if (Kept.Count > 10)
                    {
                        foreach (var stream in Kept)
                        {
                            Touch(stream);
                        }

                        Kept.Clear();
                    }
                }
            }
        });
        lock (Kept)
        {
            Kept.Clear();
        }

        for (var i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        stop.Cancel();
        collector.Join();
        using (var last = new SplitSqliteConnection(connectionString))
        {
            last.Open();
            Execute(last, "INSERT INTO t(b) VALUES (NULL)");
            Console.WriteLine("served;");
        }

        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Leak(string connectionString, int way, int round)
    {
        var session = new SplitSqliteConnection(connectionString + (way == 7 ? ";Pooling=False" : string.Empty));
        session.Open();
        if (way is 2 or 3)
        {
            session.BeginTransaction();
        }
        else if (way == 4)
        {
            Execute(session, "CREATE TEMP TABLE own(a)");
        }

        var command = session.CreateCommand();
        command.CommandText = "SELECT id, b FROM t WHERE id = 1";
        var reader = command.ExecuteReader();
        reader.Read();
        var stream = reader.GetStream(1);
        stream.ReadByte();
        if (way is 0 or 2 or 5)
        {
            reader.Dispose();
        }

        if (way is 5)
        {
            SplitSqliteConnection.ClearPool(session);
        }

        if (way is 1 or 3 or 4 or 5 or 7)
        {
            session.Close();
        }

        // A stream that is kept keeps its connection, and with it a transaction that nobody ends.
        if (round % 3 == 0 && way != 2)
        {
            lock (Kept)
            {
                Kept.Add(stream);
            }
        }
    }

    private static void Touch(Stream stream)
    {
        try
        {
            stream.ReadByte();
            stream.Dispose();
        }
        catch (Exception exception) when (exception is SqliteException or ObjectDisposedException or InvalidOperationException)
        {
            // Of a session that has been recovered meanwhile on another thread: what may not happen is that the process ends.
        }
    }

    private static void Execute(SplitSqliteConnection session, string sql)
    {
        using var command = session.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
