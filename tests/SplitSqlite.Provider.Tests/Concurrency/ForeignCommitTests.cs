using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>What another process commits: seen by the next read, never lost again by the one after, and never in the place of a session's own writes.</summary>
public sealed class ForeignCommitTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";

    //  plain      INSERT          INSERT
    //  a     read         read
    [Fact]
    public void Next_read_sees_what_another_process_has_committed()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var plain = file.OpenPlain();
        for (var n = 1; n < 100; n++)
        {
            Assert.Equal(n, a.Number("SELECT count(*) FROM t"));
            plain.Run("INSERT INTO t VALUES (2)");
        }
    }

    //  a      reader open ……………………………………………………………………………………………………………………… goes on with its own state
    //  plain               INSERT
    //  a                          BEGIN, sees it, ROLLBACK   reads beside the reader: sees it still
    [Theory]
    [InlineData("transaction")]
    [InlineData("raw")]
    [InlineData("snapshot")]
    [InlineData("batch")]
    [InlineData("private")]
    public void Session_that_has_seen_a_foreign_commit_does_not_fall_behind_it(string way)
    {
        using var file = new TestFile().With(Table + ", (2), (3)");
        using var a = file.Open();
        using var plain = file.OpenPlain();
        using var reader = a.Reading("SELECT x FROM t");
        plain.Run("INSERT INTO t VALUES (4)");
        switch (way)
        {
            case "transaction":
                using (a.BeginTransaction())
                {
                    Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
                }

                break;

            case "raw":
                Assert.Equal(4, a.Number("BEGIN; SELECT count(*) FROM t; ROLLBACK"));
                break;

            case "snapshot":
                using (a.BeginTransaction(SplitSqliteTransactionOptions.ReadOnly))
                {
                    Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
                }

                break;

            case "batch":
                Assert.Equal(4, a.Number("SELECT count(*) FROM t; DELETE FROM t WHERE 0"));
                break;

            default:
                a.Run("CREATE TEMP TABLE own(x)");
                Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
                break;
        }

        Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
        Assert.True(reader.Read());
        Assert.True(reader.Read());
        Assert.False(reader.Read());
        Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
    }

    //  a      reader open ………………………………………………………………………………
    //  plain               INSERT            INSERT
    //  a                          INSERT, read      INSERT, read: each sees its own write and what was committed before it
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Session_sees_its_own_writes_among_those_of_another_process(bool isPrivate)
    {
        using var file = new TestFile().With(Table + ", (2), (3)");
        using var a = file.Open();
        using var plain = file.OpenPlain();
        if (isPrivate)
        {
            a.Run("CREATE TEMP TABLE own(x)");
        }

        using var reader = a.Reading("SELECT x FROM t");
        for (var n = 3; n < 40; n += 2)
        {
            plain.Run("INSERT INTO t VALUES (4)");
            a.Run("INSERT INTO t VALUES (5)");
            Assert.Equal(n + 2, a.Number("SELECT count(*) FROM t"));
        }

        Assert.True(reader.Read());
        Assert.True(reader.Read());
        Assert.False(reader.Read());
    }

    //  plain  TRUNCATE, again and again: takes SQLite's write lock for a moment
    //  a, b   write and read without pause: no error, nothing lost
    [Fact]
    public async Task Checkpoints_of_another_process_beside_writes_do_no_harm()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        using var done = new CancellationTokenSource();
        var foreign = Schedule.OnThread(() =>
        {
            using var plain = file.OpenPlain();
            string[] modes = ["PASSIVE", "FULL", "RESTART", "TRUNCATE"];
            for (var n = 0; !done.IsCancellationRequested; n++)
            {
                plain.Run($"PRAGMA wal_checkpoint({modes[n % 4]})");
            }
        });
        var writers = Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            await using var session = await file.OpenAsync();
            for (var n = 0; n < 100; n++)
            {
                await session.RunAsync("INSERT INTO t VALUES (2)");
                Assert.True(session.Number("SELECT count(*) FROM t") > n);
            }
        })).ToArray();
        await Task.WhenAll(writers).Comes();
        await done.CancelAsync();
        await foreign.Comes();
        using var a = file.Open();
        Assert.Equal(401, a.Number("SELECT count(*) FROM t"));
        Assert.Equal("ok", a.Text("PRAGMA integrity_check"));
        file.AssertIdle();
    }

    //  a      has the file open
    //  plain                     PRAGMA journal_mode=DELETE ✗
    [Fact]
    public void Another_process_cannot_take_the_file_out_of_wal_while_it_is_open_here()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        Assert.Equal(1, a.Number("SELECT count(*) FROM t"));
        using var plain = new SqliteConnection($"Data Source={file.Path};Pooling=False;Default Timeout=1");
        plain.Open();
        var error = Assert.Throws<SqliteException>(() => plain.Run("PRAGMA journal_mode=DELETE"));
        Assert.Equal(5, error.SqliteErrorCode);
        a.Run("INSERT INTO t VALUES (2)");
        Assert.Equal("wal", a.Text("PRAGMA journal_mode"));
        Assert.Equal(2, plain.Number("SELECT count(*) FROM t"));
    }
}
