namespace SplitSqlite.Tests.Differential;

/// <summary>Errors that SQLite finds in the data, with their codes and words.</summary>
public sealed class ConstraintTests
{
    private const string Strict =
        """
        CREATE TABLE typed(i INTEGER, t TEXT, b BLOB, r REAL, a ANY) STRICT;
        CREATE TABLE keyed(a TEXT, b INT, c INT NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID;
        CREATE TABLE named(a INT CONSTRAINT positive CHECK (a > 0), b TEXT CONSTRAINT only_one UNIQUE, CHECK (length(b) < 5));
        CREATE TABLE made(a INT, twice INT GENERATED ALWAYS AS (a * 2) STORED UNIQUE);
        CREATE TABLE parent(id INTEGER PRIMARY KEY, code TEXT UNIQUE);
        CREATE TABLE cascades(id INTEGER PRIMARY KEY, p INT REFERENCES parent(id) ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE TABLE restricts(id INTEGER PRIMARY KEY, p TEXT REFERENCES parent(code) ON DELETE RESTRICT);
        CREATE TABLE nulls(id INTEGER PRIMARY KEY, p INT REFERENCES parent(id) ON DELETE SET NULL);
        CREATE TABLE later(id INTEGER PRIMARY KEY, p INT REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE wrong(id INTEGER PRIMARY KEY, p INT REFERENCES nowhere(id));
        CREATE UNIQUE INDEX lower_code ON parent(lower(code)) WHERE code IS NOT NULL;
        CREATE TABLE guarded(a);
        CREATE TRIGGER no_insert BEFORE INSERT ON guarded WHEN new.a = 'abort' BEGIN SELECT RAISE(ABORT, 'told: abort'); END;
        CREATE TRIGGER no_fail BEFORE INSERT ON guarded WHEN new.a = 'fail' BEGIN SELECT RAISE(FAIL, 'told: fail'); END;
        CREATE TRIGGER no_ignore BEFORE INSERT ON guarded WHEN new.a = 'ignore' BEGIN SELECT RAISE(IGNORE); END;
        CREATE TRIGGER no_rollback BEFORE INSERT ON guarded WHEN new.a = 'rollback' BEGIN SELECT RAISE(ROLLBACK, 'told: rollback'); END;
        INSERT INTO keyed VALUES ('a', 1, 1);
        INSERT INTO named VALUES (1, 'x');
        INSERT INTO made(a) VALUES (1);
        INSERT INTO parent VALUES (1, 'one'), (2, 'two'), (3, 'three');
        INSERT INTO cascades VALUES (1, 1);
        INSERT INTO restricts VALUES (1, 'two');
        INSERT INTO nulls VALUES (1, 3);
        """;

