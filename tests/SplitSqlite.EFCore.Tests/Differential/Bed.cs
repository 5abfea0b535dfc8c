using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>
/// Runs a case through <c>UseSqlite</c> and through <c>UseSplitSqlite</c>, each on a fresh file with the same content, and compares what was
/// sent, what came back, what was thrown, and what is in the files afterwards.
/// </summary>
internal static class Bed
{
    private static readonly Lazy<byte[]> Content = new(MakeContent);

    /// <summary>Asserts that both providers log the same and, if the script may change anything, leave the same in the file.</summary>
    public static async Task SameAsync(Func<Side, Task> script, bool onlyReads = false)
    {
        var plain = await RunAsync(isSplit: false, script, onlyReads);
        var split = await RunAsync(isSplit: true, script, onlyReads);
        if (!plain.SequenceEqual(split))
        {
            Assert.Fail(Report(plain, split));
        }
    }

    /// <summary>Asserts that the logs differ in exactly these lines: what UseSqlite gives, and what UseSplitSqlite gives in its place.</summary>
    public static async Task DiffersAsync(Func<Side, Task> script, params (string Plain, string Split)[] lines)
    {
        var plain = await RunAsync(isSplit: false, script);
        var split = await RunAsync(isSplit: true, script);
        var found = plain.Count == split.Count ? plain.Zip(split).Where(pair => pair.First != pair.Second).ToArray() : null;
        if (found is null || !found.SequenceEqual(lines))
        {
            Assert.Fail("Not the differences that stand.\n" + Report(plain, split));
        }
    }

    /// <summary>Makes one side alone, for what only it can do. The caller disposes of it.</summary>
    public static Side Only(bool isSplit) => new(isSplit, Content.Value);

    private static async Task<IReadOnlyList<string>> RunAsync(bool isSplit, Func<Side, Task> script, bool onlyReads = false)
    {
        using var side = new Side(isSplit, Content.Value);
        await script(side);
        if (!onlyReads)
        {
            Dump(side);
        }

        return side.Lines;
    }

    private static byte[] MakeContent()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var context = new BedContext(new DbContextOptionsBuilder<BedContext>().UseSqlite($"Data Source={path};Pooling=False").Options))
            {
                context.Database.OpenConnection();
                context.Database.ExecuteSqlRaw("PRAGMA synchronous=OFF");
                context.Database.EnsureCreated();
                context.Database.ExecuteSqlRaw("PRAGMA journal_mode=WAL");
                context.Database.ExecuteSqlRaw(Seed.Sql);
                Seed.Fill(context);
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // What is in the file, read by a connection that had no part in the script.
    private static void Dump(Side side)
    {
        using var connection = new SqliteConnection($"Data Source={side.Path};Pooling=False;Mode=ReadOnly");
        connection.Open();
        foreach (var table in Rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").Select(row => (string)row[0]).ToArray())
        {
            foreach (var row in Rows($"SELECT * FROM \"{table}\""))
            {
                side.Log($"file: {table} {string.Join(" | ", row.Select(Described.Value))}");
            }
        }

        IEnumerable<object[]> Rows(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var values = new object[reader.FieldCount];
                reader.GetValues(values);
                yield return values;
            }
        }
    }

    // The lines between the beginning and the end that both have in common, with what went before.
    private static string Report(IReadOnlyList<string> plain, IReadOnlyList<string> split)
    {
        var shorter = Math.Min(plain.Count, split.Count);
        var head = Enumerable.Range(0, shorter).TakeWhile(i => plain[i] == split[i]).Count();
        var tail = Enumerable.Range(1, shorter - head).TakeWhile(i => plain[^i] == split[^i]).Count();
        var report = new StringBuilder();
        Append("    ", plain.Take(head));
        Append("UseSqlite:      ", plain.Skip(head).SkipLast(tail));
        Append("UseSplitSqlite: ", split.Skip(head).SkipLast(tail));
        return report.ToString();

        void Append(string mark, IEnumerable<string> lines)
        {
            foreach (var line in lines)
            {
                report.Append(mark).AppendLine(line);
            }
        }
    }
}
