namespace SplitSqlite.Tests.Differential;

/// <summary>Several statements in one text: what runs when, and where errors come up.</summary>
public sealed class BatchTests
{
    public static TheoryData<string> Batches => new(
        "SELECT 1; SELECT 2; SELECT 3",
        "SELECT * FROM person; SELECT * FROM bag WHERE 0; SELECT 'end'",
        "INSERT INTO bag VALUES (1, 1); INSERT INTO bag VALUES (2, 2), (3, 3); DELETE FROM bag WHERE x = 1",
        "INSERT INTO bag VALUES (1, 1); SELECT * FROM bag; INSERT INTO bag VALUES (2, 2); SELECT count(*) FROM bag",
        "SELECT count(*) FROM bag; INSERT INTO bag VALUES (2, 2); SELECT count(*) FROM bag; INSERT INTO bag VALUES (2, 2)",
        "CREATE TABLE n(a); INSERT INTO n VALUES (1), (2); SELECT * FROM n",
        "INSERT INTO bag VALUES (1, 1), (2, 2); CREATE TABLE n(a)",
        "INSERT INTO bag VALUES (1, 1), (2, 2); CREATE TABLE n(a); DROP TABLE n; SELECT 1",
        "UPDATE person SET age = 1; PRAGMA user_version = 5; PRAGMA user_version",
        "PRAGMA user_version; UPDATE person SET age = 1; SELECT changes()",
        "INSERT INTO person(name) VALUES ('x') RETURNING id; INSERT INTO person(name) VALUES ('y') RETURNING id; SELECT last_insert_rowid()",
        "DELETE FROM bag WHERE x = 1 RETURNING x; SELECT changes(); SELECT count(*) FROM bag",
        "BEGIN; INSERT INTO bag VALUES (1, 1); COMMIT; SELECT count(*) FROM bag",
        "BEGIN; INSERT INTO bag VALUES (1, 1); ROLLBACK; SELECT count(*) FROM bag",
        "INSERT INTO bag VALUES (4, 4); BEGIN; INSERT INTO bag VALUES (1, 1); COMMIT",
        "SAVEPOINT s; INSERT INTO bag VALUES (1, 1); ROLLBACK TO s; RELEASE s; SELECT count(*) FROM bag",
        "BEGIN; SELECT 1; INSERT INTO bag VALUES (1, 1); SELECT 2; COMMIT; SELECT 3",
        "EXPLAIN QUERY PLAN SELECT 1; INSERT INTO bag VALUES (1, 1)",
        "-- c\nSELECT 1; /* c */; ; SELECT 2; -- end",
        // An error in the first, second, third; before and after a result.
        "SELEC; SELECT 1", "SELECT 1; SELEC", "SELECT 1; SELECT 2; SELEC", "SELECT 1; SELECT * FROM nothing; SELECT 2",
        "INSERT INTO bag VALUES (1, 1); SELEC", "INSERT INTO bag VALUES (1, 1); INSERT INTO nothing VALUES (1)",
        "INSERT INTO bag VALUES (1, 1); INSERT INTO person(id) VALUES (1); INSERT INTO bag VALUES (2, 2)",
        "INSERT INTO person(id, name) VALUES (1, 'x'); INSERT INTO bag VALUES (2, 2)",
        "INSERT INTO person(id, name) VALUES (1, 'x') RETURNING id; SELECT 1",
        "INSERT INTO bag VALUES (1, 1) RETURNING x; SELEC", "INSERT INTO bag VALUES (1, 1) RETURNING x; INSERT INTO person(id, name) VALUES (1, 'x')",
        "CREATE TABLE n(a); INSERT INTO n VALUES (1, 2)", "BEGIN; INSERT INTO bag VALUES (1, 1); INSERT INTO nothing VALUES (1)",
        "COMMIT; SELECT 1", "ROLLBACK; SELECT 1", "BEGIN; BEGIN", "RELEASE nothing", "ROLLBACK TO nothing", "SAVEPOINT s; RELEASE t");

