using System.Text;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SQLitePCL;

namespace SplitSqlite.Tests.Values;

/// <summary>Parameters side by side with Microsoft.Data.Sqlite: what arrives in SQLite, or how it is refused.</summary>
public sealed class ParameterTests : IDisposable
{
    private const string WhatArrived = "SELECT typeof(@p) || ' ' || quote(@p) || ' ' || hex(CAST(@p AS BLOB)) || ' ' || quote(@p + 0)";

    private static readonly object?[] Values =
    [
        null, DBNull.Value, true, false, (byte)200, (sbyte)-5, (short)-300, (ushort)65535, -70000, 4000000000u, long.MinValue, long.MaxValue,
        ulong.MaxValue, 1UL, 1.5f, 0.1f, float.NaN, float.MaxValue, 1.5, 0.1, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon,
        1m, 1.0m, 1.50m, -0.0m, 0m, decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, 1234567.891m, 1e-10m,
        'a', 'é', '\0', '\ud83d', "", "a", "é", "a😀b", "\ud83d", "a\ud83d", "nul\0inside", "12", " ",
        new string('x', 170), new string('x', 171), new string('é', 256), new string('é', 257), new string('x', 512), new string('x', 513), new string('x', 5000),
        new string('y', 20) + "\0" + new string('z', 480), new string('y', 20) + "\0" + new string('z', 500), new string('é', 250) + "\0" + new string('é', 10),
        Array.Empty<byte>(), new byte[] { 0 }, new byte[] { 1, 2, 3, 4, 5 }, new byte[5000],
        Guid.Parse("1c902ddb-f4b6-4945-af38-0dc1b0760465"), Guid.Empty,
        new DateTime(2014, 4, 15), new DateTime(2014, 4, 15, 10, 47, 16, DateTimeKind.Utc), new DateTime(2014, 4, 15, 10, 47, 16, 1), new DateTime(635331628361234567),
        DateTime.MinValue, DateTime.MaxValue, new DateTime(2014, 1, 31, 23, 59, 59, 999, DateTimeKind.Local), new DateTime(2024, 2, 29, 1, 2, 1, 1),
        new DateTimeOffset(2014, 4, 15, 10, 47, 16, TimeSpan.FromHours(2)), new DateTimeOffset(2014, 4, 15, 1, 47, 16, 500, new TimeSpan(-3, -30, 0)), DateTimeOffset.MinValue, DateTimeOffset.MaxValue,
        new DateOnly(2014, 4, 15), DateOnly.MinValue, DateOnly.MaxValue,
        new TimeOnly(10, 47, 16), new TimeOnly(10, 47, 16, 1), new TimeOnly(123456789012), TimeOnly.MinValue, TimeOnly.MaxValue,
        TimeSpan.Zero, new TimeSpan(1, 2, 3, 4, 5), new TimeSpan(-1), TimeSpan.MaxValue, TimeSpan.MinValue, new TimeSpan(10, 0, 0),
        DayOfWeek.Friday, Getters.ByteEnum.B, Getters.UnsignedEnum.B, (Getters.UnsignedEnum)ulong.MaxValue,
        new sbyte[] { 1 }, new ReadOnlyMemory<byte>([1, 2]), new Memory<byte>([1, 2]), new ArraySegment<byte>([1, 2]), new MemoryStream([1, 2]),
        new char[] { 'a' }, (Half)1, (Int128)1, (nint)1, new Uri("http://example.org"), new StringBuilder("x"), new int[] { 1 }, new object(),
    ];

    private readonly SqliteConnection _connection = new("Data Source=:memory:;Pooling=False");

