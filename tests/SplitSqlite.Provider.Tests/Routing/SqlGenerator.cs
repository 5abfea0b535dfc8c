using System.Globalization;
using System.Text;
using SplitSqlite.Routing;

namespace SplitSqlite.Tests.Routing;

/// <summary>Makes statements that SQLite accepts over <see cref="SqliteJudge.Schema"/>, and says what each is. The same seed gives the same statements.</summary>
internal sealed class SqlGenerator(int seed)
{
    private static readonly string[] Trivia =
        [" ", " ", " ", " ", "\n", "\t", "  ", " /* ; DELETE */ ", " -- ; 'x\n", "/**/", "/* \" */", " \v ", " \uFEFF", "\r\n", " /* * / */ ", "/*/ ; */"];

    private static readonly string[] Strings =
        ["'x'", "''", "'it''s'", "';'", "'; DELETE FROM t; --'", "'/*'", "'BEGIN'", "'END;'", "'load_extension('", "'é表'", "'\"'", "'[x'", "'\n'"];

    private readonly Random _random = new(seed);

    /// <summary>Makes one statement without its semicolon.</summary>
    public (string Text, StatementKind Kind, Route Route) Statement()
    {
        var (words, kind) = _random.Next(22) switch
        {
            < 5 => (Select(3), StatementKind.Read),
            5 => (ValuesRows(2), StatementKind.Read),
            6 or 7 => (With() + Either(Select(2), ValuesRows(1)), StatementKind.Read),
            8 or 9 => (Dml(), StatementKind.Dml),
            10 => (With() + Dml(), StatementKind.Dml),
            11 => (Explain(), StatementKind.Read),
            12 => (Ddl(), StatementKind.Ddl),
            13 or 14 => (Trigger(temp: false), StatementKind.Ddl),
            15 => _random.Next(3) switch
            {
                0 => (Trigger(temp: true), StatementKind.Temp),
                1 => (Temp(), StatementKind.Temp),
                _ => (TempRows(), StatementKind.Temp),
            },
            16 => Transaction(),
            17 => (Either("ATTACH ':memory:' AS q", "ATTACH DATABASE " + Expression(1) + " AS 'q'", "DETACH q"), StatementKind.Attach),
            18 => (Either("VACUUM", "VACUUM main", "REINDEX", "REINDEX t", "REINDEX NOCASE"), StatementKind.Maintenance),
            19 => (Either("ANALYZE", "ANALYZE main", "ANALYZE main . t"), StatementKind.Analyze),
            20 => (Either("VACUUM INTO ", "VACUUM main INTO ") + Pick(Strings), StatementKind.VacuumInto),
            _ => (Select(2), StatementKind.Read),
        };
        return (Disguise(words), kind, StatementClassifier.RouteOf(kind));
    }

    /// <summary>Makes a batch of statements, with empty pieces between.</summary>
    public (string Text, List<(StatementKind Kind, Route Route)> Statements) Batch()
    {
        var text = new StringBuilder();
        var kinds = new List<(StatementKind, Route)>();
        var count = _random.Next(1, 6);
        for (var i = 0; i < count; i++)
        {
            var (words, kind, route) = Statement();
            text.Append(Pick(Trivia)).Append(words);
            kinds.Add((kind, route));
            if (i < count - 1 || _random.Next(2) == 0)
            {
                text.Append(';').Append(Either("", "", " ; ", ";;/* ; */"));
            }

            text.Append(Pick(Trivia));
        }

        return (text.ToString(), kinds);
    }

    /// <summary>Damages a text: pieces taken out, doubled, moved and put in.</summary>
    public string Mutate(string text)
    {
        string[] pieces = [";", "'", "\"", "[", "]", "/*", "*/", "--", "(", ")", " END ", " BEGIN ", " CASE ", " TRIGGER ", "CREATE ", "EXPLAIN ", " WITH ", " TEMP ", "temp.", ";END;", "`", "x'", ":a(", "\n", "\v", "ATTACH ", " load_extension("];
        for (var i = _random.Next(1, 4); i > 0 && text.Length > 4; i--)
        {
            var at = _random.Next(text.Length - 1);
            var length = _random.Next(1, Math.Min(12, text.Length - at));
            text = _random.Next(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                2 => text.Remove(at, length).Insert(_random.Next(text.Length - length), text.Substring(at, length)),
                _ => text.Insert(at, Pick(pieces)),
            };
        }

        return text;
    }

