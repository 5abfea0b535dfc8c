using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.CrashChild;

/// <summary>
/// A process for tests to kill, or to watch at its end. Tells each acknowledged effect on its output, a line each that ends with a semicolon,
/// so that a torn one is known.
/// </summary>
internal static class CrashChild
{
    private const int Accounts = 16;

    // Protects the output, so that lines stay whole.
    private static readonly Lock Output = new();

    private static async Task<int> Main(string[] args)
    {
        var (verb, connectionString) = (args[0], args[1]);
        switch (verb)
        {
            case "storm":
                await Storm(connectionString, int.Parse(args[2], CultureInfo.InvariantCulture), args[3], args[4]);
                return 0;

            case "neighbour":
                await Neighbour.Run(connectionString, args[2] == "plain", int.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture), int.Parse(args[5], CultureInfo.InvariantCulture));
                return 0;

            case "holder":
                var holder = Open(connectionString);
                holder.BeginTransaction();
                Run(holder, "INSERT INTO effect VALUES ('never')");
                Tell("held");
                await Task.Delay(Timeout.Infinite);
                return 0;

            case "visitor":
                var visits = int.Parse(args[2], CultureInfo.InvariantCulture);
                for (var n = 1; n <= visits; n++)
                {
                    using var visitor = Open(connectionString);
                    Run(visitor, $"INSERT INTO effect VALUES (1, 1, {n})");
                }

                Tell(args[2]);
                return 0;

            case "closed":
                using (var session = Open(connectionString))
                {
                    Write(session);
                }

                return 0;

            case "open":
                Write(Open(connectionString));
                return 0;

            case "reader":
                var reading = Open(connectionString);
                Write(reading);
                var reader = Command(reading, "SELECT token FROM effect").ExecuteReader();
                reader.Read();
                Environment.Exit(0);
                return 0;

            case "transaction":
                var writing = Open(connectionString);
                Write(writing);
                writing.BeginTransaction();
                Run(writing, "INSERT INTO effect VALUES ('never')");
                Environment.Exit(0);
                return 0;

            case "streams":
                return LeakedStreams.Run(connectionString, int.Parse(args[2], CultureInfo.InvariantCulture));

            case "handles":
                return await HandleShortage.RunAsync(connectionString);

            case "ending":
                return Endings.Run(() => Open(connectionString), Tell, args[2]);

            case "exit":
                _ = Storm(connectionString, 8, args[2], "light");
                for (var i = 0; i < 1000; i++)
                {
                    await Task.Yield();
                    await Task.Delay(1);
                    if (Volatile.Read(ref Told) > 50)
                    {
                        break;
                    }
                }

                Environment.Exit(0);
                return 0;

            default:
                return 2;
        }
    }

    private static long Told;

    private static async Task Storm(string connectionString, int sessions, string prefix, string weight)
    {
        using (var session = Open(connectionString))
        {
            Run(
                session,
                $"""
                CREATE TABLE IF NOT EXISTS account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
                CREATE TABLE IF NOT EXISTS effect(token TEXT NOT NULL UNIQUE);
                CREATE TABLE IF NOT EXISTS ballast(id INTEGER PRIMARY KEY, x BLOB);
                WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {Accounts}) INSERT OR IGNORE INTO account SELECT i, 1000 FROM s;
                """);
        }

        await Task.WhenAll(Enumerable.Range(0, sessions).Select(i => i % 2 == 0
            ? Task.Factory.StartNew(() => WorkAsync(connectionString, $"{prefix}-{i}", weight).GetAwaiter().GetResult(), TaskCreationOptions.LongRunning)
            : Task.Run(() => WorkAsync(connectionString, $"{prefix}-{i}", weight))));
    }

    private static async Task WorkAsync(string connectionString, string name, string weight)
    {
        for (var n = 0; ; n++)
        {
            await using var session = new SplitSqliteConnection(connectionString);
            await session.OpenAsync();
            if (weight == "crowd")
            {
                await WriteInCrowdAsync(session, name, n);
                continue;
            }

            switch (n % 4)
            {
                case 0:
                    await Command(session, $"INSERT INTO effect VALUES ('{name}-{n}')").ExecuteNonQueryAsync();
                    Tell($"{name}-{n}");
                    break;

                case 1:
                    await Command(session, $"INSERT INTO effect VALUES ('{name}-{n}') RETURNING token").ExecuteScalarAsync();
                    Tell($"{name}-{n}");
                    break;

                case 2:
                    // A session with a connection of its own, which passes the gate when it writes.
                    await Command(session, $"CREATE TEMP TABLE own(token); INSERT INTO own VALUES ('{name}-{n}.a'), ('{name}-{n}.b')").ExecuteNonQueryAsync();
                    await Command(session, "INSERT INTO effect SELECT token FROM own").ExecuteNonQueryAsync();
                    Tell($"{name}-{n}.a");
                    Tell($"{name}-{n}.b");
                    if (weight == "heavy")
                    {
                        // Ten pages, so that the WAL is taken in again and again, and now and then by the user's own word.
                        await Command(session, $"INSERT OR REPLACE INTO ballast VALUES ({n % 16}, randomblob(40000))").ExecuteNonQueryAsync();
                        if (Random.Shared.Next(8) == 0)
                        {
                            await Command(session, "PRAGMA wal_checkpoint(TRUNCATE)").ExecuteNonQueryAsync();
                        }
                    }

                    break;

                default:
                    var (from, to, amount) = (Random.Shared.Next(1, Accounts + 1), Random.Shared.Next(1, Accounts + 1), Random.Shared.Next(50));
                    await using (var transaction = await session.BeginTransactionAsync())
                    {
                        Run(session, $"UPDATE account SET balance = balance - {amount} WHERE id = {from}");
                        Run(session, $"INSERT INTO effect VALUES ('{name}-{n}.a')");
                        Run(session, $"UPDATE account SET balance = balance + {amount} WHERE id = {to}");
                        Run(session, $"INSERT INTO effect VALUES ('{name}-{n}.b')");
                        transaction.Commit();
                    }

                    Tell($"{name}-{n}.a");
                    Tell($"{name}-{n}.b");
                    break;
            }
        }
    }

    // Nothing but autocommit, so that commits are shared; some end the group that they are in.
    private static async Task WriteInCrowdAsync(SplitSqliteConnection session, string name, int n)
    {
        switch (n % 4)
        {
            case 0:
                await Command(session, $"INSERT INTO effect VALUES ('{name}-{n}')").ExecuteNonQueryAsync();
                Tell($"{name}-{n}");
                break;

            case 1:
                await Command(session, $"INSERT INTO effect VALUES ('{name}-{n}.a'), ('{name}-{n}.b') RETURNING token").ExecuteScalarAsync();
                Tell($"{name}-{n}.a");
                Tell($"{name}-{n}.b");
                break;

            case 2:
                await using (var batch = session.CreateBatch())
                {
                    foreach (var half in new[] { "a", "b" })
                    {
                        var command = batch.CreateBatchCommand();
                        command.CommandText = $"INSERT INTO effect VALUES ('{name}-{n}.{half}')";
                        batch.BatchCommands.Add(command);
                    }

                    await batch.ExecuteNonQueryAsync();
                }

                Tell($"{name}-{n}.a");
                Tell($"{name}-{n}.b");
                break;

            default:
                try
                {
                    var conflict = n % 32 == 3 ? "ROLLBACK" : "ABORT";
                    await Command(session, $"INSERT OR {conflict} INTO effect VALUES ('{name}-{n}'), ('{name}-{n}')").ExecuteNonQueryAsync();
                }
                catch (SqliteException exception) when (exception.SqliteExtendedErrorCode == 2067)
                {
                    TellShared(session.Session!.Database.SharedCommits);
                }

                break;
        }
    }

    private static SplitSqliteConnection Open(string connectionString)
    {
        var session = new SplitSqliteConnection(connectionString);
        session.Open();
        return session;
    }

    private static SplitSqliteCommand Command(SplitSqliteConnection session, string sql)
    {
        var command = session.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Run(SplitSqliteConnection session, string sql)
    {
        using var command = Command(session, sql);
        command.ExecuteNonQuery();
    }

    private static void Write(SplitSqliteConnection session)
    {
        Run(session, "CREATE TABLE IF NOT EXISTS effect(token TEXT NOT NULL UNIQUE)");
        Run(session, "INSERT INTO effect VALUES ('one')");
        Tell("one");
    }

    private static void TellShared(long commits)
    {
        lock (Output)
        {
            Console.Out.Write($"shared {commits}\n");
            Console.Out.Flush();
        }
    }

    private static void Tell(string token)
    {
        lock (Output)
        {
            Console.Out.Write(token + ";\n");
            Console.Out.Flush();
            Told++;
        }
    }
}
