using System.Diagnostics;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>What spares an open its look at the path. A change that it missed would be a read of a file that is gone.</summary>
public sealed class FileWatchTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("splitsqlite-").FullName;

    public FileWatchTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux only: elsewhere each open looks at the path.");

    private string Folder => Path.Combine(_root, "upper", "lower");

    private string File1 => Path.Combine(Folder, "test.db");

    public void Dispose()
    {
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    public static TheoryData<string> Changes => [.. Ways.Keys];

    private static readonly Dictionary<string, Action<FileWatchTests>> Ways = new()
    {
        ["deleted"] = test => File.Delete(test.File1),
        ["deleted and made anew"] = test =>
        {
            File.Delete(test.File1);
            File.WriteAllText(test.File1, "new");
        },
        ["renamed"] = test => File.Move(test.File1, test.File1 + ".old"),
        ["replaced"] = test =>
        {
            File.WriteAllText(test.File1 + ".new", "new");
            File.Move(test.File1 + ".new", test.File1, overwrite: true);
        },
        ["replaced under a second name"] = test =>
        {
            Run("ln", test.File1, test.File1 + ".link");
            File.Delete(test.File1);
        },
        ["folder renamed"] = test => Directory.Move(test.Folder, test.Folder + ".old"),
        ["upper folder renamed"] = test => Directory.Move(Path.Combine(test._root, "upper"), Path.Combine(test._root, "older")),
        ["all deleted"] = test => Directory.Delete(Path.Combine(test._root, "upper"), recursive: true),
        ["deleted by another process"] = test => Run("rm", test.File1),
        ["folder renamed by another process"] = test => Run("mv", test.Folder, test.Folder + ".old"),
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Change_of_a_name_is_told_of_as_soon_as_it_is_made(string way)
    {
        for (var round = 0; round < 20; round++)
        {
            _ = Directory.CreateDirectory(Folder);
            File.WriteAllText(File1, "old");
            var watch = new FileWatch(File1);
            var armed = watch.Arm();
            Assert.NotEqual(0, armed);
            Assert.Equal(armed, Untouched(watch));

            Ways[way](this);

            Assert.NotEqual(armed, FileWatch.Changes);
            watch.End();
            Directory.Delete(Path.Combine(_root), recursive: true);
        }
    }

    [Fact]
    public void Writing_to_the_file_and_beside_it_is_no_change()
    {
        _ = Directory.CreateDirectory(Folder);
        File.WriteAllText(File1, "old");
        var watch = new FileWatch(File1);

        // Again where another test's file changed in between: that counts here too.
        Schedule.Until(() =>
        {
            var armed = Untouched(watch);
            File.AppendAllText(File1, "more");
            File.WriteAllText(File1 + "-wal", "beside");
            File.Move(File1 + "-wal", File1 + "-old", overwrite: true);
            File.Delete(File1 + "-old");
            return FileWatch.Changes == armed;
        });
        watch.End();
    }

    [Fact]
    public void What_is_not_there_or_on_a_file_system_of_others_is_not_watched()
    {
        Assert.Equal(0, new FileWatch(Path.Combine(_root, "nothing", "here.db")).Arm());
        Assert.Equal(0, new FileWatch("/proc/self/status").Arm());
    }

    [Fact]
    public void Watch_that_found_nothing_begins_when_there_is_something()
    {
        _ = Directory.CreateDirectory(Folder);
        var watch = new FileWatch(File1);
        Assert.Equal(0, watch.Arm());
        File.WriteAllText(File1, "old");
        var armed = watch.Arm();
        Assert.NotEqual(0, armed);
        File.Delete(File1);
        Assert.NotEqual(armed, FileWatch.Changes);
        watch.End();
        Assert.Equal(0, watch.Arm());
    }

    [Fact]
    public void Folders_are_watched_as_long_as_somebody_needs_them()
    {
        _ = Directory.CreateDirectory(Folder);
        var (first, second) = (new FileWatch(NewFile("1.db")), new FileWatch(NewFile("2.db")));
        _ = first.Arm();
        _ = second.Arm();
        first.End();
        var armed = Untouched(second);
        Directory.Move(Folder, Folder + ".old");
        Assert.NotEqual(armed, FileWatch.Changes);
        second.End();
    }

    //  4 threads ask without a pause, one deletes: whoever asks after the delete has returned is told, though another one of them took the event out of the queue
    [Fact]
    public async Task Change_is_told_to_everybody_who_asks_after_it()
    {
        const int Rounds = 2000;
        _ = Directory.CreateDirectory(Folder);
        var deleted = 0;
        var armedAt = new long[Rounds + 1];
        var asking = Enumerable.Range(0, 4).Select(_ => Schedule.OnThread(() =>
        {
            int round;
            while ((round = Volatile.Read(ref deleted)) >= 0)
            {
                var changes = FileWatch.Changes;
                Assert.True(round == 0 || changes != armedAt[round], $"The delete of round {round} was not told of.");
            }
        })).ToArray();
        for (var round = 1; round <= Rounds; round++)
        {
            var watch = new FileWatch(NewFile("raced.db"));
            armedAt[round] = watch.Arm();
            Assert.NotEqual(0, armedAt[round]);
            File.Delete(Path.Combine(Folder, "raced.db"));
            Volatile.Write(ref deleted, round);
            watch.End();
        }

        Volatile.Write(ref deleted, -1);
        await Task.WhenAll(asking).Comes();
    }

    //  8 threads open and read while one replaces the file; each replacement says which it is
    [Fact]
    public async Task Open_after_a_replacement_never_sees_the_file_before_it()
    {
        using var file = new TestFile("Synchronous=Off");
        Replace(0);
        var replaced = 0;
        var opening = Enumerable.Range(0, 8).Select(_ => Schedule.OnThread(() =>
        {
            int known;
            while ((known = Volatile.Read(ref replaced)) >= 0)
            {
                using var session = file.Open();
                var seen = session.Number("PRAGMA user_version");
                Assert.True(seen >= known, $"Replacement {known} was over, and the file of {seen} was read.");
            }
        })).ToArray();
        for (var round = 1; round <= 100; round++)
        {
            Replace(round);
            Volatile.Write(ref replaced, round);
        }

        Volatile.Write(ref replaced, -1);
        await Task.WhenAll(opening).Comes();
        file.AssertIdle();

        void Replace(int round)
        {
            var next = Path.Combine(file.Folder, "next.db");
            using (var plain = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={next};Pooling=False"))
            {
                plain.Open();
                plain.Run($"PRAGMA user_version={round}");
            }

            File.Move(next, file.Path, overwrite: true);
        }
    }

    //  a mount changes no name, so nothing tells of it: looked for once in a while all the same
    [Fact]
    public void Folder_under_a_new_mount_is_seen_in_the_end()
    {
        using var file = new TestFile("Synchronous=Off");
        using (var session = file.Open())
        {
            session.Run("CREATE TABLE t(x)");
            session.Run("INSERT INTO t VALUES (1)");
        }

        using (file.Open())
        {
        }

        Assert.SkipUnless(TryRun("mount", "-t", "tmpfs", "-o", "size=8m", "splitsqlite", file.Folder), "mounting a tmpfs needs root");
        try
        {
            Schedule.Until(() =>
            {
                using var session = file.Open();
                return session.Number("SELECT count(*) FROM sqlite_schema") == 0;
            });
            SplitSqliteConnection.ClearAllPools();
        }
        finally
        {
            Run("umount", "-l", file.Folder);
        }
    }

    // Where no other test's file changed in between, as of when the path is watched is told again.
    private static long Untouched(FileWatch watch)
    {
        long armed;
        do
        {
            armed = watch.Arm();
        }
        while (armed != 0 && armed != FileWatch.Changes);
        return armed;
    }

    private string NewFile(string name)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, "new");
        return path;
    }

    private static void Run(string program, params string[] arguments) => Assert.True(TryRun(program, arguments));

    private static bool TryRun(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
