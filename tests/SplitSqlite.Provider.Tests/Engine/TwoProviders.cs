using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>One script run through Microsoft.Data.Sqlite and through the provider, each on a file of its own: the answers must be the same.</summary>
internal static class TwoProviders
{
    /// <summary>Runs a script on both, and holds that both answered the same.</summary>
    /// <param name="schema">SQL that makes the file.</param>
    /// <param name="script">The script; whatever it tells the answers is compared.</param>
    public static void Agree(string schema, Action<DbConnection, Answers> script)
    {
        var expected = new Answers();
        using (var file = new TestFile())
        {
            using var plain = file.OpenPlain();
            plain.Run(schema);
            script(plain, expected);
        }

        var actual = new Answers();
        using (var file = new TestFile("Default Timeout=10"))
        {
            using (var split = file.Open())
            {
                split.Run(schema);
                script(split, actual);

                // Whatever the script left open, it is not a transaction; and the writer is nobody's then.
                Assert.True(file.Database.Gate.IsFree);
            }

            file.AssertIdle();
            file.AssertIntact();
        }

        Assert.Equal(expected.Lines, actual.Lines);
    }
}

/// <summary>What a provider answered, as lines of text: values with their types, errors with their codes.</summary>
internal sealed class Answers
{
    public List<string> Lines { get; } = [];

    /// <summary>Asks something; an error is an answer too.</summary>
    public void Ask(string what, Func<object?> ask)
    {
        string answer;
        try
        {
            var value = ask();
            answer = value is null ? "nothing" : $"{value} ({value.GetType().Name})";
        }
        catch (SqliteException exception)
        {
            answer = $"SQLite {exception.SqliteErrorCode}/{exception.SqliteExtendedErrorCode}: {exception.Message}";
        }
        catch (InvalidOperationException)
        {
            answer = nameof(InvalidOperationException);
        }

        Lines.Add($"{what}: {answer}");
    }

    /// <summary>Does something; what matters is whether it is an error.</summary>
    public void Do(string what, Action act)
        => Ask(what, () =>
        {
            act();
            return null;
        });

    /// <summary>Asks for the first value that a text gives.</summary>
    public void Value(DbConnection connection, string sql) => Ask(sql, () => connection.Value(sql));

    /// <summary>Runs a text and notes the rows that it changed.</summary>
    public void Run(DbConnection connection, string sql) => Ask(sql, () => connection.Run(sql));
}
