using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Faults;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Grouping;

/// <summary>Who shares a commit with whom, in which order, and how many.</summary>
public sealed class GroupOrderTests
{
    private const string Table = "CREATE TABLE t(id INTEGER PRIMARY KEY, x)";

    //  line   a1 a2 | x (other option set) | a3 | off (Group Commit=Off) | a4 | BEGIN … COMMIT | a5 a6 | CREATE | a7 a8
    //  file   in this order; a commit for each pair
    [Fact]
    public async Task Order_is_that_of_the_line_whoever_stands_between()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        var sessions = Enumerable.Range(0, 12).Select(i => file.Open(i switch { 2 => "Foreign Keys=False", 4 => "Group Commit=Off", _ => null })).ToList();
        using (var line = new GroupLine(file))
        {
            var work = new List<Task>();
            foreach (var (session, i) in sessions.Select(static (session, i) => (session, i)))
            {
                var sql = $"INSERT INTO t(x) VALUES ({i})";
                work.Add(i switch
                {
                    6 => line.Joined(Transaction(session, sql)),
                    9 => line.Async(session, "CREATE TABLE u(x); " + sql),
                    _ when i % 2 == 0 => line.Sync(session, sql),
                    _ => line.Async(session, sql),
                });
            }

            line.Go();
            await Task.WhenAll(work).Comes();
            Assert.Equal("0,1,2,3,4,5,6,7,8,9,10,11", sessions[0].Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY id)"));
            Assert.Equal((3, 6), (file.Database.SharedCommits, file.Database.SharingWrites));
            Assert.All(sessions.Index(), static pair => Assert.Equal(pair.Index + 1, pair.Item.Number("SELECT last_insert_rowid()")));
        }

        sessions.ForEach(static session => session.Dispose());
        file.AssertIdle();
        file.AssertFullCapacity();

        static async Task<int> Transaction(SplitSqliteConnection session, string sql)
        {
            await using var transaction = await session.BeginTransactionAsync();
            var affected = await session.RunAsync(sql);
            await transaction.CommitAsync();
            return affected;
        }
    }

    // Who was undone goes before whoever came after, transactions too.
    [Fact]
    public async Task Order_is_kept_when_a_group_is_undone()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With("CREATE TABLE t(id INTEGER PRIMARY KEY, x UNIQUE)");
        var sessions = Enumerable.Range(0, 8).Select(_ => file.Open()).ToList();
        using (var line = new GroupLine(file))
        {
            var work = sessions.ConvertAll(session => sessions.IndexOf(session) switch
            {
                3 => line.Async(session, $"INSERT OR ROLLBACK INTO t(x) VALUES (1) -- {Guid.NewGuid()}"),
                5 => line.Async(session, "BEGIN; INSERT INTO t(x) VALUES (5); COMMIT"),
                var i => line.Async(session, $"INSERT INTO t(x) VALUES ({i})"),
            });
            line.Go();
            var failed = await Assert.ThrowsAsync<SqliteException>(() => Task.WhenAll(work).Comes());
            Assert.Equal(2067, failed.SqliteExtendedErrorCode);
            Assert.Equal(7, work.Count(static task => task.IsCompletedSuccessfully));
            Assert.Equal("0,1,2,4,5,6,7", sessions[0].Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY id)"));
            Assert.Equal(1, file.Database.UndoneGroups);
        }

        sessions.ForEach(static session => session.Dispose());
        file.AssertIdle();
    }

    [Fact]
    public async Task Group_ends_at_256_statements()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using (var line = new GroupLine(file))
        {
            var first = line.Async(a, string.Concat(Enumerable.Repeat("INSERT INTO t(x) VALUES (1);", CommitGroup.MostStatements)));
            var second = line.Async(b, "INSERT INTO t(x) VALUES (2)");
            line.Go();
            Assert.Equal(new[] { CommitGroup.MostStatements, 1 }, await Task.WhenAll(first, second).Comes());
        }

        Assert.Equal(0, file.Database.SharedCommits);
        file.AssertIdle();
    }

    [Fact]
    public async Task Group_takes_in_nobody_after_its_time()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With(Table);
        using (var source = file.Hooked(static _ =>
        {
            var begun = Stopwatch.GetTimestamp();
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(begun) > CommitGroup.LongestRun);
        }))
        {
            using var a = file.Open(source);
            using var b = file.Open(source);
            using var c = file.Open(source);
            using var line = new GroupLine(file);
            file.Database.LongestGroupRun = CommitGroup.LongestRun;
            var work = new[] { line.Async(a, "INSERT INTO t(x) VALUES (1)"), line.Async(b, "INSERT INTO t(x) VALUES (hook(2))"), line.Async(c, "INSERT INTO t(x) VALUES (3)") };
            line.Go();
            Assert.Equal(new[] { 1, 1, 1 }, await Task.WhenAll(work).Comes());

            // On a slow machine not even the second is drawn in time.
            Assert.True(file.Database.SharingWrites <= 2);
        }

        file.AssertIdle();
    }

    [Fact]
    public async Task Hundreds_share_few_commits_and_each_has_its_own_row_and_values()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=0").With("CREATE TABLE t(id INTEGER PRIMARY KEY, x BLOB UNIQUE)");
        var sessions = Enumerable.Range(0, 300).Select(_ => file.Open()).ToList();
        using (var line = new GroupLine(file))
        {
            var work = sessions.ConvertAll(session =>
            {
                // Big ones on their way out and back; so much in all that a checkpoint is due.
                var blob = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"{sessions.IndexOf(session):000} ", 5000)));
                return line.Joined(session.Command("INSERT INTO t(x) VALUES ($1) RETURNING x, id", blob).ExecuteReaderAsync());
            });
            line.Go();
            for (var i = 0; i < work.Count; i++)
            {
                await using var reader = await work[i].Comes();
                Assert.True(reader.Read());
                Assert.StartsWith($"{i:000} {i:000} ", Encoding.ASCII.GetString((byte[])reader.GetValue(0)), StringComparison.Ordinal);
                Assert.Equal(20_000, reader.GetBytes(0, 0, null, 0, 0));
                Assert.Equal(i + 1, reader.GetInt64(1));
                Assert.False(reader.Read());
            }

            Assert.True(file.Database.SharedCommits > 0);
            Assert.All(sessions.Index(), static pair => Assert.Equal(pair.Index + 1, pair.Item.Number("SELECT last_insert_rowid() * changes() * total_changes()")));
        }

        sessions.ForEach(static session => session.Dispose());
        file.AssertIdle();
        file.AssertFullCapacity();
        file.AssertIntact();
    }
}
