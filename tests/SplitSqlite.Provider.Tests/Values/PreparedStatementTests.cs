using System.Text;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SQLitePCL;

namespace SplitSqlite.Tests.Values;

public sealed class PreparedStatementTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:;Pooling=False");

    public PreparedStatementTests() => _connection.Open();

    private sqlite3 Db => _connection.Handle!;

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Prepare_takes_one_statement_and_leaves_the_rest()
    {
        byte[] text = "SELECT 1; ; SELECT 2; -- comment\n"u8.ToArray();
        using PreparedStatement? first = PreparedStatement.Prepare(Db, text, out ReadOnlySpan<byte> tail);
        Assert.NotNull(first);
        Assert.Equal(" ; SELECT 2; -- comment\n", Encoding.UTF8.GetString(tail));
        using PreparedStatement? second = PreparedStatement.Prepare(Db, tail, out tail);
        Assert.NotNull(second);
        Assert.Equal(" -- comment\n", Encoding.UTF8.GetString(tail));
        Assert.Null(PreparedStatement.Prepare(Db, tail, out tail));
        Assert.True(tail.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("-- nothing")]
    [InlineData("/* nothing")]
    [InlineData("\0SELECT 1")]
    [InlineData("\0")]
    public void Prepare_answers_null_where_there_is_no_statement(string text)
    {
        Assert.Null(PreparedStatement.Prepare(Db, Encoding.UTF8.GetBytes(text), out ReadOnlySpan<byte> tail));
        Assert.True(tail.IsEmpty);
    }

    [Fact]
    public void A_zero_byte_ends_the_text()
    {
        using PreparedStatement? statement = PreparedStatement.Prepare(Db, "SELECT 1;\0SELECT 2"u8, out ReadOnlySpan<byte> tail);
        Assert.NotNull(statement);
        Assert.True(tail.IsEmpty);
    }

    [Fact]
    public void Prepare_throws_SQLites_error()
    {
        var error = Assert.Throws<SqliteException>(() => PreparedStatement.Prepare(Db, "SELECT FROM"u8, out _));
        Assert.Equal(1, error.SqliteErrorCode);
        Assert.Contains("syntax error", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_of_a_locked_database_tells_busy_by_its_code()
    {
        using var database = new ValuesDatabase("CREATE TABLE t(a); PRAGMA journal_mode = DELETE");
        using var other = new SqliteConnection(database.ConnectionString);
        other.Open();
        database.Execute("BEGIN EXCLUSIVE");
        var error = Assert.Throws<SqliteException>(() => PreparedStatement.Prepare(other.Handle!, "SELECT * FROM t"u8, out _));
        Assert.Equal(raw.SQLITE_BUSY, error.SqliteErrorCode);
        database.Execute("COMMIT");
    }

    [Fact]
    public void It_tells_of_itself_what_SQLite_tells()
    {
        Run("CREATE TABLE t(a)");
        using (PreparedStatement read = Prepare("SELECT a, a FROM t WHERE a = @x OR a = ?5 OR a = :y"))
        {
            Assert.True(read.IsReadOnly);
            Assert.False(read.IsExplain);
            Assert.Equal(2, read.ColumnCount);
            Assert.Equal(6, read.ParameterCount);
            Assert.Equal("@x,,,,?5,:y", string.Join(',', read.ParameterNames));
        }

        using (PreparedStatement write = Prepare("INSERT INTO t VALUES (1)"))
        {
            Assert.False(write.IsReadOnly);
            Assert.Equal(0, write.ColumnCount);
            Assert.Empty(write.Columns);
        }

        using PreparedStatement explain = Prepare("EXPLAIN QUERY PLAN SELECT * FROM t");
        Assert.True(explain.IsExplain);
    }

    [Fact]
    public void Columns_are_read_again_after_a_schema_change_on_the_same_handle()
    {
        Run("CREATE TABLE t(a INTEGER); INSERT INTO t VALUES (1)");
        using PreparedStatement statement = Prepare("SELECT * FROM t");
        ColumnInfo[] before = statement.Columns;
        Assert.Same(before, statement.Columns);
        Assert.Equal([new ColumnInfo("a", "INTEGER", "main", "t", "a")], before);

        Run("ALTER TABLE t ADD COLUMN b DECIMAL(10, 2) DEFAULT 5");
        int rc = statement.Step();
        var rows = new StatementRows(statement, rc);
        Assert.Equal(2, rows.FieldCount);
        Assert.Equal(["a", "b"], rows.Columns.Select(c => c.Name));
        Assert.Equal("DECIMAL", rows.Columns[1].TypeName);
        Assert.True(rows.Read());
        Assert.Equal(5, rows.GetInt64(1));
        statement.Reset();
    }

    [Fact]
    public void Large_bindings_are_let_go_small_ones_stay()
    {
        using PreparedStatement statement = Prepare("SELECT length(@a), @b");
        using var command = new SqliteCommand();
        command.Parameters.AddWithValue("@a", new string('x', 4096));
        command.Parameters.AddWithValue("@b", 7);
        Assert.Equal("4096,7", BindAndRelease());
        Assert.Equal("4096,7", RunAgain());

        command.Parameters[0].Value = new string('é', 2049);
        Assert.Equal("2049,7", BindAndRelease());
        Assert.Equal(",", RunAgain());

        command.Parameters[0].Value = new byte[4097];
        Assert.Equal("4097,7", BindAndRelease());
        Assert.Equal(",", RunAgain());

        string BindAndRelease()
        {
            ParameterBinder.Bind(statement, command.Parameters);
            string row = RunAgain();
            statement.ReleaseLargeBindings();
            return row;
        }

        string RunAgain()
        {
            var rows = new StatementRows(statement, statement.Step());
            rows.Read();
            string row = $"{rows.GetText(0)},{rows.GetText(1)}";
            statement.Reset();
            return row;
        }
    }

    [Fact]
    public void An_error_in_mid_rows_is_SQLites_and_ends_them()
    {
        // abs() of the smallest integer overflows.
        using PreparedStatement statement = Prepare("SELECT abs(column1) FROM (VALUES (1), (-9223372036854775808), (3))");
        var rows = new StatementRows(statement, statement.Step());
        Assert.True(rows.Read());
        var error = Assert.Throws<SqliteException>(() => rows.Read());
        Assert.Equal(1, error.SqliteErrorCode);
        Assert.False(rows.IsOnRow);
        Assert.True(rows.HasFailed);
        Assert.False(rows.Read());
        Assert.Equal(1, statement.Reset());
    }

    [Fact]
    public void A_derived_class_can_stand_between_steps()
    {
        using PreparedStatement statement = Prepare("VALUES (1), (2), (3)");
        var rows = new StoppingRows(statement, statement.Step());
        Assert.True(rows.Read());
        Assert.True(rows.Read());
        Assert.Throws<OperationCanceledException>(() => rows.Read());
        Assert.False(rows.IsOnRow);
        Assert.False(rows.Read());
    }

    private PreparedStatement Prepare(string sql) => PreparedStatement.Prepare(Db, Encoding.UTF8.GetBytes(sql), out _)!;

    private void Run(string sql)
    {
        using var command = new SqliteCommand(sql, _connection);
        command.ExecuteNonQuery();
    }

    private sealed class StoppingRows(PreparedStatement statement, int firstStep) : StatementRows(statement, firstStep)
    {
        private int _steps;

        protected override int Step() => ++_steps < 2 ? base.Step() : throw new OperationCanceledException();
    }
}
