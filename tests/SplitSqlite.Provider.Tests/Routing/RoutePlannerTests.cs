using System.Text;
using SplitSqlite.Routing;

namespace SplitSqlite.Tests.Routing;

public class RoutePlannerTests
{
    [Theory]
    // Reads.
    [InlineData("SELECT 1", "Read", "Reader")]
    [InlineData("  /* c */ select 1 -- x", "Read", "Reader")]
    [InlineData("VALUES (1), (2)", "Read", "Reader")]
    [InlineData("WITH x AS (SELECT 1) SELECT * FROM x", "Read", "Reader")]
    [InlineData("WITH RECURSIVE x(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM x LIMIT 5), y AS NOT MATERIALIZED (SELECT ')') SELECT * FROM x, y", "Read", "Reader")]
    [InlineData("WITH \"insert\" AS MATERIALIZED (SELECT 1) VALUES(1)", "Read", "Reader")]
    [InlineData("SELECT 'INSERT INTO t'; ", "Read", "Reader")]
    [InlineData("SELECT \"load_extension\" FROM t", "Read", "Reader")]
    [InlineData("SELECT 'load_extension('", "Read", "Reader")]
    [InlineData("SELECT * FROM pragma_table_info('t')", "Read", "Reader")]
    [InlineData("SELECT last_insert_rowid()", "Read", "Reader")]
    [InlineData("EXPLAIN SELECT 1", "Read", "Reader")]
    [InlineData("EXPLAIN QUERY PLAN DELETE FROM t", "Read", "Reader")]
    [InlineData("EXPLAIN INSERT INTO t DEFAULT VALUES", "Read", "Reader")]
    [InlineData("EXPLAIN CREATE TABLE x(a)", "Read", "Reader")]
    [InlineData("EXPLAIN BEGIN", "Read", "Writer")]
    [InlineData("EXPLAIN ATTACH ':memory:' AS x", "Read", "Writer")]
    [InlineData("EXPLAIN CREATE TEMP TABLE x(a)", "Read", "Writer")]
    [InlineData("EXPLAIN PRAGMA foreign_keys=0", "Read", "Private")]
    [InlineData("EXPLAIN PRAGMA cache_size=5", "Read", "Private")]
    [InlineData("EXPLAIN PRAGMA table_info(t)", "Read", "Reader")]
    [InlineData("EXPLAIN QUERY PLAN PRAGMA locking_mode=exclusive", "Read", "Refused")]
    // SELECTs that do more than read.
    [InlineData("SELECT load_extension('x')", "LoadExtension", "Private")]
    [InlineData("SELECT load_extension /* c */ ('x')", "LoadExtension", "Private")]
    [InlineData("SELECT [Load_Extension]('x')", "LoadExtension", "Private")]
    [InlineData("INSERT INTO t VALUES(load_extension('x'))", "LoadExtension", "Private")]
    [InlineData("SELECT * FROM pragma_data_version", "Read", "Private")]
    [InlineData("SELECT * FROM \"pragma_optimize\"", "Read", "Writer")]
    [InlineData("SELECT * FROM 'pragma_optimize'", "Read", "Writer")]
    [InlineData("SELECT query_only FROM pragma_query_only", "Read", "Writer")]
    [InlineData("SELECT optimize(f) FROM f", "Read", "Writer")]
    [InlineData("SELECT fts3_tokenizer('a', x'00')", "Read", "Private")]
    // Changes of rows.
    [InlineData("INSERT INTO t VALUES(1)", "Dml", "Writer")]
    [InlineData("insert or replace into main.t values(1)", "Dml", "Writer")]
    [InlineData("REPLACE INTO t VALUES(1)", "Dml", "Writer")]
    [InlineData("UPDATE OR IGNORE t SET a=1", "Dml", "Writer")]
    [InlineData("DELETE FROM t", "Dml", "Writer")]
    [InlineData("WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", "Dml", "Writer")]
    [InlineData("WITH x AS (SELECT 1) DELETE FROM t WHERE a IN x", "Dml", "Writer")]
    [InlineData("INSERT INTO temp VALUES(1)", "Dml", "Writer")]
    // TEMP in all spellings.
    [InlineData("INSERT INTO temp.x VALUES(1)", "Temp", "Private")]
    [InlineData("INSERT OR FAIL INTO \"temp\".[x] VALUES(1)", "Temp", "Private")]
    [InlineData("REPLACE INTO `TEMP`.x VALUES(1)", "Temp", "Private")]
    [InlineData("UPDATE OR ROLLBACK [Temp] . x SET a=1", "Temp", "Private")]
    [InlineData("DELETE FROM 'temp'.x", "Temp", "Private")]
    [InlineData("WITH x AS (SELECT 1) UPDATE temp.t SET a=1", "Temp", "Private")]
    [InlineData("CREATE TEMP TABLE x(a)", "Temp", "Private")]
    [InlineData("create temporary view x as select 1", "Temp", "Private")]
    [InlineData("CREATE TABLE IF NOT EXISTS temp.x(a)", "Temp", "Private")]
    [InlineData("CREATE UNIQUE INDEX [temp].i ON x(a)", "Temp", "Private")]
    [InlineData("CREATE VIRTUAL TABLE temp.f USING fts5(a)", "Temp", "Private")]
    [InlineData("ALTER TABLE temp.x ADD b", "Temp", "Private")]
    [InlineData("DROP TABLE IF EXISTS temp.x", "Temp", "Private")]
    [InlineData("DROP INDEX \"temp\".i", "Temp", "Private")]
    // Changes of the schema.
    [InlineData("CREATE TABLE x(a)", "Ddl", "Writer")]
    [InlineData("CREATE TABLE temp(a)", "Ddl", "Writer")]
    [InlineData("CREATE TABLE if(a)", "Ddl", "Writer")]
    [InlineData("CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END", "Ddl", "Writer")]
    [InlineData("ALTER TABLE t RENAME TO x", "Ddl", "Writer")]
    [InlineData("DROP TABLE t", "Ddl", "Writer")]
    [InlineData("DROP VIEW IF EXISTS main.v", "Ddl", "Writer")]
    // Upkeep.
    [InlineData("VACUUM", "Maintenance", "Writer")]
    [InlineData("VACUUM 'main'", "Maintenance", "Writer")]
    [InlineData("VACUUM INTO 'x.db'", "VacuumInto", "Unpooled")]
    [InlineData("VACUUM \"main\" INTO ?", "VacuumInto", "Unpooled")]
    [InlineData("REINDEX t", "Maintenance", "Writer")]
    [InlineData("ANALYZE", "Analyze", "Writer")]
    [InlineData("ANALYZE main.t", "Analyze", "Writer")]
    [InlineData("PRAGMA optimize", "Analyze", "Writer")]
    [InlineData("PRAGMA main.optimize(0x10002)", "Analyze", "Writer")]
    // Databases.
    [InlineData("ATTACH ':memory:' AS x", "Attach", "Private")]
    [InlineData("DETACH DATABASE x", "Attach", "Private")]
    // Not understood.
    [InlineData("SELECT 'open", "Unknown", "Writer")]
    [InlineData("SELECT [open", "Unknown", "Writer")]
    [InlineData("SELECT 12ab", "Unknown", "Writer")]
    [InlineData("FROB 1", "Unknown", "Writer")]
    [InlineData("(SELECT 1)", "Unknown", "Writer")]
    [InlineData("\"select\" 1", "Unknown", "Writer")]
    [InlineData("WITH x SELECT 1", "Unknown", "Writer")]
    [InlineData("WITH x AS (SELECT 1", "Unknown", "Writer")]
    [InlineData("WITH recursive AS (SELECT 1) SELECT 1", "Unknown", "Writer")]
    [InlineData("EXPLAIN", "Read", "Writer")]
    [InlineData("BEGIN foo", "Unknown", "Writer")]
    [InlineData("ROLLBACK TO savepoint", "Unknown", "Writer")]
    public void Planner_classes_a_statement_by_its_words(string text, string kind, string route)
    {
        var plan = RoutePlanner.Plan(text);
        var statement = Assert.Single(plan.Statements);
        Assert.Equal(kind, statement.Kind.ToString());
        Assert.Equal(route, statement.Route.ToString());
        Assert.Equal(route, plan.Route.ToString());
        Assert.NotEmpty(plan.Reason);
    }

