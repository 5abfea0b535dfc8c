using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>A connection outside of the provider, as that of another process, holds SQLite's own lock: it is waited for, not failed at.</summary>
public sealed class ForeignLockTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";

    //  plain  BEGIN IMMEDIATE …………………………………………………………………… ROLLBACK
    //  a          write waits ✗ its deadline, code 5      write waits ……… done
    [Theory]
    [InlineData("INSERT INTO t VALUES (2)", true)]
    [InlineData("INSERT INTO t VALUES (2)", false)]
    [InlineData("INSERT INTO t VALUES (2) RETURNING x", true)]
    [InlineData("BEGIN; INSERT INTO t VALUES (2); COMMIT", true)]
    [InlineData("SAVEPOINT s; INSERT INTO t VALUES (2); RELEASE s", false)]
    [InlineData("CREATE TABLE u(x); INSERT INTO t VALUES (2)", true)]
    [InlineData("begin", true)]
    [InlineData("begin", false)]
    public async Task Write_waits_for_another_process_fails_at_its_deadline_and_goes_on_when_it_is_free(string sql, bool async)
    {
        using var file = new TestFile().With(Table);
        using var plain = file.OpenPlain();
        using var lockHolder = plain.BeginTransaction(deferred: false);
        using var a = file.OpenHasty(60);
        var error = await Assert.ThrowsAsync<SplitSqliteBusyException>(() => Write(patiently: false));
        Assert.Equal(5, error.SqliteErrorCode);
        Assert.StartsWith("SQLite Error 5: 'database is locked'.", error.Message, StringComparison.Ordinal);
        Assert.Null(error.HolderId);
        file.AssertIdle();

        // Reads do not wait for it.
        Assert.Equal(1, a.Number("SELECT count(*) FROM t"));
        var waiting = Write(patiently: true);
        lockHolder.Rollback();
        await waiting.Comes();
        Assert.Equal(2, a.Number("SELECT count(*) FROM t"));
        file.AssertIdle();

        async Task Write(bool patiently)
        {
            if (patiently)
            {
                a.Run("PRAGMA busy_timeout=0");
            }

            if (sql == "begin")
            {
                await using var transaction = async ? await a.BeginTransactionAsync() : await Schedule.OnThread(a.BeginTransaction);
                a.Run("INSERT INTO t VALUES (2)");
                transaction.Commit();
                return;
            }

            using var command = a.Command(sql);
            _ = async ? await command.ExecuteNonQueryAsync() : await Schedule.OnThread(command.ExecuteNonQuery);
        }
    }

    //  plain  BEGIN IMMEDIATE ………………………
    //  a          write waits, cancelled: leaves
    [Theory]
    [InlineData("token")]
    [InlineData("Cancel")]
    [InlineData("begin")]
    public async Task Wait_for_another_process_ends_when_it_is_cancelled(string way)
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var plain = file.OpenPlain();
        using var lockHolder = plain.BeginTransaction(deferred: false);
        using var cancellation = new CancellationTokenSource();
        using var command = a.Command("INSERT INTO t VALUES (2)");
        Task waiting = way switch
        {
            "token" => command.ExecuteNonQueryAsync(cancellation.Token),
            "Cancel" => Schedule.OnThread(command.ExecuteNonQuery),
            _ => a.BeginTransactionAsync(cancellation.Token).AsTask(),
        };

        // It waits inside the gate.
        Schedule.Until(() => !file.Database.Gate.IsFree);
        if (way == "Cancel")
        {
            command.Cancel();
        }
        else
        {
            cancellation.Cancel();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Comes());
        file.AssertIdle();
        lockHolder.Rollback();
        a.Run("INSERT INTO t VALUES (2)");
    }

    //  plain  BEGIN IMMEDIATE ………………………………………… ROLLBACK
    //  a          BEGIN waits, inside the gate ………… begun ……… COMMIT
    //  b              writes: waits behind a ………………………………………………… done
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Transaction_that_waits_for_another_process_keeps_its_place(bool async)
    {
        using var file = new TestFile("Default Timeout=0").With(Table);
        using var plain = file.OpenPlain();
        using var lockHolder = plain.BeginTransaction(deferred: false);
        using var a = file.Open();
        using var b = file.Open();
        using var command = b.Command("INSERT INTO t VALUES (2)");
        var beginning = async ? a.BeginTransactionAsync().AsTask() : Schedule.OnThread(() => a.BeginTransaction());
        Schedule.Until(() => file.Database.Room.IsShared);
        var behind = command.ExecuteNonQueryAsync();
        for (var i = 0; i < 20; i++)
        {
            // Through several of its tries it never leaves the gate.
            var gate = file.Database.Gate.Snapshot();
            Assert.Same(a.Session, gate.Holder);
            Assert.Equal(1, gate.QueueLength);
            await Task.Delay(1);
        }

        lockHolder.Rollback();
        await using (var transaction = await beginning.Comes())
        {
            Assert.False(behind.IsCompleted);
            a.Run("INSERT INTO t VALUES (3)");
            transaction.Commit();
        }

        await behind.Comes();
        Assert.Equal("1,3,2", b.Text("SELECT group_concat(x) FROM t"));
        file.AssertIdle();
    }

    //  plain  BEGIN IMMEDIATE ……………………………………………………………………………
    //  a          TEMP table: has a connection of its own; BEGIN waits ✗
    [Fact]
    public async Task Private_session_that_waits_for_another_process_gives_the_gate_back_when_it_fails()
    {
        using var file = new TestFile().With(Table);
        using var plain = file.OpenPlain();
        using var lockHolder = plain.BeginTransaction(deferred: false);
        using var a = file.OpenHasty(30);
        a.Run("CREATE TEMP TABLE own(x)");
        await Assert.ThrowsAsync<SplitSqliteBusyException>(() => a.BeginTransactionAsync().AsTask());
        Assert.Throws<SplitSqliteBusyException>(() => a.BeginTransaction());
        Assert.Throws<SplitSqliteBusyException>(() => a.Run("INSERT INTO t VALUES (2)"));
        file.AssertIdle();
        lockHolder.Rollback();
        using var transaction = a.BeginTransaction();
        a.Run("INSERT INTO t SELECT 2");
        transaction.Commit();
        file.AssertIdle();
    }

    //  plain  BEGIN EXCLUSIVE of a file that is attached in the middle of a transaction …… ROLLBACK
    //  a      BEGIN, writes, ATTACH, writes there: waits …………………………………………………………………………… done, COMMIT
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Statement_of_a_transaction_waits_for_another_process_and_the_transaction_stands(bool async)
    {
        using var file = new TestFile().With(Table);
        using var attached = new TestFile().With(Table);
        using var plain = attached.OpenPlain();
        using var lockHolder = plain.BeginTransaction(deferred: false);
        using var a = file.OpenHasty(30);
        using var transaction = a.BeginTransaction();
        a.Run("INSERT INTO t VALUES (5)");
        a.Run($"ATTACH '{attached.Path}' AS other");
        var error = Assert.Throws<SplitSqliteBusyException>(() => a.Run("INSERT INTO other.t VALUES (6)"));
        Assert.Equal(5, error.SqliteErrorCode);
        a.Run("PRAGMA busy_timeout=0");
        using var command = a.Command("INSERT INTO other.t VALUES (7)");
        var waiting = async ? command.ExecuteNonQueryAsync() : Schedule.OnThread(command.ExecuteNonQuery);
        await Task.Delay(5);
        Assert.False(waiting.IsCompleted);
        lockHolder.Rollback();
        Assert.Equal(1, await waiting.Comes());
        transaction.Commit();
        Assert.Equal("1,5|1,7", a.Text("SELECT (SELECT group_concat(x) FROM t) || '|' || (SELECT group_concat(x) FROM other.t)"));
    }

    //  plain  BEGIN EXCLUSIVE on a file in no WAL …………… ROLLBACK
    //  a      the first open of the process waits ………………… opened
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task First_open_waits_for_another_process(bool async)
    {
        using var file = new TestFile("Default Timeout=0");
        using var plain = file.OpenPlain();
        plain.Run("CREATE TABLE t(x)");
        plain.Run("BEGIN EXCLUSIVE");
        var opening = async ? file.OpenAsync() : Schedule.OnThread(() => file.Open());
        await Task.Delay(20);
        Assert.False(opening.IsCompleted);
        plain.Run("ROLLBACK");
        using var a = await opening.Comes();
        a.Run("INSERT INTO t VALUES (1)");
        Assert.Equal("wal", a.Text("PRAGMA journal_mode"));
        Assert.Equal(1, plain.Number("SELECT count(*) FROM t"));
        Assert.Equal("wal", plain.Text("PRAGMA journal_mode"));
    }

    //  plain  BEGIN EXCLUSIVE on a file in no WAL ……………………………
    //  a      the first open of the process waits ✗ its deadline, or is cancelled
    [Fact]
    public async Task First_open_that_waits_for_another_process_ends_at_its_deadline_or_when_it_is_cancelled()
    {
        using var file = new TestFile();
        using var plain = file.OpenPlain();
        plain.Run("CREATE TABLE t(x)");
        plain.Run("BEGIN EXCLUSIVE");
        var late = await Assert.ThrowsAsync<SplitSqliteBusyException>(() => file.OpenAsync("Default Timeout=1"));
        Assert.Equal(5, late.SqliteErrorCode);
        Assert.True(late.Waited >= TimeSpan.FromSeconds(1));
        late = Assert.Throws<SplitSqliteBusyException>(() => file.Open("Default Timeout=1"));
        Assert.True(late.Waited >= TimeSpan.FromSeconds(1));

        using var cancellation = new CancellationTokenSource();
        using var connection = new SplitSqliteConnection(file.ConnectionString("Default Timeout=0"));
        var opening = connection.OpenAsync(cancellation.Token);
        Assert.False(opening.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.Comes());
        plain.Run("ROLLBACK");
        using var a = file.Open();
        Assert.Equal(0, a.Number("SELECT count(*) FROM t"));
    }

    //  The async wait takes no thread: as many wait as the pool has threads and more, and the pool still serves.
    [Fact]
    public async Task Many_async_writers_wait_for_another_process_without_a_thread()
    {
        using var file = new TestFile().With(Table);
        using var plain = file.OpenPlain();
        var lockHolder = plain.BeginTransaction(deferred: false);
        var sessions = Enumerable.Range(0, 200).Select(_ => file.Open()).ToArray();
        var waiting = sessions.Select(session => session.RunAsync("INSERT INTO t VALUES (2)")).ToArray();
        Schedule.Until(() => file.Database.Gate.QueueLength == 199);

        // Not one of them blocks this thread, nor those of the pool.
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Assert.False(waiting[0].IsCompleted)))).Comes();
        lockHolder.Rollback();
        await Task.WhenAll(waiting).Comes();
        Assert.Equal(201, sessions[0].Number("SELECT count(*) FROM t"));
        Array.ForEach(sessions, session => session.Dispose());
        file.AssertIdle();
    }

    //  two sides write by turns without pause, one through the provider, one plain with its own busy wait
    [Fact]
    public async Task Both_get_on_when_another_process_writes_all_the_time()
    {
        using var file = new TestFile("Synchronous=Off;Default Timeout=200").With(Table);
        var plainWriter = Schedule.OnThread(() =>
        {
            using var plain = file.OpenPlain();
            plain.Run("PRAGMA synchronous=OFF");
            for (var i = 0; i < 50; i++)
            {
                plain.Run("INSERT INTO t VALUES (2)");
            }
        });
        var sessions = Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            await using var session = await file.OpenAsync();
            for (var n = 0; n < 50; n++)
            {
                await session.RunAsync("INSERT INTO t VALUES (3)");
            }
        }));
        await Task.WhenAll(sessions.Append(plainWriter)).Comes();
        using var a = file.Open();
        Assert.Equal(1L + (50 * 2) + (200 * 3), a.Value("SELECT sum(x) FROM t"));
        file.AssertIdle();
    }

    //  plain    has the file for itself
    //  session               reads: no physical connection is open, none can be ……… its deadline
    //  plain                                                                                      closes
    //  session                                                                                            reads
    [Fact]
    public void Connection_that_cannot_be_opened_before_the_deadline_is_told_as_busy()
    {
        using var file = new TestFile().With("CREATE TABLE t(x)");
        using var session = file.OpenHasty(20);
        SplitSqliteConnection.ClearPool(session);
        using (var plain = file.OpenPlain())
        {
            plain.Run("PRAGMA locking_mode=EXCLUSIVE");
            plain.Run("INSERT INTO t VALUES (1)");
            Assert.Equal(5, Assert.Throws<SplitSqliteBusyException>(() => session.Number("SELECT count(*) FROM t")).SqliteErrorCode);
            Assert.Throws<SplitSqliteBusyException>(() => session.Run("INSERT INTO t VALUES (2)"));
        }

        Assert.Equal(1L, session.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }
}
