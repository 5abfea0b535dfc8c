using System.Globalization;
using System.Text;
using SplitSqlite.Routing;

namespace SplitSqlite.Tests.Routing;

/// <summary>Generated SQL against SQLite's own verdict. <c>SPLITSQLITE_TEST_SEED</c> chooses another sequence; a failure prints its seed.</summary>
public class RoutingPropertyTests
{
    private const int Cases = 3000;

    private static int BaseSeed =>
        int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_TEST_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20260;

    [Fact]
    public void Planner_agrees_with_sqlite_on_generated_batches()
    {
        using var judge = new SqliteJudge();
        var accepted = 0;
        for (var seed = BaseSeed; seed < BaseSeed + Cases; seed++)
        {
            var (text, expected) = new SqlGenerator(seed).Batch();
            var plan = RoutePlanner.Plan(text);
            var verdict = judge.Judge(text, out var error);
            var told = $"seed {seed}, SQLite: {error ?? "ok"}\n{text}\n";
            Assert.True(expected.Count == plan.Statements.Length, told + "number of statements");
            for (var i = 0; i < expected.Count; i++)
            {
                Assert.True(expected[i] == (plan.Statements[i].Kind, plan.Statements[i].Route), $"{told}statement {i} is {plan.Statements[i].Kind}, expected {expected[i]}");
            }

            Compare(plan, verdict, told);
            accepted += error is null ? 1 : 0;
        }

        Assert.True(accepted > Cases / 2, $"SQLite accepted only {accepted} texts: the generator tests too little");
    }

    [Fact]
    public void Planner_never_sends_more_than_reads_to_a_reader_when_the_text_is_damaged()
    {
        using var judge = new SqliteJudge();
        var prepared = 0;
        for (var seed = BaseSeed; seed < BaseSeed + (2 * Cases); seed++)
        {
            var generator = new SqlGenerator(seed);
            var text = generator.Mutate(generator.Batch().Text);
            if (text.Contains("PRAGMA ", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var plan = RoutePlanner.Plan(text);
            var verdict = judge.Judge(text, out var error);
            Compare(plan, verdict, $"seed {seed}, SQLite: {error ?? "ok"}\n{text}\n");
            prepared += verdict.Count;
        }

        Assert.True(prepared > Cases, $"SQLite prepared only {prepared} statements");
    }

    [Fact]
    public void Words_are_reserved_when_sqlite_takes_them_for_no_name()
    {
        const string Keywords = """
            ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE CASE CAST CHECK
            COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE DEFAULT
            DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN FAIL FILTER
            FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX INDEXED INITIALLY INNER
            INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT LIKE LIMIT MATCH MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL
            NULLS OF OFFSET ON OR ORDER OTHERS OUTER OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RAISE RANGE RECURSIVE REFERENCES
            REGEXP REINDEX RELEASE RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY THEN
            TIES TO TRANSACTION TRIGGER UNBOUNDED UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT
            """;
        using var judge = new SqliteJudge();
        foreach (var word in Keywords.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            judge.Judge("SAVEPOINT " + word, out var error);
            Assert.Equal((word, error is not null), (word, SqlWords.IsReserved(word)));
        }
    }

    private static void Compare(SqlPlan plan, List<Judgement> verdict, string told)
    {
        Assert.True(verdict.Count <= plan.Statements.Length, told + "SQLite finds more statements");
        for (var i = 0; i < verdict.Count; i++)
        {
            var statement = plan.Statements[i];
            var end = statement.Start + statement.Length;
            var ends = Encoding.UTF8.GetByteCount(plan.Text.AsSpan(0, end)) == verdict[i].EndByte ||
                (i == plan.Statements.Length - 1 && end == plan.Text.Length);
            Assert.True(ends, $"{told}statement {i} ends elsewhere");
            Assert.True(statement.Route != Route.Reader || verdict[i].OnlyReads, $"{told}statement {i} goes to a reader and does more than read");
            Assert.True(
                statement.Route == Route.Reader || !verdict[i].OnlyReads || statement.Kind == StatementKind.LoadExtension || statement.IsExplain,
                $"{told}statement {i} only reads and goes to {statement.Route}");
        }
    }
}
