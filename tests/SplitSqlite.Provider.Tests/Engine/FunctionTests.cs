using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>Functions, aggregates, collations and extensions of a connection's own.</summary>
public sealed class FunctionTests
{
    private const string Schema = "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)";

    [Fact]
    public void Functions_aggregates_and_collations_answer_as_the_plain_provider_s()
        => TwoProviders.Agree(Schema, static (connection, answers) =>
        {
            dynamic own = connection;
            answers.Value(connection, "SELECT twice(21)");
            own.CreateFunction("twice", (Func<long, long>)(x => x * 2), true);
            own.CreateFunction("twice", (Func<string, string, string>)((x, y) => x + y + x + y), false);
            own.CreateFunction("fails", (Func<long>)(() => throw new InvalidOperationException("by itself")), false);
            own.CreateFunction("maybe", (Func<long?, long?>)(x => x + 1), false);
            own.CreateFunction("state", 5L, (Func<long, long, long>)((state, x) => state + x), true);
            own.CreateAggregate("times", 1L, (Func<long, long, long>)((product, x) => product * x), true);
            own.CreateAggregate("words", string.Empty, (Func<string, long, string>)((text, x) => text + x), (Func<string, string>)(text => text + "."), false);
            own.CreateCollation("backwards", (Comparison<string>)((x, y) => string.CompareOrdinal(y, x)));
            answers.Value(connection, "SELECT twice(21)");
            answers.Value(connection, "SELECT twice('a', 'b')");
            answers.Value(connection, "SELECT twice()");
            answers.Value(connection, "SELECT fails()");
            answers.Value(connection, "SELECT maybe(NULL)");
            answers.Value(connection, "SELECT state(7)");
            answers.Value(connection, "SELECT times(a) FROM t");
            answers.Value(connection, "SELECT words(a) FROM t");
            answers.Value(connection, "SELECT group_concat(a) FROM (SELECT CAST(a AS TEXT) AS a FROM t ORDER BY a COLLATE backwards)");
            answers.Run(connection, "INSERT INTO t SELECT twice(a) FROM t");
            answers.Run(connection, "UPDATE t SET a = fails()");
            answers.Value(connection, "SELECT group_concat(a) FROM t");

            // Defined anew, then removed.
            own.CreateFunction("twice", (Func<long, long>)(x => x * 20), true);
            answers.Value(connection, "SELECT twice(21)");
            own.CreateFunction("twice", (Func<long, long>?)null, true);
            own.CreateCollation("backwards", (Comparison<string>?)null);
            own.CreateAggregate("times", 1L, (Func<long, long, long>?)null, true);
            answers.Value(connection, "SELECT twice(21)");
            answers.Value(connection, "SELECT twice('a', 'b')");
            answers.Value(connection, "SELECT a FROM t ORDER BY a COLLATE backwards");
            answers.Value(connection, "SELECT times(a) FROM t");

            connection.Close();
            connection.Open();
            answers.Value(connection, "SELECT twice(21)");
            answers.Value(connection, "SELECT twice('a', 'b')");
            answers.Value(connection, "SELECT state(7)");
            answers.Value(connection, "SELECT words(a) FROM t");
        });

    [Fact]
    public void Function_made_on_a_closed_connection_is_there_when_it_opens()
    {
        using var file = new TestFile().With(Schema);
        using (var connection = new SplitSqliteConnection(file.ConnectionString()))
        {
            connection.CreateFunction("answer", () => 42L);
            for (var i = 0; i < 3; i++)
            {
                connection.Open();
                Assert.Equal(SessionState.Private, connection.Session!.State);
                Assert.Equal(42L, connection.Value("SELECT answer()"));
                connection.Close();
            }
        }

        using var other = file.Open();
        Assert.Throws<SqliteException>(() => other.Value("SELECT answer()"));
        file.AssertIdle();
    }

