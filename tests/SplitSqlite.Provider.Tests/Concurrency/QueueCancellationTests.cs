using System.Data;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>Cancelling what waits: it leaves the queue at once, takes no permit with it, and the session serves on.</summary>
public sealed class QueueCancellationTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";

    //  a  BEGIN ………………………………………………………… COMMIT
    //  b      write waits   cancelled: leaves, a still inside
    //  c         write waits ……………………………………… done
    [Theory]
    [InlineData("token", "INSERT INTO t VALUES (2)")]
    [InlineData("Cancel, async", "INSERT INTO t VALUES (2)")]
    [InlineData("Cancel, sync", "INSERT INTO t VALUES (2)")]
    [InlineData("token", "INSERT INTO t VALUES (2) RETURNING x")]
    [InlineData("Cancel, sync", "BEGIN")]
    [InlineData("token", "SAVEPOINT s")]
    [InlineData("token", "CREATE TABLE u(x)")]
    [InlineData("token", "CREATE TEMP TABLE u(x)")]
    [InlineData("begin", "")]
    public async Task Waiting_writer_leaves_the_queue_at_once_when_it_is_cancelled(string way, string sql)
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var c = file.Open();
        var transaction = a.BeginTransaction();
        using var cancellation = new CancellationTokenSource();
        using var command = b.Command(sql);
        Task cancelled = way switch
        {
            "token" => command.ExecuteNonQueryAsync(cancellation.Token),
            "Cancel, async" => command.ExecuteNonQueryAsync(),
            "Cancel, sync" => Schedule.OnThread(command.ExecuteNonQuery),
            _ => b.BeginTransactionAsync(cancellation.Token).AsTask(),
        };
        Schedule.Until(() => file.Database.Gate.QueueLength == 1);
        var other = c.RunAsync("INSERT INTO t VALUES (3)");
        Schedule.Until(() => file.Database.Gate.QueueLength == 2);
        if (way is "token" or "begin")
        {
            cancellation.Cancel();
        }
        else
        {
            command.Cancel();
        }

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Comes());
        Assert.Equal(way is "token" or "begin" ? cancellation.Token : default, error.CancellationToken);
        Assert.Equal(1, file.Database.Gate.QueueLength);
        Assert.False(other.IsCompleted);
        transaction.Commit();
        await other.Comes();
        b.Run("INSERT INTO t VALUES (4)");
        Assert.Equal(8L, c.Value("SELECT sum(x) FROM t"));
        Assert.Equal(0, c.Number("SELECT count(*) FROM sqlite_schema WHERE name = 'u'"));
        file.AssertIdle();
    }

    //  a  |--- the only reader ---|
    //  b      read waits  cancelled
    [Theory]
    [InlineData("token")]
    [InlineData("Cancel")]
    [InlineData("snapshot")]
    public async Task Waiting_read_leaves_the_queue_at_once_when_it_is_cancelled(string way)
    {
        using var file = new TestFile("Max Readers=1").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var open = a.Reading("SELECT x FROM t");
        using var cancellation = new CancellationTokenSource();
        using var command = b.Command("SELECT x FROM t");
        Task cancelled = way switch
        {
            "token" => command.ExecuteScalarAsync(cancellation.Token),
            "Cancel" => Schedule.OnThread(command.ExecuteScalar),
            _ => b.BeginTransactionAsync(IsolationLevel.Snapshot, cancellation.Token).AsTask(),
        };
        Schedule.Until(() => file.Database.Readers.Waiting == 1);
        if (way == "Cancel")
        {
            command.Cancel();
        }
        else
        {
            cancellation.Cancel();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Comes());
        Assert.Equal(0, file.Database.Readers.Waiting);
        open.Dispose();
        Assert.Equal(1, b.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }

    [Fact]
    public async Task Cancelled_token_executes_nothing()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        var token = new CancellationToken(canceled: true);
        using var command = a.Command("INSERT INTO t VALUES (2)");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.ExecuteNonQueryAsync(token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await a.BeginTransactionAsync(token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SplitSqliteConnection(file.ConnectionString()).OpenAsync(token));
        Assert.Equal(1, a.Number("SELECT count(*) FROM t"));
        file.AssertIdle();
    }
}
