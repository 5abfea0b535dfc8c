using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Engine;

/// <summary>Databases in memory that connections share: one for all that name it, served under the gate, gone with its last session.</summary>
public sealed class SharedMemoryTests
{
    private readonly string _name = $"memory-{Guid.NewGuid():N}";

    public static TheoryData<string> Kinds => new("Data Source=NAME;Mode=Memory;Cache=Shared", "Data Source=file:NAME?mode=memory&cache=shared", "Data Source=/NAME;Vfs=memdb");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shared_memory_database_answers_as_the_plain_provider_s(string kind)
    {
        Assert.Equal(
            AnswersOf(() => new SqliteConnection(Fill(kind) + ";Pooling=False")),
            AnswersOf(() => new SplitSqliteConnection(Fill(kind))));

        static List<string> AnswersOf(Func<DbConnection> make)
        {
            var answers = new Answers();
            using (var connection = Opened(make))
            using (var other = Opened(make))
            {
                answers.Run(connection, "CREATE TABLE t(a PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)");
                answers.Value(other, "SELECT group_concat(a) FROM t");
                answers.Value(other, "INSERT INTO t VALUES (4) RETURNING a");
                answers.Value(connection, "SELECT count(*) FROM t");
                answers.Value(connection, "SELECT last_insert_rowid()");
                answers.Value(other, "SELECT last_insert_rowid()");
                answers.Run(other, "INSERT INTO t VALUES (1)");
                using (var transaction = connection.BeginTransaction())
                {
                    answers.Run(connection, "INSERT INTO t VALUES (5)");
                    answers.Run(connection, "SAVEPOINT s; INSERT INTO t VALUES (6); ROLLBACK TO s; RELEASE s");
                    answers.Value(connection, "SELECT count(*) FROM t");
                    transaction.Rollback();
                }

                answers.Value(other, "SELECT count(*) FROM t");
                answers.Run(other, "CREATE TEMP TABLE own(a); INSERT INTO own SELECT a FROM t");
                answers.Value(other, "SELECT count(*) FROM own");
                answers.Value(connection, "SELECT count(*) FROM own");
                answers.Value(connection, "PRAGMA journal_mode");
                answers.Value(connection, "PRAGMA journal_mode=WAL");
                answers.Ask("source", () => connection.DataSource);
                connection.Close();
                answers.Value(other, "SELECT count(*) FROM t");
                connection.Open();
                answers.Value(connection, "SELECT count(*) FROM t");
            }

            using var later = Opened(make);
            answers.Value(later, "SELECT count(*) FROM t");
            return answers.Lines;
        }
    }

    [Fact]
    public void Every_spelling_of_a_name_is_one_database()
    {
        using var first = Open("Data Source=NAME;Mode=Memory;Cache=Shared");
        first.Run("CREATE TABLE t(a)");
        foreach (var spelling in new[]
        {
            "Data Source=file:NAME?mode=memory&cache=shared",
            "Data Source=file:NAME?cache=shared&mode=memory#x",
            "Data Source=file:NAME;Mode=Memory;Cache=Shared",
            "Data Source=NAME;Mode=Memory;Cache=Shared;Foreign Keys=True",
            $"Data Source=NAME;Mode=Memory;Cache=Shared;Vfs={NativeSqlite.DefaultVfs}",
        })
        {
            using var other = Open(spelling);
            Assert.Same(first.Session!.Database, other.Session!.Database);
            Assert.Equal(0L, other.Value("SELECT count(*) FROM t"));
        }

        using var another = Open("Data Source=NAME2;Mode=Memory;Cache=Shared");
        Assert.NotSame(first.Session!.Database, another.Session!.Database);
    }

    [Fact]
    public void It_is_gone_with_its_last_session_and_kept_by_whoever_is_left()
    {
        var first = Open();
        var database = first.Session!.Database;
        using (var second = Open("Data Source=NAME;Mode=Memory;Cache=Shared;Foreign Keys=False"))
        {
            first.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1)");

            // Neither a cleared pool nor a writer that is adopted and closed takes the rows with it.
            SplitSqliteConnection.ClearPool(first);
            first.Run("CREATE TEMP TABLE own(a)");
            first.Close();
            SplitSqliteConnection.ClearAllPools();
            Assert.Equal(1L, second.Value("SELECT count(*) FROM t"));
        }