    [Fact]
    public void Function_makes_the_session_private_beside_an_open_data_reader()
    {
        using var file = new TestFile().With(Schema);
        using (var connection = file.Open())
        {
            using (var reader = connection.Reading("SELECT a FROM t ORDER BY a"))
            {
                connection.CreateFunction("answer", () => 42L);
                Assert.Equal(SessionState.Private, connection.Session!.State);
                Assert.Equal(42L, connection.Value("SELECT answer()"));
                connection.Run("INSERT INTO t VALUES (answer())");
                Assert.True(reader.Read());
                Assert.Equal(2L, reader.GetValue(0));
            }

            Assert.Equal(0, file.Database.Readers.Rented);
            Assert.Equal(4L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Function_made_in_a_transaction_stays_with_its_session_and_leaves_a_clean_writer(bool commit)
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using (var connection = file.Open())
        using (var other = file.Open())
        {
            using (var transaction = connection.BeginTransaction())
            {
                connection.Run("INSERT INTO t VALUES (4)");
                using var reader = connection.Reading("SELECT a FROM t ORDER BY a");
                connection.CreateFunction("answer", () => 42L);
                Assert.Equal(SessionState.Transaction, connection.Session!.State);
                connection.Run("INSERT INTO t VALUES (answer())");
                Assert.True(reader.Read());
                if (commit)
                {
                    transaction.Commit();
                }
                else
                {
                    transaction.Rollback();
                }

                Assert.True(reader.Read());
            }

            Assert.Equal(SessionState.Private, connection.Session!.State);
            Assert.True(file.Database.Gate.IsFree);
            Assert.Equal(42L, connection.Value("SELECT answer()"));
            using (other.BeginTransaction())
            {
                Assert.Throws<SqliteException>(() => other.Value("SELECT answer()"));
                Assert.Equal(commit ? "1,2,3,4,42" : "1,2,3", other.Value("SELECT group_concat(a) FROM t"));
            }

            connection.Run("INSERT INTO t VALUES (answer())");
        }

        file.AssertIdle();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Function_is_refused_in_a_snapshot(bool isPrivate)
    {
        using var file = new TestFile().With(Schema);
        using (var connection = file.Open())
        {
            if (isPrivate)
            {
                connection.Run("CREATE TEMP TABLE own(a)");
            }

            using (connection.BeginTransaction(IsolationLevel.Snapshot))
            {
                Assert.Throws<InvalidOperationException>(() => connection.CreateFunction("answer", () => 42L));
                Assert.Throws<InvalidOperationException>(() => connection.CreateCollation("c", string.CompareOrdinal));
                Assert.Throws<InvalidOperationException>(() => connection.EnableExtensions());
                Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
            }

            // Refused, not kept for later.
            connection.Close();
            connection.Open();
            Assert.Equal(SessionState.Free, connection.Session!.State);
            Assert.Throws<SqliteException>(() => connection.Value("SELECT answer()"));
            connection.CreateFunction("answer", () => 42L);
            Assert.Equal(42L, connection.Value("SELECT answer()"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Functions_work_on_read_only_and_memory_databases_too()
    {
        using var file = new TestFile().With(Schema);
        using (var connection = file.Open("Mode=ReadOnly"))
        {
            connection.CreateFunction("answer", () => 42L);
            Assert.Equal(42L, connection.Value("SELECT answer() FROM t LIMIT 1"));
        }

        file.AssertIdle();
        using var memory = new SplitSqliteConnection("Data Source=:memory:");
        memory.Open();
        memory.CreateFunction("answer", () => 42L);
        Assert.Equal(42L, memory.Value("SELECT answer()"));
    }

    [Fact]
    public void Extensions_that_are_not_there_fail_as_the_plain_provider_s()
        => TwoProviders.Agree(Schema, static (connection, answers) =>
        {
            dynamic own = connection;
            answers.Value(connection, "SELECT load_extension('no-such-extension')");
            answers.Do("load", () => own.LoadExtension("no-such-extension"));
            answers.Do("load", () => own.LoadExtension("no-such-extension", "no_such_entry"));
            answers.Do("enable", () => own.EnableExtensions(true));
            answers.Value(connection, "SELECT load_extension('no-such-extension')");
            answers.Do("disable", () => own.EnableExtensions(false));
            answers.Value(connection, "SELECT load_extension('no-such-extension')");
            answers.Value(connection, "SELECT count(*) FROM t");
        });

    [Fact]
    public void Extension_that_is_not_there_is_not_asked_for_again_at_the_next_open()
    {
        using var file = new TestFile().With(Schema);
        using (DbConnection connection = file.Open())
        {
            Assert.Throws<SqliteException>(() => ((SplitSqliteConnection)connection).LoadExtension("no-such-extension"));
            connection.Close();
            connection.Open();
            Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }
}
