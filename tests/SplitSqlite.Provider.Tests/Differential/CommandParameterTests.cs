using System.Data;

namespace SplitSqlite.Tests.Differential;

/// <summary>Parameters as the execution of a command sees them. How values are bound is Values/ParameterTests' topic.</summary>
public sealed class CommandParameterTests
{
    [Theory]
    [InlineData("SELECT @a, $b, :c", "@a", "$b", ":c")]
    [InlineData("SELECT @a, $b, :c", "a", "b", "c")]
    [InlineData("SELECT @a, $b, :c", "a", "$b", "c")]
    [InlineData("SELECT @a, $b, :c", "$a", ":b", "@c")]
    [InlineData("SELECT ?, ?, ?", "", "", "")]
    [InlineData("SELECT ?1, ?2, ?3", "?1", "?2", "?3")]
    [InlineData("SELECT ?3, ?2, ?1", "1", "2", "3")]
    [InlineData("SELECT @a, @A, @a", "@a", "@A", "@b")]
    [InlineData("SELECT @a, $a, :a", "a", "b", "c")]
    [InlineData("SELECT $a::b, $a(c), 1", "$a::b", "$a(c)", "x")]
    [InlineData("SELECT @a; SELECT @b; SELECT @c", "@a", "@b", "@c")]
    [InlineData("SELECT @a; SELECT @b, @nobody", "@a", "@b", "@c")]
    [InlineData("SELECT 1", "@a", "@b", "@c")]
    [InlineData("SELECT @a + @d", "@a", "@b", "@c")]
    [InlineData("INSERT INTO bag VALUES (@a, @b); SELECT * FROM bag WHERE x = @a", "@a", "@b", "@c")]
    [InlineData("INSERT INTO bag VALUES (@a, @b); INSERT INTO bag VALUES (@c, @nobody)", "@a", "@b", "@c")]
    [InlineData("SELECT id FROM person WHERE id = @a UNION ALL SELECT id FROM person WHERE id > @b LIMIT @c", "@a", "@b", "@c")]
    public void Names_are_matched_as_by_the_plain_provider(string text, string first, string second, string third)
    {
        // What fails while the rest of a batch is drained is BatchTests' topic.
        foreach (var way in (Way[])(text.Contains("; SELECT @b, @nobody", StringComparison.Ordinal) ? [Way.Reader] : [Way.Reader, Way.NonQuery, Way.ScalarAsync]))
        {
            Script.Same(Script.Basic, side => side.Open().Execute(way, text, (first, 1L), (second, 2L), (third, 3L)));
        }
    }

    [Fact]
    public void Value_that_is_missing_or_of_no_known_type_throws_and_leaves_the_command_usable()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var command = side.Command("INSERT INTO bag VALUES (@a, @b)");
            side.Execute(Way.NonQuery, command);
            var first = Side.Add(command, "@a", 1);
            side.Execute(Way.NonQuery, command);
            var second = Side.Add(command, "@b", null);
            side.Execute(Way.NonQuery, command);
            second.Value = new object();
            side.Execute(Way.NonQuery, command);
            second.Value = DBNull.Value;
            side.Execute(Way.NonQuery, command);
            second.ResetDbType();
            second.Value = "text";
            side.Execute(Way.NonQuery, command);
            first.ParameterName = "@x";
            side.Execute(Way.NonQuery, command);
            side.Try("contains", () => command.Parameters.Contains("@b"));
            side.Try("index", () => command.Parameters.IndexOf("@b"));
            side.Try("by name", () => command.Parameters["@nobody"]);
            command.Parameters.Clear();
            side.Execute(Way.NonQuery, command);
        });

    [Fact]
    public void Command_used_again_takes_the_values_of_the_moment()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var insert = side.Command("INSERT INTO bag VALUES (@x, @y)");
            var x = Side.Add(insert, "@x", 1);
            var y = Side.Add(insert, "@y", "one");
            insert.Prepare();
            side.Execute(Way.NonQuery, insert);
            (x.Value, y.Value) = (2.5, new byte[] { 1, 2, 3 });
            side.Execute(Way.NonQuery, insert);
            (x.Value, y.Value) = (DBNull.Value, DBNull.Value);
            side.Execute(Way.NonQuery, insert);
            (x.Value, y.Value) = ("text", new string('ä', 100_000));
            side.Execute(Way.NonQuery, insert);
            (x.Value, y.Value) = (Guid.Empty, new DateTime(2026, 1, 2, 3, 4, 5));
            side.Execute(Way.NonQuery, insert);
            x.Size = 2;
            x.Value = "cut here";
            side.Execute(Way.NonQuery, insert);
            insert.CommandText = "SELECT typeof(x), typeof(y), x FROM bag WHERE x IS @x";
            side.Execute(Way.Reader, insert);
        });

    [Fact]
    public void Parameter_serves_two_commands()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var insert = side.Command("INSERT INTO bag(x) VALUES (@x)");
            using var select = side.Command("SELECT count(*) FROM bag WHERE x = @x");
            var x = Side.Add(insert, "@x", 5);
            select.Parameters.Add(x);
            for (var i = 0; i < 3; i++)
            {
                x.Value = i;
                side.Execute(Way.NonQuery, insert);
                side.Execute(Way.Scalar, select);
            }
        });

    [Fact]
    public void Value_changed_while_a_reader_is_open_reaches_the_rest_of_the_batch()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var command = side.Command("SELECT @a; SELECT @a");
            var a = Side.Add(command, "@a", 1);
            using var reader = command.ExecuteReader();
            side.Next(reader);
            a.Value = 2;
            side.Try("NextResult", reader.NextResult);
            side.Next(reader);
        });

    [Fact]
    public void Kinds_of_parameters_that_sqlite_has_not_throw_the_same()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var command = side.Command("SELECT @a");
            var a = Side.Add(command, "@a", 1);
            side.Do("output", () => a.Direction = ParameterDirection.Output);
            side.Do("procedure", () => command.CommandType = CommandType.StoredProcedure);
            side.Do("table", () => command.CommandType = CommandType.TableDirect);
            side.Do("negative timeout", () => command.CommandTimeout = -1);
            side.Try("timeout", () => command.CommandTimeout);
            side.Do("foreign parameter", () => command.Parameters.Add("text"));
            side.Try("nullable", () => a.IsNullable);
            side.Execute(Way.Scalar, command);
        });
}
