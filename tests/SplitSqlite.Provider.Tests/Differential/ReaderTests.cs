using System.Data;
using System.Data.Common;

namespace SplitSqlite.Tests.Differential;

/// <summary>Data readers: several at a time, left open, closed early, after their connection. What their getters convert is Values/GetterTests' topic.</summary>
public sealed class ReaderTests
{
    public static TheoryData<CommandBehavior> Behaviors => new(
        CommandBehavior.Default, CommandBehavior.SingleResult, CommandBehavior.SchemaOnly, CommandBehavior.KeyInfo, CommandBehavior.SingleRow, CommandBehavior.SequentialAccess,
        CommandBehavior.CloseConnection, CommandBehavior.SequentialAccess | CommandBehavior.SingleRow | CommandBehavior.SingleResult, CommandBehavior.SchemaOnly | CommandBehavior.KeyInfo | CommandBehavior.CloseConnection);

    [Theory]
    [MemberData(nameof(Behaviors))]
    public void Behavior_has_the_same_effect(CommandBehavior behavior)
    {
        foreach (var text in (string[])["SELECT id, name FROM person; SELECT 2", "INSERT INTO bag VALUES (9, 9); SELECT 1", "SELECT 1; INSERT INTO bag VALUES (9, 9)", "INSERT INTO bag VALUES (9, 9) RETURNING x"])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                using var command = side.Command(text);
                side.Walk(side.Try("ExecuteReader", () => command.ExecuteReader(behavior)));
                side.Try("State", () => side.Connection.State);
            });
        }
    }

    [Fact]
    public void Two_readers_on_one_connection_go_hand_in_hand()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var persons = side.Command("SELECT * FROM person");
            using var items = side.Command("SELECT * FROM item WHERE owner = @id OR owner IS NULL");
            var id = Side.Add(items, "@id", 0);
            using var outer = persons.ExecuteReader();
            while (side.Next(outer))
            {
                id.Value = outer.GetInt64(0);
                using var inner = items.ExecuteReader();
                while (side.Next(inner))
                {
                    side.Scalar("SELECT count(*) FROM bag");
                }
            }

            side.Close(outer);
        });

    [Fact]
    public void Writes_beside_an_open_reader_are_seen_by_later_reads()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var command = side.Command("SELECT id, name FROM person ORDER BY name");
            using var reader = command.ExecuteReader();
            side.Next(reader);
            side.NonQuery("INSERT INTO bag VALUES (9, 9)");
            side.Scalar("SELECT count(*) FROM bag");
            side.Next(reader);
            side.NonQuery("INSERT INTO bag VALUES (9, 9) RETURNING x");
            side.Scalar("SELECT count(*) FROM bag");
            using (var other = side.Command("SELECT x FROM bag"))
            using (var second = other.ExecuteReader())
            {
                side.Next(second);
                side.NonQuery("DELETE FROM item WHERE k = 30");
                side.Scalar("SELECT count(*) FROM item");
                side.Close(second);
            }

            using (var transaction = side.Connection.BeginTransaction())
            {
                side.NonQuery("INSERT INTO bag VALUES (10, 10)");
                side.Scalar("SELECT count(*) FROM bag");
                transaction.Commit();
            }

            side.Scalar("SELECT count(*) FROM bag");
            side.Values();
            side.Next(reader);
            side.Next(reader);
            side.Close(reader);
        });

    [Fact]
    public void Open_reader_does_not_see_what_is_written_after_it_was_opened()
        => Script.Differs(
            Script.Basic,
            side =>
            {
                side.Open();
                using var command = side.Command("SELECT id FROM person");
                using var reader = command.ExecuteReader();
                side.Next(reader);
                side.NonQuery("UPDATE person SET id = 30 WHERE id = 3");
                side.Next(reader);
                side.Next(reader);
                side.Close(reader);
            },
            ("  row: 30L Int64 'INTEGER'; affected -1", "  row: 3L Int64 'INTEGER'; affected -1"));

    [Fact]
    public void Members_throw_the_same_before_the_first_row_after_the_last_and_when_closed()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var command = side.Command("SELECT id, name AS Name, age FROM person WHERE id = 1; UPDATE person SET age = 1; SELECT 2 WHERE 0");
            using var reader = command.ExecuteReader();
            Members(side, reader);
            side.Next(reader);
            Members(side, reader);
            side.Next(reader);
            Members(side, reader);
            side.Try("NextResult", reader.NextResult);
            Members(side, reader);
            side.Next(reader);
            Members(side, reader);
            side.Try("NextResult", reader.NextResult);
            Members(side, reader);
            side.Try("NextResult", reader.NextResult);
            Members(side, reader);
            side.Close(reader);
            Members(side, reader);
            side.Do("Close", reader.Close);
            side.Try("NextResult", reader.NextResult);
            side.Try("Read", reader.Read);
        });

    [Theory]
    [InlineData("SELECT id, name FROM person")]
    [InlineData("SELECT id FROM person; INSERT INTO bag VALUES (9, 9)")]
    [InlineData("INSERT INTO bag VALUES (8, 8), (9, 9) RETURNING x; INSERT INTO bag VALUES (10, 10)")]
    [InlineData("PRAGMA cache_size; SELECT 2")]
    public void Reader_of_a_closed_connection_is_closed(string text)
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var command = side.Command(text);
            var reader = command.ExecuteReader();
            side.Next(reader);
            side.Do("Close", side.Connection.Close);
            side.Try("IsClosed", () => reader.IsClosed);
            side.Try("HasRows", () => reader.HasRows);
            side.Try("Read", reader.Read);
            side.Try("GetValue", () => reader.GetValue(0));
            side.Try("NextResult", reader.NextResult);
            side.Close(reader);
            side.Connection.Open();
            side.Execute(Way.Reader, command);
        });

    [Fact]
    public void Reader_whose_command_is_disposed_is_closed()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var command = side.Command("SELECT id FROM person; INSERT INTO bag VALUES (9, 9)");
            var reader = command.ExecuteReader();
            side.Next(reader);
            side.Do("Dispose", command.Dispose);
            side.Try("IsClosed", () => reader.IsClosed);
            side.Try("Read", reader.Read);
            side.Scalar("SELECT count(*) FROM bag");
        });

    [Fact]
    public void Error_in_the_middle_of_the_rows_comes_at_its_row()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            side.Read("SELECT abs(v) FROM (SELECT 1 AS v UNION ALL SELECT -9223372036854775808 UNION ALL SELECT 3)");
            using (var command = side.Command("SELECT abs(v) FROM (SELECT 1 AS v UNION ALL SELECT -9223372036854775808 UNION ALL SELECT 3); SELECT 'next'"))
            {
                using var reader = command.ExecuteReader();
                side.Next(reader);
                side.Next(reader);
                side.Next(reader);
                side.Try("NextResult", reader.NextResult);
                side.Next(reader);
                side.Close(reader);
            }

            side.Scalar("SELECT 1");
        });

    [Fact]
    public void Enumerator_and_tables_are_filled_the_same()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using (var command = side.Command("SELECT id, name, age FROM person"))
            using (var reader = command.ExecuteReader())
            {
                foreach (IDataRecord record in reader)
                {
                    side.Log($"{record.FieldCount} {record.GetName(1)} {Described.Value(record[0])} {Described.Value(record["name"])} {record.GetDataTypeName(2)}");
                }

                side.Try("IsClosed", () => reader.IsClosed);
            }

            foreach (var text in (string[])["SELECT * FROM person", "SELECT * FROM bag", "SELECT p.id, i.k, p.name || 'x' AS e FROM person p JOIN item i ON i.owner = p.id", "SELECT * FROM person WHERE 0"])
            {
                using var command = side.Command(text);
                using var reader = command.ExecuteReader();
                var table = new DataTable();
                side.Do("Load " + text, () => table.Load(reader));
                side.Log(string.Join(", ", table.Columns.Cast<DataColumn>().Select(column => $"{column.ColumnName} {column.DataType.Name} {column.AllowDBNull} {column.Unique} {column.ReadOnly} {column.AutoIncrement} {column.MaxLength}")));
                side.Log("key " + string.Join(",", table.PrimaryKey.Select(column => column.ColumnName)));
                foreach (DataRow row in table.Rows)
                {
                    side.Log("  " + string.Join(" | ", row.ItemArray.Select(Described.Value)));
                }
            }
        });

    private static void Members(Side side, DbDataReader reader)
    {
        side.Try("IsClosed", () => reader.IsClosed);
        side.Try("Depth", () => reader.Depth);
        side.Try("FieldCount", () => reader.FieldCount);
        side.Try("VisibleFieldCount", () => reader.VisibleFieldCount);
        side.Try("HasRows", () => reader.HasRows);
        side.Try("RecordsAffected", () => reader.RecordsAffected);
        side.Try("GetName", () => reader.GetName(0));
        side.Try("GetOrdinal", () => reader.GetOrdinal("name"));
        side.Try("GetOrdinal of nothing", () => reader.GetOrdinal("nothing"));
        side.Try("GetOrdinal of null", () => reader.GetOrdinal(null!));
        side.Try("GetValue", () => reader.GetValue(0));
        side.Try("GetValue beyond", () => reader.GetValue(9));
        side.Try("by index", () => reader[0]);
        side.Try("by name", () => reader["name"]);
        side.Try("by wrong name", () => reader["nothing"]);
        side.Try("IsDBNull", () => reader.IsDBNull(0));
        side.Try("IsDBNullAsync", () => reader.IsDBNullAsync(0).GetAwaiter().GetResult());
        side.Try("GetFieldType", () => reader.GetFieldType(0));
        side.Try("GetFieldType beyond", () => reader.GetFieldType(9));
        side.Try("GetProviderSpecificFieldType", () => reader.GetProviderSpecificFieldType(0));
        side.Try("GetDataTypeName", () => reader.GetDataTypeName(0));
        side.Try("GetDataTypeName beyond", () => reader.GetDataTypeName(9));
        side.Try("GetInt32", () => reader.GetInt32(0));
        side.Try("GetString", () => reader.GetString(0));
        side.Try("GetFieldValue", () => reader.GetFieldValue<long?>(0));
        side.Try("GetFieldValueAsync", () => reader.GetFieldValueAsync<int>(0).GetAwaiter().GetResult());
        side.Try("GetValues", () => reader.GetValues(new object[5]));
        side.Try("GetValues of null", () => reader.GetValues(null!));
        side.Try("GetProviderSpecificValue", () => reader.GetProviderSpecificValue(0));
        side.Try("GetBytes", () => reader.GetBytes(1, 0, new byte[5], 0, 5));
        side.Try("GetChars", () => reader.GetChars(1, 0, new char[5], 0, 5));
        side.Try("GetStream", () => reader.GetStream(1).Length);
        side.Try("GetTextReader", () => reader.GetTextReader(1).ReadToEnd());
        side.Try("GetSchemaTable", () => reader.GetSchemaTable()?.Rows.Count);
        side.Try("GetData", () => reader.GetData(0));
    }
}