    public ParameterTests() => _connection.Open();

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Values_arrive_as_from_MDS_in_every_type_and_size()
    {
        var differences = new List<string>();
        using PreparedStatement statement = Prepare(WhatArrived);
        foreach (object? value in Values)
        {
            foreach (SqliteType? type in new SqliteType?[] { null, SqliteType.Integer, SqliteType.Real, SqliteType.Text, SqliteType.Blob })
            {
                foreach (int? size in new int?[] { null, -1, 0, 1, 3, 10, 100 })
                {
                    if (size == 0 && value is not (string or byte[]))
                    {
                        // The one difference: see A_size_of_zero_counts_only_for_text_and_blobs.
                        continue;
                    }

                    var parameter = new SqliteParameter { ParameterName = "@p", Value = value };
                    if (type is not null)
                    {
                        parameter.SqliteType = type.Value;
                    }

                    if (size is not null)
                    {
                        parameter.Size = size.Value;
                    }

                    using var command = new SqliteCommand(WhatArrived, _connection);
                    command.Parameters.Add(parameter);
                    string expected = Observation.Of(command.ExecuteScalar);
                    string actual = Observation.Of(() => Run(statement, command.Parameters));
                    if (expected != actual)
                    {
                        differences.Add($"{value?.GetType().Name} {value} as {type} size {size}: expected {expected}, was {actual}");
                    }
                }
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n" + string.Join('\n', differences));
    }

    [Theory]
    [InlineData("SELECT @a, @b", "@a=1", "@b=2")]
    [InlineData("SELECT @a, @b", "@b=2", "@a=1")]
    [InlineData("SELECT @a, $b, :c", "a=1", "b=2", "c=3")]
    [InlineData("SELECT @a, $b, :c", "c=3", "@a=1", "b=2", "d=4")]
    [InlineData("SELECT @a, $a", "a=1")]
    [InlineData("SELECT @a, $a", "a=1", "@a=2")]
    [InlineData("SELECT @a, $a", "@a=1", "$a=2")]
    [InlineData("SELECT @a, $a, :a", "@a=1", "$a=2")]
    [InlineData("SELECT @a", "$a=1")]
    [InlineData("SELECT @a", ":a=1")]
    [InlineData("SELECT @a", "@A=1")]
    [InlineData("SELECT @a")]
    [InlineData("SELECT @a, @b", "@a=1")]
    [InlineData("SELECT @a, @b", "@a=1", "@a=2")]
    [InlineData("SELECT @a, @b", "@b=1", "@b=2")]
    [InlineData("SELECT @a", "@a=1", "@a=2")]
    [InlineData("SELECT @a, @b", "@a=1", "@b=2", "@a=3")]
    [InlineData("SELECT ?", "@a=1")]
    [InlineData("SELECT ?1", "?1=1")]
    [InlineData("SELECT ?1", "1=1")]
    [InlineData("SELECT ?3", "?3=1")]
    [InlineData("SELECT ?2, @a", "?2=1", "@a=2")]
    [InlineData("SELECT ?1, @a, ?2", "?1=1", "@a=2")]
    [InlineData("SELECT @1, @2", "1=1", "2=2")]
    [InlineData("SELECT @a", "=1")]
    [InlineData("SELECT 1", "=1")]
    [InlineData("SELECT 1", "@a")]
    [InlineData("SELECT 1", "@a=1")]
    [InlineData("SELECT @a", "@a")]
    [InlineData("SELECT @a, @b", "@a", "@b=1")]
    [InlineData("SELECT @b", "@a", "@b=1")]
    [InlineData("SELECT @é", "@é=1")]
    [InlineData("SELECT @é", "é=1")]
    [InlineData("SELECT @é, $é", "é=1")]
    [InlineData("SELECT @a", "@a\0b=1")]
    [InlineData("SELECT @a", "a\0b=1")]
    [InlineData("SELECT $a::b(c)", "$a::b(c)=1")]
    [InlineData("SELECT @$a", "$a=1")]
    [InlineData("SELECT @a + @a", "@a=1")]
    [InlineData("EXPLAIN QUERY PLAN SELECT @a")]
    [InlineData("EXPLAIN QUERY PLAN SELECT @a, @b", "@b=1")]
    [InlineData("EXPLAIN QUERY PLAN SELECT @a, @b", "@b")]
    public void Parameters_are_found_as_in_MDS(string sql, params string[] given)
    {
        using var command = new SqliteCommand(sql, _connection);
        foreach (string one in given)
        {
            int equals = one.IndexOf('=', StringComparison.Ordinal);
            command.Parameters.Add(new SqliteParameter
            {
                ParameterName = equals < 0 ? one : one[..equals],
                Value = equals < 0 ? null : one[(equals + 1)..],
            });
        }

        string expected = Observation.Of(() =>
        {
            using SqliteDataReader reader = command.ExecuteReader();
            reader.Read();
            return Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue).ToArray();
        });

        using PreparedStatement statement = Prepare(sql);
        using PreparedStatement used = Prepare(sql);
        for (int i = 1; i <= used.ParameterCount; i++)
        {
            raw.sqlite3_bind_int(used.Handle, i, 42);
        }

        // Twice with the same statement, and once with one that holds another execution's values.
        Assert.Equal(expected, Observation.Of(() => RunRow(statement, command.Parameters)));
        Assert.Equal(expected, Observation.Of(() => RunRow(statement, command.Parameters)));
        Assert.Equal(expected, Observation.Of(() => RunRow(used, command.Parameters)));
    }

    [Fact]
    public void Missing_parameters_are_named()
    {
        using PreparedStatement statement = Prepare("SELECT @present, $absent, :lacking");
        using var command = new SqliteCommand();
        command.Parameters.AddWithValue("present", 1);
        var error = Assert.Throws<InvalidOperationException>(() => ParameterBinder.Bind(statement, command.Parameters));
        Assert.Contains("$absent, :lacking", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("present,", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidOperationException>(() => ParameterBinder.Bind(statement, null));
        Assert.Contains("@present", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_of_zero_counts_only_for_text_and_blobs()
    {
        // SqliteParameter.Size answers 0 for a Guid whether 0 was set or nothing: MDS, which sees the field, binds ''.
        using PreparedStatement statement = Prepare("SELECT length(@p)");
        using var command = new SqliteCommand("SELECT length(@p)", _connection);
        SqliteParameter parameter = command.Parameters.AddWithValue("@p", Guid.Empty);
        parameter.Size = 0;
        Assert.Equal(0L, command.ExecuteScalar());
        Assert.Equal(36L, Run(statement, command.Parameters));
        parameter.Value = "text";
        Assert.Equal(0L, command.ExecuteScalar());
        Assert.Equal(0L, Run(statement, command.Parameters));
    }

    [Fact]
    public void Dates_written_as_real_are_those_of_MDS_through_all_years()
    {
        using PreparedStatement statement = Prepare("SELECT @p");
        using var command = new SqliteCommand("SELECT @p", _connection);
        var parameter = new SqliteParameter("@p", SqliteType.Real);
        command.Parameters.Add(parameter);
        command.Prepare();
        for (int i = 0; i < 20000; i++)
        {
            parameter.Value = new DateTime(1, 1, 1).AddDays(i * 182.6).AddMilliseconds(i * 7919L % 86400000);
            Assert.Equal(command.ExecuteScalar(), Run(statement, command.Parameters));
        }
    }

    [Fact]
    public void A_too_large_value_is_SQLites_error()
    {
        raw.sqlite3_limit(_connection.Handle, 0 /* SQLITE_LIMIT_LENGTH */, 1000);
        using var command = new SqliteCommand("SELECT @p", _connection);
        foreach (object value in new object[] { new string('x', 2000), new byte[2000] })
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("@p", value);
            using PreparedStatement statement = Prepare("SELECT @p");
            Assert.Equal(Observation.Of(command.ExecuteScalar), Observation.Of(() => Run(statement, command.Parameters)));
        }
    }

    [Theory]
    [InlineData("@", "abcdef")]
    [InlineData("", "abcdef")]
    [InlineData("@", "fedcba")]
    [InlineData("", "fedcba")]
    public void Parameters_are_bound_without_allocation(string prefix, string order)
    {
        using PreparedStatement statement = Prepare("SELECT @a, @b, @c, @d, @e, @f");
        using var command = new SqliteCommand();
        object[] values = [1, "some text that is not short but not long either", Guid.NewGuid(), DateTime.UtcNow, 12.5m, new string('x', 1000)];
        foreach (char name in order)
        {
            command.Parameters.AddWithValue(prefix + name, values[name - 'a']);
        }

        // Several rounds: a collection may empty the array pool in one of them, and the first compiles.
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                ParameterBinder.Bind(statement, command.Parameters);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static object? Run(PreparedStatement statement, SqliteParameterCollection parameters)
        => RunRow(statement, parameters) is { Length: > 0 } row ? row[0] : null;

    private static object?[] RunRow(PreparedStatement statement, SqliteParameterCollection parameters)
    {
        statement.Reset();
        ParameterBinder.Bind(statement, parameters);
        int rc = statement.Step();
        var rows = new StatementRows(statement, rc);
        rows.Read();
        object?[] values = new object?[rows.FieldCount];
        ValueConversions.GetValues(rows, values);
        statement.Reset();
        return values;
    }

    private PreparedStatement Prepare(string sql) => PreparedStatement.Prepare(_connection.Handle!, Encoding.UTF8.GetBytes(sql), out _)!;
}
