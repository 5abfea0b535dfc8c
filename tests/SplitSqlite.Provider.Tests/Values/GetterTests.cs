using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Values;

/// <summary>Every stored value through every getter, side by side with Microsoft.Data.Sqlite on the same connection.</summary>
public sealed class GetterTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:;Pooling=False");

    public GetterTests() => _connection.Open();

    public void Dispose() => _connection.Dispose();

    [Theory]
    [InlineData(Holding.Live)]
    [InlineData(Holding.Buffered)]
    [InlineData(Holding.BufferedMidway)]
    internal void Getters_answer_as_MDS_does(Holding holding) => Compare(holding, StoredValues.All, Getters.All);

    [Fact]
    public void Getters_answer_as_MDS_does_on_a_database_in_UTF16()
    {
        using (var command = new SqliteCommand("PRAGMA encoding = 'UTF-16'; CREATE TABLE t(a)", _connection))
        {
            command.ExecuteNonQuery();
        }

        Compare(Holding.Live, StoredValues.All, Getters.All);

        // Rows in memory keep texts in UTF-8 only: read as bytes, or blobs read as text, they differ there.
        string[] bytewise = ["GetStream", "GetTextReader", "GetBytes", "GetChars", "GetFieldValue<Byte[]>", "GetFieldValue<Stream>", "GetFieldValue<TextReader>"];
        Compare(
            Holding.Buffered,
            StoredValues.All.Where(v => !v.StartsWith("x'", StringComparison.Ordinal) && !v.Contains("zeroblob", StringComparison.Ordinal) && !v.Contains("AS BLOB", StringComparison.Ordinal)),
            Getters.All.Where(g => !bytewise.Any(b => g.Name.StartsWith(b, StringComparison.Ordinal))));
        using SplitSqliteDataReader reader = StatementCursor.Execute(_connection, "SELECT 'a', x'61'", Holding.Buffered);
        reader.Read();
        Assert.Equal("byte[] 61", Observation.Of(() => reader.GetFieldValue<byte[]>(0)));
        Assert.Equal("string 'a'", Observation.Of(() => reader.GetString(1)));
    }

    [Theory]
    [InlineData(Holding.Live)]
    [InlineData(Holding.Buffered)]
    internal void Getters_fail_as_in_MDS_off_the_rows_and_off_the_columns(Holding holding)
    {
        var differences = new List<string>();

        // From a table: of two columns that are expressions, MDS's GetStream crashes the process.
        using var database = new ValuesDatabase("CREATE TABLE five AS SELECT 1 AS a, 'x' AS b, x'00' AS c, NULL AS d, 1.5 AS e");

        foreach (string sql in new[] { "SELECT * FROM five", "SELECT * FROM five WHERE 0", "CREATE TABLE IF NOT EXISTS t(a)", "" })
        {
            foreach (int position in new[] { 0, 1, 2, 3 })
            {
                foreach (int ordinal in new[] { -1, 0, 2, 3, 99 })
                {
                    foreach ((string name, var get) in Getters.All)
                    {
                        using var command = new SqliteCommand(sql, database.Connection);
                        using SqliteDataReader theirs = command.ExecuteReader();
                        using SplitSqliteDataReader ours = database.Read(sql, holding);
                        string expected = Ask(theirs, position, r => get(r, ordinal));
                        string actual = Ask(ours, position, r => get(r, ordinal));
                        if (expected != actual)
                        {
                            differences.Add($"{name}({ordinal}) of [{sql}] at {position}: expected {expected}, was {actual}");
                        }
                    }
                }
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n" + string.Join('\n', differences));
    }

    [Fact]
    public void Julian_days_answer_as_in_MDS_through_all_years()
    {
        // A day of every month from year 1 to 9999, and a time of day that wanders over the milliseconds.
        const string Sql =
            """
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
            SELECT 1721425.5 + i * 30.43 + ((i * 7919) % 86400000) / 86400000.0 FROM n
            """;
        using var command = new SqliteCommand(Sql, _connection);
        using SqliteDataReader theirs = command.ExecuteReader();
        using SplitSqliteDataReader ours = StatementCursor.Execute(_connection, Sql);
        while (theirs.Read())
        {
            Assert.True(ours.Read());
            Assert.Equal(theirs.GetDateTime(0), ours.GetDateTime(0));
        }
    }

    [Fact]
    public void GetFieldType_of_null_is_what_was_seen_before_or_what_was_declared()
    {
        const string Sql =
            """
            CREATE TEMP TABLE k(a INT, b VARCHAR(20), c, d DECIMAL(10, 2), e DOUBLE, f BLOB, g "charint", h DATETIME, i FLOATING, j CLOB, k XBLOBX, l NUMERIC);
            INSERT INTO k VALUES (NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL), ('a',1,1.5,x'00',1,1,1.5,1,1,1,1,1),
                (NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL), (1.5,x'00',1,1,'a','b','c',x'00',x'00',1.5,1.5,1.5),
                (NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
            SELECT *, a + 1, NULL FROM k;
            DROP TABLE k;
            """;
        using var command = new SqliteCommand(Sql, _connection);
        var expected = new List<string>();
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            Record(reader, expected);
        }

        foreach (Holding holding in Enum.GetValues<Holding>())
        {
            var actual = new List<string>();
            using SplitSqliteDataReader reader = StatementCursor.Execute(_connection, Sql, holding);
            Record(reader, actual);
            reader.NextResult();
            Assert.Equal(expected, actual);
        }

        static void Record(DbDataReader reader, List<string> seen)
        {
            do
            {
                for (int i = 0; i < reader.FieldCount; i++)
                {
                    seen.Add($"{reader.GetName(i)}: {Observation.Of(() => reader.GetFieldType(i))} {Observation.Of(() => reader.GetDataTypeName(i))}");
                }
            }
            while (reader.Read());
        }
    }

    private void Compare(Holding holding, IEnumerable<string> values, IEnumerable<(string Name, Func<DbDataReader, int, object?> Get)> getters)
    {
        var differences = new List<string>();
        foreach (string value in values)
        {
            string sql = $"SELECT {value} AS v";
            using var command = new SqliteCommand(sql, _connection);
            command.Prepare();
            foreach ((string name, var get) in getters)
            {
                string expected;
                using (SqliteDataReader reader = command.ExecuteReader())
                {
                    reader.Read();
                    expected = Observation.Of(() => get(reader, 0));
                }

                string actual;
                using (SplitSqliteDataReader reader = StatementCursor.Execute(_connection, sql, holding))
                {
                    reader.Read();
                    actual = Observation.Of(() => get(reader, 0));
                }

                if (expected != actual)
                {
                    differences.Add($"{name}({value}): expected {expected}, was {actual}");
                }
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n" + string.Join('\n', differences));
    }

    private static string Ask(DbDataReader reader, int reads, Func<DbDataReader, object?> question)
    {
        for (int i = 0; i < reads; i++)
        {
            if (i == 2)
            {
                reader.Close();
                break;
            }

            reader.Read();
        }

        return Observation.Of(() => question(reader));
    }
}
