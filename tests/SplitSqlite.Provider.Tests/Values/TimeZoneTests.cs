using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;

namespace SplitSqlite.Tests.Values;

/// <summary>Tests that change the process's time zone or its switches: nothing runs beside them.</summary>
[CollectionDefinition(nameof(TimeZoneTests), DisableParallelization = true)]
public sealed class AloneInItsTimeZone;

[Collection(nameof(TimeZoneTests))]
public sealed class TimeZoneTests
{
    private const string Switch = "Microsoft.Data.Sqlite.Pre10TimeZoneHandling";

    [Theory]
    [InlineData("UTC")]
    [InlineData("America/St_Johns")]
    [InlineData("Asia/Kathmandu")]
    public void Dates_answer_as_in_MDS_wherever_we_are(string zone) => InZone(zone, () => Assert.Equal("", Compare()));

    [Fact]
    public void The_rules_of_version_10_hold()
    {
        // What the switch turns off, so that the comparison of both states compares something.
        InZone("America/St_Johns", () => Assert.Equal("Utc 2014-04-15 08:47:16; 00:00:00; 2456762.86616898", Sample()));
    }

    [Fact]
    public void MDSs_switch_brings_the_former_rules_back_for_us_too()
    {
        // Both read the switch once: this process keeps the new rules, a second copy of all assemblies gets the old ones.
        RuntimeHelpers.RunClassConstructor(typeof(TimeZoneHandling).TypeHandle);
        _ = Sample();
        AppContext.SetSwitch(Switch, true);
        try
        {
            var copy = new Copy();
            Type probe = copy.LoadFromAssemblyPath(typeof(TimeZoneTests).Assembly.Location).GetType(typeof(TimeZoneTests).FullName!)!;
            InZone("America/St_Johns", () =>
            {
                Assert.Equal("Local 2014-04-15 06:17:16; -02:30:00; 2456762.94950231", Call(probe, nameof(Sample)));
                Assert.Equal("", Call(probe, nameof(Compare)));
            });
        }
        finally
        {
            AppContext.SetSwitch(Switch, false);
        }

        static object? Call(Type type, string method)
            => type.GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.Invoke(null, null);
    }

    private static void InZone(string zone, Action action)
    {
        string? former = Environment.GetEnvironmentVariable("TZ");
        Environment.SetEnvironmentVariable("TZ", zone);
        TimeZoneInfo.ClearCachedData();
        try
        {
            action();
        }
        finally
        {
            Environment.SetEnvironmentVariable("TZ", former);
            TimeZoneInfo.ClearCachedData();
        }
    }

    /// <summary>Three answers of ours that depend on the rules.</summary>
    private static string Sample()
    {
        using var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        using var command = new SqliteCommand();
        command.Parameters.Add(new SqliteParameter("@p", SqliteType.Real) { Value = new DateTimeOffset(2014, 4, 15, 10, 47, 17, TimeSpan.FromHours(2)) });
        using SplitSqliteDataReader reader = StatementCursor.Execute(
            connection, "SELECT '2014-04-15 10:47:16+02:00', '2014-04-15 10:47:16', @p", parameters: command.Parameters);
        reader.Read();
        DateTime instant = reader.GetDateTime(0);
        return FormattableString.Invariant($"{instant.Kind} {instant:yyyy-MM-dd HH:mm:ss}; {reader.GetDateTimeOffset(1).Offset}; {reader.GetDouble(2):F8}");
    }

    /// <summary>Reads and writes dates both ways.</summary>
    /// <returns>The differences.</returns>
    private static string Compare()
    {
        using var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        var differences = new StringBuilder();
        foreach (string value in StoredValues.All.Where(v => v.Contains("20", StringComparison.Ordinal) || v.Contains("99", StringComparison.Ordinal) || v.Contains(':', StringComparison.Ordinal) || v.Contains('.', StringComparison.Ordinal)))
        {
            foreach ((string name, var get) in Getters.All.Where(g => g.Name.Contains("Date", StringComparison.Ordinal) || g.Name.Contains("Time", StringComparison.Ordinal)))
            {
                using var command = new SqliteCommand($"SELECT {value}", connection);
                using SqliteDataReader theirs = command.ExecuteReader();
                using SplitSqliteDataReader ours = StatementCursor.Execute(connection, command.CommandText);
                theirs.Read();
                ours.Read();
                Note($"{name}({value})", Observation.Of(() => get(theirs, 0)), Observation.Of(() => get(ours, 0)));
            }
        }

        foreach (object value in new object[]
        {
            new DateTime(2014, 4, 15, 10, 47, 16, DateTimeKind.Local), new DateTime(2014, 4, 15, 10, 47, 16, DateTimeKind.Utc), new DateTime(2014, 4, 15, 10, 47, 16),
            new DateTimeOffset(2014, 4, 15, 10, 47, 16, TimeSpan.FromHours(2)), new DateTimeOffset(new DateTime(2014, 4, 15, 10, 47, 16, DateTimeKind.Local)), DateTimeOffset.MinValue,
        })
        {
            foreach (SqliteType type in new[] { SqliteType.Real, SqliteType.Text })
            {
                using var command = new SqliteCommand("SELECT @p", connection);
                command.Parameters.Add(new SqliteParameter("@p", type) { Value = value });
                using SplitSqliteDataReader ours = StatementCursor.Execute(connection, command.CommandText, parameters: command.Parameters);
                ours.Read();
                Note($"{value} as {type}", Observation.Of(command.ExecuteScalar), Observation.Of(() => ours[0]));
            }
        }

        return differences.ToString();

        void Note(string what, string expected, string actual)
        {
            if (expected != actual)
            {
                differences.Append(what).Append(": expected ").Append(expected).Append(", was ").AppendLine(actual);
            }
        }
    }

    /// <summary>Second copies of every assembly beside the tests.</summary>
    private sealed class Copy : AssemblyLoadContext
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string path = Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) => nint.Zero;
    }
}
