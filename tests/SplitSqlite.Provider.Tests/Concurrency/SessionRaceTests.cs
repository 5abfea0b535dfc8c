using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>Two things of two sessions at the same moment, many times (SPLITSQLITE_RACE rounds). Whoever wins, nothing is lost.</summary>
[Collection(Alone.Name)]
public sealed class SessionRaceTests
{
    private const string Table = "CREATE TABLE t(x); INSERT INTO t VALUES (1)";

    //  a  commits  /  b is cancelled:  at the same moment, again and again. Either b has done its write or it has not; the gate is free.
    [Fact]
    public void Grant_and_cancellation_at_the_same_moment_lose_nothing()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        var written = 1L;
        Race.Run(() =>
        {
            var transaction = a.BeginTransaction();
            var cancellation = new CancellationTokenSource();
            var waiting = b.Command("INSERT INTO t VALUES (1)").ExecuteNonQueryAsync(cancellation.Token);
            Schedule.Until(() => file.Database.Gate.QueueLength == 1);
            return (transaction.Commit, cancellation.Cancel, () =>
            {
                var done = Race.Outcome(waiting) == TaskStatus.RanToCompletion;
                Assert.True(done || waiting.IsCanceled);
                written += done ? 1 : 0;
                Assert.Equal(written, a.Number("SELECT count(*) FROM t"));
                Assert.True(file.Database.Gate.IsFree);
                return done;
            }
            );
        });
        file.AssertIdle();
    }

    //  a  closes its reader  /  b's deadline:  b gets the reader or a timeout, and the pool has all its slots
    [Fact]
    public void Return_and_cancellation_of_a_reader_at_the_same_moment_lose_nothing()
    {
        using var file = new TestFile("Max Readers=1").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        Race.Run(() =>
        {
            var open = a.Reading("SELECT x FROM t");
            var cancellation = new CancellationTokenSource();
            var waiting = b.Command("SELECT x FROM t").ExecuteScalarAsync(cancellation.Token);
            Schedule.Until(() => file.Database.Readers.Waiting == 1);
            return (open.Dispose, cancellation.Cancel, () =>
            {
                var done = Race.Outcome(waiting) == TaskStatus.RanToCompletion;
                Assert.Equal(0, file.Database.Readers.Rented);
                return done;
            }
            );
        });
        file.AssertIdle();
    }

    //  a, b on the same physical reader by turns:  a.Cancel() late  /  b runs     b must never be hit
    [Fact]
    public void Late_cancel_never_hits_the_next_user_of_the_connection()
    {
        using var file = new TestFile("Max Readers=1").With(Table);
        using var a = file.Open();
        using var b = file.Open();
        using var finished = a.Command("SELECT x FROM t");
        using var innocent = b.Command(Sql.Series(200).Replace("SELECT i FROM s", "SELECT count(*) FROM s", StringComparison.Ordinal));
        Race.Run(() =>
        {
            Assert.Equal(1L, finished.ExecuteScalar());
            return (finished.Cancel, () => Assert.Equal(200L, innocent.ExecuteScalar()), () => null);
        });
        file.AssertIdle();
    }

    //  a  INSERT, gives the writer back  /  ClearPool:  at the same moment; the writer it had is closed by the one or the other
    [Fact]
    public void Writer_on_its_way_back_is_closed_when_the_pool_is_cleared_at_that_moment()
    {
        using var file = new TestFile("Synchronous=Off").With(Table);
        using var a = file.Open();
        var options = a.Session!.Options;
        Race.Run(() =>
        {
            a.Run("INSERT INTO t VALUES (1)");
            return (() => { a.Run("INSERT INTO t VALUES (2)"); }, () => SplitSqliteConnection.ClearPool(a), () =>
            {
                var writer = options.Writer;
                Assert.True(writer is null || writer.WriterGeneration == file.Database.WriterGeneration);
                return writer is null;
            }
            );
        });
        file.AssertIdle();
    }

    //  a  reader open |-------------------------------------|  has all its rows
    //       SELECT (same connection) ends  /  Cancel():  at the same moment; a success or cancelled, and nothing else is touched
    [Fact]
    public void Cancel_of_a_read_that_just_ends_touches_no_other_reader_of_its_connection()
    {
        using var file = new TestFile("Max Readers=1").With(Table);
        using var a = file.Open();
        Race.Run(() =>
        {
            var open = a.Reading(Sql.Series(50));
            var command = a.Command(Sql.Series(300).Replace("SELECT i FROM s", "SELECT count(*) FROM s", StringComparison.Ordinal));
            var done = false;
            return (
                () =>
                {
                    try
                    {
                        Assert.Equal(300L, command.ExecuteScalar());
                        done = true;
                    }
                    catch (OperationCanceledException)
                    {
                    }
                },
                command.Cancel,
                () =>
                {
                    for (var row = 2; row <= 50; row++)
                    {
                        Assert.True(open.Read());
                    }

                    Assert.False(open.Read());
                    open.Dispose();
                    return done;
                }
            );
        });
        Assert.Equal(0, file.Database.Readers.Snapshot().OverflowRents);
        file.AssertIdle();
    }
}
