using System.Text;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;

namespace SplitSqlite.Tests.Values;

public sealed class BufferedRowsTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:;Pooling=False");

    public BufferedRowsTests() => _connection.Open();

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Accessors_answer_as_sqlite3_column_does_for_every_value_in_every_class()
    {
        foreach (string value in StoredValues.All)
        {
            foreach (var access in new Func<RowValues, object?>[]
            {
                r => r.GetStorageClass(0),
                r => r.GetInt64(0),
                r => r.GetDouble(0),
                r => r.GetText(0),
                r => r.GetBlob(0),
                r => r.TryPeekText(0, out ReadOnlySpan<byte> utf8) ? utf8.ToArray() : null,
                r => r.PeekBlob(0).ToArray(),
                r => (r.GetText(0), r.GetBlob(0).Length, r.GetInt64(0)).ToString(),
            })
            {
                using PreparedStatement statement = Prepare($"SELECT {value}");
                var live = new StatementRows(statement, statement.Step());
                live.Read();
                string expected = Observation.Of(() => access(live));
                statement.Reset();
                var buffered = BufferedRows.Drain(new StatementRows(statement, statement.Step()));
                buffered.Read();
                Assert.Equal($"{value}: {expected}", $"{value}: {Observation.Of(() => access(buffered))}");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void Drain_keeps_position_and_HasRows_wherever_it_happens(int reads)
    {
        const string Sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7) SELECT i, printf('%*s', i * 100, i) FROM n";
        using PreparedStatement statement = Prepare(Sql);
        var live = new StatementRows(statement, statement.Step());
        for (int i = 0; i < reads; i++)
        {
            live.Read();
        }

        var rows = BufferedRows.Drain(live);
        statement.Reset();
        Assert.True(rows.HasRows);
        Assert.Equal(reads is > 0 and <= 7, rows.IsOnRow);
        if (rows.IsOnRow)
        {
            Assert.Equal(reads, rows.GetInt64(0));
        }

        for (int i = reads + 1; i <= 7; i++)
        {
            Assert.True(rows.Read());
            Assert.Equal(i, rows.GetInt64(0));
            Assert.Equal(i * 100, rows.GetText(1)!.Length);
        }

        Assert.False(rows.Read());
        Assert.False(rows.Read());
        Assert.False(rows.IsOnRow);
    }

    [Fact]
    public void Drain_throws_an_error_at_once_or_where_it_would_have_come()
    {
        const string Sql = "SELECT abs(column1) FROM (VALUES (1), (2), (-9223372036854775808), (3))";
        using PreparedStatement statement = Prepare(Sql);
        var live = new StatementRows(statement, statement.Step());
        Assert.Throws<SqliteException>(() => BufferedRows.Drain(live));
        statement.Reset();

        var rows = BufferedRows.Drain(new StatementRows(statement, statement.Step()), deferErrors: true);
        statement.Reset();
        Assert.True(rows.Read());
        Assert.True(rows.Read());
        Assert.Throws<SqliteException>(() => rows.Read());
        Assert.False(rows.IsOnRow);
        Assert.False(rows.Read());
    }

    [Fact]
    public void Many_values_of_all_sizes_come_back_as_they_went_in()
    {
        const string Sql =
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
            SELECT i, i / 7.0, printf('%*s', i * 31 % 2000, i), zeroblob(i * 17 % 3000), NULL, zeroblob(iif(i % 500 = 0, 3000000, 0)) FROM n
            """;
        using PreparedStatement statement = Prepare(Sql);
        var buffered = BufferedRows.Drain(new StatementRows(statement, statement.Step()));
        statement.Reset();
        var live = new StatementRows(statement, statement.Step());
        Assert.Equal(3000, buffered.RowCount);
        while (live.Read())
        {
            Assert.True(buffered.Read());
            for (int i = 0; i < live.FieldCount; i++)
            {
                Assert.Equal(live.GetStorageClass(i), buffered.GetStorageClass(i));
                Assert.True(live.PeekBlob(i).SequenceEqual(buffered.PeekBlob(i)));
            }
        }

        Assert.False(buffered.Read());
    }

    [Fact]
    public void Single_makes_one_row_of_one_column_or_none()
    {
        foreach ((object value, string type) in new (object, string)[] { (5L, "Int64 5"), (5, "Int64 5"), ("wal", "string 'wal'"), (1.5, "double 3ff8000000000000"), (new byte[] { 1 }, "byte[] 01"), (DBNull.Value, "DBNull ") })
        {
            var rows = BufferedRows.Single("journal_mode", value);
            Assert.True(rows.HasRows);
            Assert.False(rows.IsOnRow);
            Assert.True(rows.Read());
            Assert.Equal("journal_mode", Assert.Single(rows.Columns).Name);
            Assert.Equal(type, Observation.Of(() => ValueConversions.GetValue(rows, 0)));
            Assert.False(rows.Read());
        }

        var none = BufferedRows.Single("x", null);
        Assert.False(none.HasRows);
        Assert.False(none.Read());
        Assert.Equal(1, none.FieldCount);
    }

    [Fact]
    public void RETURNING_rows_are_drained_with_their_origins()
    {
        using (var setup = new SqliteCommand("CREATE TABLE t(id INTEGER PRIMARY KEY, name VARCHAR(20))", _connection))
        {
            setup.ExecuteNonQuery();
        }

        using PreparedStatement statement = Prepare("INSERT INTO t(name) VALUES ('a'), ('b') RETURNING id, name, id + 1 AS next");
        var rows = BufferedRows.Drain(new StatementRows(statement, statement.Step()));
        Assert.Equal(0, statement.Reset());
        Assert.Equal(new ColumnInfo("name", "VARCHAR(20)", "main", "t", "name"), rows.Columns[1]);
        Assert.Equal(2, rows.RowCount);
        Assert.Equal("VARCHAR", ValueConversions.GetDataTypeName(rows, 1));
        Assert.Equal("INTEGER", ValueConversions.GetDataTypeName(rows, 2));
    }

    private PreparedStatement Prepare(string sql) => PreparedStatement.Prepare(_connection.Handle!, Encoding.UTF8.GetBytes(sql), out _)!;
}