    [Theory]
    [InlineData("BEGIN", "Begin", null)]
    [InlineData("begin deferred", "Begin", null)]
    [InlineData("BEGIN IMMEDIATE TRANSACTION;", "Begin", null)]
    [InlineData("BEGIN EXCLUSIVE TRANSACTION 'x'", "Begin", null)]
    [InlineData("COMMIT", "Commit", null)]
    [InlineData("COMMIT TRANSACTION x", "Commit", null)]
    [InlineData("END", "Commit", null)]
    [InlineData("END TRANSACTION", "Commit", null)]
    [InlineData("ROLLBACK", "Rollback", null)]
    [InlineData("ROLLBACK TRANSACTION x", "Rollback", null)]
    [InlineData("ROLLBACK TO x", "RollbackTo", "x")]
    [InlineData("ROLLBACK TRANSACTION TO SAVEPOINT \"a\"\"b\"", "RollbackTo", "a\"b")]
    [InlineData("rollback transaction z to savepoint [a b]", "RollbackTo", "a b")]
    [InlineData("SAVEPOINT savepoint", "Savepoint", "savepoint")]
    [InlineData("SAVEPOINT `a``b`", "Savepoint", "a`b")]
    [InlineData("SAVEPOINT 'it''s'", "Savepoint", "it's")]
    [InlineData("RELEASE x", "Release", "x")]
    [InlineData("RELEASE SAVEPOINT 'x' -- c", "Release", "x")]
    public void Planner_reads_transaction_control_with_the_savepoint(string text, string kind, string? name)
    {
        var plan = RoutePlanner.Plan(text);
        var statement = Assert.Single(plan.Statements);
        Assert.Equal(kind, statement.Kind.ToString());
        Assert.Equal(name, statement.SavepointName);
        Assert.Equal(Route.Writer, plan.Route);
        Assert.True(plan.HasTransactionControl);
        Assert.False(plan.IsKept);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(" ;; -- x\n ; /* y */", "")]
    [InlineData("SELECT 1", "SELECT 1")]
    [InlineData(" SELECT 1 ; ", "SELECT 1 ;")]
    [InlineData(";;SELECT 1;;SELECT 2 -- c", "SELECT 1;|SELECT 2 -- c")]
    [InlineData("SELECT ';'; SELECT \";\", [;], `;` /* ; */ -- ;\n; x", "SELECT ';';|SELECT \";\", [;], `;` /* ; */ -- ;\n;|x")]
    [InlineData("CREATE TRIGGER a AFTER INSERT ON t BEGIN UPDATE t SET a=CASE WHEN 1 THEN 2 END; SELECT 1; END; SELECT 2", "CREATE TRIGGER a AFTER INSERT ON t BEGIN UPDATE t SET a=CASE WHEN 1 THEN 2 END; SELECT 1; END;|SELECT 2")]
    [InlineData("EXPLAIN QUERY PLAN CREATE TEMP TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END; SELECT 2", "EXPLAIN QUERY PLAN CREATE TEMP TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END;|SELECT 2")]
    [InlineData("CREATE TRIGGER begin AFTER INSERT ON \"end\" BEGIN SELECT 1; END", "CREATE TRIGGER begin AFTER INSERT ON \"end\" BEGIN SELECT 1; END")]
    [InlineData("CREATE TRIGGER a; SELECT 1", "CREATE TRIGGER a;|SELECT 1")]
    [InlineData("BEGIN; SELECT 1; END; SELECT 2", "BEGIN;|SELECT 1;|END;|SELECT 2")]
    [InlineData("SELECT $a(;); SELECT 2", "SELECT $a(;);|SELECT 2")]
    [InlineData("SELECT 1;\0SELECT 2", "SELECT 1;")]
    [InlineData("SELECT 'é' ; SELECT '表'", "SELECT 'é' ;|SELECT '表'")]
    public void Planner_splits_a_batch_where_sqlite_does(string text, string expected)
    {
        var plan = RoutePlanner.Plan(text);
        Assert.Equal(expected, string.Join('|', plan.Statements.Select(s => Encoding.UTF8.GetString(s.Utf8))));
        Assert.All(plan.Statements, s => Assert.Equal(Encoding.UTF8.GetString(s.Utf8), text.Substring(s.Start, s.Length)));
        Assert.Equal(plan.Statements.Length == 0, plan.Route == Route.None);
    }

