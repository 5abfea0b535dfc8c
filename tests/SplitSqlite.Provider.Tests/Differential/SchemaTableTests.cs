using System.Data;
using System.Data.Common;

namespace SplitSqlite.Tests.Differential;

/// <summary>What a reader tells of its columns.</summary>
public sealed class SchemaTableTests
{
    private const string More = Script.Basic + "\n" +
        """"
        CREATE TABLE pair(a TEXT, b INT, c DECIMAL(10, 2) NOT NULL, d, PRIMARY KEY (a, b)) WITHOUT ROWID;
        INSERT INTO pair VALUES ('a', 1, 1.5, NULL);
        CREATE TABLE "odd ""name"""("a ""b""" INT UNIQUE, [select] TEXT);
        INSERT INTO "odd ""name""" VALUES (1, 'x');
        CREATE UNIQUE INDEX by_name ON person(name);
        CREATE UNIQUE INDEX by_two ON person(age, note);
        CREATE TABLE made(a INTEGER PRIMARY KEY AUTOINCREMENT, b INT AS (a + 1), c INT AS (a + 2) STORED);
        INSERT INTO made DEFAULT VALUES;
        """";

    [Theory]
    [InlineData("SELECT * FROM person")]
    [InlineData("SELECT id, name AS alias, age + 1, age + 1 AS sum, 'text' AS t, NULL AS n FROM person")]
    [InlineData("SELECT rowid, * FROM bag")]
    [InlineData("SELECT * FROM bag WHERE 0")]
    [InlineData("SELECT p.*, i.* FROM person p LEFT JOIN item i ON i.owner = p.id")]
    [InlineData("SELECT * FROM grown")]
    [InlineData("SELECT id FROM (SELECT id FROM person)")]
    [InlineData("SELECT * FROM pair")]
    [InlineData("SELECT * FROM \"odd \"\"name\"\"\"")]
    [InlineData("SELECT * FROM made")]
    [InlineData("SELECT a AS id FROM made")]
    [InlineData("SELECT * FROM audit")]
    [InlineData("SELECT * FROM item")]
    [InlineData("SELECT count(*), max(id) FROM person")]
    [InlineData("SELECT * FROM pragma_table_info('person')")]
    [InlineData("SELECT * FROM sqlite_master")]
    [InlineData("SELECT id, id FROM person UNION ALL SELECT k, n FROM item")]
    [InlineData("PRAGMA table_info(person)")]
    [InlineData("PRAGMA user_version")]
    [InlineData("PRAGMA cache_size")]
    [InlineData("EXPLAIN QUERY PLAN SELECT 1")]
    [InlineData("INSERT INTO person(id, name, age) VALUES (50, 'z', 1) RETURNING id, name, age + 1")]
    [InlineData("INSERT INTO bag VALUES (1, 1)")]
    [InlineData("VALUES (1, 'a')")]
    public void Schema_table_and_column_schema_are_the_same(string text)
    {
        foreach (var behavior in (CommandBehavior[])[CommandBehavior.Default, CommandBehavior.SchemaOnly | CommandBehavior.KeyInfo])
        {
            Script.Same(More, side =>
            {
                side.Open();
                using (var command = side.Command(text))
                using (var reader = command.ExecuteReader(behavior))
                {
                    Log(side, reader);
                    side.Next(reader);
                    Log(side, reader);
                    while (side.Next(reader))
                    {
                    }

                    Log(side, reader);
                }

                using var transaction = side.Connection.BeginTransaction();
                using var inside = side.Command("SELECT * FROM person");
                using var second = inside.ExecuteReader();
                Log(side, second);
            });
        }
    }

    private static void Log(Side side, DbDataReader reader)
    {
        try
        {
            var table = reader.GetSchemaTable()!;
            side.Log(string.Join(", ", table.Columns.Cast<DataColumn>().Select(column => $"{column.ColumnName} {column.DataType.Name} {column.AllowDBNull}")));
            foreach (DataRow row in table.Rows)
            {
                side.Log("  " + string.Join(" | ", row.ItemArray.Select(Described.Value)));
            }
        }
        catch (Exception exception)
        {
            side.Log(Described.Error(exception));
        }

        side.Try("GetSchemaTableAsync", () => reader.GetSchemaTableAsync().GetAwaiter().GetResult()?.Rows.Count);
        side.Try("CanGetColumnSchema", reader.CanGetColumnSchema);
        side.Try("GetColumnSchema", () => reader.GetColumnSchema().Select(column => string.Join(',', column.ColumnName, column.ColumnOrdinal, column.DataType?.Name, column.DataTypeName, column.AllowDBNull, column.IsKey, column.IsUnique, column.IsAutoIncrement, column.IsAliased, column.IsExpression, column.BaseTableName, column.BaseColumnName, column.BaseCatalogName, column.BaseSchemaName)).ToList());
    }
}
