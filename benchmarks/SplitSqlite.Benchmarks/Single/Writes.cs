using System.ComponentModel;
using System.Data;
using System.Data.Common;
using BenchmarkDotNet.Attributes;
using SplitSqlite.Benchmarks.Sides;
using SQLitePCL;

namespace SplitSqlite.Benchmarks.Single;

/// <summary>An INSERT that is its own transaction, with a new command each time.</summary>
public abstract class AutocommitInsert : OpenConnectionWork
{
    private sqlite3_stmt? _raw;

    [Benchmark(Baseline = true)]
    public int Plain() => Works.Insert(PlainConnection, NextUser());

    [Benchmark]
    public int Split() => Works.Insert(SplitConnection, NextUser());

    [Benchmark]
    public void Raw() => RawWorks.Insert(RawDatabase, _raw!, NextUser());

    private protected override void Prepare()
    {
        base.Prepare();
        _raw = RawDatabase.Prepare(Works.InsertItem);
    }
}

[DisplayName("autocommit INSERT, NORMAL")]
public class AutocommitInsertNormal : AutocommitInsert
{
    private protected override Synchronous Synchronous => Synchronous.Normal;
}

[DisplayName("autocommit INSERT, FULL")]
public class AutocommitInsertFull : AutocommitInsert;

/// <summary>SELECT, INSERT and UPDATE in one immediate transaction; NORMAL, so that it is not the disk that is compared.</summary>
[DisplayName("transaction of 3 statements, NORMAL")]
public class ThreeStatements : OpenConnectionWork
{
    private sqlite3_stmt? _begin;
    private sqlite3_stmt? _select;
    private sqlite3_stmt? _insert;
    private sqlite3_stmt? _update;
    private sqlite3_stmt? _commit;

    private protected override Synchronous Synchronous => Synchronous.Normal;

    [Benchmark(Baseline = true)]
    public void Plain() => Run(PlainConnection);

    [Benchmark]
    public void Split() => Run(SplitConnection);

    [Benchmark]
    public void Raw()
    {
        var id = NextUser();
        RawDatabase.Run(_begin!);
        raw.sqlite3_bind_int64(_select, 1, id);
        RawDatabase.Run(_select!);
        RawWorks.Insert(RawDatabase, _insert!, id);
        raw.sqlite3_bind_int64(_update, 1, id);
        RawDatabase.Run(_update!);
        RawDatabase.Run(_commit!);
    }

    private protected override void Prepare()
    {
        base.Prepare();
        _begin = RawDatabase.Prepare("BEGIN IMMEDIATE");
        _select = RawDatabase.Prepare(Works.SelectUser);
        _insert = RawDatabase.Prepare(Works.InsertItem);
        _update = RawDatabase.Prepare(Works.UpdateUser);
        _commit = RawDatabase.Prepare("COMMIT");
    }

    private void Run(DbConnection connection)
    {
        var id = NextUser();
        using var transaction = connection.BeginTransaction(IsolationLevel.Serializable);
        using (var command = connection.CreateCommand())
        {
            command.Transaction = transaction;
            command.CommandText = Works.SelectUser;
            Works.Add(command, "@id", id);
            Works.ReadUser(command);
        }

        Works.Insert(connection, id, transaction);
        Works.Update(connection, id, transaction);
        transaction.Commit();
    }
}

/// <summary>The writing works as SQLite's own API does them.</summary>
internal static class RawWorks
{
    public static void Insert(RawDatabase database, sqlite3_stmt insert, long at)
    {
        raw.sqlite3_bind_text(insert, 1, "an item of some length");
        raw.sqlite3_bind_int64(insert, 2, at);
        database.Run(insert);
    }
}