    [Theory]
    [InlineData("SELECT 1; SELECT 2", "Reader", true)]
    [InlineData("SELECT 1; INSERT INTO t VALUES(1)", "Writer", true)]
    [InlineData("INSERT INTO t VALUES(1); SELECT changes()", "Writer", true)]
    [InlineData("CREATE TABLE x(a); SELECT 1", "Writer", false)]
    [InlineData("SELECT 1; CREATE TEMP TABLE x(a)", "Private", false)]
    [InlineData("VACUUM INTO 'x'; SELECT 1", "Unpooled", false)]
    [InlineData("VACUUM INTO 'x'; DELETE FROM t", "Writer", false)]
    [InlineData("SELECT 1; PRAGMA locking_mode=EXCLUSIVE", "Refused", false)]
    [InlineData("", "None", false)]
    [InlineData("PRAGMA table_info(t); SELECT 1", "Reader", false)]
    [InlineData("EXPLAIN PRAGMA foreign_keys=0", "Private", false)]
    public void Planner_gives_a_batch_the_greatest_route(string text, string route, bool kept)
    {
        var plan = RoutePlanner.Plan(text);
        Assert.Equal(route, plan.Route.ToString());
        Assert.Equal(kept, plan.IsKept);
        Assert.False(plan.HasSessionPragmas);
    }