    /// <summary>Where a statement after a result fails and the rest is only drained, the plain provider says nothing (FACTS 1).</summary>
    public static TheoryData<string, Way> Swallowed => new()
    {
        { "SELECT 1; SELEC", Way.NonQuery },
        { "SELECT 1; SELEC", Way.Scalar },
        { "SELECT 1; INSERT INTO person(id, name) VALUES (1, 'x')", Way.NonQuery },
        { "SELECT 1; INSERT INTO person(id, name) VALUES (1, 'x')", Way.Scalar },
        { "INSERT INTO bag VALUES (1, 1) RETURNING x; SELEC", Way.Scalar },
    };

    [Theory]
    [MemberData(nameof(Batches))]
    public void Batch_gives_the_same_results_and_counts_when_read_to_its_end(string batch)
    {
        foreach (var way in (Way[])[Way.Reader, Way.ReaderAsync])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                side.Execute(way, batch);
                side.Values();
                side.NonQuery("DELETE FROM item WHERE k = 30");
                side.Values();
            });
        }
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void Batch_gives_the_same_inside_a_transaction(string batch)
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var transaction = side.Connection.BeginTransaction();
            side.Read(batch);
            side.Values();
            side.Do("Commit", transaction.Commit);
        });

    [Theory]
    [MemberData(nameof(Batches))]
    public void Batch_without_errors_gives_the_same_count_and_first_value(string batch)
    {
        if (batch.Contains("SELEC;", StringComparison.Ordinal) || batch.EndsWith("SELEC", StringComparison.Ordinal) || batch.Contains("nothing", StringComparison.Ordinal)
            || batch.Contains("person(id", StringComparison.Ordinal))
        {
            // These are Swallowed's.
            return;
        }

        foreach (var way in (Way[])[Way.NonQuery, Way.NonQueryAsync, Way.Scalar, Way.ScalarAsync])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                side.Execute(way, batch);
                side.Values();
            });
        }
    }

    [Theory]
    [MemberData(nameof(Swallowed))]
    public void Error_that_is_swallowed_while_draining_a_batch_is_thrown(string batch, Way way)
    {
        Assert.DoesNotContain(Script.Run(isSplit: false, Script.Basic, Once), line => line.Contains("=> !SqliteException", StringComparison.Ordinal));
        Assert.Contains(Script.Run(isSplit: true, Script.Basic, Once), line => line.Contains("=> !SqliteException", StringComparison.Ordinal));

        void Once(Side side)
        {
            side.Open();
            side.Execute(way, batch);
            side.Scalar("SELECT count(*) FROM bag");
        }
    }

    [Theory]
    [InlineData("SELECT 1; INSERT INTO bag VALUES (8, 8)")]
    [InlineData("SELECT 1; INSERT INTO bag VALUES (8, 8); SELECT 2; INSERT INTO bag VALUES (9, 9), (10, 10)")]
    [InlineData("INSERT INTO bag VALUES (7, 7); SELECT * FROM person; DELETE FROM bag WHERE x = 7")]
    [InlineData("SELECT * FROM person; BEGIN; INSERT INTO bag VALUES (8, 8); COMMIT")]
    [InlineData("INSERT INTO bag VALUES (7, 7) RETURNING x; INSERT INTO bag VALUES (8, 8) RETURNING x; INSERT INTO bag VALUES (9, 9)")]
    public void Closing_a_reader_runs_the_rest_of_its_batch(string batch)
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using (var command = side.Command(batch))
            {
                var reader = command.ExecuteReader();
                side.Describe(reader);
                side.Next(reader);
                side.Close(reader);
            }

            side.Values();
            side.Read("SELECT * FROM bag");
        });

    [Fact]
    public void Foreign_key_that_fails_a_returning_is_told_at_once_and_not_behind_its_rows()
    {
        var plain = Script.Run(isSplit: false, Script.Basic, Broken);
        var split = Script.Run(isSplit: true, Script.Basic, Broken);
        Assert.Equal("  Read => !SqliteException 19/787 SQLite Error 19: 'FOREIGN KEY constraint failed'.", plain[3]);
        Assert.EndsWith("=> !SqliteException 19/787 SQLite Error 19: 'FOREIGN KEY constraint failed'.", split[0], StringComparison.Ordinal);

        static void Broken(Side side) => side.Open().Read("INSERT INTO item(k, v, n, owner) VALUES (40, 'd', 1, 99) RETURNING k");
    }

    [Fact]
    public void Count_of_statements_without_rows_repeats_the_last_change_as_the_plain_provider_does()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            side.NonQuery("CREATE TABLE first(a)");
            side.NonQuery("PRAGMA user_version = 3");
            side.NonQuery("UPDATE person SET age = 1");
            side.NonQuery("CREATE TABLE second(a)");
            side.NonQuery("PRAGMA user_version = 4");
            side.NonQuery("BEGIN");
            side.NonQuery("COMMIT");
            side.NonQuery("SELECT 1");
            side.NonQuery("DROP TABLE second");
            side.NonQuery("DELETE FROM bag WHERE 0");
            side.NonQuery("DROP TABLE first");
            side.NonQuery("INSERT INTO bag SELECT id, id FROM person");
            side.NonQuery("ALTER TABLE bag ADD COLUMN c");
            side.NonQuery("PRAGMA cache_size = 100");
            side.NonQuery("PRAGMA foreign_keys = ON");
            side.NonQuery("SAVEPOINT s");
            side.NonQuery("DELETE FROM bag WHERE x = 1");
            side.NonQuery("RELEASE s");
            side.NonQuery("CREATE TABLE third AS SELECT * FROM person");
            side.Values();
            side.NonQuery("VACUUM");
            side.NonQuery("ANALYZE");
            side.NonQuery("REINDEX");
            side.Values();
        });

    [Fact]
    public void Identity_of_an_insert_is_there_in_the_next_command_and_is_the_connections_own()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var other = side.Another("B");
            side.Scalar("SELECT last_insert_rowid()");
            side.NonQuery("INSERT INTO person(name) VALUES ('dan')");
            other.NonQuery("INSERT INTO bag VALUES (1, 1), (2, 2), (3, 3)");
            other.NonQuery("INSERT INTO item(k, v) VALUES (77, 'seven')");
            side.Scalar("SELECT last_insert_rowid()");
            side.Scalar("SELECT name FROM person WHERE id = last_insert_rowid()");
            other.Scalar("SELECT last_insert_rowid()");
            side.Values();
            other.Values();
            side.NonQuery("UPDATE person SET note = last_insert_rowid() || ',' || changes() WHERE id = 1");
            side.Scalar("SELECT note FROM person WHERE id = 1");
            side.NonQuery("INSERT INTO person(id, name) VALUES (150, 'triggers')");
            side.Values();
            side.Read("SELECT * FROM audit");
            other.NonQuery("CREATE TABLE late(a)");
            other.Values();
            side.NonQuery("INSERT INTO person(id, name) VALUES (1, 'fails')");
            side.Values();
        });

    // The second time that a trigger runs in one statement, SQLite has put back what the connection's last user left, which nothing can set.
    [Fact]
    public void Changes_in_a_trigger_that_runs_again_may_be_those_of_another_session()
        => Script.Differs(
            Script.Basic,
            side =>
            {
                side.Open();
                side.Another("B").NonQuery("UPDATE person SET age = 1");
                side.NonQuery("INSERT INTO person(id, name) VALUES (101, 'x'), (102, 'y')");
                side.Read("SELECT what FROM audit WHERE id IN (1, 2)");
                side.Scalar("SELECT what FROM audit WHERE id = 3");
                side.NonQuery("DELETE FROM audit");
            },
            ("Scalar SELECT what FROM audit WHERE id = 3 => 'row 102 after 0'", "Scalar SELECT what FROM audit WHERE id = 3 => 'row 102 after 3'"));
}
