using System.Globalization;
using EfStorm;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SplitSqlite;

// Contexts that save one row and query for it, through UseSqlite and then through UseSplitSqlite: the default durability of both, WAL on both
// (EF Core sets it when it creates the file), the same 30 s to wait. Run: dotnet run -c Release --project benchmarks/EfStorm -- [--contexts 64] [--seconds 15]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var workers = Number("--contexts", 64);
var length = TimeSpan.FromSeconds(Number("--seconds", 15));

// UseSqlite waits in its threads; with too few of them it would be the thread pool that is measured.
ThreadPool.SetMinThreads(workers + 16, 16);
var folder = Directory.CreateTempSubdirectory("efstorm-").FullName;
try
{
    Console.WriteLine($"{workers} contexts for {length.TotalSeconds:0} s; times of one SaveChanges of one row and of one FirstOrDefault by key, in ms");
    Console.WriteLine($"{"",-16} {"saves/s",8} {"p50",8} {"p99",9} {"slowest",9}   {"query p50",9} {"p99",9} {"slowest",9}   {"errors",6} {"rows lost",9}");
    var plain = await Storm.RunAsync(new DbContextOptionsBuilder<StormContext>().UseSqlite($"Data Source={folder}/plain.db").Options, workers, length);
    Print("UseSqlite", plain);
    var split = await Storm.RunAsync(new DbContextOptionsBuilder<StormContext>().UseSplitSqlite($"Data Source={folder}/split.db").Options, workers, length);
    Print("UseSplitSqlite", split);
    Console.WriteLine($"slowest SaveChanges: {split.Saves[^1] / plain.Saves[^1]:0.000} of UseSqlite's; saves: {split.Saves.Length / split.Seconds / (plain.Saves.Length / plain.Seconds):0.0} times as many");
    return split.Errors.Count == 0 && split.Missing == 0 ? 0 : 1;
}
finally
{
    SqliteConnection.ClearAllPools();
    SplitSqliteConnection.ClearAllPools();
    Directory.Delete(folder, recursive: true);
}

int Number(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var index ? int.Parse(args[index + 1], CultureInfo.InvariantCulture) : otherwise;

static void Print(string name, Outcome outcome)
{
    Console.WriteLine(
        $"{name,-16} {outcome.Saves.Length / outcome.Seconds,8:0} {Outcome.At(outcome.Saves, 0.5),8:0.00} {Outcome.At(outcome.Saves, 0.99),9:0.0} {outcome.Saves[^1],9:0.0}   "
        + $"{Outcome.At(outcome.Queries, 0.5),9:0.00} {Outcome.At(outcome.Queries, 0.99),9:0.0} {outcome.Queries[^1],9:0.0}   {outcome.Errors.Values.Sum(),6} {outcome.Missing,9}");
    foreach (var (message, count) in outcome.Errors.OrderByDescending(e => e.Value))
    {
        Console.WriteLine($"  {count} × {message}");
    }
}
