using System.Diagnostics;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>A process that is killed in the middle of a storm, or that ends with something left open: what was acknowledged is there, the file is sound.</summary>
public sealed class CrashTests
{
    //  child   storm … acknowledges … acknowledges … ✗ killed          storm … ✗ killed   …
    //  test         reads the acknowledgements        opens the file: sound, all of them there
    [Theory]
    [InlineData("")]
    [InlineData("Synchronous=Normal")]
    public async Task Killed_process_has_lost_nothing_acknowledged_and_left_a_sound_file(string options)
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_KILLS"), out var wanted) ? wanted : 3;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_SEED"), out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"kills: seed {seed}");
        var random = new Random(seed);
        using var file = new TestFile(options);
        var acknowledged = new HashSet<string>(StringComparer.Ordinal);
        for (var kill = 0; kill < kills; kill++)
        {
            using var child = Start("storm", file.ConnectionString(), "12", $"k{kill}");
            var mercy = random.Next(20, 200);
            var killed = false;
            for (var n = 0; await child.StandardOutput.ReadLineAsync() is { } line; n++)
            {
                if (line.EndsWith(';'))
                {
                    Assert.True(acknowledged.Add(line[..^1]));
                }

                if (n == mercy)
                {
                    killed = true;
                    child.Kill();
                }
            }

            // Not by itself.
            Assert.True(killed);

            await child.WaitForExitAsync().Comes();
            Check(file, acknowledged, sessions: 12 * (kill + 1));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"  {kills} kills, {acknowledged.Count} effects acknowledged");
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("open")]
    public async Task Process_that_ends_leaves_one_clean_file(string verb)
    {
        using var file = new TestFile();
        Assert.Equal(["one;"], await RunToEnd(verb, file.ConnectionString()));
        Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        AssertOne(file);
    }

    [Theory]
    [InlineData("reader")]
    [InlineData("transaction")]
    public async Task Process_that_ends_with_something_in_use_ends_and_leaves_a_sound_file(string verb)
    {
        using var file = new TestFile();
        Assert.Equal(["one;"], await RunToEnd(verb, file.ConnectionString()));
        AssertOne(file);
    }

    [Fact]
    public async Task Process_that_ends_in_the_middle_of_its_work_has_lost_nothing_acknowledged()
    {
        using var file = new TestFile("Synchronous=Normal");
        var lines = await RunToEnd("exit", file.ConnectionString(), "e");
        Check(file, lines.Where(line => line.EndsWith(';')).Select(line => line[..^1]).ToHashSet(StringComparer.Ordinal), sessions: 8);
    }

    private static void AssertOne(TestFile file)
    {
        using var session = file.Open();
        Assert.Equal("one", session.Text("SELECT group_concat(token) FROM effect"));
        Assert.Equal("ok", session.Text("PRAGMA integrity_check"));
    }

    private static void Check(TestFile file, HashSet<string> acknowledged, int sessions)
    {
        using (var session = file.Open())
        {
            Assert.Equal("ok", session.Text("PRAGMA integrity_check"));
            var present = new HashSet<string>(StringComparer.Ordinal);
            using var command = session.Command("SELECT token FROM effect");
            using (var reader = command.ExecuteReader())
            {
                while (reader.Read())
                {
                    Assert.True(present.Add(reader.GetString(0)));
                }
            }

            Assert.Empty(acknowledged.Except(present));

            // Of each session that was killed at most one effect that it had no time to tell, and no half transaction.
            Assert.All(present, token => Assert.True(!token.EndsWith(".a", StringComparison.Ordinal) || present.Contains(token[..^1] + "b")));
            Assert.All(present, token => Assert.True(!token.EndsWith(".b", StringComparison.Ordinal) || present.Contains(token[..^1] + "a")));
            Assert.InRange(present.Except(acknowledged).Select(token => token.Split('.')[0]).Distinct().Count(), 0, sessions);
            Assert.Equal(16_000, session.Number("SELECT coalesce(sum(balance), 16000) FROM account"));
        }

        // The next child, not this process, is to find what this one has left.
        file.AssertIdle();
        Assert.True(file.Database.CloseIfUnused(force: true));
    }

    private static async Task<List<string>> RunToEnd(params string[] arguments)
    {
        using var child = Start(arguments);
        var lines = new List<string>();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
        }

        await child.WaitForExitAsync().Comes();
        Assert.Equal(0, child.ExitCode);
        return lines;
    }

    private static Process Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "SplitSqlite.CrashChild" + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
