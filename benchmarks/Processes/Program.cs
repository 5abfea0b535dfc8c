using System.Globalization;
using Microsoft.Data.Sqlite;
using Processes;

// Several processes write one file at the same time: does each get on, and is everything there that was acknowledged?
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var processes = Option("--processes", 3);
var plain = Option("--plain", 0);
var workers = Option("--workers", 8);
var seconds = Option("--seconds", 20);
var timeout = Option("--timeout", 5);
var hold = Option("--hold", 0);
var options = Text("--options", string.Empty);

var folder = Directory.CreateTempSubdirectory("processes-").FullName;
var path = Path.Combine(folder, "test.db");
using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
{
    connection.Open();
    using var command = connection.CreateCommand();
    command.CommandText = """
        PRAGMA journal_mode=WAL;
        CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
        CREATE TABLE effect(process INTEGER, worker INTEGER, n INTEGER, PRIMARY KEY (process, worker, n)) WITHOUT ROWID;
        WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 16) INSERT INTO account SELECT i, 1000 FROM s;
        """;
    command.ExecuteNonQuery();
}

var all = Enumerable.Range(0, processes + plain).Select(i => new Neighbour(path, options, plain: i >= processes, i, workers, timeout, hold)).ToArray();
try
{
    Array.ForEach(all, neighbour => neighbour.WaitUntilReady());
    Array.ForEach(all, neighbour => neighbour.Go());
    Thread.Sleep(TimeSpan.FromSeconds(seconds));
    Array.ForEach(all, neighbour => neighbour.Stop());
    Array.ForEach(all, neighbour => neighbour.ReadReport());

    var total = all.Sum(neighbour => neighbour.Writes);
    Console.WriteLine($"{processes} processes of SplitSqlite and {plain} plain, {workers} workers each, {seconds} s, Default Timeout={timeout}");
    Console.WriteLine($"{"process",-20} {"writes",8} {"share of an equal share",24} {"slowest ms",11} {"errors",7}");
    foreach (var neighbour in all)
    {
        Console.WriteLine($"{neighbour.Name,-20} {neighbour.Writes,8} {(double)neighbour.Writes * all.Length / total,24:0.00} {neighbour.Slowest,11:0} {neighbour.Errors,7}   {neighbour.FirstError}");
    }

    using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
    connection.Open();
    Console.WriteLine($"total {total}; integrity_check: {Value("PRAGMA integrity_check")}; sum of accounts: {Value("SELECT sum(balance) FROM account")} of 16000; acknowledged and missing: {all.Sum(Missing)}");

    object? Value(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    long Missing(Neighbour neighbour)
        => neighbour.Acknowledged.Select((count, worker) => count - (long)Value($"SELECT count(*) FROM effect WHERE process = {neighbour.Number} AND worker = {worker} AND n <= {count}")!).Sum();
}
finally
{
    Array.ForEach(all, neighbour => neighbour.Dispose());
    Directory.Delete(folder, recursive: true);
}

int Option(string name, int standard) => int.Parse(Text(name, standard.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

string Text(string name, string standard) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : standard;
