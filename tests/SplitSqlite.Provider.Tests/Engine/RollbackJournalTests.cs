using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Engine;

/// <summary><c>Journal Mode=Keep</c> on a file with a rollback journal: nothing to split, and all of it works, beside other processes too.</summary>
public sealed class RollbackJournalTests
{
    private const string Options = "Journal Mode=Keep;Default Timeout=30";

    [Fact]
    public void Commit_waits_for_another_process_that_reads()
        => Waits(static connection =>
        {
            var transaction = connection.BeginTransaction();
            connection.Run("INSERT INTO t VALUES (4)");
            return () =>
            {
                transaction.Commit();
                transaction.Dispose();
            };
        });

    [Fact]
    public void Commit_by_words_waits_for_another_process_that_reads()
        => Waits(static connection =>
        {
            connection.Run("BEGIN; INSERT INTO t VALUES (4)");
            return () => connection.Run("COMMIT");
        });

    [Fact]
    public void Insert_waits_for_another_process_that_reads()
        => Waits(static connection => () => connection.Run("INSERT INTO t VALUES (4)"));

    [Fact]
    public void Returning_waits_for_another_process_that_reads_and_is_run_once()
        => Waits(static connection => () =>
        {
            using var reader = connection.Reading("INSERT INTO t VALUES (4) RETURNING a");
            Assert.Equal(4L, reader.GetValue(0));
            Assert.False(reader.Read());
            Assert.Equal(1, reader.RecordsAffected);
        });

    [Fact]
    public void Second_returning_of_a_batch_waits_and_the_first_is_not_run_again()
        => Waits(static connection => () =>
        {
            using var reader = connection.Command("INSERT INTO u SELECT 1 WHERE 0 RETURNING a; INSERT INTO t VALUES (4) RETURNING a; SELECT count(*) FROM t").ExecuteReader();
            Assert.True(reader.NextResult());
            Assert.True(reader.Read());
            Assert.True(reader.NextResult());
            Assert.True(reader.Read());
            Assert.Equal(4L, reader.GetValue(0));
        });

    [Theory]
    [InlineData("API")]
    [InlineData("words")]
    public void Commit_that_is_busy_past_its_deadline_leaves_the_transaction_open(string way)
    {
        using var file = Make();
        using (var connection = file.OpenHasty(30))
        using (var plain = file.OpenPlain())
        {
            using var transaction = way == "API" ? connection.BeginTransaction() : null;
            connection.Run(way == "API" ? "INSERT INTO t VALUES (4)" : "BEGIN; INSERT INTO t VALUES (4)");
            using (plain.Reading("SELECT a FROM t"))
            {
                for (var i = 0; i < 2; i++)
                {
                    var error = Assert.Throws<SplitSqliteBusyException>(Commit);
                    Assert.Equal((5, true), (error.SqliteErrorCode, error.IsTransient));
                }

                Assert.Equal(4L, connection.Value("SELECT count(*) FROM t"));
            }

            Commit();
            Assert.Equal(4L, plain.Value("SELECT count(*) FROM t"));

            void Commit()
            {
                if (transaction is not null)
                {
                    transaction.Commit();
                }
                else
                {
                    connection.Run("COMMIT");
                }
            }
        }

        file.AssertIdle();
    }

    [Fact]
    public void Snapshot_waits_for_another_process_that_writes()
    {
        using var file = Make();
        using (var connection = file.Open())
        using (var plain = file.OpenPlain())
        {
            plain.Run("BEGIN EXCLUSIVE; INSERT INTO t VALUES (4)");
            WhileWaiting(
                () =>
                {
                    using var snapshot = connection.BeginTransaction(IsolationLevel.Snapshot);
                    Assert.Equal(4L, connection.Value("SELECT count(*) FROM t"));
                },
                () => plain.Run("COMMIT"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Data_reader_of_a_read_only_session_does_not_keep_the_writer_waiting()
    {
        using var file = Make();
        using (var connection = file.Open())
        using (var only = file.Open("Mode=ReadOnly"))
        {
            using var reader = only.Reading("SELECT a FROM t");
            connection.Run("INSERT INTO t VALUES (7)");
            Assert.True(reader.Read());
            Assert.Equal(4L, only.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Everything_works_in_one_flow_with_nested_data_readers()
    {
        using var file = Make();
        using (var connection = file.Open())
        {
            Assert.False(file.Database.IsSplit);
            using var outer = connection.Reading("SELECT a FROM t ORDER BY a");
            do
            {
                using var inner = connection.Reading("SELECT count(*) FROM t");
                connection.Run("UPDATE t SET a = a + 10 WHERE a = $1", outer.GetValue(0));
                using var other = file.Open();
                using var others = other.Reading("SELECT max(a) FROM t");
                other.Run("INSERT INTO u VALUES (1)");
                using (var transaction = connection.BeginTransaction())
                {
                    using var within = connection.Reading("SELECT a FROM t");
                    connection.Run("INSERT INTO u VALUES (2)");
                    using var deeper = connection.Reading("INSERT INTO u VALUES (3) RETURNING a");
                    transaction.Commit();
                    Assert.True(within.Read());
                }

                using (var snapshot = connection.BeginTransaction(IsolationLevel.Snapshot))
                {
                    using var within = connection.Reading("SELECT a FROM t");
                    Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
                    snapshot.Commit();
                }

                Assert.True(file.Database.Gate.IsFree);
            }
            while (outer.Read());

            Assert.Equal("11,12,13", connection.Value("SELECT group_concat(a) FROM t"));
            Assert.Equal(9L, connection.Value("SELECT count(*) FROM u"));
            connection.Run("CREATE TEMP TABLE own(a); INSERT INTO own SELECT a FROM t");
            using (var reader = connection.Reading("SELECT a FROM own"))
            {
                connection.Run("INSERT INTO u VALUES (4)");
                using var other = file.Open();
                other.Run("INSERT INTO u VALUES (5)");
            }

            using var closing = file.OpenPlain();
            Assert.Equal("delete", closing.Value("PRAGMA journal_mode"));
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    private static TestFile Make()
    {
        var file = new TestFile(Options);
        using var plain = file.OpenPlain();
        plain.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3); CREATE TABLE u(a)");
        return file;
    }

    private static void Waits(Func<SplitSqliteConnection, Action> prepare)
    {
        using var file = Make();
        using (var connection = file.Open())
        using (var plain = file.OpenPlain())
        {
            DbDataReader reading = plain.Reading("SELECT a FROM t");
            WhileWaiting(prepare(connection), reading.Dispose);
            Assert.Equal(4L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }

    // Runs the work, and lets it go on when it has been seen waiting. Where it does not wait but fails, that is what comes out.
    private static void WhileWaiting(Action work, Action letGo)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(work)) { IsBackground = true };
        thread.Start();
        Schedule.Until(() => (thread.ThreadState & (ThreadState.WaitSleepJoin | ThreadState.Stopped)) != 0);
        letGo();
        Schedule.Until(() => !thread.IsAlive);
        Assert.Null(failure);
    }
}