        Assert.True(database.Closed.IsCompleted);
        Assert.True(database.Gate.IsFree);
        using var again = Open();
        Assert.NotSame(database, again.Session!.Database);
        Assert.Equal(0L, again.Value("SELECT count(*) FROM sqlite_schema"));
    }

    [Fact]
    public void Nested_data_readers_and_sessions_in_one_flow_never_wait_for_themselves()
    {
        using var connection = Open();
        connection.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3); CREATE TABLE u(a)");
        using (var own = Open())
        {
            own.Run("CREATE TEMP TABLE own(a); INSERT INTO own VALUES (1), (2)");
            using var outer = connection.Reading("SELECT a FROM t ORDER BY a");
            using var temp = own.Reading("SELECT own.a FROM own, t");
            do
            {
                using var inner = connection.Reading("SELECT count(*) FROM t");
                connection.Run("UPDATE t SET a = a + 10 WHERE a = $1", outer.GetValue(0));
                using var other = Open("Data Source=NAME;Mode=Memory;Cache=Shared;Recursive Triggers=True");
                using var others = other.Reading("SELECT max(a) FROM t");
                other.Run("INSERT INTO u VALUES (1); CREATE TABLE IF NOT EXISTS v(a); DROP TABLE v");
                own.Run("INSERT INTO u SELECT a FROM own");
                using (var transaction = connection.BeginTransaction())
                {
                    using var within = connection.Reading("SELECT a FROM t");
                    connection.Run("CREATE TABLE w(a)");

                    // Opening waits for nobody, whatever is locked just now.
                    using var opened = Open("Data Source=NAME;Mode=Memory;Cache=Shared;Foreign Keys=True");
                    transaction.Rollback();
                    Assert.Equal(3L, opened.Value("SELECT count(*) FROM t"));
                }

                using (var snapshot = connection.BeginTransaction(IsolationLevel.Snapshot))
                {
                    Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
                    snapshot.Commit();
                }

                Assert.True(connection.Session!.Database.Gate.IsFree);
            }
            while (outer.Read());
        }

        Assert.Equal("11,12,13", connection.Value("SELECT group_concat(a) FROM t"));
        Assert.Equal(9L, connection.Value("SELECT count(*) FROM u"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Sessions_of_every_kind_at_once_meet_no_lock_of_their_own_process(string kind)
    {
        using var keeper = Open(kind);
        keeper.Run("CREATE TABLE t(a); INSERT INTO t VALUES (0)");
        string[] options = ["", ";Foreign Keys=True", ";Recursive Triggers=True"];
        await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await using var session = new SplitSqliteConnection(Fill(kind) + options[worker % 3]);
                await session.OpenAsync(CancellationToken.None);
                if (worker % 4 == 0)
                {
                    await session.RunAsync("CREATE TEMP TABLE own(a)");
                }
                else if (worker % 4 == 1)
                {
                    session.CreateFunction("one", () => 1L);
                }

                await using var transaction = await session.BeginTransactionAsync(CancellationToken.None);
                await session.RunAsync($"CREATE TABLE w{worker}(a); INSERT INTO t VALUES (1)");
                await session.RunAsync($"DROP TABLE w{worker}");
                await transaction.CommitAsync(CancellationToken.None);
                await session.RunAsync("UPDATE t SET a = a + 1 WHERE a = 0 RETURNING a; UPDATE t SET a = 0 WHERE a = 2");
                Assert.True((long)session.Value("SELECT count(*) FROM t")! > i);
            }
        }))).Comes();
        Assert.Equal(241L, keeper.Value("SELECT count(*) FROM t"));
        Assert.True(keeper.Session!.Database.Gate.IsFree);
        Assert.Equal(1, keeper.Session.Database.Sessions);
    }

    //  plain  BEGIN, writes ………………………………………………………… ROLLBACK
    //  a          waits ✗ its deadline      waits ………… done
    [Theory]
    [InlineData("INSERT INTO t VALUES (2)")]
    [InlineData("INSERT INTO t VALUES (2) RETURNING a")]
    [InlineData("SELECT count(*) FROM t")]
    [InlineData("BEGIN; INSERT INTO t VALUES (2); COMMIT")]
    [InlineData("CREATE TABLE v(a)")]
    [InlineData("CREATE TEMP TABLE own AS SELECT a FROM t")]
    public async Task Plain_connection_beside_ours_is_waited_for_until_the_deadline(string sql)
    {
        using var plain = new SqliteConnection(Fill("Data Source=NAME;Mode=Memory;Cache=Shared"));
        plain.Open();
        plain.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
        using var session = Open();
        Assert.Equal(1L, session.Value("SELECT count(*) FROM t"));
        session.Run("PRAGMA busy_timeout=30");
        plain.Run("BEGIN IMMEDIATE; INSERT INTO t VALUES (3); CREATE TABLE u(a)");
        var error = Assert.Throws<SplitSqliteBusyException>(() => session.Run(sql));
        Assert.Equal((6, 262), (error.SqliteErrorCode, error.SqliteExtendedErrorCode));
        Assert.StartsWith("SQLite Error 6: 'database table is locked'.", error.Message, StringComparison.Ordinal);
        Assert.True(session.Session!.Database.Gate.IsFree);
        session.Run("PRAGMA busy_timeout=30000");
        var waiting = session.RunAsync(sql);
        Assert.False(waiting.IsCompleted);
        plain.Run("ROLLBACK");
        await waiting.Comes();
        Assert.True(session.Session.Database.Gate.IsFree);
    }

    [Fact]
    public async Task Reader_of_a_plain_connection_is_waited_for_inside_a_transaction_too()
    {
        using var plain = new SqliteConnection(Fill("Data Source=NAME;Mode=Memory;Cache=Shared"));
        plain.Open();
        plain.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2); CREATE TABLE u(a)");
        using var session = Open();
        using var transaction = session.BeginTransaction();
        session.Run("INSERT INTO u VALUES (1)");
        var reading = plain.Reading("SELECT a FROM t");
        var waiting = session.RunAsync("INSERT INTO t VALUES (3)");
        Assert.False(waiting.IsCompleted);
        reading.Dispose();
        Assert.Equal(1, await waiting.Comes());
        transaction.Commit();
        Assert.Equal(1L, plain.Value("SELECT count(*) FROM u"));
        Assert.Equal(3L, plain.Value("SELECT count(*) FROM t"));
    }

    [Fact]
    public void Plain_connection_keeps_the_rows_over_our_sessions()
    {
        using var plain = new SqliteConnection(Fill("Data Source=NAME;Mode=Memory;Cache=Shared"));
        plain.Open();
        plain.Run("CREATE TABLE t(a)");
        for (var i = 1; i <= 3; i++)
        {
            using var session = Open();
            session.Run("INSERT INTO t VALUES (1)");
            Assert.Equal((long)i, plain.Value("SELECT count(*) FROM t"));
        }
    }

    [Fact]
    public void Backup_goes_in_and_out()
    {
        using var source = Open();
        source.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)");
        using var other = Open("Data Source=file:NAME?mode=memory&cache=shared");
        using var temp = Open();
        temp.Run("CREATE TEMP TABLE own(a)");
        using var file = new TestFile();
        using (var copy = file.Open())
        {
            source.BackupDatabase(copy);
            Assert.Equal(2L, copy.Value("SELECT count(*) FROM t"));
            copy.Run("INSERT INTO t VALUES (3)");
            copy.BackupDatabase(source);
            Assert.Equal(3L, other.Value("SELECT count(*) FROM t"));
            Assert.Equal(3L, temp.Value("SELECT count(*) FROM t"));
            temp.BackupDatabase(copy);
        }

        using var into = new TestFile();
        other.Run($"VACUUM INTO '{into.Path}'");
        using (var plain = into.OpenPlain())
        {
            Assert.Equal(3L, plain.Value("SELECT count(*) FROM t"));
        }

        using var plainMemory = new SqliteConnection("Data Source=:memory:");
        plainMemory.Open();
        source.BackupDatabase(plainMemory);
        Assert.Equal(3L, plainMemory.Value("SELECT count(*) FROM t"));
        using var privateMemory = Open("Data Source=:memory:");
        source.BackupDatabase(privateMemory);
        Assert.Equal(3L, privateMemory.Value("SELECT count(*) FROM t"));
        Assert.True(source.Session!.Database.Gate.IsFree);
    }

    [Fact]
    public void Functions_of_a_session_and_of_a_data_source_work()
    {
        using var source = new SplitSqliteDataSourceBuilder(Fill("Data Source=NAME;Mode=Memory;Cache=Shared"))
            .UsePhysicalConnectionInitializer(connection => connection.CreateFunction("two", () => 2L))
            .Build();
        using var connection = source.OpenConnection();
        connection.CreateFunction("one", () => 1L);
        connection.Run("CREATE TABLE t(a); INSERT INTO t SELECT one() + two()");
        using var other = source.OpenConnection();
        Assert.Equal(5L, other.Value("SELECT a + two() FROM t"));
        Assert.Throws<SqliteException>(() => other.Value("SELECT one()"));
        connection.Close();
        connection.Open();
        Assert.Equal(4L, connection.Value("SELECT a + one() FROM t"));
    }

    [Fact]
    public void Unknown_vfs_answers_as_the_plain_provider_s()
    {
        using var plain = new SqliteConnection("Data Source=/x;Vfs=nothing");
        using var split = new SplitSqliteConnection("Data Source=/x;Vfs=nothing");
        Assert.Equal(Assert.Throws<SqliteException>(plain.Open).Message, Assert.Throws<SqliteException>(split.Open).Message);
    }

    private static DbConnection Opened(Func<DbConnection> make)
    {
        var connection = make();
        connection.Open();
        return connection;
    }

    private SplitSqliteConnection Open(string connectionString = "Data Source=NAME;Mode=Memory;Cache=Shared")
    {
        var connection = new SplitSqliteConnection(Fill(connectionString));
        connection.Open();
        return connection;
    }

    private string Fill(string connectionString) => connectionString.Replace("NAME", _name, StringComparison.Ordinal);
}
