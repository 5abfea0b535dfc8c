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

        // It is under way as soon as it has been inside the gate, or has left it again to wait.
        Schedule.Until(() => way == "begin" || !file.Database.Gate.IsFree);
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
}
