using System.Data;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Routing;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>From what on a session has a physical connection of its own, in whatever it is when that happens, and that nobody else ever gets it.</summary>
public sealed class PrivateMoveTests
{
    private const string Table = "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3); CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p)";

    /// <summary>Gets statements that change the connection they run on, and a question whose answer shows it.</summary>
    public static TheoryData<string, string, long> Moves => new()
    {
        { "CREATE TEMP TABLE own(a)", "SELECT count(*) FROM temp.sqlite_master", 1 },
        { "CREATE TEMPORARY TABLE own AS SELECT * FROM t", "SELECT count(*) FROM own", 3 },
        { "create /* here */ temp table if not exists own(a)", "SELECT count(*) FROM sqlite_temp_master", 1 },
        { "CREATE TABLE temp.own(a)", "SELECT count(*) FROM sqlite_temp_schema", 1 },
        { "CREATE TABLE \"temp\".own(a)", "SELECT count(*) FROM temp.sqlite_schema", 1 },
        { "CREATE TABLE [temp].[own](a)", "SELECT count(*) FROM temp.sqlite_schema", 1 },
        { "CREATE TABLE `TEMP`.own(a)", "SELECT count(*) FROM temp.sqlite_schema", 1 },
        { "CREATE TEMP VIEW own AS SELECT a FROM t", "SELECT sum(a) FROM own", 6 },
        { "CREATE VIEW temp.own AS SELECT a FROM t", "SELECT sum(a) FROM own", 6 },
        { "CREATE TEMP TRIGGER own AFTER INSERT ON t BEGIN SELECT 1; END", "SELECT count(*) FROM sqlite_temp_schema", 1 },
        { "CREATE TRIGGER temp.own AFTER INSERT ON t BEGIN SELECT 1; END", "SELECT count(*) FROM sqlite_temp_schema", 1 },
        { "CREATE VIRTUAL TABLE temp.own USING fts5(a)", "SELECT count(*) > 0 FROM sqlite_temp_schema", 1 },
        { "EXPLAIN SELECT 1; CREATE TEMP TABLE own(a)", "SELECT count(*) FROM sqlite_temp_schema", 1 },
        { "ATTACH ':memory:' AS own", "SELECT count(*) FROM pragma_database_list WHERE name = 'own'", 1 },
        { "ATTACH DATABASE '' AS own", "SELECT count(*) FROM pragma_database_list WHERE name = 'own'", 1 },
        { "PRAGMA foreign_keys=0", "PRAGMA foreign_keys", 0 },
        { "PRAGMA foreign_keys(off)", "PRAGMA foreign_keys", 0 },
        { "PRAGMA main.foreign_keys = 'no'", "PRAGMA foreign_keys", 0 },
        { "PRAGMA case_sensitive_like=1", "SELECT 'a' LIKE 'A'", 0 },
        { "PRAGMA recursive_triggers=1", "PRAGMA recursive_triggers", 1 },
        { "PRAGMA ignore_check_constraints=1", "PRAGMA ignore_check_constraints", 1 },
        { "PRAGMA reverse_unordered_selects=1", "SELECT a FROM t LIMIT 1", 3 },
        { "PRAGMA query_only=1", "PRAGMA query_only", 1 },
        { "PRAGMA max_page_count=500", "PRAGMA max_page_count", 500 },
        { "PRAGMA legacy_alter_table=1", "PRAGMA legacy_alter_table", 1 },
        { "PRAGMA writable_schema=1", "PRAGMA writable_schema", 1 },
        { "PRAGMA automatic_index=0", "PRAGMA automatic_index", 0 },
        { "PRAGMA trusted_schema=0", "PRAGMA trusted_schema", 0 },
        { "PRAGMA cell_size_check=1", "PRAGMA cell_size_check", 1 },
        { "PRAGMA secure_delete=1", "PRAGMA secure_delete", 1 },
        { "PRAGMA temp.cache_size=123", "PRAGMA temp.cache_size", 123 },
        { "PRAGMA unheard_of=1", "SELECT 1", 1 },
    };

