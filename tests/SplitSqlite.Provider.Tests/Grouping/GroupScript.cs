using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Grouping;

/// <summary>
/// Writes of as many sessions that queue behind a transaction in a known order, and so are one commit group when it ends. What each of them answers
/// is compared with what it answers alone, in the same order, through Microsoft.Data.Sqlite.
/// </summary>
internal sealed class GroupScript : IDisposable
{
    private readonly string _setUp;

    public GroupScript(string setUp, string? options = null)
    {
        _setUp = setUp;
        File = new TestFile("Synchronous=Off;" + options).With(setUp);
    }

    public TestFile File { get; }

    /// <summary>Runs the statements as one group, and alone through Microsoft.Data.Sqlite; the answers and the tables must be the same.</summary>
    public void Agree(params string[] statements) => Agree(statements, static path => new SqliteConnection($"Data Source={path};Pooling=False"));

    /// <summary>The same, but alone through SplitSqlite too: where a row of RETURNING must not be handed out before the commit.</summary>
    public void AgreeWithOurselves(params string[] statements)
        => Agree(statements, static path => new SplitSqliteConnection($"Data Source={path};Pooling=False;Group Commit=Off"));

    /// <summary>Queues the statements, each of a session of its own, behind a transaction, and lets them run.</summary>
    public string[] Answers(params string[] statements)
    {
        using var holder = File.Open();
        File.Database.LongestGroupRun = TimeSpan.FromMinutes(1);
        var transaction = holder.BeginTransaction();
        var answers = new Task<string>[statements.Length];
        for (var i = 0; i < statements.Length; i++)
        {
            var statement = statements[i];
            answers[i] = Schedule.OnThread(() =>
            {
                using var connection = File.Open();
                return Answer(connection, statement);
            });
            Schedule.Until(() => File.Database.Gate.QueueLength == i + 1);
        }

        transaction.Commit();
        return Task.WhenAll(answers).Comes().GetAwaiter().GetResult();
    }

    /// <summary>Gets all that a connection tells of one statement.</summary>
    public static string Answer(DbConnection connection, string sql)
    {
        var text = new StringBuilder();
        try
        {
            using var command = connection.Command(sql);
            using var reader = command.ExecuteReader();
            do
            {
                text.Append(CultureInfo.InvariantCulture, $"[{reader.RecordsAffected}] ");
                while (reader.Read())
                {
                    for (var i = 0; i < reader.FieldCount; i++)
                    {
                        text.Append(CultureInfo.InvariantCulture, $"{reader.GetValue(i)}|");
                    }
                }

                text.Append(CultureInfo.InvariantCulture, $" [{reader.RecordsAffected}] ");
            }
            while (reader.NextResult());

            reader.Close();
            text.Append(CultureInfo.InvariantCulture, $"affected {reader.RecordsAffected}");
        }
        catch (SqliteException exception)
        {
            text.Append(CultureInfo.InvariantCulture, $"{exception.GetType().Name} {exception.SqliteErrorCode}/{exception.SqliteExtendedErrorCode} {exception.Message}");
        }
        catch (InvalidOperationException exception)
        {
            text.Append(exception.GetType().Name);
        }

        using var values = connection.Reading("SELECT last_insert_rowid(), changes(), total_changes()");
        text.Append(CultureInfo.InvariantCulture, $"; rowid {values.GetInt64(0)}, changes {values.GetInt64(1)}, total {values.GetInt64(2)}");
        return text.ToString();
    }

    public void Dispose() => File.Dispose();

    private void Agree(string[] statements, Func<string, DbConnection> open)
    {
        var shared = Answers(statements);
        var path = System.IO.Path.Combine(File.Folder, "alone.db");
        using var plain = new SqliteConnection($"Data Source={path};Pooling=False");
        plain.Open();
        plain.Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
        plain.Run(_setUp);
        var alone = new List<string>();
        foreach (var statement in statements)
        {
            using var connection = open(path);
            connection.Open();
            alone.Add(Answer(connection, statement));
        }

        Assert.Equal(alone, shared);
        using var look = File.OpenPlain();
        Assert.Equal(Dump(plain), Dump(look));
        File.AssertIdle();
        File.AssertIntact();
    }

    private static List<string> Dump(SqliteConnection connection)
    {
        var rows = new List<string>();
        var tables = new List<string>();
        using (var reader = connection.Command("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").ExecuteReader())
        {
            while (reader.Read())
            {
                tables.Add(reader.GetString(0));
            }
        }

        foreach (var table in tables)
        {
            using var reader = connection.Command($"SELECT rowid, * FROM \"{table}\" ORDER BY rowid").ExecuteReader();
            while (reader.Read())
            {
                var values = new object[reader.FieldCount];
                reader.GetValues(values);
                rows.Add(table + ": " + string.Join('|', values));
            }
        }

        return rows;
    }
}