    private string Select(int depth) =>
        "SELECT " + Either("", "DISTINCT ", "ALL ") + Expressions(depth) +
        (_random.Next(3) == 0 ? "" : " FROM " + Source(depth)) + (_random.Next(2) == 0 ? "" : " WHERE " + Expression(depth)) +
        Either("", "", " GROUP BY 1 HAVING " + Expression(0), " ORDER BY 1 DESC", " LIMIT 5 OFFSET 1");

    private string Source(int depth) => depth <= 0
        ? Table()
        : _random.Next(8) switch
        {
            0 => Table(),
            1 => Table() + " AS x",
            2 => "( " + Select(depth - 1) + " ) AS y",
            3 => "t JOIN u ON t . a = u . id",
            4 => "( " + ValuesRows(depth - 1) + " )",
            5 => "pragma_table_info ( 't' )",
            6 => "t LEFT JOIN [u] USING ( id2 )",
            _ => "json_each ( " + Pick(Strings) + " )",
        };

    private string Table() => Either("t", "main . t", "\"t\"", "[u]", "`u`", "v", "\"main\" . [t]", "sqlite_schema");

    private string Expressions(int depth) => Expression(depth) + (_random.Next(3) == 0 ? " , " + Expression(depth - 1) + Either("", " AS z", " \"end; x\"") : "");

    private string Expression(int depth) => depth <= 0
        ? Either(
            "1",
            "0x1F",
            "1.5e3",
            "x'00ff'",
            "NULL",
            "?",
            "?3",
            ":p",
            "@p",
            "$p",
            "$p::q",
            "1e5",
            "CURRENT_TIMESTAMP",
            Pick(Strings))
        : _random.Next(13) switch
        {
            0 => Expression(0),
            1 => "( " + Expression(depth - 1) + " )",
            2 => Expression(depth - 1) + Either(" + ", " - ", " || ", " AND ", " <> ", " -> ", " ->> ", " IS NOT ", " >> ", " == ") + Expression(depth - 1),
            3 => "CASE WHEN " + Expression(depth - 1) + " THEN " + Expression(depth - 1) + " ELSE 2 END",
            4 => "EXISTS ( " + Select(depth - 1) + " )",
            5 => "1 IN ( SELECT a FROM t )",
            6 => "replace ( 'a' , " + Expression(depth - 1) + " , 'c' )",
            7 => "\"replace\" ( 'a' , 'b' , 'c' )",
            8 => "last_insert_rowid ( )",
            9 => "changes ( )",
            10 => "CAST ( " + Expression(depth - 1) + " AS text )",
            11 => "( SELECT count ( * ) FILTER ( WHERE 1 ) FROM t )",
            _ => "- " + Expression(depth - 1),
        };

    private string ValuesRows(int depth) => "VALUES ( " + Expression(depth) + " )" + (_random.Next(2) == 0 ? " , ( " + Expression(depth - 1) + " )" : "");

    private string With() =>
        "WITH " + Either("", "RECURSIVE ") + Either(
            "c AS ( SELECT 1 )",
            "\"delete\" AS ( " + Select(1) + " )",
            "c ( n ) AS ( VALUES ( 1 ) UNION ALL SELECT n + 1 FROM c LIMIT 3 )",
            "c AS MATERIALIZED ( " + ValuesRows(1) + " ) , [d e] AS NOT MATERIALIZED ( SELECT ')' )",
            "c AS ( WITH k AS ( SELECT 1 ) SELECT * FROM k )") + " ";

    private string Dml() =>
        Either(
            "INSERT INTO t ( b ) VALUES ( " + Expression(1) + " )",
            "INSERT OR REPLACE INTO main . t ( b ) SELECT " + Expression(2) + " FROM u",
            "INSERT INTO u ( id ) VALUES ( 1 ) ON CONFLICT ( id ) DO UPDATE SET note = 'x'",
            "INSERT INTO t DEFAULT VALUES",
            "REPLACE INTO [t] ( b ) VALUES ( 'x' )",
            "UPDATE t SET b = " + Expression(1) + " WHERE a = 1",
            "UPDATE OR IGNORE \"main\" . \"t\" SET b = 1 FROM u WHERE u . id = a",
            "DELETE FROM t WHERE a = 1",
            "DELETE FROM main . u") + Either("", "", " RETURNING *", " RETURNING rowid AS x");

    private string Explain()
    {
        var head = Either("EXPLAIN ", "EXPLAIN QUERY PLAN ");
        return head + _random.Next(4) switch
        {
            0 => Select(1),
            1 => Dml(),
            2 => Ddl(),
            _ => Trigger(temp: false),
        };
    }

