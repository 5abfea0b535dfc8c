using System.Diagnostics;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Engine;

/// <summary>What happens where no caller is there to be told: on pool threads and at the end of the process.</summary>
public sealed class BackgroundTests
{
    private const string ChildFolder = "SPLITSQLITE_EXIT_CHILD";

    [Fact]
    public void Background_work_that_fails_is_counted_and_ends_nothing()
    {
        var before = Background.Failures;
        Background.Queue(static text => throw new InvalidOperationException(text), nameof(BackgroundTests));
        Schedule.Until(() => Background.Failures > before);
        Assert.Equal(nameof(BackgroundTests), Assert.IsType<InvalidOperationException>(Background.LastFailure).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Initializer_that_opens_its_own_database_is_told_and_waits_for_nobody(bool bySameSource)
    {
        using var file = new TestFile("Default Timeout=10");
        SplitSqliteDataSource? self = null;
        await using var source = new SplitSqliteDataSourceBuilder(file.ConnectionString())
            .UsePhysicalConnectionInitializer(_ =>
            {
                using var again = bySameSource ? self!.CreateConnection() : new SplitSqliteConnection(file.ConnectionString());
                again.Open();
            })
            .Build();
        self = source;

        // On threads of their own: one that waits for itself is given up.
        await Schedule.OnThread(() => Assert.Throws<InvalidOperationException>(source.OpenConnection)).Comes();
        await Schedule.OnThread(() => Assert.ThrowsAsync<InvalidOperationException>(async () => await source.OpenConnectionAsync())).Unwrap().Comes();
        using var connection = file.Open();
        connection.Run("CREATE TABLE t(a)");
        file.AssertIdle();
    }

    [Fact]
    public async Task Process_that_opens_a_database_while_it_exits_comes_to_its_end()
    {
        var folder = Directory.CreateTempSubdirectory("splitsqlite-");
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { [ChildFolder] = folder.FullName },
            };
            if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            {
                start.ArgumentList.Add(typeof(BackgroundTests).Assembly.Location);
            }

            foreach (var argument in (string[])["-explicit", "only", "-method", $"{typeof(BackgroundTests).FullName}.{nameof(Child_opens_a_database_while_it_exits)}"])
            {
                start.ArgumentList.Add(argument);
            }

            using var child = Process.Start(start)!;
            var output = Task.WhenAll(child.StandardOutput.ReadToEndAsync(), child.StandardError.ReadToEndAsync());
            try
            {
                await child.WaitForExitAsync().Comes();
            }
            catch (TimeoutException)
            {
                child.Kill(entireProcessTree: true);
                throw;
            }

            Assert.True(File.Exists(Path.Combine(folder.FullName, "done")), string.Concat(await output));
            Assert.False(File.Exists(Path.Combine(folder.FullName, "kept.db-wal")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The child's part: it leaves one database warm and one session open, and opens the first again when the engine has already closed.</summary>
    [Fact(Explicit = true)]
    public void Child_opens_a_database_while_it_exits()
    {
        var folder = Environment.GetEnvironmentVariable(ChildFolder);
        Assert.SkipWhen(folder is null, "Only as the child of another test.");
        SplitSqliteConnection Open(string name)
        {
            var connection = new SplitSqliteConnection($"Data Source={Path.Combine(folder!, name)};Default Timeout=5");
            connection.Open();
            return connection;
        }

        using (var warm = Open("warm.db"))
        {
            warm.Run("CREATE TABLE t(a)");
        }

        var kept = Open("kept.db");
        kept.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1)");

        // Runs after the engine's own handler, which was there first.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            using (var late = Open("warm.db"))
            {
                late.Run("INSERT INTO t VALUES (1)");
            }

            File.WriteAllText(Path.Combine(folder!, "done"), string.Empty);
            GC.KeepAlive(kept);
        };
    }
}
