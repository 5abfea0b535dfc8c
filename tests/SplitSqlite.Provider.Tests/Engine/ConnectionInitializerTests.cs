using System.Data;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>An initializer that is given to a connection, closed or open: on all physical connections that it runs on, and shared with whoever has the same.</summary>
public class ConnectionInitializerTests
{
    private static readonly Action<SqliteConnection> Twice = static connection => connection.CreateFunction("twice", static (long n) => 2 * n);
    private static readonly Action<SqliteConnection> Thrice = static connection => connection.CreateFunction("thrice", static (long n) => 3 * n);

    [Fact]
    public void Closed_connection_shares_physical_connections_with_a_data_source_that_has_the_same()
    {
        using var file = new TestFile();
        var physical = 0;
        Action<SqliteConnection> counting = _ => physical++;
        using var source = new SplitSqliteDataSourceBuilder(file.ConnectionString()).UsePhysicalConnectionInitializer(Twice).UsePhysicalConnectionInitializer(counting).Build();
        using var sourced = file.Open(source);
        Assert.Equal(8L, sourced.Number("SELECT twice(4)"));
        using var connection = new SplitSqliteConnection(file.ConnectionString());
        connection.UsePhysicalConnectionInitializer(Twice);
        connection.UsePhysicalConnectionInitializer(counting);
        connection.UsePhysicalConnectionInitializer(Twice);
        connection.Open();
        Assert.Equal(8L, connection.Number("SELECT twice(4)"));
        Assert.Equal(2, physical);
    }

    [Fact]
    public void Combined_initializer_adds_only_what_the_connection_lacks()
    {
        using var file = new TestFile();
        var (once, more) = (0, 0);
        Action<SqliteConnection> first = _ => once++;
        Action<SqliteConnection> second = _ => more++;
        using var connection = file.Open();
        for (var time = 0; time < 3; time++)
        {
            connection.UsePhysicalConnectionInitializer(first + second + first);
            connection.UsePhysicalConnectionInitializer(second);
            connection.Run("CREATE TABLE IF NOT EXISTS t (n)");
            _ = connection.Number("SELECT 1");
        }

        // The writer and one reader.
        Assert.Equal((2, 2), (once, more));
    }

    [Fact]
    public void Open_connection_has_it_at_once_and_stays_shared()
    {
        using var file = new TestFile().With("CREATE TABLE t (n); INSERT INTO t VALUES (1), (2)");
        using var connection = file.Open();
        using (var reader = connection.Reading("SELECT n FROM t ORDER BY n"))
        {
            connection.UsePhysicalConnectionInitializer(Twice);
            Assert.Equal(8L, connection.Number("SELECT twice(4)"));
            Assert.True(reader.Read());
            Assert.Equal(2L, reader.GetInt64(0));
        }

        connection.Run("UPDATE t SET n = twice(n)");
        Assert.Equal(6L, connection.Number("SELECT sum(n) FROM t"));
        Assert.StartsWith("reader", connection.ExplainRoute("SELECT twice(1)"), StringComparison.Ordinal);
        connection.Close();
        connection.Open();
        Assert.Equal(8L, connection.Number("SELECT twice(4)"));
    }