    //  a  reads (left open)   moves   reads on, to the end     answers what it set
    //  b                                                       nothing of it
    //  a  Close    the next session: nothing of it
    [Theory]
    [MemberData(nameof(Moves))]
    public void Session_that_reads_moves_and_nobody_gets_its_connection(string sets, string asks, long answer)
    {
        using var file = new TestFile("Max Readers=1;Synchronous=Off").With(Table);
        using var b = file.Open();
        var before = Ask(b, asks);
        using (var a = file.Open())
        {
            using (var reader = a.Reading("SELECT a FROM t ORDER BY a"))
            {
                a.Run(sets);
                Assert.Equal(SessionState.Private, a.Session!.State);
                Assert.True(reader.Read());
                Assert.Equal(2L, reader.GetInt64(0));
                Assert.Equal(answer, a.Number(asks));
                Assert.True(reader.Read());
                Assert.False(reader.Read());
            }

            Assert.True(file.Database.Gate.IsFree);
            Assert.Equal(before, Ask(b, asks));
        }

        file.AssertIdle();
        using var next = file.Open();
        Assert.Equal(before, Ask(next, asks));
        using (next.BeginTransaction())
        {
            Assert.Equal(before, Ask(next, asks));
        }
    }

    //  a  BEGIN INSERT  moves  …  COMMIT      the connection stays a's
    //  b                                      a new writer, nothing of it
    [Theory]
    [MemberData(nameof(Moves))]
    public void Session_in_a_transaction_adopts_its_connection_and_the_others_get_a_new_writer(string sets, string asks, long answer)
    {
        using var file = new TestFile("Max Readers=1;Synchronous=Off").With(Table);
        using var b = file.Open();
        var before = Ask(b, asks);
        var isNoOp = sets.Contains("foreign_keys", StringComparison.Ordinal);
        using (var a = file.Open())
        {
            using (var transaction = a.BeginTransaction())
            {
                // The fourth; deleted again, so that the questions about the table have the same answers.
                a.Run("INSERT INTO t VALUES (4); DELETE FROM t WHERE a = 4");
                a.Run(sets);
                if (!isNoOp)
                {
                    Assert.Equal(answer, a.Number(asks));
                }

                Assert.Equal(before, Ask(b, asks));
                transaction.Commit();
            }

            // A no-op inside a transaction, as SQLite says; the guard can't know, and the session goes private all the same.
            Assert.Equal(isNoOp ? before : answer, a.Number(asks));
            Assert.Equal(SessionState.Private, a.Session!.State);
            file.AssertIdle();
            using (b.BeginTransaction())
            {
                Assert.Equal(before, Ask(b, asks));
                b.Run("INSERT INTO t VALUES (5)");
            }
        }

        file.AssertIdle();
        file.AssertIntact();
    }

    [Theory]
    [MemberData(nameof(Moves))]
    public void Session_in_a_snapshot_is_refused(string sets, string asks, long answer)
    {
        using var file = new TestFile("Max Readers=1;Synchronous=Off").With(Table);
        using var a = file.Open();
        var before = Ask(a, asks);
        using (var transaction = a.BeginTransaction(IsolationLevel.Snapshot))
        {
            if (!sets.Contains("foreign_keys", StringComparison.Ordinal))
            {
                var refused = Assert.Throws<SqliteException>(() => a.Run(sets));
                Assert.Equal(8, refused.SqliteErrorCode);
                Assert.Contains("snapshot", refused.Message);
            }

            Assert.Equal(before, Ask(a, asks));
            Assert.Equal(6L, a.Number("SELECT sum(a) FROM t"));
            transaction.Commit();
        }

        // Outside of it nothing stands in the way.
        a.Run(sets);
        Assert.Equal(answer, a.Number(asks));
    }

