using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.ConnectionStrings;

/// <summary>The same calls on Microsoft.Data.Sqlite's builder and on ours: same texts, same values, same types of exceptions.</summary>
public sealed class BuilderDifferentialTests
{
    public static readonly string[] Spellings =
    [
        "Data Source", "DataSource", "Filename", "data source", "FILENAME", "Mode", "mode", "Cache", "Password", "Foreign Keys", "foreign keys",
        "Recursive Triggers", "Default Timeout", "Command Timeout", "command TIMEOUT", "Pooling", "Vfs", "VFS",
    ];

    public static readonly object[] Values =
    [
        "", " ", "x", "a;b'c\"=", "1", "0", "-1", "99", " 7 ", "99999999999", "1.5", "true", "False", "yes", "ReadOnly", "readwrite", "Memory", "ReadOnly, Memory",
        "Shared", "private", "Default", "=", "ä", 0, 1, 2, 3, -1, 99, 1L, 5_000_000_000L, 1.5, 2.5, 1m, (byte)1, true, false, 'c', "\t",
        SqliteOpenMode.ReadOnly, (SqliteOpenMode)99, SqliteCacheMode.Shared, SplitSqliteRouting.Writer, DateTime.UnixEpoch, Guid.Empty, DBNull.Value,
        new Version(1, 2), new byte[] { 1 },
    ];

    public static TheoryData<string> EachSpelling() => [.. Spellings];

    [Theory]
    [MemberData(nameof(EachSpelling))]
    public void Indexer_takes_and_refuses_the_same_values(string keyword)
    {
        foreach (var value in Values)
        {
            Same($"[{keyword}] = {value} ({value.GetType()})", builder => builder[keyword] = value);
        }
    }

    [Theory]
    [MemberData(nameof(EachSpelling))]
    public void Null_removes_a_set_value(string keyword)
    {
        Same($"[{keyword}] = null", builder => builder[keyword] = null!);
        Same($"[{keyword}] = 1; [{keyword}] = null", builder =>
        {
            builder[keyword] = "1";
            builder[keyword] = null!;
        });
    }

    [Theory]
    [MemberData(nameof(EachSpelling))]
    public void Set_keyword_is_contained_serialized_and_removed_by_any_spelling(string keyword)
    {
        foreach (var other in Spellings.Append("Nonsense"))
        {
            Same($"set {keyword}, ask for {other}", builder =>
            {
                builder[keyword] = "1";
                return (builder.ContainsKey(other), builder.ShouldSerialize(other), builder.TryGetValue(other, out var value), value?.ToString(), builder.Remove(other), builder.Remove(other), builder.Count);
            });
        }
    }

    [Theory]
    [InlineData("Data Source=a.db")]
    [InlineData("data source = a.db ; MODE = readonly")]
    [InlineData("Data Source=a;Filename=b;DataSource=c")]
    [InlineData("Filename=b;Data Source=a;Filename=c;Data Source=")]
    [InlineData("Data Source='a;b';Password=\"it's\";Cache=Shared")]
    [InlineData("Pooling=False;Default Timeout=7;Command Timeout=8;Recursive Triggers=True")]
    [InlineData("Foreign Keys=;Mode=;Password=")]
    [InlineData("Foreign Keys=False")]
    [InlineData("Foreign Keys=''")]
    [InlineData("Vfs=unix-none;Data Source=file:x?mode=ro")]
    [InlineData("Nonsense=")]
    [InlineData("Nonsense=1")]
    [InlineData("Data Source")]
    [InlineData("=x")]
    [InlineData(";;;")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("Data Source==a")]
    [InlineData("Mode=99")]
    [InlineData("Mode=nope")]
    [InlineData("Pooling=1")]
    [InlineData("Default Timeout=abc")]
    [InlineData("Default Timeout=-5")]
    [InlineData("Default Timeout=99999999999")]
    [InlineData("Mode=99999999999")]
    [InlineData("Data Source='a")]
    public void Connection_string_parses_to_the_same(string? connectionString)
        => Same(connectionString ?? "null", builder => builder.ConnectionString = connectionString);

