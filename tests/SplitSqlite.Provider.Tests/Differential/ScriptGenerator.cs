using System.Globalization;

namespace SplitSqlite.Tests.Differential;

/// <summary>Makes random schemas and random commands that mostly, but not always, make sense.</summary>
internal sealed class ScriptGenerator(int seed)
{
    private readonly Random _random = new(seed);
    private string[] _tables = [];
    private int _savepoint;

    // Where a foreign key fails a RETURNING, ours says so before its rows and the plain provider behind them: never both in one script.
    private bool _returns;

    /// <summary>Makes a schema of two or three tables t0, t1, t2 with columns id, a, b, and perhaps c.</summary>
    public string Schema()
    {
        var count = _random.Next(2, 4);
        _returns = _random.Next(2) == 0;
        _tables = [.. Enumerable.Range(0, count).Select(i => $"t{i}")];
        var sql = string.Empty;
        for (var i = 0; i < count; i++)
        {
            var key = Pick("id INTEGER PRIMARY KEY", "id INTEGER PRIMARY KEY AUTOINCREMENT", "id INT UNIQUE", "id TEXT PRIMARY KEY");
            var a = Pick("a INT", "a TEXT", "a", "a INT NOT NULL DEFAULT 1", "a INT UNIQUE", "a INT CHECK (a IS NULL OR a < 40)");
            var b = i == 0 || _returns ? Pick("b", "b REAL", "b BLOB") : Pick("b", "b INT REFERENCES t0(id)", "b INT REFERENCES t0(id) DEFERRABLE INITIALLY DEFERRED", "b INT REFERENCES t0(id) ON DELETE CASCADE");
            if (i == 0 && key.StartsWith("id INT U", StringComparison.Ordinal))
            {
                key = "id INTEGER PRIMARY KEY";
            }

            sql += $"CREATE TABLE t{i}({key}, {a}, {b}{Pick("", "", ", c VARCHAR(10) DEFAULT 'c'")});\n";
            for (var row = _random.Next(0, 4); row > 0; row--)
            {
                sql += $"INSERT OR IGNORE INTO t{i}(id, a) VALUES ({row}, {row * 10});\n";
            }
        }

        if (_random.Next(3) == 0)
        {
            sql += $"CREATE TRIGGER tr AFTER {Pick("INSERT", "UPDATE", "DELETE")} ON {Table()} BEGIN INSERT OR IGNORE INTO t0(id, a) VALUES (100 + last_insert_rowid(), 1); END;\n";
        }

        return sql;
    }

    /// <summary>Makes the text of one command.</summary>
    public string Command()
    {
        var kind = _random.Next(100);
        return kind switch
        {
            < 60 => Statement(),
            < 75 => string.Join("; ", Enumerable.Range(0, _random.Next(2, 5)).Select(_ => Statement())),
            < 90 => Control(),
            < 93 => Pick("SELEC 1", "SELECT * FROM nothing", "INSERT INTO t0(nothing) VALUES (1)", "SELECT (", "-- nothing", ""),
            < 96 => Pick($"ALTER TABLE {Table()} ADD COLUMN x{_random.Next(100)}", $"CREATE INDEX i{_random.Next(5)} ON {Table()}(a)", "DROP INDEX IF EXISTS i1", $"CREATE TABLE IF NOT EXISTS n{_random.Next(3)}(a)", "DROP TABLE IF EXISTS n1"),
            < 98 => Pick("PRAGMA user_version = 3", "PRAGMA user_version", "PRAGMA cache_size = 55", "PRAGMA cache_size", "PRAGMA foreign_keys", "PRAGMA foreign_key_check"),
            < 99 => Pick("CREATE TEMP TABLE IF NOT EXISTS tt(a)", "SELECT count(*) FROM sqlite_temp_master", "PRAGMA foreign_keys = 0", "PRAGMA foreign_keys = 1"),
            _ => "SELECT changes(), total_changes(), last_insert_rowid()",
        };
    }

    public Way Way() => (Way)_random.Next(6);

    public int Next(int below) => _random.Next(below);

    private string Statement() => _random.Next(11) switch
    {
        0 => $"SELECT * FROM {Table()} ORDER BY id",
        1 => $"SELECT count(*), {Pick("max(a)", "min(id)", "group_concat(id)", "sum(a)", "typeof(max(b))")} FROM {Table()}",
        2 => $"SELECT x.id, y.a FROM {Table()} x LEFT JOIN {Table()} y ON x.id = y.{Pick("a", "b", "id")} ORDER BY 1, 2",
        3 or 4 => $"INSERT {Pick("", "", "", "OR IGNORE ", "OR REPLACE ", "OR FAIL ", "OR ROLLBACK ")}INTO {Table()}(id, a, b) VALUES {Tuples()}{Returning()}",
        5 => $"INSERT INTO {Table()}(a, b) VALUES ({Value()}, {Value()}) ON CONFLICT DO {Pick("NOTHING", "UPDATE SET a = 7")}{Returning()}",
        6 or 7 => $"UPDATE {Pick("", "", "OR IGNORE ", "OR REPLACE ")}{Table()} SET {Pick("a", "b", "id")} = {Pick(Value(), "a", "id + 1", "last_insert_rowid()")} WHERE {Condition()}{Returning()}",
        8 => $"DELETE FROM {Table()} WHERE {Condition()}{Returning()}",
        9 => $"WITH w(v) AS (VALUES (1), (2), (3)) {Pick("SELECT v FROM w", $"INSERT INTO {Table()}(a) SELECT v FROM w", $"DELETE FROM {Table()} WHERE id IN (SELECT v FROM w)")}",
        _ => Pick("SELECT changes(), total_changes(), last_insert_rowid()", $"REPLACE INTO {Table()}(id, a) VALUES ({Value()}, {Value()})", "SELECT 1, 'x', NULL, x'01', 2.5"),
    };

    private string Control() => _random.Next(10) switch
    {
        0 or 1 => Pick("BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE TRANSACTION"),
        2 or 3 => Pick("COMMIT", "END", "COMMIT TRANSACTION"),
        4 => "ROLLBACK",
        5 or 6 => $"SAVEPOINT s{_savepoint = _random.Next(3)}",
        7 or 8 => $"RELEASE {Pick("", "SAVEPOINT ")}s{_savepoint}",
        _ => $"ROLLBACK TO s{_savepoint}",
    };

    private string Tuples() => string.Join(", ", Enumerable.Range(0, _random.Next(1, 4)).Select(_ => $"({Value()}, {Value()}, {Value()})"));

    private string Returning() => _returns && _random.Next(3) == 0 ? Pick(" RETURNING id", " RETURNING *", " RETURNING id, a AS x") : string.Empty;

    private string Condition() => Pick("1", "0", $"id = {Value()}", $"a > {Value()}", "b IS NULL", "id IN (1, 2, 3)", $"a = {Value()} OR id = {Value()}");

    private string Value() => _random.Next(8) switch
    {
        0 => "NULL",
        1 => "'text'",
        2 => "x'00ff'",
        3 => "1.5",
        _ => _random.Next(60).ToString(CultureInfo.InvariantCulture),
    };

    private string Table() => _tables[_random.Next(_tables.Length)];

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