    [Theory]
    [InlineData("INSERT INTO t VALUES(1) RETURNING a", true)]
    [InlineData("WITH x AS (SELECT 1) DELETE FROM t RETURNING *;", true)]
    [InlineData("INSERT INTO t VALUES('RETURNING')", false)]
    [InlineData("INSERT INTO t SELECT \"returning\" FROM u", false)]
    [InlineData("SELECT 1", false)]
    public void Planner_finds_returning_outside_of_parentheses(string text, bool expected) =>
        Assert.Equal(expected, RoutePlanner.Plan(text).Statements[0].HasReturning);

    [Theory]
    [InlineData("SELECT last_insert_rowid()", true)]
    [InlineData("SELECT Changes ( )", true)]
    [InlineData("SELECT \"total_changes\"()", true)]
    [InlineData("SELECT changes FROM t", false)]
    [InlineData("SELECT 'changes()'", false)]
    public void Planner_finds_the_functions_of_the_session(string text, bool expected) =>
        Assert.Equal(expected, RoutePlanner.Plan(text).Statements[0].NamesSessionValues);

    [Theory]
    [InlineData("SELECT 1", "only reads")]
    [InlineData("SELECT 1; DELETE FROM t", "statement 2 of 2: changes rows")]
    [InlineData("PRAGMA busy_timeout=5", "only settings, which the session decides on")]
    [InlineData("PRAGMA user_version=5", "PRAGMA user_version changes the file")]
    [InlineData("", "nothing to run")]
    public void Planner_says_why(string text, string reason) => Assert.Equal(reason, RoutePlanner.Plan(text).Reason);
}
