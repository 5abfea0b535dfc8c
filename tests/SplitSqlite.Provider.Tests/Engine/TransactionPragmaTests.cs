using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>PRAGMAs inside transactions, and the journal mode: what is set is set, what is read back is what is.</summary>
public sealed class TransactionPragmaTests
{
    private const string Schema =
        """
        CREATE TABLE t(a CHECK (a > 0)); CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE ch(p REFERENCES p);
        """;

    [Theory]
    [InlineData("ignore_check_constraints", "INSERT INTO t VALUES (-1)")]
    [InlineData("defer_foreign_keys", "INSERT INTO ch VALUES (5)")]
    public void Pragma_switched_on_and_off_in_a_transaction_is_off(string name, string violation)
        => TwoProviders.Agree(Schema, (connection, answers) =>
        {
            connection.Run("BEGIN");
            answers.Run(connection, $"PRAGMA {name}=1");
            answers.Value(connection, $"PRAGMA {name}");
            answers.Run(connection, violation);
            answers.Run(connection, $"PRAGMA {name}=0");
            answers.Value(connection, $"PRAGMA {name}");
            answers.Run(connection, violation);
            answers.Run(connection, "ROLLBACK");
            answers.Value(connection, $"PRAGMA {name}");
            answers.Run(connection, violation);
        });

    [Theory]
    [InlineData("foreign_keys", "0", "INSERT INTO ch VALUES (5)")]
    [InlineData("recursive_triggers", "1", "INSERT INTO p VALUES (5)")]
    [InlineData("case_sensitive_like", "1", "INSERT INTO p SELECT 5 WHERE 'A' LIKE 'a'")]
    [InlineData("reverse_unordered_selects", "1", "INSERT INTO p VALUES (1), (2), (3)")]
    [InlineData("query_only", "1", "INSERT INTO p VALUES (1)")]
    public void Pragma_set_in_a_transaction_holds_in_it_and_after_it(string name, string value, string write)
        => TwoProviders.Agree(Schema, (connection, answers) =>
        {
            connection.Run("BEGIN");
            answers.Run(connection, $"PRAGMA {name}={value}");
            answers.Value(connection, $"PRAGMA {name}");
            answers.Run(connection, write);
            answers.Value(connection, "SELECT group_concat(id) FROM p");
            answers.Run(connection, "COMMIT");
            answers.Value(connection, $"PRAGMA {name}");
            answers.Run(connection, write);
            answers.Value(connection, "SELECT group_concat(id) FROM p");
        });

    [Fact]
    public void Pragma_set_in_a_transaction_is_no_other_session_s()
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using (var connection = file.Open())
        using (var other = file.Open())
        {
            connection.Run("BEGIN; PRAGMA ignore_check_constraints=1; INSERT INTO t VALUES (-1); COMMIT");
            Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => other.Run("INSERT INTO t VALUES (-2)"));
            Assert.Equal(0L, other.Value("PRAGMA ignore_check_constraints"));
            connection.Run("INSERT INTO t VALUES (-3)");
            Assert.Equal("-1,-3", other.Value("SELECT group_concat(a) FROM t"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Journal_mode_that_is_changed_is_noticed()
    {
        using var file = new TestFile("Default Timeout=10").With("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
        using (var connection = file.Open())
        {
            Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
            Assert.Equal("delete", connection.Value("PRAGMA journal_mode=delete"));
            Assert.False(file.Database.IsSplit);
            Assert.Equal("delete", connection.Value("PRAGMA journal_mode"));
            using (var plain = file.OpenPlain())
            {
                Assert.Equal("delete", plain.Value("PRAGMA journal_mode"));
            }

            // Readers and the writer are one connection now, and still nobody waits for himself or for another's slow reader.
            using (var reader = connection.Reading("SELECT a FROM t"))
            using (var other = file.Open())
            {
                other.Run("INSERT INTO t VALUES (4)");
                connection.Run("INSERT INTO t VALUES (5)");
                Assert.True(reader.Read());
            }

            Assert.Equal("wal", connection.Value("PRAGMA journal_mode=wal"));
            Assert.True(file.Database.IsSplit);
            using (var reader = connection.Reading("SELECT a FROM t"))
            {
                connection.Run("INSERT INTO t VALUES (6)");
                Assert.Equal(6L, connection.Value("SELECT count(*) FROM t"));
            }
        }

        file.AssertIdle();
        file.AssertIntact();
    }
}
