using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.CrashChild;

/// <summary>
/// One of several processes that write one file at the same time, through the provider or plain. Says "ready", begins at a line on its
/// input, writes until the next line (or for ever), and then tells what it did as <c>name=value</c> pairs.
/// </summary>
/// <remarks>Each worker numbers its effects; a number is used up when its write was acknowledged, so the last one says which must be there.</remarks>
internal static class Neighbour
{
    public static async Task Run(string connectionString, bool plain, int process, int workers, int hold)
    {
        var factory = plain ? (DbProviderFactory)SqliteFactory.Instance : SplitSqliteFactory.Instance;
        var all = Enumerable.Range(0, workers).Select(i => new Worker(factory, connectionString, process, i, hold)).ToArray();

        // The first open, and what is compiled at the first run, are over when the others begin too.
        using (var connection = factory.CreateConnection()!)
        {
            connection.ConnectionString = connectionString;
            connection.Open();
            _ = Worker.Scalar(connection, "SELECT count(*) FROM effect");
        }

        Console.Out.WriteLine("ready");
        _ = Console.In.ReadLine();
        using var stop = new CancellationTokenSource();
        var running = Task.WhenAll(all.Select(worker => worker.IsAsync
            ? Task.Run(() => worker.WorkAsync(stop.Token))
            : Task.Factory.StartNew(() => worker.WorkAsync(stop.Token).GetAwaiter().GetResult(), TaskCreationOptions.LongRunning)));
        _ = Console.In.ReadLine();
        await stop.CancelAsync();
        await running;

        var report = new StringBuilder();
        report.Append(CultureInfo.InvariantCulture, $"writes={all.Sum(worker => worker.Writes)} errors={all.Sum(worker => worker.Errors)}");
        report.Append(CultureInfo.InvariantCulture, $" slowest={all.Max(worker => worker.Slowest).TotalMilliseconds:0} acknowledged={string.Join(',', all.Select(worker => worker.Acknowledged))}");
        Console.Out.WriteLine(report);
        if (Array.Find(all, worker => worker.FirstError is not null) is { FirstError: { } error })
        {
            Console.Out.WriteLine(error.ReplaceLineEndings(" "));
        }
    }

    private sealed class Worker(DbProviderFactory factory, string connectionString, int process, int number, int hold)
    {
        // Half of them block a thread of their own while they wait, the others none.
        public bool IsAsync => number % 2 == 1;

        public long Writes { get; private set; }

        public long Errors { get; private set; }

        public long Acknowledged { get; private set; }

        public TimeSpan Slowest { get; private set; }

        public string? FirstError { get; private set; }

        public static object? Scalar(DbConnection connection, string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }

        public async Task WorkAsync(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                var started = Stopwatch.GetTimestamp();
                try
                {
                    await using var connection = factory.CreateConnection()!;
                    connection.ConnectionString = connectionString;
                    await Open(connection);
                    if (hold > 0 || Writes % 3 == 2)
                    {
                        await Transfer(connection);
                    }
                    else
                    {
                        await Run(connection, $"INSERT INTO effect VALUES ({process}, {number}, {Acknowledged + 1})");
                    }

                    Acknowledged++;
                    Writes++;
                    Slowest = TimeSpan.FromTicks(Math.Max(Slowest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
                    if (Writes % 4 == 0 && (long)Scalar(connection, $"SELECT max(n) FROM effect WHERE process = {process} AND worker = {number}")! != Acknowledged)
                    {
                        throw new InvalidOperationException("A worker does not see its own last write.");
                    }
                }
                catch (SqliteException exception)
                {
                    // Plain ones run into their timeout now and then; what must not happen is for the driver to judge. The number that failed is used again: it is free.
                    Errors++;
                    FirstError ??= $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s: {exception.Message}";
                }
            }
        }

        private async Task Transfer(DbConnection connection)
        {
            var (from, to, amount) = (Random.Shared.Next(1, 17), Random.Shared.Next(1, 17), Random.Shared.Next(50));
            await using var transaction = IsAsync ? await connection.BeginTransactionAsync() : connection.BeginTransaction();
            await Run(connection, $"UPDATE account SET balance = balance - {amount} WHERE id = {from}", transaction);
            if (hold > 0)
            {
                // A transaction of an application that does something else in its middle.
                await Task.Delay(hold, CancellationToken.None);
            }

            await Run(connection, $"INSERT INTO effect VALUES ({process}, {number}, {Acknowledged + 1})", transaction);
            await Run(connection, $"UPDATE account SET balance = balance + {amount} WHERE id = {to}", transaction);
            if (IsAsync)
            {
                await transaction.CommitAsync();
            }
            else
            {
                transaction.Commit();
            }
        }

        private async Task Open(DbConnection connection)
        {
            if (IsAsync)
            {
                await connection.OpenAsync();
            }
            else
            {
                connection.Open();
            }
        }

        private async Task Run(DbConnection connection, string sql, DbTransaction? transaction = null)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.Transaction = transaction;
            _ = IsAsync ? await command.ExecuteNonQueryAsync() : command.ExecuteNonQuery();
        }
    }
}
