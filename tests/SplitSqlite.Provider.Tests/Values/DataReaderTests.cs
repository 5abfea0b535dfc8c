using System.Collections;
using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;

namespace SplitSqlite.Tests.Values;

/// <summary>The reader as a whole, side by side with Microsoft.Data.Sqlite's.</summary>
public sealed class DataReaderTests : IDisposable
{
    private const string Setup =
        """
        CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, data BLOB, n);
        INSERT INTO t VALUES (1, 'é and more', x'0102030405', NULL), (2, NULL, NULL, 5), (-3, '', x'', 1.5);
        CREATE TABLE two(a INTEGER, b INTEGER, data BLOB, PRIMARY KEY(a, b)); INSERT INTO two VALUES (1, 2, x'0102');
        CREATE TABLE norowid(a INTEGER PRIMARY KEY, data BLOB) WITHOUT ROWID; INSERT INTO norowid VALUES (1, x'0102');
        CREATE TABLE nokey(data BLOB); INSERT INTO nokey VALUES (x'0102');
        CREATE TABLE intkey(a INT PRIMARY KEY, data BLOB); INSERT INTO intkey VALUES (1, x'0102');
        CREATE VIEW v AS SELECT id AS viewid, data AS viewdata FROM t;
        """;

    private readonly ValuesDatabase _database = new(Setup);

    public void Dispose() => _database.Dispose();

    [Theory]
    [InlineData("SELECT id, data FROM t")]
    [InlineData("SELECT data, id FROM t")]
    [InlineData("SELECT rowid, data FROM t")]
    [InlineData("SELECT _rowid_ AS r, name, data FROM t")]
    [InlineData("SELECT id AS key, data AS value FROM t")]
    [InlineData("SELECT name, data FROM t")]
    [InlineData("SELECT data FROM t")]
    [InlineData("SELECT id + 0, data FROM t")]
    [InlineData("SELECT two.a, t.data FROM t, two")]
    [InlineData("SELECT id, name FROM t")]
    [InlineData("SELECT id, n FROM t")]
    [InlineData("SELECT a, b, data FROM two")]
    [InlineData("SELECT a, rowid, data FROM two")]
    [InlineData("SELECT a, data FROM norowid")]
    [InlineData("SELECT rowid, data FROM nokey")]
    [InlineData("SELECT a, data FROM intkey")]
    [InlineData("SELECT viewid, viewdata FROM v")]
    [InlineData("SELECT x.id, y.data FROM t x JOIN t y ON x.id = y.id")]
    [InlineData("SELECT id, data FROM t UNION ALL SELECT id, data FROM t")]
    [InlineData("SELECT name, type FROM sqlite_master")]
    public void GetStream_opens_the_value_or_a_copy_as_MDS_does(string sql)
    {
        using var command = new SqliteCommand(sql, _database.Connection);
        foreach (string getter in new[] { "GetStream", "GetTextReader", "GetBytes length", "GetBytes", "GetBytes past the end", "GetChars length", "GetChars", "GetFieldValue<Stream>" })
        {
            var get = Getters.All.Single(g => g.Name == getter).Get;
            int fields = _database.Read(sql).FieldCount;
            for (int ordinal = 0; ordinal < fields; ordinal++)
            {
                using SqliteDataReader theirs = command.ExecuteReader();
                using SplitSqliteDataReader ours = _database.Read(sql);
                while (theirs.Read())
                {
                    Assert.True(ours.Read());
                    Assert.Equal($"{getter}({ordinal}) {Observation.Of(() => get(theirs, ordinal))}", $"{getter}({ordinal}) {Observation.Of(() => get(ours, ordinal))}");
                }
            }
        }
    }

    [Fact]
    public void GetStream_of_expressions_is_a_copy()
    {
        // MDS looks for the rowid of "no table" among them and crashes.
        using SplitSqliteDataReader reader = _database.Read("SELECT 1, x'0102'");
        reader.Read();
        Assert.Equal("MemoryStream wFalse 0102", Observation.Of(() => reader.GetStream(1)));
    }