    [Fact]
    public void Failed_connection_string_leaves_the_same_behind()
        => Same("a failure after a success", builder =>
        {
            builder.ConnectionString = "Data Source=kept.db;Pooling=False";
            Assert.ThrowsAny<ArgumentException>(() => builder.ConnectionString = "Data Source=lost.db;Nonsense=1");
        });

    [Fact]
    public void Clear_sets_everything_back()
        => Same("clear", builder =>
        {
            foreach (var spelling in Spellings)
            {
                builder[spelling] = "1";
            }

            builder.Clear();
        });

    [Fact]
    public void Null_keyword_is_refused_in_the_same_way()
    {
        Same("get", builder => builder[null!]);
        Same("set", builder => builder[null!] = 1);
        Same("remove", builder => builder.Remove(null!));
        Same("contains", builder => builder.ContainsKey(null!));
        Same("serialize", builder => builder.ShouldSerialize(null!));
        Same("try get", builder => builder.TryGetValue(null!, out _));
    }

    [Fact]
    public void Unknown_keyword_is_refused_in_the_same_way()
    {
        Same("get", builder => builder["Nonsense"]);
        Same("set", builder => builder["Nonsense"] = 1);
        Same("set null", builder => builder["Nonsense"] = null!);
        Same("add", builder => builder.Add("Nonsense", 1));
    }

    // The one difference: after the exception Microsoft.Data.Sqlite's property holds a value that its connection string doesn't.
    [Theory]
    [InlineData("Data Source")]
    [InlineData("Password")]
    [InlineData("Vfs")]
    public void Embedded_zero_is_refused_in_the_same_way_and_changes_nothing(string keyword)
    {
        var e = Assert.Throws<ArgumentException>(() => new SqliteConnectionStringBuilder { [keyword] = "a\0b" });
        var split = new SplitSqliteConnectionStringBuilder { [keyword] = "before" };
        Assert.Equal(e.Message, Assert.Throws<ArgumentException>(() => split[keyword] = "a\0b").Message);
        Assert.Equal("before", split[keyword]);
    }

    [Fact]
    public void Properties_take_the_same_values()
    {
        SameProperty(nameof(SqliteConnectionStringBuilder.DataSource), null, "", "a.db", ":memory:");
        SameProperty(nameof(SqliteConnectionStringBuilder.Mode), SqliteOpenMode.Memory, (SqliteOpenMode)99, SqliteOpenMode.ReadWriteCreate);
        SameProperty(nameof(SqliteConnectionStringBuilder.Cache), SqliteCacheMode.Shared, (SqliteCacheMode)99);
        SameProperty(nameof(SqliteConnectionStringBuilder.Password), null, "", "s3cret;");
        SameProperty(nameof(SqliteConnectionStringBuilder.ForeignKeys), null, true, false);
        SameProperty(nameof(SqliteConnectionStringBuilder.RecursiveTriggers), true, false);
        SameProperty(nameof(SqliteConnectionStringBuilder.DefaultTimeout), 0, -1, int.MaxValue);
        SameProperty(nameof(SqliteConnectionStringBuilder.Pooling), true, false);
        SameProperty(nameof(SqliteConnectionStringBuilder.Vfs), null, "", " ", "unix");
    }

    [Fact]
    public void Keywords_come_first_and_in_the_same_order()
    {
        var plain = new SqliteConnectionStringBuilder();
        var split = new SplitSqliteConnectionStringBuilder();
        Assert.Equal(plain.Keys.Cast<string>(), split.Keys.Cast<string>().Take(plain.Keys.Count));
        Assert.Equal(plain.Values.Cast<object?>(), split.Values.Cast<object?>().Take(plain.Keys.Count));
        Assert.Equal(split.Keys.Count, split.Values.Count);
    }

