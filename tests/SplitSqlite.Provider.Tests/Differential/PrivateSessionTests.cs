using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Differential;

/// <summary>What belongs to one connection in SQLite: TEMP objects, ATTACH, functions. The session then has a connection of its own.</summary>
public sealed class PrivateSessionTests
{
    /// <summary>One script a row, its commands divided by bars.</summary>
    public static TheoryData<string> Scripts => new(
        "CREATE TEMP TABLE t(a)|INSERT INTO t VALUES (1), (2)|SELECT * FROM t|INSERT INTO bag SELECT a, a FROM t|SELECT count(*) FROM bag|DROP TABLE t|SELECT * FROM t",
        "CREATE TEMPORARY TABLE t AS SELECT * FROM person|SELECT * FROM temp.t|UPDATE t SET age = 0|SELECT changes()|SELECT name FROM sqlite_temp_master|SELECT name FROM temp.sqlite_master",
        "CREATE TEMP TABLE bag(z)|SELECT * FROM bag|SELECT * FROM main.bag|INSERT INTO bag VALUES (1)|INSERT INTO main.bag VALUES (5, 5)|DROP TABLE bag|SELECT count(*) FROM bag",
        "CREATE TEMP VIEW v AS SELECT id FROM person|SELECT * FROM v|DROP VIEW v", "CREATE TEMP TRIGGER tr AFTER INSERT ON bag BEGIN INSERT INTO audit(what) VALUES ('seen'); END|INSERT INTO bag VALUES (1, 1)|SELECT what FROM audit",
        "CREATE TABLE temp.t(a)|INSERT INTO temp.t VALUES (1)|SELECT * FROM t|CREATE INDEX temp.i ON t(a)|DROP TABLE temp.t",
        "BEGIN|INSERT INTO bag VALUES (9, 9)|CREATE TEMP TABLE t(a)|INSERT INTO t VALUES (1)|COMMIT|SELECT * FROM t|SELECT count(*) FROM bag|SELECT changes(), total_changes(), last_insert_rowid()",
        "BEGIN|CREATE TEMP TABLE t(a)|ROLLBACK|SELECT * FROM t|INSERT INTO bag VALUES (9, 9)|SELECT count(*) FROM bag",
        "PRAGMA cache_size=77|BEGIN|CREATE TEMP TABLE t(a)|PRAGMA cache_size|COMMIT|PRAGMA cache_size|PRAGMA cache_size=78|PRAGMA cache_size",
        "PRAGMA cache_size=77|CREATE TEMP TABLE t(a)|PRAGMA cache_size|PRAGMA temp_store=2|PRAGMA temp_store|PRAGMA busy_timeout=50|PRAGMA busy_timeout|PRAGMA wal_autocheckpoint|PRAGMA wal_autocheckpoint=5|PRAGMA wal_autocheckpoint",
        "BEGIN|PRAGMA case_sensitive_like=1|SELECT 'a' LIKE 'A'|COMMIT|SELECT 'a' LIKE 'A'|PRAGMA case_sensitive_like=0|SELECT 'a' LIKE 'A'",
        "CREATE TEMP TABLE t(a)|BEGIN|INSERT INTO t VALUES (1)|INSERT INTO bag VALUES (9, 9)|SAVEPOINT s|DELETE FROM t|ROLLBACK TO s|COMMIT|SELECT * FROM t|SELECT count(*) FROM bag",
        "CREATE TEMP TABLE t(a)|INSERT INTO t VALUES (1) RETURNING a|INSERT INTO bag VALUES (9, 9) RETURNING x|SELECT last_insert_rowid(), changes()|UPDATE bag SET x = 1; SELECT changes()",
        "CREATE TEMP TABLE t(a)|SELECT 1; INSERT INTO bag VALUES (9, 9); SELECT count(*) FROM bag|INSERT INTO person(id, name) VALUES (1, 'x')|SELECT changes()",
        "CREATE TEMP TABLE t(a INTEGER PRIMARY KEY)|SAVEPOINT s|INSERT INTO t VALUES (1)|INSERT INTO t VALUES (1)|RELEASE s|SELECT * FROM t|INSERT OR ROLLBACK INTO t VALUES (1)",
        "ATTACH ':memory:' AS other|CREATE TABLE other.t(a)|INSERT INTO other.t VALUES (1), (2)|SELECT * FROM other.t|INSERT INTO bag SELECT a, a FROM other.t|SELECT name FROM pragma_database_list ORDER BY name|DETACH other|SELECT * FROM other.t",
        "ATTACH '' AS other|CREATE TABLE other.t(a)|DETACH other|DETACH other|DETACH main|ATTACH ':memory:' AS main|ATTACH", "BEGIN|ATTACH ':memory:' AS other|COMMIT|CREATE TABLE other.t(a)|SELECT * FROM other.t|BEGIN|DETACH other|COMMIT|DETACH other",
        "ATTACH ':memory:' AS other; CREATE TABLE other.t AS SELECT 5 AS five; SELECT * FROM other.t; DETACH other|SELECT 1", "PRAGMA foreign_keys=0|CREATE TEMP TABLE t(a)|PRAGMA foreign_keys|INSERT INTO child VALUES (1, 99)",
        "CREATE TEMP TABLE t(a)|PRAGMA foreign_keys=0|INSERT INTO child VALUES (1, 99)|PRAGMA foreign_keys=1|PRAGMA foreign_keys|INSERT INTO child VALUES (2, 99)",
        "SELECT load_extension('nothing')|SELECT 1", "CREATE TEMP TABLE t(a)|VACUUM|ANALYZE|REINDEX|CREATE TABLE n(a)|DROP TABLE n|PRAGMA user_version=8|PRAGMA user_version", "CREATE TEMP TABLE person(a)|PRAGMA table_info(person)|SELECT * FROM main.person WHERE id = 1");

