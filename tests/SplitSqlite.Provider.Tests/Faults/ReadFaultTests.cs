using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SQLitePCL;

namespace SplitSqlite.Tests.Faults;

/// <summary>Errors of the disk, and damage on it, as readers and writers meet them; the connections that met them serve on, or are closed.</summary>
public sealed class ReadFaultTests
{
    // Enough pages that no cache holds them all, with an index.
    private const string Big =
        FaultScript.Schema + "; CREATE TABLE big(id INTEGER PRIMARY KEY, k, a); CREATE INDEX big_k ON big(k); "
        + "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 2000) INSERT INTO big SELECT i, i * 7, zeroblob(900) FROM s";

    private const string Scan = "SELECT sum(length(a)) FROM big";

    [Theory]
    [InlineData(raw.SQLITE_IOERR_READ)]
    [InlineData(8458)] // SQLITE_IOERR_CORRUPTFS
    public void Read_error_is_the_reader_s_alone(int code)
        => FaultScript.Agree(
            script =>
            {
                Reopen(script);
                script.Value("SELECT count(*) FROM t");
                script.Plan.Fail(FileWork.Read, FileKind.Main, code, after: 3);
                script.Value(Scan);
                Assert.Equal(1, script.Plan.Met);
                script.Value("SELECT count(*) FROM t");
                script.Value(Scan);
                script.Run("INSERT INTO t(a) VALUES ('four')");
            },
            Big);

    [Fact]
    public void Read_error_in_the_middle_of_a_data_reader_leaves_the_rows_before_it()
        => FaultScript.Agree(
            script =>
            {
                Reopen(script);
                using var reader = script.Connection.Command("SELECT id, a FROM big").ExecuteReader();
                script.Ask("first", () => reader.Read());
                script.Plan.Fail(FileWork.Read, FileKind.Main, raw.SQLITE_IOERR_READ, after: 5);
                script.Do("rows", () =>
                {
                    while (reader.Read())
                    {
                    }
                });
                Assert.Equal(1, script.Plan.Met);
                script.Ask("after", () => reader.Read());
                script.Do("close", reader.Close);
                script.Value(Scan);
            },
            Big);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_error_in_a_transaction_leaves_it_as_sqlite_does(bool reads)
        => FaultScript.Agree(
            script =>
            {
                Reopen(script);
                using var transaction = script.Connection.BeginTransaction();
                script.Run("INSERT INTO t(a) VALUES ('four')", transaction);
                script.Plan.Fail(FileWork.Read, FileKind.Main, raw.SQLITE_IOERR_READ, after: 2);
                script.Run(reads ? Scan : "UPDATE big SET a = NULL WHERE id > 1000", transaction);
                Assert.Equal(1, script.Plan.Met);
                script.Run("INSERT INTO t(a) VALUES ('five')", transaction);
                script.Do("commit", transaction.Commit);
                script.Do("rollback", transaction.Rollback);
            },
            Big);

    [Fact]
    public void Short_read_of_a_page_is_a_corrupt_page()
        => FaultScript.Agree(
            script =>
            {
                Reopen(script);
                script.Value("SELECT count(*) FROM t");
                script.Plan.Fail(FileWork.Read, FileKind.Main, raw.SQLITE_IOERR_SHORT_READ, after: 3);
                script.Value(Scan);
                Assert.Equal(1, script.Plan.Met);
                script.Value("SELECT count(*) FROM t");
            },
            Big);

    [Fact]
    public void Read_error_of_the_log_is_the_reader_s_alone()
        => FaultScript.Agree(script =>
        {
            script.Run("INSERT INTO t(a) SELECT zeroblob(20000) FROM t");
            using var again = script.Connect();
            script.Plan.Fail(FileWork.Read, FileKind.Wal, raw.SQLITE_IOERR_READ);
            script.Ask("again", () => again.Value("SELECT sum(length(a)) FROM t"));
            script.Ask("again", () => again.Value("SELECT sum(length(a)) FROM t"));
        });