    [Fact]
    public void Random_connection_strings_make_the_round_trip_through_both_builders()
    {
        const int Seed = 20260101;
        var random = new Random(Seed);
        string[] texts = ["a.db", "", "it's", "a;b", "\"q\"", "=", " lead", "trail ", "{x}", "ä€", "'", "x\ny"];
        for (var round = 0; round < 2_000; round++)
        {
            var source = new SqliteConnectionStringBuilder();
            foreach (var spelling in Spellings.Where(_ => random.Next(3) == 0))
            {
                source[spelling] = spelling.ToUpperInvariant() switch
                {
                    "MODE" => (SqliteOpenMode)random.Next(4),
                    "CACHE" => (SqliteCacheMode)random.Next(3),
                    "FOREIGN KEYS" or "RECURSIVE TRIGGERS" or "POOLING" => random.Next(2) == 0,
                    "DEFAULT TIMEOUT" or "COMMAND TIMEOUT" => random.Next(100),
                    _ => texts[random.Next(texts.Length)],
                };
            }

            // Parsing drops empty values, so what comes back is compared with what Microsoft.Data.Sqlite gets back.
            var split = new SplitSqliteConnectionStringBuilder(source.ConnectionString);
            source = new SqliteConnectionStringBuilder(source.ConnectionString);
            Assert.True(source.ConnectionString == split.ConnectionString, $"seed {Seed}, round {round}: {source.ConnectionString} became {split.ConnectionString}");
            Assert.Equal(source.ConnectionString, new SqliteConnectionStringBuilder(split.ConnectionString).ConnectionString);

            source.Pooling = false;
            Assert.Equal(source.ConnectionString, split.ToMicrosoftDataSqliteString());
        }
    }

    private static void SameProperty(string name, params object?[] values)
    {
        foreach (var value in values)
        {
            Same($"{name} = {value ?? "null"}", builder =>
            {
                try
                {
                    builder.GetType().GetProperty(name)!.SetValue(builder, value);
                }
                catch (TargetInvocationException e)
                {
                    throw e.InnerException!;
                }
            });
        }
    }

    private static void Same(string what, Action<DbConnectionStringBuilder> act)
        => Same(what, builder =>
        {
            act(builder);
            return "done";
        });

    private static void Same(string what, Func<DbConnectionStringBuilder, object?> act)
    {
        var plain = Outcome(new SqliteConnectionStringBuilder(), act);
        var split = Outcome(new SplitSqliteConnectionStringBuilder(), act);
        Assert.True(plain == split, $"{what}\n  Microsoft.Data.Sqlite: {plain}\n  SplitSqlite:           {split}");
    }

    // What happened, and what the builder looks like afterwards by each way of asking it.
    private static string Outcome(DbConnectionStringBuilder builder, Func<DbConnectionStringBuilder, object?> act)
    {
        string result;
        try
        {
            result = Convert.ToString(act(builder), CultureInfo.InvariantCulture) ?? "null";
        }
        catch (Exception e)
        {
            // An ArgumentException's parameter name is part of what callers see of MDS for null; the texts differ on purpose.
            result = e.GetType().Name + (e is ArgumentNullException n ? n.ParamName : "");
        }

        var values = new SqliteConnectionStringBuilder().Keys.Cast<string>().Select(key => $"{key}={builder[key] ?? "null"}:{builder[key]?.GetType().Name}");
        var properties = typeof(SqliteConnectionStringBuilder).GetProperties(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.GetIndexParameters().Length == 0 && property.Name is not ("Keys" or "Values"))
            .Select(property => $"{property.Name}={builder.GetType().GetProperty(property.Name)!.GetValue(builder) ?? "null"}");
        return $"{result} | {builder.ConnectionString} | {builder.Count} | {string.Join(';', values)} | {string.Join(';', properties)}";
    }
}
