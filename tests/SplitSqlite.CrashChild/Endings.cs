using System.Runtime.InteropServices;

namespace SplitSqlite.CrashChild;

/// <summary>A server that is in the middle of its work when the process ends: by a signal, by an exception that nobody catches.</summary>
internal static class Endings
{
    /// <summary>Runs 8 sessions that read and write, each acknowledged effect told, and waits for its end.</summary>
    /// <param name="open">Opens a session.</param>
    /// <param name="tell">Tells an acknowledged effect.</param>
    /// <param name="how"><c>term</c> waits for a signal, <c>exit</c> and <c>endless</c> answer it with Environment.Exit, <c>throw</c> throws on a thread of its own, <c>throw-inside</c> does so inside a transaction, <c>endless</c> has a read that never ends besides.</param>
    public static int Run(Func<SplitSqliteConnection> open, Action<string> tell, string how)
    {
        using (var session = open())
        {
            Execute(session, "CREATE TABLE effect(token TEXT NOT NULL UNIQUE)");
        }

        // Since .NET 10 a SIGTERM that nobody handles ends the process as a kill does; hosts handle it.
        using var handler = how is "exit" or "endless" ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal =>
        {
            signal.Cancel = true;
            ThreadPool.QueueUserWorkItem(static _ => Environment.Exit(143));
        }) : null;
        var told = 0;
        for (var i = 0; i < 8; i++)
        {
            var name = $"w{i}";
            new Thread(() => Work(open(), name)) { IsBackground = true }.Start();
        }

        if (how == "endless")
        {
            new Thread(() =>
            {
                using var session = open();
                Execute(session, "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s) SELECT count(*) FROM s");
            })
            { IsBackground = true }.Start();
        }

        while (Volatile.Read(ref told) < 100)
        {
            Thread.Sleep(1);
        }

        tell("ready");
        if (how.StartsWith("throw", StringComparison.Ordinal))
        {
            new Thread(() =>
            {
                using var session = open();
                using var transaction = how == "throw-inside" ? session.BeginTransaction() : null;
                throw new InvalidOperationException("on purpose");
            }).Start();
        }

        Thread.Sleep(Timeout.Infinite);
        return 0;

        void Work(SplitSqliteConnection session, string name)
        {
            try
            {
                for (var n = 0; ; n++)
                {
                    Execute(session, $"INSERT INTO effect VALUES ('{name}-{n}')");
                    tell($"{name}-{n}");
                    Execute(session, "SELECT count(*) FROM effect");
                    using (var transaction = session.BeginTransaction())
                    {
                        Execute(session, $"INSERT INTO effect VALUES ('{name}-{n}.a'); INSERT INTO effect VALUES ('{name}-{n}.b')");
                        transaction.Commit();
                    }

                    tell($"{name}-{n}.a");
                    tell($"{name}-{n}.b");
                    Interlocked.Increment(ref told);
                }
            }
            catch (OperationCanceledException)
            {
                // The process ends.
                Thread.Sleep(Timeout.Infinite);
            }
        }
    }

    private static void Execute(SplitSqliteConnection session, string sql)
    {
        using var command = session.CreateCommand();
        command.CommandText = sql;
        command.ExecuteScalar();
    }
}