    [Fact]
    public void Every_pragma_that_changes_a_connection_is_tried()
    {
        // Those that only name keys, or set what only other statements show, have tests of their own.
        var elsewhere = (string[])["count_changes", "empty_result_callbacks", "full_column_names", "short_column_names", "fullfsync", "checkpoint_fullfsync", "defer_foreign_keys"];
        var tried = Moves.Select(row => row.Data.Item1).Where(sets => sets.StartsWith("PRAGMA", StringComparison.Ordinal)).ToArray();
        Assert.All(
            PragmaTable.Names.Where(name => PragmaTable.Find(name)!.Set == PragmaClass.Connection && !elsewhere.Contains(name)),
            name => Assert.Contains(tried, sets => sets.Contains(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("count_changes", 1)]
    [InlineData("empty_result_callbacks", 1)]
    [InlineData("full_column_names", 1)]
    [InlineData("short_column_names", 0)]
    [InlineData("fullfsync", 1)]
    [InlineData("checkpoint_fullfsync", 1)]
    public void Pragma_that_shows_only_in_itself_is_the_session_s_own(string name, long value)
    {
        using var file = new TestFile().With(Table);
        using var b = file.Open();
        using (var a = file.Open())
        {
            a.Run($"PRAGMA {name}={value}");
            Assert.Equal(value, a.Number($"PRAGMA {name}"));
            Assert.Equal(1 - value, b.Number($"PRAGMA {name}"));
        }

        using var next = file.Open();
        Assert.Equal(1 - value, next.Number($"PRAGMA {name}"));
    }

    //  a  data_version              data_version            data_version
    //  b               INSERT: it is another one
    //  a                                         INSERT: it is the same, as SQLite says of one's own
    [Fact]
    public void Data_version_tells_of_what_others_have_written()
    {
        using var file = new TestFile().With(Table);
        using var a = file.Open();
        using var b = file.Open();
        var first = a.Number("PRAGMA data_version");
        Assert.Equal(SessionState.Private, a.Session!.State);
        Assert.Equal(first, a.Number("SELECT data_version FROM pragma_data_version"));
        b.Run("INSERT INTO t VALUES (4)");
        var second = a.Number("PRAGMA data_version");
        Assert.NotEqual(first, second);
        a.Run("INSERT INTO t VALUES (5)");
        Assert.Equal(second, a.Number("PRAGMA data_version"));
    }

    [Fact]
    public void Extension_is_loaded_for_its_session_or_by_the_initializer_for_all()
    {
        using var file = new TestFile().With(Table);
        var library = Path.Combine(file.Folder, "answer.so");
        Assert.SkipUnless(CanCompile(Extension, library), "There is no C compiler to make an extension with.");

        using var b = file.Open();
        using (var a = file.Open())
        {
            a.LoadExtension(library, "answer_init");
            Assert.Equal(42L, a.Number("SELECT answer()"));
            Assert.Equal(SessionState.Private, a.Session!.State);
            Assert.Equal(1, Assert.Throws<SqliteException>(() => b.Number("SELECT answer()")).SqliteErrorCode);
            a.Run("INSERT INTO t VALUES (answer())");
        }

        using (var a = file.Open())
        {
            Assert.Equal(1, Assert.Throws<SqliteException>(() => a.Number("SELECT answer()")).SqliteErrorCode);
            a.EnableExtensions(true);
            a.Run("SELECT load_extension($1, 'answer_init')", library);
            Assert.Equal(42L, a.Number("SELECT answer()"));
        }

        using var source = new SplitSqliteDataSourceBuilder(file.ConnectionString()).UsePhysicalConnectionInitializer(physical => physical.LoadExtension(library, "answer_init")).Build();
        using var session = source.OpenConnection();
        Assert.Equal(42L, session.Number("SELECT answer()"));
        session.Run("INSERT INTO t VALUES (answer())");
        Assert.Equal(SessionState.Free, session.Session!.State);
        Assert.Equal(90L, session.Number("SELECT sum(a) FROM t"));
    }

    private static object? Ask(SplitSqliteConnection session, string asks)
    {
        try
        {
            return session.Value(asks);
        }
        catch (SqliteException exception)
        {
            // No such table, for who has not made it.
            return exception.SqliteErrorCode;
        }
    }

    // Without SQLite's header: of its table of functions only two entries are needed, create_function and result_int64.
    private const string Extension = """
        typedef void (*any)(void);
        static const any* api;
        static void answer(void* context, int n, void** values)
        {
            ((void (*)(void*, long long))api[83])(context, 42);
        }
        int answer_init(void* db, char** error, const any* table)
        {
            api = table;
            return ((int (*)(void*, const char*, int, int, void*, void (*)(void*, int, void**), any, any))table[45])(db, "answer", 0, 1, 0, answer, 0, 0);
        }
        """;

    private static bool CanCompile(string source, string library)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/cc"))
        {
            return false;
        }

        var text = Path.ChangeExtension(library, ".c");
        File.WriteAllText(text, source);
        using var compiler = Process.Start("/usr/bin/cc", ["-shared", "-fPIC", "-o", library, text]);
        compiler.WaitForExit();
        return compiler.ExitCode == 0;
    }
}
