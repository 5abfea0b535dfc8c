using System.ComponentModel;
using System.Data.Common;
using BenchmarkDotNet.Attributes;
using Dapper;
using SplitSqlite.Benchmarks.Sides;
using SQLitePCL;

namespace SplitSqlite.Benchmarks.Single;

/// <summary>What most requests of an application are.</summary>
[DisplayName("open, point SELECT, close")]
public class OpenReadClose : SingleThreadWork
{
    [Benchmark(Baseline = true)]
    public string Plain() => Run(PlainFile);

    [Benchmark]
    public string Split() => Run(SplitFile);

    private string Run(BenchFile file)
    {
        using var connection = file.Open();
        return Works.ReadUser(connection, NextUser());
    }
}

/// <summary>A new command for each execution, as mappers do it.</summary>
[DisplayName("point SELECT, new command each")]
public class PointSelect : OpenConnectionWork
{
    [Benchmark(Baseline = true)]
    public string Plain() => Works.ReadUser(PlainConnection, NextUser());

    [Benchmark]
    public string Split() => Works.ReadUser(SplitConnection, NextUser());
}

/// <summary>One command kept, with only its parameter's value changed; SQLite alone is the ceiling for both ways.</summary>
[DisplayName("point SELECT, command reused")]
public class PointSelectReused : OpenConnectionWork
{
    private DbCommand? _plain;
    private DbCommand? _split;
    private sqlite3_stmt? _raw;

    [Benchmark(Baseline = true)]
    public string Plain() => Run(_plain!);

    [Benchmark]
    public string Split() => Run(_split!);

    [Benchmark]
    public string Raw()
    {
        raw.sqlite3_bind_int64(_raw, 1, NextUser());
        raw.sqlite3_step(_raw);
        _ = raw.sqlite3_column_int64(_raw, 0);
        _ = raw.sqlite3_column_int64(_raw, 2);
        var name = raw.sqlite3_column_text(_raw, 1).utf8_to_string();
        raw.sqlite3_reset(_raw);
        return name;
    }

    private protected override void Prepare()
    {
        base.Prepare();
        _plain = Command(PlainConnection);
        _split = Command(SplitConnection);
        _raw = RawDatabase.Prepare(Works.SelectUser);
    }

    private protected override void Release()
    {
        _plain!.Dispose();
        _split!.Dispose();
        base.Release();
    }

    private static DbCommand Command(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = Works.SelectUser;
        Works.Add(command, "@id", 1L);
        return command;
    }

    private string Run(DbCommand command)
    {
        command.Parameters[0].Value = NextUser();
        return Works.ReadUser(command);
    }
}

/// <summary>Where the rows themselves are the work.</summary>
[DisplayName("1,000 rows read")]
public class ThousandRows : OpenConnectionWork
{
    private sqlite3_stmt? _raw;

    [Benchmark(Baseline = true)]
    public long Plain() => Run(PlainConnection);

    [Benchmark]
    public long Split() => Run(SplitConnection);

    [Benchmark]
    public long Raw()
    {
        long sum = 0;
        while (raw.sqlite3_step(_raw) == raw.SQLITE_ROW)
        {
            sum += raw.sqlite3_column_int64(_raw, 0) + raw.sqlite3_column_text(_raw, 1).utf8_to_string().Length + raw.sqlite3_column_int64(_raw, 2);
        }

        raw.sqlite3_reset(_raw);
        return sum;
    }

    private protected override void Prepare()
    {
        base.Prepare();
        _raw = RawDatabase.Prepare(Works.SelectUsers);
    }

    private static long Run(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Works.SelectUsers;
        using var reader = command.ExecuteReader();
        long sum = 0;
        while (reader.Read())
        {
            sum += reader.GetInt64(0) + reader.GetString(1).Length + reader.GetInt64(2);
        }

        return sum;
    }
}

/// <summary>The same read through a mapper.</summary>
[DisplayName("Dapper, one row by key")]
public class DapperByKey : OpenConnectionWork
{
    [Benchmark(Baseline = true)]
    public string Plain() => Run(PlainConnection);

    [Benchmark]
    public string Split() => Run(SplitConnection);

    private string Run(DbConnection connection) => connection.QuerySingle<Row>(Works.SelectUser, new { id = NextUser() }).Name;

    private sealed record Row(long Id, string Name, long Visits);
}
