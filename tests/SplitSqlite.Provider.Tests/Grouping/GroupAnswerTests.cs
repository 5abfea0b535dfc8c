namespace SplitSqlite.Tests.Grouping;

/// <summary>Each member of a commit group answers what it would have answered alone, in the same order.</summary>
public sealed class GroupAnswerTests
{
    private const string Table = "CREATE TABLE t(id INTEGER PRIMARY KEY, x UNIQUE); INSERT INTO t(x) VALUES (1)";

    [Fact]
    public void Inserts_that_wait_together_share_one_commit()
    {
        using var script = new GroupScript(Table);
        script.Agree(
            "INSERT INTO t(x) VALUES (2)",
            "INSERT INTO t(x) VALUES (3) RETURNING id, x",
            "UPDATE t SET x = x + 100 WHERE x < 3",
            "DELETE FROM t WHERE x > 100",
            "INSERT INTO t(x) SELECT 7 UNION ALL SELECT 8",
            "WITH s AS (SELECT max(x) m FROM t) INSERT INTO t(x) SELECT m + 1 FROM s",
            "INSERT INTO t(x) VALUES (20); SELECT last_insert_rowid(), changes(), total_changes()",
            "UPDATE t SET x = x WHERE id = -1");
        Assert.Equal(1, script.File.Database.SharedCommits);
        Assert.Equal(8, script.File.Database.SharingWrites);
    }

    [Theory]
    [InlineData("INSERT INTO t(x) VALUES (1)")]
    [InlineData("INSERT OR ABORT INTO t(x) VALUES (50), (1), (51)")]
    [InlineData("INSERT OR FAIL INTO t(x) VALUES (50), (1), (51)")]
    [InlineData("INSERT OR IGNORE INTO t(x) VALUES (50), (1), (51)")]
    [InlineData("INSERT OR REPLACE INTO t(x) VALUES (50), (1), (51)")]
    [InlineData("INSERT OR ROLLBACK INTO t(x) VALUES (50), (1), (51)")]
    [InlineData("INSERT INTO t(x) VALUES (50), (1) RETURNING id")]
    [InlineData("INSERT INTO t(x) VALUES (60); INSERT INTO t(x) VALUES (1); INSERT INTO t(x) VALUES (61)")]
    [InlineData("INSERT INTO t(x) VALUES (60) RETURNING x; INSERT INTO t(x) VALUES (1)")]
    [InlineData("INSERT INTO nothing VALUES (1)")]
    [InlineData("INSERT INTO t(x) VALUES (@missing)")]
    [InlineData("UPDATE t SET x = 1")]
    public void Member_that_fails_tells_its_own_error_and_leaves_the_others_alone(string failing)
    {
        using var script = new GroupScript(Table);
        script.Agree("INSERT INTO t(x) VALUES (2)", "INSERT INTO t(x) VALUES (3)", failing, "INSERT INTO t(x) VALUES (4) RETURNING id");
    }

    [Theory]
    [InlineData("IGNORE")]
    [InlineData("ABORT")]
    [InlineData("FAIL")]
    [InlineData("ROLLBACK")]
    public void Trigger_that_raises_does_what_it_does_alone(string raise)
    {
        var message = raise == "IGNORE" ? string.Empty : ", 'no'";
        using var script = new GroupScript($"{Table}; CREATE TABLE log(y); CREATE TRIGGER g AFTER INSERT ON t WHEN NEW.x > 90 BEGIN INSERT INTO log VALUES (NEW.x); SELECT RAISE({raise}{message}) WHERE NEW.x > 95; END");
        script.Agree(
            "INSERT INTO t(x) VALUES (2)",
            "INSERT INTO t(x) VALUES (91), (96), (92)",
            "INSERT INTO t(x) VALUES (93)",
            "INSERT INTO t(x) VALUES (97)",
            "INSERT INTO t(x) VALUES (3)");
    }

    //  an orphan in one member, and its parent in the next: alone the first fails
    [Theory]
    [InlineData("INSERT INTO c VALUES (10, 5)", "INSERT INTO p VALUES (5)")]
    [InlineData("INSERT INTO c VALUES (10, 5) RETURNING id", "INSERT INTO p VALUES (5)")]
    [InlineData("INSERT OR FAIL INTO c VALUES (10, 5), (1, 1)", "INSERT INTO p VALUES (5)")]
    [InlineData("DELETE FROM p WHERE id = 1", "DELETE FROM c")]
    [InlineData("UPDATE c SET parent = 9", "INSERT INTO p VALUES (9)")]
    [InlineData("INSERT INTO c VALUES (10, 5); INSERT INTO c VALUES (11, 1)", "INSERT INTO p VALUES (5)")]
    public void Deferred_foreign_keys_are_checked_for_each_member(string orphan, string parent)
    {
        using var script = new GroupScript(
            "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, parent REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1)");
        string[] statements = ["INSERT INTO p VALUES (2)", orphan, parent, "INSERT INTO c VALUES (12, 2)"];
        if (orphan.Contains("RETURNING", StringComparison.Ordinal))
        {
            script.AgreeWithOurselves(statements);
        }
        else
        {
            script.Agree(statements);
        }

        Assert.Equal(1, script.File.Database.SharedCommits);
    }

    [Fact]
    public void Text_that_ended_a_group_commits_alone_from_then_on()
    {
        using var script = new GroupScript(Table);
        script.Agree("INSERT INTO t(x) VALUES (2)", "INSERT OR ROLLBACK INTO t(x) VALUES (1)", "INSERT INTO t(x) VALUES (3)");
        Assert.Equal(0, script.File.Database.SharedCommits);
        _ = script.Answers("INSERT INTO t(x) VALUES (22)", "INSERT INTO t(x) VALUES (23)", "INSERT OR ROLLBACK INTO t(x) VALUES (1)", "INSERT INTO t(x) VALUES (24)", "INSERT INTO t(x) VALUES (25)");
        Assert.Equal(2, script.File.Database.SharedCommits);
    }

    [Fact]
    public void Nobody_joins_where_the_connection_string_says_so()
    {
        using var script = new GroupScript(Table, "Group Commit=Off");
        script.Agree("INSERT INTO t(x) VALUES (2)", "INSERT INTO t(x) VALUES (3)", "INSERT INTO t(x) VALUES (4)");
        Assert.Equal(0, script.File.Database.SharedCommits);
    }
}
