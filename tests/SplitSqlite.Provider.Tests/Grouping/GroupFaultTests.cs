using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Faults;
using SplitSqlite.Tests.Support;
using SQLitePCL;

namespace SplitSqlite.Tests.Grouping;

/// <summary>Groups whose statements or whose COMMIT the disk fails: nobody is told a thing that is not so.</summary>
public sealed class GroupFaultTests
{
    //  a, b, c  share a commit: b meets the limit of pages; alone b fails, a and c are there
    [Theory]
    [InlineData("INSERT INTO t(x) VALUES (zeroblob(300000))")]
    [InlineData("INSERT INTO t(x) VALUES (zeroblob(300000)) RETURNING id")]
    [InlineData("UPDATE t SET x = zeroblob(300000)")]
    [InlineData("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 200) INSERT INTO t(x) SELECT zeroblob(3000) FROM s")]
    public async Task Member_that_finds_the_disk_full_fails_alone(string sql)
    {
        using var file = new TestFile("Synchronous=Off").With("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
        await using (var source = new SplitSqliteDataSourceBuilder(file.ConnectionString()).UsePhysicalConnectionInitializer(static physical =>
        {
            using var limit = physical.CreateCommand();
            limit.CommandText = "PRAGMA max_page_count = 20";
            limit.ExecuteNonQuery();
        }).Build())
        {
            using var a = file.Open(source);
            using var b = file.Open(source);
            using var c = file.Open(source);
            using var line = new GroupLine(file);
            var first = line.Async(a, "INSERT INTO t(x) VALUES ('a')");
            var full = line.Sync(b, sql);
            var last = line.Sync(c, "INSERT INTO t(x) VALUES ('c')");
            line.Go();
            Assert.Equal(1, await first.Comes());
            Assert.Equal(raw.SQLITE_FULL, (await Assert.ThrowsAsync<SqliteException>(() => full.Comes())).SqliteErrorCode);
            Assert.Equal(1, await last.Comes());
            Assert.Equal("a,c", a.Text("SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY id)"));
            Assert.Equal(1, c.Number("SELECT total_changes()"));
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    //  a, b, c  COMMIT: full, so nothing of it is there; each again, alone
    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "a")]
    [InlineData(3, "a,b")]
    [InlineData(4, "a,b,c")]
    public async Task Commit_that_finds_the_disk_full_is_done_again_by_each(int times, string failing)
    {
        using var file = Faulty.Make(out var plan);
        using (var line = new GroupLine(file))
        {
            using var a = file.Open();
            using var b = file.Open();
            using var c = file.Open();
            var writes = new[] { line.Async(a, "INSERT INTO t(a) VALUES ('a')"), line.Sync(b, "INSERT INTO t(a) VALUES ('b') RETURNING a"), line.Async(c, "INSERT INTO t(a) VALUES ('c')") };
            plan.Fail(FileWork.Write, FileKind.Wal, raw.SQLITE_FULL, times: times);
            line.Go();
            var failed = new List<string>();
            foreach (var (write, name) in writes.Zip(["a", "b", "c"]))
            {
                try
                {
                    await write.Comes();
                }
                catch (SqliteException exception)
                {
                    Assert.Equal(raw.SQLITE_FULL, exception.SqliteErrorCode);
                    failed.Add(name);
                }
            }

            Assert.Equal(times, plan.Met);
            Assert.Equal(failing, string.Join(',', failed));
            Assert.Equal(string.Join(',', new[] { "a", "b", "c" }.Except(failed)), a.Value("SELECT coalesce(group_concat(a), '') FROM (SELECT a FROM t WHERE id > 3 ORDER BY id)"));
            Assert.Equal(1, file.Database.UndoneGroups);
            Assert.Equal(0, file.Database.SharedCommits);
        }

        file.AssertIdle();
        file.AssertFullCapacity();
        file.AssertIntact();
    }

    [Theory]
    [InlineData(FileWork.Sync, raw.SQLITE_IOERR_FSYNC)]
    [InlineData(FileWork.Write, raw.SQLITE_IOERR_WRITE)]
    public async Task Commit_of_an_unknown_outcome_is_told_to_each_by_an_exception_of_his_own(object work, int code)
    {
        using var file = Faulty.Make(out var plan);
        using (var line = new GroupLine(file))
        {
            using var a = file.Open();
            using var b = file.Open();
            using var c = file.Open();
            using var d = file.Open();
            var writes = new[]
            {
                line.Async(a, "INSERT INTO t(a) VALUES ('a')"),
                line.Sync(b, "INSERT INTO t(a) VALUES ('b')"),
                line.Async(c, "INSERT INTO t(id, a) VALUES (1, 'taken')"),
                line.Sync(d, "INSERT INTO t(a) VALUES ('d') RETURNING a"),
            };
            plan.Fail((FileWork)work, FileKind.Wal, code);
            line.Go();
            var errors = new List<SplitSqliteOutcomeUnknownException>();
            foreach (var write in writes)
            {
                errors.Add(await Assert.ThrowsAsync<SplitSqliteOutcomeUnknownException>(() => write.Comes()));
            }

            Assert.Equal(1, plan.Met);
            Assert.Equal(4, errors.Distinct().Count());
            Assert.All(errors, error => Assert.Equal(code, error.SqliteExtendedErrorCode));
            Assert.Equal(0, file.Database.UndoneGroups);

            // All or nothing, and the next write works.
            var there = a.Text("SELECT group_concat(a) FROM (SELECT a FROM t ORDER BY id)");
            Assert.Contains(there, new[] { "one,two,three", "one,two,three,a,b,d" });
            Assert.Equal(1, b.Run("INSERT INTO t(a) VALUES ('later')"));
            Assert.Equal(there + ",later", a.Text("SELECT group_concat(a) FROM (SELECT a FROM t ORDER BY id)"));
        }

        file.AssertIdle();
        file.AssertFullCapacity();
        file.AssertIntact();
    }

    //  a  INSERT         b  SELECT … read error: SQLite rolls back; INSERT must not be run in no transaction, and then once more        c  INSERT
    [Fact]
    public async Task Read_that_fails_in_the_middle_of_a_member_does_not_have_the_rest_of_it_run_twice()
    {
        using var file = Faulty.Make(out var plan, schema: FaultScript.Schema
            + "; CREATE TABLE big(x); WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 400) INSERT INTO big SELECT zeroblob(3000) FROM s");

        // What is in the log or in the cache is not read from the file.
        Assert.True(file.Database.CloseIfUnused(force: true));
        using (var line = new GroupLine(file))
        {
            using var a = file.Open();
            using var b = file.Open();
            using var c = file.Open();
            var writes = new[] { line.Async(a, "INSERT INTO t(a) VALUES ('a')"), line.Sync(b, "SELECT x FROM big; INSERT INTO t(a) VALUES ('b')"), line.Async(c, "INSERT INTO t(a) VALUES ('c')") };
            plan.Fail(FileWork.Read, FileKind.Main, raw.SQLITE_IOERR_READ, after: 100);
            line.Go();
            foreach (var write in writes)
            {
                Assert.Equal(1, await write.Comes());
            }

            Assert.Equal(1, plan.Met);
            Assert.Equal(1, file.Database.UndoneGroups);
            Assert.Equal("one,two,three,a,b,c", a.Text("SELECT group_concat(a) FROM (SELECT a FROM t ORDER BY id)"));
        }

        file.AssertIdle();
        file.AssertFullCapacity();
        file.AssertIntact();
    }
}
