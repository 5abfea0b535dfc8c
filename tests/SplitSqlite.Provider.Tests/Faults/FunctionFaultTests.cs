using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Faults;

/// <summary>A user's code that throws in the middle of a statement: the statement fails as SQLite says, and nothing else.</summary>
public sealed class FunctionFaultTests
{
    [Theory]
    [InlineData("SELECT fails(id) FROM t")]
    [InlineData("SELECT failing(id) FROM t")]
    [InlineData("SELECT failing_end(id) FROM t")]
    [InlineData("INSERT INTO t(a) SELECT fails(id) FROM t")]
    [InlineData("INSERT INTO t(a) VALUES ('kept'), (fails(1)), ('not') RETURNING id")]
    [InlineData("UPDATE t SET a = CASE WHEN id = 2 THEN fails(id) ELSE 'changed' END")]
    [InlineData("INSERT OR ROLLBACK INTO t(a) VALUES (fails(1))")]
    [InlineData("INSERT INTO t(a) SELECT failing(id) FROM t")]
    public void Function_that_throws_fails_its_statement_alone(string sql)
    {
        var answers = new List<List<string>>();
        foreach (var isSplit in new[] { false, true })
        {
            using var file = new TestFile("Default Timeout=10").With(FaultScript.Schema);
            using var source = isSplit
                ? new SplitSqliteDataSourceBuilder(file.ConnectionString()).UsePhysicalConnectionInitializer(Add).Build()
                : null;
            var lines = new List<string>();
            answers.Add(lines);
            using (DbConnection connection = isSplit ? file.Open(source!) : file.OpenPlain())
            {
                if (connection is SqliteConnection plain)
                {
                    Add(plain);
                }

                Ask(connection, sql);
                Ask(connection, "SELECT group_concat(a) FROM t");
                using (var transaction = connection.BeginTransaction())
                {
                    Ask(connection, "INSERT INTO t(a) VALUES ('four')", transaction);
                    Ask(connection, sql, transaction);
                    Ask(connection, "INSERT INTO t(a) VALUES ('five')", transaction);
                    transaction.Commit();
                }

                Ask(connection, "SELECT group_concat(a) FROM t");
                Ask(connection, "SELECT count(*) FROM other");
            }

            if (isSplit)
            {
                file.AssertIdle();
                file.AssertFullCapacity();
            }

            void Ask(DbConnection connection, string text, DbTransaction? transaction = null)
            {
                try
                {
                    using var command = connection.Command(text);
                    command.Transaction = transaction;
                    using var reader = command.ExecuteReader();
                    while (reader.Read())
                    {
                        lines.Add($"{text}: {reader.GetValue(0)}");
                    }
                }
                catch (SqliteException exception)
                {
                    lines.Add($"{text}: {exception.SqliteErrorCode}/{exception.SqliteExtendedErrorCode} {exception.Message}");
                }
            }
        }

        // Rows that come before the error are handed out by the plain provider; RETURNING's are not, here.
        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public void Function_of_a_session_s_own_that_throws_leaves_the_session_as_it_was()
    {
        using var file = new TestFile("Default Timeout=10").With(FaultScript.Schema);
        using (var connection = file.Open())
        {
            connection.CreateFunction("fails", (Func<long, string>)Fail);
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(1, Assert.Throws<SqliteException>(() => connection.Value("SELECT fails(1)")).SqliteErrorCode);
                Assert.Equal(1, Assert.Throws<SqliteException>(() => connection.Run("INSERT INTO t(a) VALUES (fails(1))")).SqliteErrorCode);
                Assert.True(file.Database.Gate.IsFree);
                connection.Run("INSERT INTO other VALUES (2)");
            }

            Assert.Equal(4L, connection.Value("SELECT count(*) FROM other"));
        }

        file.AssertIdle();
    }

    private static void Add(SqliteConnection physical)
    {
        physical.CreateFunction("fails", (Func<long, string>)Fail);
        physical.CreateAggregate("failing", 0L, static (long count, long id) => id == 2 ? throw new InvalidOperationException("at two") : count + 1);
        physical.CreateAggregate("failing_end", 0L, static (long count, long _) => count + 1, static (long count) => count > 0 ? throw new InvalidOperationException("at the end") : count);
    }

    private static string Fail(long id) => throw new InvalidOperationException($"fails of {id}");
}