    public static TheoryData<string> Violations => new(
        "INSERT INTO typed(i) VALUES ('text')", "INSERT INTO typed(t) VALUES (x'00')", "INSERT INTO typed(b) VALUES (1)", "INSERT INTO typed(r) VALUES ('a')",
        "INSERT INTO keyed VALUES ('a', 1, 2)", "INSERT INTO keyed VALUES ('b', 1, NULL)", "INSERT INTO keyed VALUES (NULL, 1, 1)", "UPDATE keyed SET c = NULL",
        "INSERT INTO named VALUES (0, 'y')", "INSERT INTO named VALUES (1, 'x')", "INSERT INTO named VALUES (1, 'too long')", "UPDATE named SET a = -1",
        "INSERT INTO made(a) VALUES (1)", "INSERT INTO made(twice) VALUES (1)", "UPDATE made SET twice = 1",
        "INSERT INTO parent VALUES (1, 'x')", "INSERT INTO parent(rowid) VALUES (1)", "INSERT INTO parent VALUES ('text', 'x')", "INSERT INTO parent VALUES (9, 'ONE')", "INSERT INTO parent VALUES (9, 'one')",
        "INSERT INTO cascades VALUES (2, 99)", "DELETE FROM parent WHERE id = 1", "UPDATE parent SET id = 50 WHERE id = 1", "DELETE FROM parent WHERE id = 2", "DELETE FROM parent WHERE id = 3",
        "INSERT INTO later VALUES (1, 99)", "INSERT INTO wrong VALUES (1, 1)", "INSERT INTO wrong VALUES (1, NULL)", "DROP TABLE parent",
        "INSERT INTO guarded VALUES ('abort')", "INSERT INTO guarded VALUES ('ok'), ('fail'), ('never')", "INSERT INTO guarded VALUES ('ok'), ('ignore'), ('ok')", "INSERT INTO guarded VALUES ('ok'), ('rollback')",
        "INSERT OR IGNORE INTO named VALUES (0, 'y'), (1, 'x'), (2, 'z')", "INSERT OR REPLACE INTO named VALUES (5, 'x')", "INSERT OR FAIL INTO parent VALUES (7, 'y'), (1, 'x'), (8, 'z')",
        "INSERT OR ROLLBACK INTO parent VALUES (7, 'y'), (1, 'x')", "UPDATE OR IGNORE parent SET id = 1", "UPDATE OR REPLACE parent SET code = 'same'", "REPLACE INTO keyed VALUES ('a', 1, NULL)",
        "INSERT INTO parent VALUES (1, 'x') RETURNING id", "INSERT INTO later VALUES (1, 99) RETURNING id", "UPDATE parent SET id = 5 RETURNING id", "INSERT INTO parent VALUES (7, 'y'), (1, 'x') RETURNING id",
        "INSERT INTO guarded VALUES ('ok'), ('rollback') RETURNING a", "INSERT INTO parent VALUES (1, 'x') ON CONFLICT(code) DO NOTHING", "INSERT INTO parent VALUES (1, 'x') ON CONFLICT(nothing) DO NOTHING",
        "CREATE UNIQUE INDEX dup ON guarded(a); INSERT INTO guarded VALUES ('a'), ('a')", "INSERT INTO guarded VALUES ('a'), ('a'); CREATE UNIQUE INDEX dup ON guarded(a)",
        "ALTER TABLE parent ADD COLUMN z NOT NULL", "ALTER TABLE parent DROP COLUMN id", "ALTER TABLE named DROP COLUMN b", "CREATE TABLE bad(a, a)", "CREATE TABLE bad(a) STRICT", "PRAGMA foreign_key_check");

    [Theory]
    [MemberData(nameof(Violations))]
    public void Violation_throws_the_same_codes_and_words(string text)
    {
        foreach (var way in (Way[])[Way.NonQuery, Way.Scalar, Way.NonQueryAsync])
        {
            Script.Same(Strict, side =>
            {
                side.Open();
                side.Execute(way, text);
                side.Values();
                side.NonQuery("INSERT INTO guarded VALUES ('after')");
                side.Values();
            });
        }
    }

    [Theory]
    [MemberData(nameof(Violations))]
    public void Violation_leaves_the_same_transaction(string text)
        => Script.Same(Strict, side =>
        {
            side.Open();
            var transaction = side.Connection.BeginTransaction();
            side.NonQuery("INSERT INTO guarded VALUES ('before')");
            side.Do("Save", () => transaction.Save("s"));
            side.NonQuery(text);
            side.Values();
            side.NonQuery("INSERT INTO guarded VALUES ('after')");
            side.Do("Release", () => transaction.Release("s"));
            side.Do("Commit", transaction.Commit);
            side.Do("Rollback", transaction.Rollback);
        });

    [Fact]
    public void Foreign_keys_off_lets_all_in_and_on_again_refuses()
        => Script.Same(Strict, side =>
        {
            side.Open();
            side.NonQuery("INSERT INTO cascades VALUES (2, 99)");
            side.Read("PRAGMA foreign_keys");
            side.NonQuery("PRAGMA foreign_keys = OFF");
            side.Read("PRAGMA foreign_keys");
            side.NonQuery("INSERT INTO cascades VALUES (2, 99)");
            side.NonQuery("DELETE FROM parent WHERE id = 1");
            side.Read("SELECT * FROM cascades");
            side.NonQuery("PRAGMA foreign_keys = ON");
            side.Read("PRAGMA foreign_keys");
            side.NonQuery("INSERT INTO cascades VALUES (3, 99)");
            side.Read("PRAGMA foreign_key_check");
            side.Values();
        });
}