    [Fact]
    public void GetStream_of_the_key_itself_is_a_copy_whatever_was_asked_before()
    {
        // MDS: a copy at first, an error once another column's stream made it remember the key.
        using SplitSqliteDataReader reader = _database.Read("SELECT id, data FROM t");
        reader.Read();
        Assert.StartsWith("MemoryStream", Observation.Of(() => reader.GetStream(0)), StringComparison.Ordinal);
        Assert.StartsWith("SqliteBlob", Observation.Of(() => reader.GetStream(1)), StringComparison.Ordinal);
        Assert.StartsWith("MemoryStream", Observation.Of(() => reader.GetStream(0)), StringComparison.Ordinal);
    }

    [Fact]
    public void GetStream_of_rows_in_memory_is_a_copy()
    {
        using SplitSqliteDataReader reader = _database.Read("INSERT INTO t(data) VALUES (x'0304') RETURNING id, data", Holding.Buffered);
        reader.Read();
        Assert.Equal("MemoryStream wFalse 0304", Observation.Of(() => reader.GetStream(1)));
    }

    [Fact]
    public void Blobs_read_in_pieces_are_copied_out_of_SQLite_once_per_row()
    {
        using SplitSqliteDataReader reader = _database.Read("SELECT zeroblob(1000000) UNION ALL SELECT x'01'");
        reader.Read();
        byte[] buffer = new byte[1000];
        reader.GetBytes(0, 0, buffer, 0, 1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(1000, reader.GetBytes(0, i * 1000, buffer, 0, 1000));
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
        reader.Read();
        Assert.Equal(1, reader.GetBytes(0, 0, null, 0, 0));
    }

    [Theory]
    [InlineData("SELECT 1 AS a, 2 AS B, 3 AS b", "a", "A", "B", "b", "c", "")]
    [InlineData("SELECT 1 AS Name, 2 AS nAME", "Name", "nAME", "name")]
    [InlineData("SELECT 1 AS a, 2 AS a, 3 AS a", "a", "A")]
    [InlineData("SELECT 1 AS a, 2 AS A, 3 AS a", "a", "A")]
    [InlineData("SELECT 1 AS É, 2 AS İ, 3 AS ß", "é", "É", "i", "ß", "SS")]
    [InlineData("SELECT 1 AS \"two words\", 2", "TWO WORDS", "2")]
    public void GetOrdinal_finds_as_MDS_does(string sql, params string[] names)
    {
        foreach (string name in names)
        {
            using var command = new SqliteCommand(sql, _database.Connection);
            using SqliteDataReader theirs = command.ExecuteReader();
            using SplitSqliteDataReader ours = _database.Read(sql);
            Assert.Equal(Observation.Of(() => theirs.GetOrdinal(name)), Observation.Of(() => ours.GetOrdinal(name)));
            theirs.Read();
            ours.Read();
            Assert.Equal(Observation.Of(() => theirs[name]), Observation.Of(() => ours[name]));
            Assert.Equal(Observation.Of(() => theirs.GetOrdinal(null!)), Observation.Of(() => ours.GetOrdinal(null!)));
        }
    }

    [Fact]
    public void GetOrdinal_in_several_cases_is_no_ambiguity()
    {
        // MDS remembers each case that it was asked in as if it were a column, and throws at the second.
        using SplitSqliteDataReader reader = _database.Read("SELECT 1, 2 AS Name");
        Assert.Equal([1, 1, 1], new[] { reader.GetOrdinal("NAME"), reader.GetOrdinal("name"), reader.GetOrdinal("Name") });
    }

    [Fact]
    public void GetName_out_of_range_is_always_ArgumentOutOfRange()
    {
        // MDS: ArgumentOutOfRange for the first call on a reader, IndexOutOfRange after it.
        using SplitSqliteDataReader reader = _database.Read("SELECT 1 AS a");
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.GetName(1));
        Assert.Equal("a", reader.GetName(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.GetName(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.GetName(-1));
    }

    public static readonly (string Name, Func<DbDataReader, object?> Ask)[] Surface =
    [
        ("Depth", r => r.Depth),
        ("FieldCount", r => r.FieldCount),
        ("VisibleFieldCount", r => r.VisibleFieldCount),
        ("HasRows", r => r.HasRows),
        ("IsClosed", r => r.IsClosed),
        ("GetName", r => r.GetName(0)),
        ("GetOrdinal", r => r.GetOrdinal("id")),
        ("GetOrdinal unknown", r => r.GetOrdinal("unknown")),
        ("this", r => r["id"]),
        ("GetValues", r => { object[] values = new object[4]; return new object?[] { r.GetValues(values), values }; }),
        ("GetValues short", r => r.GetValues(new object[1])),
        ("GetProviderSpecificValues", r => { object[] values = new object[4]; return new object?[] { r.GetProviderSpecificValues(values), values }; }),
        ("GetEnumerator", r => r.GetEnumerator().MoveNext()),
        ("Read", r => r.Read()),
        ("ReadAsync", r => r.ReadAsync(CancellationToken.None).GetAwaiter().GetResult()),
        ("ReadAsync cancelled", r => r.ReadAsync(new CancellationToken(canceled: true)).GetAwaiter().GetResult()),
        ("NextResultAsync cancelled", r => r.NextResultAsync(new CancellationToken(canceled: true)).GetAwaiter().GetResult()),
        ("GetFieldValueAsync cancelled", r => r.GetFieldValueAsync<long>(0, new CancellationToken(canceled: true)).GetAwaiter().GetResult()),
        ("IsDBNullAsync cancelled", r => r.IsDBNullAsync(0, new CancellationToken(canceled: true)).GetAwaiter().GetResult()),
        ("NextResult", r => r.NextResult()),
        ("NextResultAsync", r => r.NextResultAsync(CancellationToken.None).GetAwaiter().GetResult()),
        ("GetFieldType", r => r.GetFieldType(0)),
        ("GetDataTypeName", r => r.GetDataTypeName(0)),
        ("GetSchemaTable", r => r.GetSchemaTable()!.Rows.Count),
        ("CanGetColumnSchema", r => r.CanGetColumnSchema()),
        ("Close", r => { r.Close(); return r.IsClosed; }),
        ("CloseAsync", r => { r.CloseAsync().GetAwaiter().GetResult(); return r.IsClosed; }),
        ("Dispose", r => { r.Dispose(); r.Dispose(); return r.IsClosed; }),
    ];

    [Fact]
    public void The_surface_answers_as_that_of_MDS_before_on_and_after_rows_and_results_and_when_closed()
    {
        const string Sql = "SELECT * FROM t; SELECT 1 WHERE 0; SELECT 2 AS id; DROP TABLE IF EXISTS none;";
        foreach (Holding holding in Enum.GetValues<Holding>())
        {
            foreach ((string name, Func<DbDataReader, object?> ask) in Surface)
            {
                foreach (int position in Enumerable.Range(0, 10))
                {
                    using var command = new SqliteCommand(Sql, _database.Connection);
                    using SqliteDataReader theirs = command.ExecuteReader();
                    using SplitSqliteDataReader ours = _database.Read(Sql, holding);
                    Move(theirs, position);
                    Move(ours, position);
                    Assert.Equal($"{name} at {position}: {Observation.Of(() => ask(theirs))}", $"{name} at {position}: {Observation.Of(() => ask(ours))}");
                }
            }
        }

        static void Move(DbDataReader reader, int position)
        {
            for (int i = 0; i < position && !reader.IsClosed; i++)
            {
                _ = i switch { 4 or 6 or 8 => reader.NextResult(), 9 => Close(reader), _ => reader.Read() };
            }
        }

        static bool Close(DbDataReader reader)
        {
            reader.Close();
            return true;
        }
    }

    [Fact]
    public void A_failing_statement_closes_the_reader()
    {
        const string Sql = "SELECT 1; SELECT abs(-9223372036854775808); SELECT 3";
        using var command = new SqliteCommand(Sql, _database.Connection);
        using SqliteDataReader theirs = command.ExecuteReader();
        using SplitSqliteDataReader ours = _database.Read(Sql);
        Assert.Equal(Observation.Of(() => theirs.NextResult()), Observation.Of(() => ours.NextResult()));
        Assert.True(theirs.IsClosed);
        Assert.True(ours.IsClosed);
    }

    [Fact]
    public void A_failing_row_leaves_the_reader_open()
    {
        const string Sql = "SELECT abs(column1) FROM (VALUES (1), (-9223372036854775808), (3)); SELECT 2";
        foreach (Holding holding in Enum.GetValues<Holding>())
        {
            using var command = new SqliteCommand(Sql, _database.Connection);
            using SqliteDataReader theirs = command.ExecuteReader();
            using SplitSqliteDataReader ours = _database.Read(Sql, holding);
            for (int i = 0; i < 4; i++)
            {
                Assert.Equal(Observation.Of(() => theirs.Read()), Observation.Of(() => ours.Read()));
                Assert.Equal(Observation.Of(() => theirs.GetValue(0)), Observation.Of(() => ours.GetValue(0)));
            }

            Assert.Equal(theirs.NextResult(), ours.NextResult());
            Assert.False(ours.IsClosed);
        }
    }

    [Theory]
    [InlineData(CommandBehavior.SingleResult)]
    [InlineData(CommandBehavior.SingleRow)]
    [InlineData(CommandBehavior.SchemaOnly)]
    [InlineData(CommandBehavior.KeyInfo)]
    [InlineData(CommandBehavior.SequentialAccess)]
    public void Behaviors_change_as_little_as_in_MDS(CommandBehavior behavior)
    {
        const string Sql = "SELECT id, name FROM t; SELECT 2";
        using var command = new SqliteCommand(Sql, _database.Connection);
        using SqliteDataReader theirs = command.ExecuteReader(behavior);
        using SplitSqliteDataReader ours = StatementCursor.Execute(_database.Connection, Sql, behavior: behavior);
        Assert.Equal(All(theirs), All(ours));

        static string All(DbDataReader reader)
        {
            var seen = new List<string>();
            do
            {
                while (reader.Read())
                {
                    seen.AddRange(Enumerable.Range(0, reader.FieldCount).Reverse().Select(i => Observation.Of(() => reader.GetValue(i))));
                }
            }
            while (reader.NextResult());
            return string.Join(' ', seen);
        }
    }

    [Fact]
    public void CloseConnection_closes_the_session_others_leave_it_open()
    {
        StatementCursor.Execute(_database.Connection, "SELECT 1", session: _database.Session).Close();
        Assert.Equal(ConnectionState.Open, _database.Session.State);
        StatementCursor.Execute(_database.Connection, "SELECT 1", behavior: CommandBehavior.CloseConnection, session: _database.Session).Dispose();
        Assert.Equal(ConnectionState.Closed, _database.Session.State);
    }

    [Fact]
    public void An_error_of_the_rest_is_thrown_after_the_reader_is_closed()
    {
        var cursor = new StatementCursor(_database.Connection, "SELECT 1") { ErrorOnClose = new InvalidDataException() };
        var reader = new SplitSqliteDataReader(new SplitSqliteCommand { Connection = _database.Session }, cursor, CommandBehavior.CloseConnection);
        Assert.Throws<InvalidDataException>(reader.Close);
        Assert.True(reader.IsClosed);
        Assert.True(cursor.IsClosed);
        Assert.Equal(ConnectionState.Closed, _database.Session.State);
        reader.Close();
        reader.Dispose();
    }

    [Fact]
    public void Enumeration_and_DataTable_load_as_from_MDS()
    {
        const string Sql = "SELECT id, name, data, n FROM t ORDER BY id DESC";
        using var command = new SqliteCommand(Sql, _database.Connection);
        var expected = new DataTable();
        var actual = new DataTable();
        using (SqliteDataReader theirs = command.ExecuteReader())
        {
            expected.Load(theirs);
        }

        using (SplitSqliteDataReader ours = _database.Read(Sql))
        {
            actual.Load(ours);
        }

        Assert.Equal(Describe(expected), Describe(actual));
        using SplitSqliteDataReader again = _database.Read(Sql);
        var names = new List<object?>();
        foreach (IDataRecord record in (IEnumerable)again)
        {
            names.Add(record["name"]);
        }

        Assert.Equal(new object[] { DBNull.Value, "é and more", "" }, names);

        static string Describe(DataTable table)
            => string.Join(',', table.Columns.Cast<DataColumn>().Select(c => $"{c.ColumnName} {c.DataType} {c.AllowDBNull} {c.Unique} {c.ReadOnly}"))
                + string.Join('\n', table.Rows.Cast<DataRow>().Select(r => Observation.Of(() => r.ItemArray)));
    }
}
