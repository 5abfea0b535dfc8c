#:project ../../src/SplitSqlite.Provider
#:property PublishAot=false

// Imports a CSV file in one transaction while another loop reads the same database:
//     dotnet run samples/Script/import.cs
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using SplitSqlite;

CultureInfo us = CultureInfo.InvariantCulture;
string folder = Directory.CreateTempSubdirectory("import-").FullName;
string csv = Path.Combine(folder, "orders.csv");
File.WriteAllLines(csv, Enumerable.Range(1, 20_000)
    .Select(i => string.Create(us, $"{i},{(i % 3 == 0 ? "north" : "south")},{i * 37 % 10_000 / 100m}")));

// Pooling=False closes the file with its last connection, so that the folder can be removed at the end.
string connectionString = $"Data Source={Path.Combine(folder, "orders.db")};Pooling=False";
await using (DbDataSource db = SplitSqliteFactory.Instance.CreateDataSource(connectionString))
{
    await using DbConnection connection = await db.OpenConnectionAsync();
    await using DbCommand insert = connection.CreateCommand();
    insert.CommandText = "CREATE TABLE orders (number INTEGER PRIMARY KEY, region TEXT NOT NULL, amount REAL NOT NULL)";
    await insert.ExecuteNonQueryAsync();

    // This loop reads on connections of its own: it neither waits for the import nor sees half of it.
    using CancellationTokenSource imported = new();
    (int reads, TimeSpan slowest, SortedSet<long> seen) = (0, TimeSpan.Zero, []);
    Task watching = Task.Run(async () =>
    {
        for (; !imported.IsCancellationRequested; reads++)
        {
            long start = Stopwatch.GetTimestamp();
            await using DbCommand count = db.CreateCommand("SELECT count(*) FROM orders");
            seen.Add((long)(await count.ExecuteScalarAsync())!);
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }
    });

    // One command for all rows: its SQL is compiled once, and each row only binds its values.
    Stopwatch watch = Stopwatch.StartNew();
    await using DbTransaction transaction = await connection.BeginTransactionAsync();
    insert.Transaction = transaction;
    insert.CommandText = "INSERT INTO orders VALUES ($number, $region, $amount)";
    foreach (string name in (string[])["$number", "$region", "$amount"])
    {
        DbParameter parameter = insert.CreateParameter();
        parameter.ParameterName = name;
        insert.Parameters.Add(parameter);
    }

    int rows = 0;
    await foreach (string line in File.ReadLinesAsync(csv))
    {
        string[] fields = line.Split(',');
        insert.Parameters[0].Value = long.Parse(fields[0], us);
        insert.Parameters[1].Value = fields[1];
        insert.Parameters[2].Value = double.Parse(fields[2], us);
        rows += await insert.ExecuteNonQueryAsync();
    }

    await transaction.CommitAsync();
    watch.Stop();
    await imported.CancelAsync();
    await watching;

    Console.WriteLine($"{rows:N0} rows in one transaction: {watch.ElapsedMilliseconds} ms");
    Console.WriteLine($"{reads:N0} reads meanwhile, the slowest {slowest.TotalMilliseconds:0.0} ms");
    Console.WriteLine($"Row counts that they saw: {string.Join(", ", seen)}");
    await using DbCommand totals = db.CreateCommand("SELECT region, count(*), sum(amount) FROM orders GROUP BY region");
    await using DbDataReader reader = await totals.ExecuteReaderAsync();
    while (await reader.ReadAsync())
    {
        Console.WriteLine($"  {reader.GetString(0),-8}{reader.GetInt64(1),8:N0} orders{reader.GetDouble(2),16:N2}");
    }
}

Directory.Delete(folder, recursive: true);
