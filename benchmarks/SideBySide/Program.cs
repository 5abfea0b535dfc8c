using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SideBySide;
using SplitSqlite;

// One thread, the same work through both providers in turn, in one process: medians and ratios, since machines are noisy.
const int Rounds = 15;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var folder = Directory.CreateTempSubdirectory("sidebyside-").FullName;
try
{
    var plain = new Side("Microsoft.Data.Sqlite", SqliteFactory.Instance, $"Data Source={folder}/plain.db");
    var split = new Side("SplitSqlite", SplitSqliteFactory.Instance, $"Data Source={folder}/split.db");
    plain.Prepare();
    split.Prepare();

    Console.WriteLine($"{"work",-52} {"plain µs",10} {"split µs",10} {"ratio",7}   {"plain B",8} {"split B",8}");
    foreach (var (name, count, work) in Works.All)
    {
        Compare(name, count, work, plain, split);
    }
}
finally
{
    SqliteConnection.ClearAllPools();
    SplitSqliteConnection.ClearAllPools();
    Directory.Delete(folder, recursive: true);
}

static void Compare(string name, int count, Action<Side, int> work, Side plain, Side split)
{
    work(plain, count);
    work(split, count);
    var plainRuns = new List<double>();
    var splitRuns = new List<double>();
    var ratios = new List<double>();
    long plainBytes = 0;
    long splitBytes = 0;
    for (var round = 0; round < Rounds; round++)
    {
        var (plainTime, plainAllocated) = Measure(plain, count, work);
        var (splitTime, splitAllocated) = Measure(split, count, work);
        plainRuns.Add(plainTime);
        splitRuns.Add(splitTime);
        ratios.Add(splitTime / plainTime);
        (plainBytes, splitBytes) = (plainAllocated, splitAllocated);
    }

    Console.WriteLine($"{name,-52} {Median(plainRuns),10:0.00} {Median(splitRuns),10:0.00} {Median(ratios),7:0.00}   {plainBytes,8} {splitBytes,8}");
}

static (double Microseconds, long Bytes) Measure(Side side, int count, Action<Side, int> work)
{
    var before = GC.GetAllocatedBytesForCurrentThread();
    var started = Stopwatch.GetTimestamp();
    work(side, count);
    var elapsed = Stopwatch.GetElapsedTime(started);
    return (elapsed.TotalMicroseconds / count, (GC.GetAllocatedBytesForCurrentThread() - before) / count);
}

static double Median(List<double> values)
{
    values.Sort();
    return values[values.Count / 2];
}
