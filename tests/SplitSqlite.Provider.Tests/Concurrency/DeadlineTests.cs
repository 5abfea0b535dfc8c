using System.Data;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>Deadlines in the queues: of the gate, of the pool of readers, and of what runs where that was asked for.</summary>
public sealed class DeadlineTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";

    [Theory]
    [InlineData("CommandTimeout", true)]
    [InlineData("CommandTimeout", false)]
    [InlineData("Default Timeout", true)]
    [InlineData("busy_timeout", false)]
    [InlineData("Begin", true)]
    [InlineData("Begin", false)]
    [InlineData("words", false)]
    public async Task Waiting_writer_gives_up_at_its_deadline_and_leaves_the_queue(string kind, bool async)
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var transaction = a.BeginTransaction();
        using var b = kind == "Default Timeout" ? file.Open("Default Timeout=1") : file.Open();
        if (kind is "busy_timeout" or "Begin" or "words")
        {
            b.Run("PRAGMA busy_timeout=40");
        }

        using var command = b.Command(kind == "words" ? "BEGIN" : "INSERT INTO t VALUES (2)");
        if (kind == "CommandTimeout")
        {
            command.CommandTimeout = 1;
        }

        var error = (kind, async) switch
        {
            ("Begin", true) => await Assert.ThrowsAsync<SplitSqliteBusyException>(async () => await b.BeginTransactionAsync()),
            ("Begin", false) => Assert.Throws<SplitSqliteBusyException>(() => b.BeginTransaction()),
            (_, true) => await Assert.ThrowsAsync<SplitSqliteBusyException>(() => command.ExecuteNonQueryAsync()),
            (_, false) => Assert.Throws<SplitSqliteBusyException>(() => command.ExecuteNonQuery()),
        };
        Assert.Equal(a.Session!.Id, error.HolderId);
        Assert.Equal(0, file.Database.Gate.QueueLength);
        Assert.Null(b.Transaction);

        transaction.Commit();
        b.Run("INSERT INTO t VALUES (2)");
        Assert.Equal(3L, a.Value("SELECT sum(x) FROM t"));
        file.AssertIdle();
    }

    //  a  BEGIN ………………… COMMIT          b's first deadline has long passed, its second command has none
    //  b   ✗ (20 ms)  waits with CommandTimeout=0 ……… done
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Command_timeout_zero_waits_however_long(bool async)
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        var transaction = a.BeginTransaction();
        using var b = file.OpenHasty(20);
        Assert.Throws<SplitSqliteBusyException>(() => b.Run("INSERT INTO t VALUES (2)"));
        using var command = b.Command("INSERT INTO t VALUES (2)");
        command.CommandTimeout = 0;
        var waiting = async ? command.ExecuteNonQueryAsync() : Schedule.OnThread(command.ExecuteNonQuery);
        Schedule.Until(() => file.Database.Gate.QueueLength == 1);

        // Somebody else's deadline passes meanwhile: it is none of b's.
        using var c = file.OpenHasty(20);
        Assert.Throws<SplitSqliteBusyException>(() => c.Run("INSERT INTO t VALUES (3)"));
        Assert.False(waiting.IsCompleted);
        transaction.Commit();
        Assert.Equal(1, await waiting.Comes());
        file.AssertIdle();
    }

    //  a, b  |--- readers, all that there are ---|
    //  c          SELECT ✗ deadline               SELECT: at once
    //  d              SELECT waits ……………………………… gets a's
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reads_wait_for_a_reader_and_give_up_at_their_deadline_when_all_are_in_use(bool async)
    {
        using var file = new TestFile("Max Readers=2").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        var first = a.Reading("SELECT x FROM t");
        var second = b.Reading("SELECT x FROM t");
        using var c = file.OpenHasty(30);
        var error = async
            ? await Assert.ThrowsAsync<SplitSqliteBusyException>(() => c.Command("SELECT x FROM t").ExecuteScalarAsync())
            : Assert.Throws<SplitSqliteBusyException>(() => c.Value("SELECT x FROM t"));
        Assert.Contains("'Max Readers'", error.Message, StringComparison.Ordinal);
        Assert.Throws<SplitSqliteBusyException>(() => c.BeginTransaction(IsolationLevel.Snapshot));
        Assert.Null(error.HolderId);

        // Writes do not need one.
        c.Run("INSERT INTO t VALUES (2)");
        using var d = file.Open();
        using var command = d.Command("SELECT count(*) FROM t");
        var waiting = async ? command.ExecuteScalarAsync() : Schedule.OnThread(command.ExecuteScalar);
        Schedule.Until(() => file.Database.Readers.Waiting == 1);

        // Who has one already does not wait.
        Assert.Equal(2, a.Number("SELECT count(*) FROM t"));
        first.Dispose();
        Assert.Equal(2L, await waiting.Comes());
        second.Dispose();
        Assert.Equal(2, c.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timeout_does_not_end_what_runs_unless_asked_for(bool async)
    {
        using var file = new TestFile().With(Table);
        using var a = file.OpenHasty(1);
        using var command = a.Command(Sql.Series(300_000).Replace("SELECT i FROM s", "SELECT count(*) FROM s", StringComparison.Ordinal));
        Assert.Equal(300_000L, async ? await command.ExecuteScalarAsync() : command.ExecuteScalar());
    }

    [Theory]
    [InlineData("SELECT count(*) FROM (WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s) SELECT i FROM s)", true)]
    [InlineData("SELECT count(*) FROM (WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s) SELECT i FROM s)", false)]
    [InlineData("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s) INSERT INTO t SELECT i FROM s", true)]
    [InlineData("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s) INSERT INTO t SELECT i FROM s", false)]
    public async Task Timeout_interrupts_what_runs_when_asked_for(string endless, bool async)
    {
        using var file = new TestFile().With(Table);
        using var a = file.OpenHasty(50, "Interrupt On Timeout=True");
        using var command = a.Command(endless);
        var error = async
            ? await Assert.ThrowsAsync<SqliteException>(() => command.ExecuteScalarAsync())
            : Assert.Throws<SqliteException>(() => command.ExecuteScalar());
        Assert.Equal(9, error.SqliteErrorCode);
        file.AssertIdle();
        Assert.Equal(1, a.Number("SELECT count(*) FROM t"));

        // Waiting, it is the deadline of a wait.
        using var b = file.Open();
        using var transaction = b.BeginTransaction();
        Assert.Throws<SplitSqliteBusyException>(() => a.Run("INSERT INTO t VALUES (2)"));
    }
}