    [Fact]
    public void Connection_in_a_transaction_has_it_there_and_afterwards()
    {
        using var file = new TestFile().With("CREATE TABLE t (n)");
        using var connection = file.Open();
        using (var transaction = connection.BeginTransaction())
        {
            connection.UsePhysicalConnectionInitializer(Twice);
            connection.Run("INSERT INTO t VALUES (twice(4))");
            transaction.Commit();
        }

        Assert.Equal(16L, connection.Number("SELECT twice(n) FROM t"));

        // Nobody else meets it: the writer that has it went to this connection.
        using var other = file.Open();
        Assert.Throws<SqliteException>(() => other.Run("INSERT INTO t VALUES (twice(4))"));
        connection.Close();
        connection.Open();
        Assert.Equal(16L, connection.Number("SELECT twice(n) FROM t"));
        Assert.StartsWith("reader", connection.ExplainRoute("SELECT twice(1)"), StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_with_a_physical_one_of_its_own_has_it_there()
    {
        using var file = new TestFile();
        using var connection = file.Open();
        connection.Run("CREATE TEMP TABLE mine (n); INSERT INTO mine VALUES (4)");
        connection.UsePhysicalConnectionInitializer(Twice);
        connection.UsePhysicalConnectionInitializer(Thrice);
        Assert.Equal(20L, connection.Number("SELECT twice(n) + thrice(n) FROM mine"));

        using var memory = new SplitSqliteConnection("Data Source=:memory:");
        memory.Open();
        memory.Run("CREATE TABLE t (n); INSERT INTO t VALUES (4)");
        memory.UsePhysicalConnectionInitializer(Twice);
        Assert.Equal(8L, memory.Number("SELECT twice(n) FROM t"));
    }

    [Fact]
    public void Shared_memory_keeps_what_is_in_it()
    {
        var connectionString = $"Data Source={Guid.NewGuid():N};Mode=Memory;Cache=Shared";
        using var keeper = new SplitSqliteConnection(connectionString);
        keeper.Open();
        keeper.Run("CREATE TABLE t (n); INSERT INTO t VALUES (4)");
        keeper.UsePhysicalConnectionInitializer(Twice);
        Assert.Equal(8L, keeper.Number("SELECT twice(n) FROM t"));
        using var other = new SplitSqliteConnection(connectionString);
        other.UsePhysicalConnectionInitializer(Twice);
        other.Open();
        other.Run("INSERT INTO t VALUES (5)");
        Assert.Equal(18L, keeper.Number("SELECT sum(twice(n)) FROM t"));
        using var without = new SplitSqliteConnection(connectionString);
        without.Open();
        without.Run("INSERT INTO t VALUES (6)");
        Assert.Equal(30L, keeper.Number("SELECT sum(twice(n)) FROM t"));
    }

    //  snapshot;  row read;  another one writes;  initializer;  function, rows and state of the snapshot;  end;  function, new state, writes, shared
    [Theory]
    [InlineData("Max Readers=1")]
    [InlineData("Max Readers=1;Mode=ReadOnly")]
    public void Connection_in_a_snapshot_has_it_there_and_afterwards(string more)
    {
        using var file = new TestFile().With("CREATE TABLE t (n); INSERT INTO t VALUES (1), (2)");
        using var connection = file.Open(more);
        using (var transaction = connection.BeginTransaction(IsolationLevel.Snapshot))
        using (var reader = connection.Reading("SELECT n FROM t ORDER BY n"))
        {
            using (var other = file.Open())
            {
                other.Run("INSERT INTO t VALUES (3)");
            }

            connection.UsePhysicalConnectionInitializer(Twice);
            connection.UsePhysicalConnectionInitializer(Thrice);
            connection.UsePhysicalConnectionInitializer(Twice);
            Assert.Equal(15L, connection.Number("SELECT sum(twice(n) + thrice(n)) FROM t"));
            Assert.True(reader.Read());
            Assert.Equal(2L, reader.GetInt64(0));
            Assert.Throws<SqliteException>(() => connection.Run("DELETE FROM t"));
            reader.Close();
            transaction.Commit();
        }

        Assert.Equal(30L, connection.Number("SELECT sum(twice(n) + thrice(n)) FROM t"));
        Assert.StartsWith("reader", connection.ExplainRoute("SELECT twice(1)"), StringComparison.Ordinal);

        // Nobody else meets it: the reader that has it is closed.
        using (var without = file.Open(more))
        {
            Assert.Throws<SqliteException>(() => without.Number("SELECT twice(4)"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Connection_in_a_snapshot_on_a_physical_one_of_its_own_has_it_there()
    {
        using var file = new TestFile();
        using var connection = file.Open();
        connection.Run("CREATE TEMP TABLE mine (n); INSERT INTO mine VALUES (4)");
        using (connection.BeginTransaction(IsolationLevel.Snapshot))
        {
            connection.UsePhysicalConnectionInitializer(Twice);
            Assert.Equal(8L, connection.Number("SELECT twice(n) FROM mine"));
        }

        Assert.Equal(8L, connection.Number("SELECT twice(n) FROM mine"));
    }

    [Fact]
    public void Initializer_that_fails_in_a_snapshot_leaves_the_connection_as_it_was()
    {
        using var file = new TestFile().With("CREATE TABLE t (n); INSERT INTO t VALUES (4)");
        using var connection = file.Open();
        var runs = 0;

        // The first run is that of the other option set's writer, the second that of the reader at hand.
        Action<SqliteConnection> failing = physical =>
        {
            Twice(physical);
            Assert.True(++runs != 2, "on the reader at hand");
        };
        using (connection.BeginTransaction(IsolationLevel.Snapshot))
        {
            Assert.ThrowsAny<Exception>(() => connection.UsePhysicalConnectionInitializer(failing));
            Assert.Equal(4L, connection.Number("SELECT n FROM t"));
        }

        Assert.Throws<SqliteException>(() => connection.Number("SELECT twice(n) FROM t"));
        connection.UsePhysicalConnectionInitializer(failing);
        Assert.Equal(8L, connection.Number("SELECT twice(n) FROM t"));
        Assert.Equal(3, runs);
    }
}
