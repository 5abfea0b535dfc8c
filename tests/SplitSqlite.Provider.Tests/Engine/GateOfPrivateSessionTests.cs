using SplitSqlite.Engine;

namespace SplitSqlite.Tests.Engine;

/// <summary>A session with a connection of its own writes only with the gate, whatever its batches do to its transaction on the way.</summary>
public sealed class GateOfPrivateSessionTests
{
    private const string Schema = "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3); CREATE TABLE log(a)";

    private static string NewFile() => $"Data Source={Path.Combine(Path.GetTempPath(), $"splitsqlite-gate-{Guid.NewGuid():N}.db")};Pooling=False;Default Timeout=1";

    private static SplitSqliteConnection Open(string text)
    {
        var connection = new SplitSqliteConnection(text);
        connection.Open();
        return connection;
    }

    private static object? Run(SplitSqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    [Fact]
    public void Rest_of_a_batch_that_ends_a_private_snapshot_takes_the_gate()
    {
        var text = NewFile();
        using var a = Open(text);
        Run(a, Schema);
        Run(a, "CREATE TEMP TABLE x(a)");
        using (a.BeginTransaction(SplitSqliteTransactionOptions.ReadOnly))
        {
            Run(a, "COMMIT; BEGIN; INSERT INTO t VALUES (4)");
            Assert.False(a.Session!.Database.Gate.IsFree);
            Run(a, "COMMIT");
        }

        Assert.True(a.Session!.Database.Gate.IsFree);
        Assert.Equal(4L, Run(a, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void Rest_of_a_batch_that_ends_a_snapshot_may_write()
    {
        using var a = Open(NewFile());
        Run(a, Schema);
        using (a.BeginTransaction(SplitSqliteTransactionOptions.ReadOnly))
        {
            Run(a, "COMMIT; INSERT INTO t VALUES (4)");
        }

        Assert.Equal(4L, Run(a, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void Batch_that_commits_a_private_transaction_lets_go_of_the_gate_before_its_rows_are_read()
    {
        var text = NewFile();
        using var a = Open(text);
        using var b = Open(text);
        Run(a, Schema);
        Run(a, "CREATE TEMP TABLE x(a); BEGIN; INSERT INTO t VALUES (4)");
        using (var command = a.CreateCommand())
        {
            command.CommandText = "COMMIT; SELECT a FROM t; INSERT INTO t VALUES (5)";
            using var reader = command.ExecuteReader();
            Assert.True(reader.Read());
            Assert.True(a.Session!.Database.Gate.IsFree);
            Run(b, "INSERT INTO t VALUES (6)");
        }

        Assert.Equal(6L, Run(b, "SELECT count(*) FROM t"));
        Assert.True(a.Session!.Database.Gate.IsFree);
    }

    [Fact]
    public void Function_that_writes_while_its_own_rows_are_read_harms_nobody()
    {
        using var a = Open(NewFile());
        Run(a, Schema);
        a.CreateFunction("note", (long x) =>
        {
            Run(a, "INSERT INTO log VALUES (1)");
            return x;
        });

        using (var command = a.CreateCommand())
        {
            command.CommandText = "SELECT note(a) FROM t";
            using var reader = command.ExecuteReader();
            var seen = 0L;
            while (reader.Read())
            {
                seen += reader.GetInt64(0);
            }

            Assert.Equal(6, seen);
        }

        Assert.True(a.Session!.Database.Gate.IsFree);
        Assert.Equal(3L, Run(a, "SELECT count(*) FROM log"));
        Assert.Equal("ok", Run(a, "PRAGMA integrity_check"));
    }

    [Fact]
    public void Tuning_batch_that_outlives_its_transaction_goes_on_where_it_was()
    {
        using var a = Open(NewFile());
        Run(a, Schema);
        using var transaction = a.BeginTransaction();
        using var command = a.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout=5000; PRAGMA mmap_size=0";
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal(5000L, reader.GetInt64(0));
        transaction.Commit();
        Assert.True(reader.NextResult());
        Assert.True(reader.Read());
        Assert.Equal(0L, reader.GetInt64(0));
        Assert.False(reader.NextResult());
    }
}