    [Theory]
    [MemberData(nameof(Scripts))]
    public void State_of_a_connection_behaves_the_same(string commands)
    {
        foreach (var way in (Way[])[Way.Reader, Way.NonQuery])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                side.NonQuery("INSERT INTO audit(what) VALUES ('before')");
                foreach (var text in commands.Split('|'))
                {
                    side.Execute(text.StartsWith("SELECT", StringComparison.Ordinal) || text.StartsWith("PRAGMA", StringComparison.Ordinal) ? Way.Reader : way, text);
                }

                side.Values();
                var other = side.Another("B");
                other.Read("SELECT * FROM sqlite_temp_master");
                other.NonQuery("INSERT INTO audit(what) VALUES ('other')");
                side.Scalar("SELECT count(*) FROM audit");
                side.Connection.Close();
                side.Connection.Open();
                side.Read("SELECT * FROM sqlite_temp_master");
                side.Read("SELECT name FROM pragma_database_list");
            });
        }
    }

    [Fact]
    public void Attached_file_is_read_and_written()
        => Script.Same(Script.Basic, side =>
        {
            var path = Path.Combine(Path.GetTempPath(), $"splitsqlite-attached-{Guid.NewGuid():N}.db");
            try
            {
                side.Open();
                using (var attach = side.Command("ATTACH @path AS other", ("@path", path)))
                {
                    side.Do("attach", () => attach.ExecuteNonQuery());
                }

                side.NonQuery("CREATE TABLE other.copy AS SELECT * FROM person");
                using (var transaction = side.Connection.BeginTransaction())
                {
                    side.NonQuery("DELETE FROM other.copy WHERE id = 1");
                    side.NonQuery("INSERT INTO bag SELECT id, name FROM other.copy");
                    transaction.Commit();
                }

                side.Read("SELECT * FROM other.copy");
                side.NonQuery("DETACH other");
                side.Scalar("SELECT count(*) FROM bag");
            }
            finally
            {
                side.Connection.Close();
                foreach (var suffix in (string[])["", "-wal", "-shm"])
                {
                    File.Delete(path + suffix);
                }
            }
        });

    [Fact]
    public void Functions_give_the_same_by_the_initializer_as_by_the_connection()
    {
        var plain = Script.Run(isSplit: false, Script.Basic, side =>
        {
            side.Open();
            Prepare((SqliteConnection)side.Connection);
            Use(side);
        });
        var split = Script.Run(isSplit: true, Script.Basic, side =>
        {
            using var source = new SplitSqliteDataSourceBuilder(side.ConnectionString).UsePhysicalConnectionInitializer(Prepare).Build();
            using var connection = source.OpenConnection();
            foreach (var text in Texts)
            {
                using var command = connection.CreateCommand();
                command.CommandText = text;
                side.Execute(Way.Reader, command);
            }
        });
        Assert.Equal(plain, split);

        static void Prepare(SqliteConnection connection)
        {
            connection.CreateFunction("twice", (long x) => x * 2, isDeterministic: true);
            connection.CreateFunction("fails", string (string text) => throw new InvalidOperationException(text));
            connection.CreateFunction("codes", string (int code) => throw new SqliteException("own", code));
            connection.CreateAggregate("product", 1L, (long product, long x) => product * x);
            connection.CreateCollation("backwards", (a, b) => -string.CompareOrdinal(a, b));
        }

        static void Use(Side side)
        {
            foreach (var text in Texts)
            {
                side.Read(text);
            }
        }
    }

    private static string[] Texts =>
        [
            "SELECT twice(21)", "SELECT product(id) FROM person", "SELECT name FROM person ORDER BY name COLLATE backwards", "SELECT fails('no')", "SELECT codes(5)", "SELECT codes(19)", "SELECT twice('x')", "SELECT twice(NULL)", "SELECT twice()",
            "INSERT INTO bag VALUES (twice(4), 0)", "CREATE INDEX i ON bag(twice(id))", "INSERT INTO bag VALUES (fails('no'), 0)", "SELECT x FROM bag", "UPDATE person SET age = twice(id) RETURNING age",
        ];
}
