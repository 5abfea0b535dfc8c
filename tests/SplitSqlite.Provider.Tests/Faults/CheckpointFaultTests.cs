using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;
using SQLitePCL;

namespace SplitSqlite.Tests.Faults;

/// <summary>Checkpoints that fail: asked for, in the background, and past the bound; nothing is lost, nobody loops.</summary>
[Collection(Alone.Name)] // counts failures of background work, of which the process has one counter
public sealed class CheckpointFaultTests
{
    [Theory]
    [InlineData(FileWork.Write, FileKind.Main, raw.SQLITE_IOERR_WRITE)]
    [InlineData(FileWork.Sync, FileKind.Main, raw.SQLITE_IOERR_FSYNC)]
    [InlineData(FileWork.Sync, FileKind.Wal, raw.SQLITE_IOERR_FSYNC)]
    [InlineData(FileWork.Read, FileKind.Wal, raw.SQLITE_IOERR_READ)]
    [InlineData(FileWork.Write, FileKind.Main, raw.SQLITE_FULL)]
    public void Checkpoint_that_is_asked_for_tells_its_error_and_loses_nothing(object work, object kind, int code)
        => FaultScript.Agree(script =>
        {
            script.Run("INSERT INTO t(a) VALUES ('four')");
            script.Plan.Fail((FileWork)work, (FileKind)kind, code);
            script.Value("PRAGMA wal_checkpoint");
            Assert.Equal(1, script.Plan.Met);
            script.Value("SELECT group_concat(a) FROM t");
            script.Run("INSERT INTO t(a) VALUES ('five')");
            script.Value("PRAGMA wal_checkpoint(TRUNCATE)");
        });

    //  writes past the threshold: a checkpoint in the background, whose writes fail; and again only after as much again has been written
    [Theory]
    [InlineData(FileWork.Write, raw.SQLITE_IOERR_WRITE)]
    [InlineData(FileWork.Sync, raw.SQLITE_IOERR_FSYNC)]
    [InlineData(FileWork.Write, raw.SQLITE_FULL)]
    public void Checkpoint_in_the_background_that_fails_is_tried_again_when_as_much_again_was_written(object work, int code)
    {
        using var file = Faulty.Make(out var plan, "Synchronous=Normal");
        plan.PretendsToSync = true;
        var failures = Background.Failures;
        using (var connection = file.Open())
        {
            var completed = file.Database.Checkpoints.Completed;
            plan.Fail((FileWork)work, FileKind.Main, code, times: FaultPlan.Forever);
            connection.Run("INSERT INTO t(a) VALUES (zeroblob($1))", Checkpointer.Wanted * 4300L);
            Schedule.Until(() => plan.Met == 1 && file.Database.Gate.IsFree);

            // Whoever writes now hears nothing of it, and asks for no checkpoint either.
            for (var i = 0; i < 20; i++)
            {
                connection.Run("INSERT INTO other VALUES (2)");
            }

            file.AssertIdle();
            Assert.Equal(1, plan.Met);
            Assert.Equal(completed, file.Database.Checkpoints.Completed);

            // Past the bound the writer itself runs it; its write is a success.
            connection.Run("INSERT INTO t(a) VALUES (zeroblob($1))", Checkpointer.Bound * 4300L);
            Schedule.Until(() => plan.Met >= 2 && file.Database.Gate.IsFree);
            plan.Heal();
            connection.Run("INSERT INTO t(a) VALUES (zeroblob($1))", Checkpointer.Bound * 4300L);
            Schedule.Until(() => file.Database.Checkpoints.Completed > completed);
            Assert.Equal(6L, connection.Value("SELECT count(*) FROM t"));
            Assert.Equal(21L, connection.Value("SELECT count(*) FROM other"));
        }

        file.AssertIdle();
        file.AssertFullCapacity();
        Assert.True(file.Database.CloseIfUnused(force: true));
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        Assert.Equal(failures, Background.Failures);
        file.AssertIntact();
    }

    [Fact]
    public void Last_close_whose_checkpoint_fails_leaves_the_log_for_the_next_open()
    {
        using var file = Faulty.Make(out var plan);
        using (var connection = file.Open())
        {
            connection.Run("INSERT INTO t(a) VALUES ('four')");
            plan.Fail(FileWork.Write, FileKind.Main, raw.SQLITE_IOERR_WRITE, times: FaultPlan.Forever);
        }

        Assert.True(file.Database.CloseIfUnused(force: true));
        Assert.True(plan.Met > 0);
        Assert.True(File.Exists(file.Path + "-wal"));
        plan.Heal();
        using (var connection = file.Open())
        {
            Assert.Equal("one,two,three,four", connection.Value("SELECT group_concat(a) FROM t"));
        }

        Assert.True(file.Database.CloseIfUnused(force: true));
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
    }
}
