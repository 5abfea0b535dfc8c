using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Values;

public sealed class SchemaTableTests : IDisposable
{
    private const string Setup =
        """
        CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20) NOT NULL UNIQUE, price DECIMAL(10, 2), data BLOB, n, "odd ""name" DOUBLE, u1 INT, u2 INT, UNIQUE(u1, u2));
        INSERT INTO a VALUES (1, 'x', '1.5', x'00', 5, 1, 1, 1), (2, 'y', 2, x'01', 6, 1.5, 1, 2), (3, 'z', 3, NULL, 'text', NULL, 1, 3);
        CREATE TABLE plain(a INTEGER, b TEXT NOT NULL); INSERT INTO plain VALUES ('x', 1), (2, 2), ('y', x'00');
        CREATE TABLE two(a INTEGER, b INTEGER, c TEXT DEFAULT 'AUTOINCREMENT', PRIMARY KEY(a, b)); INSERT INTO two VALUES (1, 1, 'c');
        CREATE TABLE norowid(k TEXT PRIMARY KEY, g AS (k || 'x')) WITHOUT ROWID; INSERT INTO norowid VALUES ('k');
        CREATE TABLE empty(a INT, b CHAR, c BLOB, d FLOAT, e NUMERIC, f);
        CREATE UNIQUE INDEX partial ON plain(a) WHERE a > 100;
        CREATE INDEX notunique ON plain(b);
        CREATE UNIQUE INDEX expression ON two(lower(c));
        CREATE VIEW v AS SELECT id, name AS alias, price + 1 AS sum FROM a;
        CREATE VIRTUAL TABLE f USING fts5(title, body); INSERT INTO f VALUES ('t', 'b');
        """;

    private readonly ValuesDatabase _database = new(Setup);

    public void Dispose() => _database.Dispose();

    [Theory]
    [InlineData("SELECT * FROM a")]
    [InlineData("SELECT id AS key, name AS \"NAME\", price, price AS p, count(*) OVER (), 1, NULL, 'x' AS name FROM a")]
    [InlineData("SELECT * FROM a WHERE 0")]
    [InlineData("SELECT *, rowid, oid FROM plain")]
    [InlineData("SELECT rowid, * FROM a")]
    [InlineData("SELECT * FROM two")]
    [InlineData("SELECT * FROM norowid")]
    [InlineData("SELECT * FROM empty")]
    [InlineData("SELECT * FROM v")]
    [InlineData("SELECT x.id, y.name, z.a FROM a x, a y, two z")]
    [InlineData("SELECT id FROM a UNION SELECT a FROM plain")]
    [InlineData("SELECT * FROM (SELECT id, price * 2 AS twice FROM a)")]
    [InlineData("WITH c(x) AS (SELECT name FROM a) SELECT * FROM c")]
    [InlineData("SELECT * FROM pragma_table_info('a')")]
    [InlineData("SELECT * FROM json_each('[1, 2]')")]
    [InlineData("SELECT * FROM f")]
    [InlineData("SELECT name, sql FROM sqlite_master")]
    [InlineData("SELECT * FROM sqlite_sequence")]
    [InlineData("VALUES (1, 'x')")]
    [InlineData("PRAGMA table_info(a)")]
    public void GetSchemaTable_is_that_of_MDS(string sql)
    {
        using var command = new SqliteCommand(sql, _database.Connection);
        foreach (bool read in new[] { false, true })
        {
            using SqliteDataReader theirs = command.ExecuteReader();
            using SplitSqliteDataReader ours = _database.Read(sql);
            _ = read && theirs.Read() | ours.Read();
            Assert.Equal(Describe(theirs.GetSchemaTable()), Describe(ours.GetSchemaTable()));
            Assert.Equal(Describe(theirs.GetColumnSchema()), Describe(ours.GetColumnSchema()));
        }
    }

    [Theory]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT)", true)]
    [InlineData("create table t(id integer primary key autoincrement, x)", true)]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY/*AUTOINCREMENT*/AUTOINCREMENT)", true)]
    [InlineData("CREATE TABLE t(x DEFAULT '\"', id INTEGER PRIMARY KEY AUTOINCREMENT)", true)]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY)", false)]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY, x DEFAULT 'AUTOINCREMENT')", false)]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY, x DEFAULT 'it''s AUTOINCREMENT')", false)]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY, \"AUTOINCREMENT\", [an AUTOINCREMENT], `AUTOINCREMENT`)", false)]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY -- AUTOINCREMENT\n)", false)]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY /* AUTOINCREMENT */)", false)]
    [InlineData("CREATE TABLE t(AUTOINCREMENTED, my_AUTOINCREMENT)", false)]
    [InlineData("'", false)]
    [InlineData("/*", false)]
    [InlineData("", false)]
    public void AUTOINCREMENT_is_seen_as_a_keyword_only(string sql, bool expected)
        => Assert.Equal(expected, SplitSqliteDataReader.HasAutoIncrement(sql));

    private static string Describe(DataTable table)
        => string.Join('\n', table.Columns.Cast<DataColumn>().Select(c => $"{c.ColumnName} {c.DataType} {c.AllowDBNull}"))
            + "\n" + string.Join('\n', table.Rows.Cast<DataRow>().Select(r => string.Join(", ", table.Columns.Cast<DataColumn>().Select(c => $"{c.ColumnName}={Observation.Of(() => r[c])}"))));

    private static string Describe(IEnumerable<DbColumn> columns)
        => string.Join('\n', columns.Select(c => string.Join(
            ", ",
            c.ColumnName, c.ColumnOrdinal, c.ColumnSize, c.NumericPrecision, c.NumericScale, c.IsUnique, c.IsKey, c.BaseServerName, c.BaseCatalogName,
            c.BaseColumnName, c.BaseSchemaName, c.BaseTableName, c.DataType, c.DataTypeName, c.AllowDBNull, c.IsAliased, c.IsExpression,
            c.IsAutoIncrement, c.IsLong, c.IsHidden, c.IsIdentity, c.IsReadOnly, c.UdtAssemblyQualifiedName)));
}