    [Fact]
    public void Snapshot_that_can_not_be_pinned_gives_its_reader_back()
    {
        using var file = Faulty.Make(out var plan, "Max Readers=1");
        using (var connection = file.Open())
        {
            connection.Value("SELECT count(*) FROM t");
            foreach (var code in new[] { raw.SQLITE_IOERR_SHMLOCK, raw.SQLITE_IOERR_READ })
            {
                using var other = file.Open();
                other.Run("INSERT INTO t(a) VALUES ('more')");
                plan.Fail(FileWork.ShmLock, FileKind.Main, code, times: 100);
                var error = Assert.Throws<SqliteException>(() => connection.BeginTransaction(IsolationLevel.Snapshot));
                Assert.Equal(raw.SQLITE_IOERR, error.SqliteErrorCode);
                Assert.Equal(raw.SQLITE_IOERR, Assert.Throws<SqliteException>(() => connection.BeginTransaction()).SqliteErrorCode);
                plan.Heal();
                using var snapshot = connection.BeginTransaction(IsolationLevel.Snapshot);
                Assert.True(connection.Number("SELECT count(*) FROM t") >= 4);
            }
        }

        file.AssertIdle();
        file.AssertFullCapacity();
    }

    [Fact]
    public void Corrupt_page_is_met_by_who_reads_it_and_by_nobody_else()
        => FaultScript.Agree(
            static script =>
            {
                Damage(script, "big", static page => page.Clear());
                script.Value("SELECT count(*) FROM t");
                for (var i = 0; i < 3; i++)
                {
                    script.Value(Scan);
                }

                using (var reader = script.Connection.Command("SELECT id FROM t").ExecuteReader())
                {
                    script.Ask("row", () => reader.Read());
                    script.Value(Scan);
                    script.Ask("row", () => reader.Read());
                }

                script.Run("INSERT INTO t(a) VALUES ('four')");
            },
            Big,
            isIntact: false);

    [Theory]
    [InlineData("INSERT INTO big VALUES (5000, 21, 'new')")]
    [InlineData("UPDATE big SET k = k + 1")]
    [InlineData("DELETE FROM big WHERE id = 3")]
    public void Corrupt_index_is_met_by_a_writer_in_a_transaction(string sql)
        => FaultScript.Agree(
            script =>
            {
                Damage(script, "big_k", static page => page.Clear());
                using (var transaction = script.Connection.BeginTransaction())
                {
                    script.Run("INSERT INTO t(a) VALUES ('four')", transaction);
                    script.Run(sql, transaction);
                    script.Run("INSERT INTO t(a) VALUES ('five')", transaction);
                    script.Do("commit", transaction.Commit);
                }

                script.Run(sql);
                script.Value("SELECT count(*) FROM t");
            },
            Big,
            isIntact: false);

    [Theory]
    [InlineData("")]
    [InlineData("Mode=ReadOnly")]
    public void Corrupt_header_is_no_database_and_nothing_is_kept_of_it(string options)
    {
        using var file = Faulty.Make(out _);
        file.Database.CloseIfUnused(force: true);
        var sound = File.ReadAllBytes(file.Path);
        byte[] damaged = [.. sound];
        "no database at all"u8.CopyTo(damaged);
        File.WriteAllBytes(file.Path, damaged);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(raw.SQLITE_NOTADB, Assert.Throws<SqliteException>(() => file.Open(options)).SqliteErrorCode);
            Assert.Equal(0, file.OpenDescriptors());
            Assert.DoesNotContain(DatabaseRegistry.All(), database => database.Identity == file.Path);
        }

        File.WriteAllBytes(file.Path, sound);
        using (var connection = file.Open(options))
        {
            Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }

    // Closes the connections, so that nothing is in a cache, and opens one anew.
    private static void Reopen(FaultScript script)
    {
        script.Connection.Close();
        if (script.IsSplit)
        {
            script.File.Database.CloseIfUnused(force: true);
        }

        script.Connection.Open();
        script.Connection.Value("SELECT count(*) FROM sqlite_schema");
        script.Connection.Run("UPDATE other SET b = b");
    }

    private static void Damage(FaultScript script, string table, SpanAction damage)
    {
        var page = script.Connection.Number($"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'");
        script.Connection.Close();
        if (script.IsSplit)
        {
            script.File.Database.CloseIfUnused(force: true);
        }

        var bytes = File.ReadAllBytes(script.File.Path);
        damage(bytes.AsSpan((int)(page - 1) * 4096, 4096));
        File.WriteAllBytes(script.File.Path, bytes);
        script.Connection.Open();
    }

    private delegate void SpanAction(Span<byte> page);
}
