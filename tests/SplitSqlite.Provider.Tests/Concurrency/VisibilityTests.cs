using System.Data;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>Read your writes (DESIGN 1.3): once a write is acknowledged, every later read of every session sees it, whatever is open.</summary>
public sealed class VisibilityTests
{
    private const string Table = "CREATE TABLE t(id INTEGER PRIMARY KEY, x); INSERT INTO t(x) VALUES (1), (2), (3)";

    //  A  |--- reader over t ------------------------|
    //  A       INSERT ack
    //  A                  count: sees it, though A's first reader is on the old snapshot
    [Fact]
    public void Own_write_is_seen_when_another_reader_of_the_session_is_open()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using (var open = a.Reading("SELECT id FROM t ORDER BY id"))
        {
            a.Run("INSERT INTO t(x) VALUES (4)");
            Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
            using (var second = a.Reading("SELECT id FROM t ORDER BY id DESC"))
            {
                Assert.Equal(4L, second.GetInt64(0));
                a.Run("INSERT INTO t(x) VALUES (5)");
                Assert.Equal(5, a.Number("SELECT count(*) FROM t"));
            }

            // The first goes on where it was.
            Assert.True(open.Read());
            Assert.True(open.Read());
            Assert.False(open.Read());
        }

        file.AssertIdle();
    }

    //  A  |--- reader ---------------------|
    //  B       INSERT ack
    //  A                   count: sees it
    [Theory]
    [InlineData("INSERT INTO t(x) VALUES (4)")]
    [InlineData("INSERT INTO t(x) VALUES (4) RETURNING id")]
    [InlineData("BEGIN; INSERT INTO t(x) VALUES (4); COMMIT")]
    [InlineData("SAVEPOINT s; INSERT INTO t(x) VALUES (4); RELEASE s")]
    [InlineData("WITH w(v) AS (SELECT 4) INSERT INTO t(x) SELECT v FROM w")]
    [InlineData("SELECT 1; INSERT INTO t(x) VALUES (4)")]
    [InlineData("CREATE TEMP TABLE p(q); INSERT INTO t(x) VALUES (4)")]
    public void Another_session_sees_a_write_at_its_next_read_when_it_has_a_reader_open(string write)
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var open = a.Reading("SELECT id FROM t");
        b.Run(write);
        Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
    }

    //  A  (private) |--- reader -----------|
    //  B                 INSERT ack
    //  A                        count: sees it
    [Fact]
    public void Private_session_sees_another_sessions_write_when_it_has_a_reader_open()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.Open();
        a.Run("CREATE TEMP TABLE p(q)");
        using var open = a.Reading("SELECT id FROM t ORDER BY id");
        b.Run("INSERT INTO t(x) VALUES (4)");
        Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
        Assert.True(open.Read());
        Assert.True(open.Read());
        Assert.False(open.Read());
    }

    //  A  (private) |--- reader -----------------|
    //  B                 INSERT ack
    //  A                        INSERT: no BUSY_SNAPSHOT
    [Fact]
    public void Private_session_writes_when_its_open_reader_is_behind()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.Open();
        a.Run("CREATE TEMP TABLE p(q)");
        using var open = a.Reading("SELECT id FROM t ORDER BY id");
        b.Run("INSERT INTO t(x) VALUES (4)");
        a.Run("INSERT INTO t(x) VALUES (5)");
        Assert.Equal(5, b.Number("SELECT count(*) FROM t"));
        Assert.True(open.Read());
    }

    //  A  BeginTransaction, INSERT, … (not committed)          COMMIT
    //  B                              count: does not see it           count: sees it
    [Fact]
    public void Uncommitted_write_is_invisible_to_others_until_its_commit()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var transaction = a.BeginTransaction();
        a.Run("INSERT INTO t(x) VALUES (4)");
        Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
        Assert.Equal(3, b.Number("SELECT count(*) FROM t"));
        transaction.Commit();
        Assert.Equal(4, b.Number("SELECT count(*) FROM t"));
    }

    //  A  snapshot: 3        3         3  commit   4
    //  B            INSERT ack
    [Fact]
    public void Snapshot_stays_where_it_was_begun_when_others_write()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.Open();

        // Pinned by BEGIN itself: no read of A comes before B's write (FACTS 8.9).
        using (var snapshot = a.BeginTransaction(IsolationLevel.Snapshot))
        {
            b.Run("INSERT INTO t(x) VALUES (4)");
            Assert.Equal(3, a.Number("SELECT count(*) FROM t"));
            using (a.Reading("SELECT id FROM t"))
            {
                Assert.Equal(3, a.Number("SELECT count(*) FROM t"));
            }

            snapshot.Commit();
        }

        Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    //  A  |--- reader opened before B's write --------------------|
    //  B       INSERT ack
    //  A                   snapshot: on the new state, not on the open reader's
    [Fact]
    public void Snapshot_sees_the_newest_state_when_an_older_reader_is_open()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var open = a.Reading("SELECT id FROM t");
        b.Run("INSERT INTO t(x) VALUES (4)");
        using var snapshot = a.BeginTransaction(SplitSqliteTransactionOptions.ReadOnly);
        Assert.Equal(4, a.Number("SELECT count(*) FROM t"));
    }

    //  each of 4 writers:  write n  ack   then tells n to all;  each of 4 readers: hears n, reads, must see at least n
    [Fact]
    public async Task Acknowledged_writes_are_seen_by_every_session_at_once_in_a_race()
    {
        using var file = new TestFile("Synchronous=Normal;Max Readers=2;Default Timeout=200").With("CREATE TABLE c(who INTEGER PRIMARY KEY, n INTEGER); INSERT INTO c SELECT value, 0 FROM json_each('[0,1,2,3]')");
        var told = new long[4];
        var writers = Enumerable.Range(0, 4).Select(who => Schedule.OnThread(() =>
        {
            using var session = file.Open();
            for (long n = 1; n <= 150; n++)
            {
                session.Run("UPDATE c SET n = $1 WHERE who = $2", n, who);
                Volatile.Write(ref told[who], n);
            }
        })).ToArray();
        var readers = Enumerable.Range(0, 4).Select(who => Task.Run(async () =>
        {
            await using var session = await file.OpenAsync();
            var last = 0L;
            while (Volatile.Read(ref told[who]) < 150)
            {
                using var open = session.Reading("SELECT n FROM c");
                var heard = Volatile.Read(ref told[who]);
                using var command = session.Command("SELECT n FROM c WHERE who = $1", who);
                var seen = (long)(await command.ExecuteScalarAsync())!;
                Assert.True(seen >= heard, $"Told of {heard}, saw {seen}.");
                Assert.True(seen >= last, $"Saw {last} before, then {seen}.");
                last = seen;
            }
        })).ToArray();
        await Task.WhenAll(writers.Concat(readers)).Comes();
        file.AssertIdle();
    }
}
