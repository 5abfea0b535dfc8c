using System.Globalization;

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
                await Storm(connectionString, int.Parse(args[2], CultureInfo.InvariantCulture), args[3]);
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

            case "exit":
                _ = Storm(connectionString, 8, args[2]);
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

    private static async Task Storm(string connectionString, int sessions, string prefix)
    {
        using (var session = Open(connectionString))
        {
            Run(
                session,
                $"""
                CREATE TABLE IF NOT EXISTS account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
                CREATE TABLE IF NOT EXISTS effect(token TEXT NOT NULL UNIQUE);
                WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {Accounts}) INSERT OR IGNORE INTO account SELECT i, 1000 FROM s;
                """);
        }

        await Task.WhenAll(Enumerable.Range(0, sessions).Select(i => i % 2 == 0
            ? Task.Factory.StartNew(() => WorkAsync(connectionString, $"{prefix}-{i}").GetAwaiter().GetResult(), TaskCreationOptions.LongRunning)
            : Task.Run(() => WorkAsync(connectionString, $"{prefix}-{i}"))));
    }

    private static async Task WorkAsync(string connectionString, string name)
    {
        for (var n = 0; ; n++)
        {
            await using var session = new SplitSqliteConnection(connectionString);
            await session.OpenAsync();
            switch (n % 3)
            {
                case 0:
                    await Command(session, $"INSERT INTO effect VALUES ('{name}-{n}')").ExecuteNonQueryAsync();
                    Tell($"{name}-{n}");
                    break;

                case 1:
                    await Command(session, $"INSERT INTO effect VALUES ('{name}-{n}') RETURNING token").ExecuteScalarAsync();
                    Tell($"{name}-{n}");
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
