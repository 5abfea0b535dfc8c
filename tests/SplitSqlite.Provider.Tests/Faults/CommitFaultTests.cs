using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;
using SQLitePCL;

namespace SplitSqlite.Tests.Faults;

/// <summary>Commits that fail: what is known not to have happened, what nobody knows, and what becomes of it.</summary>
public sealed class CommitFaultTests
{
    private const string Keep = "Journal Mode=Keep";

    /// <summary>How a change is committed.</summary>
    public enum Way
    {
        Autocommit,
        Returning,
        Transaction,
        Words,
        Private,
    }

    public static TheoryData<Way> Ways => [.. Enum.GetValues<Way>()];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Commit_whose_wal_sync_fails_has_an_unknown_outcome(Way way)
    {
        var split = FaultScript.Agree(script =>
        {
            Prepare(script, way);
            script.Plan.Fail(FileWork.Sync, FileKind.Wal, raw.SQLITE_IOERR_FSYNC);
            Commit(script, way);
            Assert.Equal(1, script.Plan.Met);
            script.Value("SELECT count(*) FROM t");
        });
        var error = Assert.IsType<SplitSqliteOutcomeUnknownException>(split.Errors[0]);
        Assert.Equal((raw.SQLITE_IOERR, raw.SQLITE_IOERR_FSYNC), (error.SqliteErrorCode, error.SqliteExtendedErrorCode));
        Assert.False(error.IsTransient);
        Assert.StartsWith("SQLite Error 10: 'disk I/O error'.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Look whether it is there", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Commit_whose_wal_write_fails_has_an_unknown_outcome(Way way)
    {
        var split = FaultScript.Agree(script =>
        {
            Prepare(script, way);
            script.Plan.Fail(FileWork.Write, FileKind.Wal, raw.SQLITE_IOERR_WRITE);
            Commit(script, way);
            Assert.Equal(1, script.Plan.Met);
        });
        Assert.IsType<SplitSqliteOutcomeUnknownException>(split.Errors[0]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Commit_that_finds_the_disk_full_has_failed_for_sure(Way way)
    {
        var split = FaultScript.Agree(script =>
        {
            Prepare(script, way);
            script.Plan.Fail(FileWork.Write, FileKind.Wal, raw.SQLITE_FULL);
            Commit(script, way);
            Assert.Equal(1, script.Plan.Met);
        });
        Assert.Equal(raw.SQLITE_FULL, Assert.IsType<SqliteException>(split.Errors[0]).SqliteErrorCode);
    }

    // SQLite is left in a transaction by such a RELEASE, see the next test. Here it is COMMIT that runs.
    [Theory]
    [InlineData(FileWork.Sync, 1034, true)]
    [InlineData(FileWork.Write, 778, true)]
    [InlineData(FileWork.Write, 13, false)]
    public void Release_of_the_outermost_savepoint_that_can_not_commit_ends_the_transaction(object work, int code, bool isUnknown)
    {
        using var file = Faulty.Make(out var plan);
        using (var connection = file.Open())
        {
            connection.Run("SAVEPOINT s");
            connection.Run("INSERT INTO t(a) VALUES ('four')");
            plan.Fail((FileWork)work, FileKind.Wal, code);
            var error = Assert.ThrowsAny<SqliteException>(() => connection.Run("RELEASE s"));
            Assert.Equal((isUnknown, code), (error is SplitSqliteOutcomeUnknownException, error.SqliteExtendedErrorCode));
            Assert.True(file.Database.Gate.IsFree);
            connection.Run("INSERT INTO t(a) VALUES ('five')");
            using var other = file.Open();
            Assert.Equal("one,two,three,five", other.Value("SELECT group_concat(a) FROM t"));
        }

        file.AssertIdle();
        file.AssertFullCapacity();
    }

    [Fact]
    public void Release_that_can_not_commit_leaves_the_plain_provider_in_a_transaction()
    {
        using var file = Faulty.Make(out var plan);
        file.Database.CloseIfUnused(force: true);
        using var plain = new SqliteConnection($"Data Source={file.Path};Pooling=False;Vfs={FaultVfs.Name}");
        plain.Open();
        plain.Run("PRAGMA journal_mode=WAL; SAVEPOINT s; INSERT INTO t(a) VALUES ('four')");
        plan.Fail(FileWork.Sync, FileKind.Wal, raw.SQLITE_IOERR_FSYNC);
        Assert.Throws<SqliteException>(() => plain.Run("RELEASE s"));
        plain.Run("INSERT INTO t(a) VALUES ('five')");
        using var other = file.OpenPlain();
        Assert.Equal(0, raw.sqlite3_get_autocommit(plain.Handle!));
        Assert.Equal("one,two,three", other.Value("SELECT group_concat(a) FROM t"));
    }

    // The statement fails long before it could commit: nobody needs to look.
    [Fact]
    public void Write_error_in_the_middle_of_a_statement_has_failed_for_sure()
    {
        var split = FaultScript.Agree(script =>
        {
            script.Run("PRAGMA cache_size=5");
            script.Run("CREATE TABLE big(a)");
            script.Plan.Fail(FileWork.Write, FileKind.Wal, raw.SQLITE_IOERR_WRITE);
            script.Run("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 20000) INSERT INTO big SELECT randomblob(500) FROM s");
            Assert.Equal(1, script.Plan.Met);
        });
        Assert.Equal(raw.SQLITE_IOERR_WRITE, Assert.IsType<SqliteException>(split.Errors[0]).SqliteExtendedErrorCode);
    }

    [Fact]
    public void Write_error_in_a_statement_of_a_transaction_rolls_it_back_for_sure()
    {
        var split = FaultScript.Agree(script =>
        {
            script.Run("CREATE TABLE big(a)");
            using var transaction = script.Connection.BeginTransaction();
            script.Run("INSERT INTO t(a) VALUES ('four')", transaction);
            script.Plan.Fail(FileWork.Write, FileKind.Wal, raw.SQLITE_IOERR_WRITE);
            script.Run("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 40000) INSERT INTO big SELECT randomblob(500) FROM s", transaction);
            Assert.Equal(1, script.Plan.Met);
            script.Run("INSERT INTO t(a) VALUES ('five')", transaction);
            script.Do("commit", transaction.Commit);
            script.Do("rollback", transaction.Rollback);
        });
        Assert.Equal(raw.SQLITE_IOERR_WRITE, Assert.IsType<SqliteException>(split.Errors[0]).SqliteExtendedErrorCode);
    }

    // Another connection keeps the index of the log: nobody sees the change, and the next commit is written over it.
    [Fact]
    public void Change_of_an_unknown_outcome_is_gone_after_the_next_commit_while_a_reader_keeps_the_file_open()
    {
        using var file = Faulty.Make(out var plan);
        using (var connection = file.Open())
        using (var other = file.Open())
        {
            using (var reader = other.Reading("SELECT a FROM t"))
            {
                plan.Fail(FileWork.Sync, FileKind.Wal, raw.SQLITE_IOERR_FSYNC);
                Assert.Throws<SplitSqliteOutcomeUnknownException>(() => connection.Run("INSERT INTO t(a) VALUES ('unknown')"));
                Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
                connection.Run("INSERT INTO t(a) VALUES ('later')");
                Assert.True(reader.Read());
            }

            AssertCopy(file, "one,two,three,later");
        }

        file.AssertIdle();
        file.AssertFullCapacity();
    }

    //  commit: sync of the log fails, and so does each sync of the close that follows: the log stays, with the change in it
    //  next open: recovers the log: the change is there, for everybody, from then on
    [Fact]
    public void Change_of_an_unknown_outcome_is_there_when_only_the_log_has_it()
    {
        using var file = Faulty.Make(out var plan);
        using (var connection = file.Open())
        {
            connection.Run("INSERT INTO t(a) VALUES ('before')");
            plan.Fail(FileWork.Sync, FileKind.Wal, raw.SQLITE_IOERR_FSYNC, times: FaultPlan.Forever);
            Assert.Throws<SplitSqliteOutcomeUnknownException>(() => connection.Run("INSERT INTO t(a) VALUES ('unknown')"));
            plan.Heal();
            Assert.Equal("one,two,three,before,unknown", connection.Value("SELECT group_concat(a) FROM t"));
            connection.Run("INSERT INTO t(a) VALUES ('later')");
            AssertCopy(file, "one,two,three,before,unknown,later");
        }

        file.AssertIdle();
        file.AssertFullCapacity();
    }

    //  without the renewal a killed process would bring back what the process itself did not show
    [Fact]
    public void What_is_read_after_an_unknown_outcome_is_what_a_crash_leaves()
    {
        using var file = Faulty.Make(out var plan);
        using (var connection = file.Open())
        {
            connection.Value("SELECT count(*) FROM t");
            plan.Fail(FileWork.Sync, FileKind.Wal, raw.SQLITE_IOERR_FSYNC);
            Assert.Throws<SplitSqliteOutcomeUnknownException>(() => connection.Run("INSERT INTO t(a) VALUES ('unknown')"));
            AssertCopy(file, Assert.IsType<string>(connection.Value("SELECT group_concat(a) FROM t")));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Writers_of_other_option_sets_are_renewed_too()
    {
        using var file = Faulty.Make(out var plan);
        using (var connection = file.Open())
        using (var other = file.Open("Foreign Keys=False"))
        {
            other.Run("INSERT INTO t(a) VALUES ('before')");
            Assert.Equal(4L, other.Value("SELECT count(*) FROM t"));
            plan.Fail(FileWork.Sync, FileKind.Wal, raw.SQLITE_IOERR_FSYNC);
            Assert.Throws<SplitSqliteOutcomeUnknownException>(() => connection.Run("INSERT INTO t(a) VALUES ('unknown')"));
            Assert.Equal(0, file.OpenDescriptors());
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
            other.Run("INSERT INTO t(a) VALUES ('later')");
            Assert.Equal(5L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
        file.AssertFullCapacity();
    }

    [Theory]
    [InlineData(FileWork.Write, FileKind.Journal, 778)]
    [InlineData(FileWork.Sync, FileKind.Journal, 1034)]
    [InlineData(FileWork.Write, FileKind.Main, 778)]
    [InlineData(FileWork.Write, FileKind.Main, 13)]
    [InlineData(FileWork.Sync, FileKind.Main, 1034)]
    public void Commit_that_fails_before_its_rollback_journal_goes_has_failed_for_sure(object work, object kind, int code)
    {
        foreach (var way in new[] { Way.Autocommit, Way.Transaction })
        {
            var split = FaultScript.Agree(
                script =>
                {
                    Prepare(script, way);
                    script.Plan.Fail((FileWork)work, (FileKind)kind, code);
                    Commit(script, way);
                    Assert.Equal(1, script.Plan.Met);
                },
                options: Keep);
            Assert.IsType<SqliteException>(split.Errors[0]);
        }
    }

    [Theory]
    [InlineData(Way.Autocommit)]
    [InlineData(Way.Transaction)]
    public void Commit_whose_rollback_journal_can_not_be_deleted_has_an_unknown_outcome(Way way)
    {
        var split = FaultScript.Agree(
            script =>
            {
                Prepare(script, way);
                script.Plan.Fail(FileWork.Delete, FileKind.Journal, raw.SQLITE_IOERR_DELETE);
                Commit(script, way);
                Assert.Equal(1, script.Plan.Met);
            },
            options: Keep);
        Assert.IsType<SplitSqliteOutcomeUnknownException>(split.Errors[0]);
    }

    [Fact]
    public void Commit_of_attached_files_of_which_one_is_full_has_an_unknown_outcome()
    {
        using var second = Faulty.Make(out var plan, schema: "CREATE TABLE u(a)");
        second.Database.CloseIfUnused(force: true);
        using var file = Faulty.Make(out _);
        using (var connection = file.Open())
        {
            connection.Run($"ATTACH '{second.Path}' AS second");
            using var transaction = connection.BeginTransaction();
            connection.Run("INSERT INTO t(a) VALUES ('half')");
            connection.Run("INSERT INTO second.u VALUES ('half')");
            plan.Fail(FileWork.Write, FileKind.Wal, raw.SQLITE_FULL);
            var error = Assert.Throws<SplitSqliteOutcomeUnknownException>(transaction.Commit);
            Assert.Equal(raw.SQLITE_FULL, error.SqliteErrorCode);
            transaction.Dispose();

            // SQLite has kept one half of it: nobody could have told "failed" with a good conscience.
            Assert.Equal(4L, connection.Value("SELECT count(*) FROM t"));
            Assert.Equal(0L, connection.Value("SELECT count(*) FROM second.u"));
        }

        file.AssertIdle();
    }

    // Begins what is to be committed, and leaves only the commit to be done.
    private static void Prepare(FaultScript script, Way way)
    {
        switch (way)
        {
            case Way.Transaction:
                script.Ask("begin", () => (OpenTransaction = script.Connection.BeginTransaction()).IsolationLevel);
                script.Run("INSERT INTO t(a) VALUES ('four')", OpenTransaction);
                break;
            case Way.Words:
                script.Run("BEGIN IMMEDIATE");
                script.Run("INSERT INTO t(a) VALUES ('four')");
                break;
            case Way.Private:
                script.Run("CREATE TEMP TABLE own(a)");
                break;
            default:
                break;
        }
    }

    [ThreadStatic]
    private static DbTransaction? OpenTransaction;

    private static void Commit(FaultScript script, Way way)
    {
        switch (way)
        {
            case Way.Returning:
                script.Value("INSERT INTO t(a) VALUES ('four') RETURNING id");
                break;
            case Way.Transaction:
                script.Do("commit", OpenTransaction!.Commit);
                script.Do("rollback", OpenTransaction.Rollback);
                script.Do("dispose", OpenTransaction.Dispose);
                break;
            case Way.Words:
                script.Run("COMMIT");
                break;
            default:
                script.Run("INSERT INTO t(a) VALUES ('four')");
                break;
        }
    }

    // What somebody finds who opens the files as a killed process would have left them now.
    private static void AssertCopy(TestFile file, string expected)
    {
        using var copy = new TestFile();

        // Copies without opening: closing a descriptor of the file would drop SQLite's locks on it.
        using (var copying = System.Diagnostics.Process.Start("cp", [file.Path, copy.Path]))
        {
            copying.WaitForExit();
        }

        if (File.Exists(file.Path + "-wal"))
        {
            using var copying = System.Diagnostics.Process.Start("cp", [file.Path + "-wal", copy.Path + "-wal"]);
            copying.WaitForExit();
        }

        using var plain = copy.OpenPlain();
        Assert.Equal(expected, plain.Value("SELECT group_concat(a) FROM t"));
        Assert.Equal("ok", plain.Value("PRAGMA integrity_check"));
    }
}
