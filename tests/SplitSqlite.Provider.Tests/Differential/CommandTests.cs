namespace SplitSqlite.Tests.Differential;

/// <summary>One text, executed in every way.</summary>
public sealed class CommandTests
{
    public static TheoryData<string> Texts => new(
        // Nothing to run.
        "", " ", ";", ";;", "-- only a comment", "/* only */", "/* never closed", "; -- x\n;",
        // Values.
        "SELECT 1", "SELECT 1;", "SELECT NULL", "SELECT NULL WHERE 0", "SELECT 1.5, 'a', x'00ff', NULL", "VALUES (1, 'a'), (2, 'b')",
        "SELECT 1 -- after", "/* before */ SELECT 1", "SELECT 'a;b'", "SELECT \"name\" FROM person ORDER BY id", "SELECT [name], `age` FROM person",
        "SELECT * FROM person", "SELECT * FROM person WHERE 0", "SELECT * FROM bag", "SELECT * FROM grown", "SELECT count(*) FROM person",
        "SELECT id AS a, name AS b, age + 1, age + 1 AS c FROM person", "SELECT x, x, x AS y FROM bag", "SELECT p.*, i.* FROM person p LEFT JOIN item i ON i.owner = p.id",
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT n FROM c", "SELECT typeof(x), x FROM bag",
        "SELECT 9223372036854775807, -9223372036854775808, 1e308, 9e999", "SELECT '', x'', 'ä€😀', char(0), 'a' || char(0) || 'b'", "SELECT rowid, * FROM bag",
        // Changes of rows.
        "INSERT INTO bag VALUES (7, 7)", "INSERT INTO bag VALUES (7, 7), (8, 8)", "INSERT INTO bag SELECT id, name FROM person", "INSERT INTO bag DEFAULT VALUES",
        "INSERT INTO person(name) VALUES ('dan')", "INSERT INTO person(id, name) VALUES (101, 'dan')", "INSERT INTO person(id, name) VALUES (101, 'dan'), (102, 'eve')",
        "UPDATE person SET age = 1", "UPDATE person SET age = 1 WHERE 0", "DELETE FROM bag", "DELETE FROM bag WHERE x = 1", "DELETE FROM bag WHERE 0",
        "REPLACE INTO person(id, name) VALUES (1, 'anna')", "INSERT OR REPLACE INTO person(id, name) VALUES (1, 'anna'), (9, 'x')",
        "INSERT OR IGNORE INTO person(id, name) VALUES (1, 'anna')", "INSERT OR IGNORE INTO person(id, name) VALUES (1, 'anna'), (9, 'x')",
        "INSERT INTO item(k, v, n) VALUES (10, 'z', 1) ON CONFLICT(k) DO UPDATE SET v = excluded.v, n = n + 1",
        "INSERT INTO item(k, v, n) VALUES (10, 'z', 1) ON CONFLICT DO NOTHING",
        "WITH n AS (SELECT 50 AS id) INSERT INTO person(id, name) SELECT id, 'w' FROM n", "WITH n AS (SELECT 1 AS id) UPDATE person SET age = 2 WHERE id IN (SELECT id FROM n)",
        "WITH n AS (SELECT 1 AS id) DELETE FROM bag WHERE x IN (SELECT id FROM n)", "UPDATE person SET age = b.x FROM bag b WHERE b.x = person.id",
        "DELETE FROM person WHERE id = 3", "UPDATE person SET age = age + 1 WHERE id = 1 OR id = 2",
        // RETURNING.
        "INSERT INTO person(name) VALUES ('dan') RETURNING id", "INSERT INTO person(name) VALUES ('dan'), ('eve') RETURNING *", "UPDATE person SET age = 1 RETURNING id, age",
        "UPDATE person SET age = 1 WHERE 0 RETURNING id", "DELETE FROM bag RETURNING x", "INSERT OR IGNORE INTO person(id, name) VALUES (1, 'a') RETURNING id",
        "REPLACE INTO person(id, name) VALUES (1, 'anna') RETURNING name", "INSERT INTO item(k, v, n) VALUES (10, 'z', 1) ON CONFLICT(k) DO UPDATE SET n = n + 1 RETURNING k, n",
        "INSERT INTO person(id, name) VALUES (101, 'dan') RETURNING id, last_insert_rowid(), changes()",
        // The schema.
        "CREATE TABLE fresh(a)", "CREATE TABLE IF NOT EXISTS person(a)", "CREATE TABLE fresh AS SELECT * FROM person", "CREATE INDEX by_age ON person(age)", "CREATE UNIQUE INDEX by_x ON bag(x)",
        "DROP TABLE bag", "DROP TABLE IF EXISTS nothing", "DROP VIEW grown", "DROP TRIGGER watched", "ALTER TABLE bag ADD COLUMN z DEFAULT 5", "ALTER TABLE bag RENAME TO sack",
        "CREATE VIEW old AS SELECT * FROM person WHERE age > 40", "CREATE TRIGGER t AFTER INSERT ON bag BEGIN UPDATE person SET age = 0; END", "CREATE VIRTUAL TABLE words USING fts5(body)",
        "ANALYZE", "REINDEX", "VACUUM",
        // EXPLAIN.
        "EXPLAIN QUERY PLAN SELECT * FROM person WHERE id = 1", "EXPLAIN SELECT 1",
        // Session values in one command.
        "INSERT INTO person(name) VALUES ('dan'); SELECT changes()", "INSERT INTO person(name) VALUES ('dan'); SELECT last_insert_rowid()",
        "INSERT OR IGNORE INTO person(id, name) VALUES (1, 'x'); SELECT changes()", "UPDATE person SET age = 1; SELECT changes(), total_changes()", "SELECT changes(); UPDATE person SET age = 1",
        "DELETE FROM bag; SELECT changes(); DELETE FROM bag; SELECT changes()",
        // Errors.
        "SELEC 1", "SELECT", "SELECT * FROM nothing", "SELECT nothing FROM person", "SELECT nothing()", "SELECT 1 FROM", "SELECT 'open", "SELECT (1", "SELECT 1)", "INSERT INTO nothing VALUES (1)",
        "INSERT INTO bag VALUES (1)", "INSERT INTO bag VALUES (1, 2, 3)", "CREATE TABLE person(a)", "DROP TABLE nothing", "ALTER TABLE nothing ADD COLUMN a", "SELECT abs(-9223372036854775808)",
        "SELECT abs(x) FROM (SELECT 1 AS x UNION ALL SELECT -9223372036854775808)", "SELECT zeroblob(-1)", "SELECT zeroblob(2000000000)", "SELECT json('{')", "SELECT * FROM person p, person p WHERE id = 1",
        "SELECT 1 UNION SELECT 1, 2", "SELECT sum(count(*)) FROM person", "INSERT INTO grown VALUES (1, 2, 3)", "UPDATE sqlite_master SET name = 'x'", "DROP TABLE sqlite_sequence", "SELECT @", "SELECT #1", "\u0001",
        "CREATE TABLE two(a); CREATE TABLE two(a)", "BEGIN; CREATE TABLE w(a); COMMIT");

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_gives_the_same_in_every_way_of_execution(string text)
    {
        foreach (var way in Enum.GetValues<Way>())
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                side.Execute(way, text);
                side.Values();
                side.NonQuery("INSERT INTO audit(what) VALUES ('last')");
                side.Values();
            });
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_gives_the_same_inside_a_transaction(string text)
    {
        foreach (var way in (Way[])[Way.NonQuery, Way.Reader])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                var transaction = side.Connection.BeginTransaction();
                side.NonQuery("INSERT INTO person(id, name) VALUES (200, 'first'), (201, 'second')");
                side.Execute(way, text);
                side.Values();
                side.Do("Commit", transaction.Commit);
                side.Values();
            });
        }
    }

    [Fact]
    public void Explain_of_a_change_leaves_the_count_of_changes_alone()
        => Script.Differs(
            Script.Basic,
            side =>
            {
                side.Open();
                side.NonQuery("INSERT INTO bag VALUES (1, 1), (2, 2)");
                side.Read("EXPLAIN QUERY PLAN UPDATE person SET age = 1 WHERE id = 1");
                side.Scalar("SELECT changes()");
            },
            ("Scalar SELECT changes() => 0L", "Scalar SELECT changes() => 2L"));

    // Microsoft.Data.Sqlite asks SQLite for the rest of such a text for ever.
    [Theory]
    [InlineData("\0")]
    [InlineData("SELECT 1\0 garbage")]
    [InlineData("SELECT 1; \0; SELECT 2")]
    public async Task Text_with_a_zero_character_comes_to_an_end(string text)
        => await Task.Run(() => Script.Run(isSplit: true, Script.Basic, side => side.Open().Execute(Way.Reader, text))).WaitAsync(TimeSpan.FromSeconds(10));

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_gives_the_same_the_second_time(string text)
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var command = side.Command(text);
            side.Execute(Way.Reader, command);
            side.Execute(Way.Reader, command);
            side.Execute(Way.NonQuery, command);
            side.Execute(Way.Scalar, text);
            side.Values();
        });

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_is_prepared_with_the_same_errors(string text)
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var command = side.Command(text);
            side.Do("Prepare", command.Prepare);
            side.Execute(Way.Reader, command);
            side.Values();
        });
}