    private string Ddl() => Either(
        "CREATE TABLE n1 ( a INTEGER PRIMARY KEY , b TEXT DEFAULT 'x;y' CHECK ( a > 0 ) )",
        "CREATE TABLE IF NOT EXISTS main . n1 AS " + Select(1),
        "CREATE TABLE \"temp\" ( a )",
        "CREATE UNIQUE INDEX n1 ON t ( a ) WHERE a > 1",
        "CREATE VIEW n1 AS " + Either("SELECT 1", "SELECT ';' AS q FROM t"),
        "ALTER TABLE t ADD COLUMN n1",
        "ALTER TABLE t RENAME TO n1",
        "DROP TABLE IF EXISTS t",
        "DROP INDEX main . i",
        "DROP VIEW v",
        "DROP TRIGGER IF EXISTS g");

    private string Temp() => Either(
        "CREATE TEMP TABLE n1 ( a )",
        "CREATE TEMPORARY VIEW n1 AS SELECT 1",
        "CREATE TABLE \"temp\" . n1 ( a )",
        "CREATE TABLE IF NOT EXISTS [temp] . [n1] ( a )",
        "CREATE INDEX temp . n1 ON tt ( a )",
        "ALTER TABLE temp . tt ADD b",
        "DROP TABLE IF EXISTS temp . tt");

    private string TempRows() => Either(
        "INSERT INTO temp . tt VALUES ( 1 )",
        "REPLACE INTO 'temp' . tt VALUES ( 1 )",
        "UPDATE `temp` . tt SET a = 1",
        "DELETE FROM temp . tt",
        "WITH c AS ( SELECT 1 ) DELETE FROM \"temp\" . tt WHERE a IN c");

    private string Trigger(bool temp)
    {
        var head = temp
            ? Either("CREATE TEMP TRIGGER n1", "CREATE TEMPORARY TRIGGER IF NOT EXISTS n1")
            : Either("CREATE TRIGGER n1", "CREATE TRIGGER IF NOT EXISTS main . n1", "CREATE TRIGGER \"begin\"", "CREATE TRIGGER begin");
        var text = new StringBuilder(head).Append(Either(" AFTER INSERT ON t", " BEFORE UPDATE OF b ON t FOR EACH ROW WHEN CASE WHEN 1 THEN 1 END", " INSTEAD OF DELETE ON v")).Append(" BEGIN ");
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            text.Append(Either(
                "SELECT CASE WHEN 1 THEN 'END;' END ; ",
                "SELECT CASE 1 WHEN 1 THEN RAISE ( ABORT , 'x; END;' ) END ; ",
                "UPDATE u SET note = CASE WHEN 1 THEN 2 ELSE CASE WHEN 3 THEN 4 END END ; ",
                "DELETE FROM u WHERE id = 1 ; ",
                "INSERT INTO u ( id ) VALUES ( 1 ) ; ",
                "REPLACE INTO u ( id ) SELECT 1 AS \"end\" ; "));
        }

        return text.Append("END").ToString();
    }

    private (string Text, StatementKind Kind) Transaction()
    {
        var name = Either("a", "\"a b\"", "'c''d'", "[e]", "savepoint", "`begin`", "temp", "if");
        var transaction = Either("", " TRANSACTION", " TRANSACTION x", " TRANSACTION 'y'");
        return _random.Next(6) switch
        {
            0 => ("BEGIN" + Either("", " DEFERRED", " IMMEDIATE", " EXCLUSIVE") + transaction, StatementKind.Begin),
            1 => (Either("COMMIT", "END") + transaction, StatementKind.Commit),
            2 => ("ROLLBACK" + transaction, StatementKind.Rollback),
            3 => ("ROLLBACK" + transaction + " TO SAVEPOINT " + name, StatementKind.RollbackTo),
            4 => ("SAVEPOINT " + name, StatementKind.Savepoint),
            _ => ("RELEASE SAVEPOINT " + name, StatementKind.Release),
        };
    }

    // Every single space between words becomes random whitespace and comments, every word a random case.
    private string Disguise(string words)
    {
        var text = new StringBuilder();
        var tokens = new SqlTokenizer(words);
        for (var token = tokens.Next(); token.Kind != SqlTokenKind.End; token = tokens.Next())
        {
            var word = words[token.Start..token.End];
            if (text.Length > 0)
            {
                text.Append(Pick(Trivia));
            }

            text.Append(token.Kind == SqlTokenKind.Word ? Recase(word) : word);
        }

        return text.ToString();
    }

    private string Recase(string word) => _random.Next(3) switch
    {
        0 => word.ToUpperInvariant(),
        1 => word.ToLower(CultureInfo.InvariantCulture),
        _ => string.Concat(word.Select((c, i) => i % 2 == 0 ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c))),
    };

    private string Either(params string[] choices) => Pick(choices);

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];
}
