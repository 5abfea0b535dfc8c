using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>A process that is killed in the middle of a storm, or that ends with something left open: what was acknowledged is there, the file is sound.</summary>
public sealed class CrashTests
{
    //  child   storm … acknowledges … acknowledges … ✗ killed               storm … ✗ killed   …
    //  other             storm … acknowledges ………………………… goes on … ✗ killed
    //  test         reads the acknowledgements                opens the file: sound, all of them there
    [Theory]
    [InlineData(1, "light", "")]
    [InlineData(1, "heavy", "Synchronous=Normal")]
    [InlineData(2, "heavy", "")]
    [InlineData(1, "crowd", "")]
    [InlineData(2, "crowd", "Synchronous=Normal")]
    public async Task Killed_process_has_lost_nothing_acknowledged_and_left_a_sound_file(int processes, string weight, string options)
    {
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_KILLS"), out var wanted) ? wanted : 2;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_SEED"), out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"kills: seed {seed}");
        var random = new Random(seed);
        using var file = new TestFile(options);
        var acknowledged = new HashSet<string>(StringComparer.Ordinal);
        var shared = 0L;
        for (var round = 0; round < rounds; round++)
        {
            // Each a while after the one before it: who is left goes on alone.
            var children = Enumerable.Range(0, processes).Select(i => KillInTheMiddle(
                file,
                $"k{round}.{i}".Replace('.', 'p'),
                weight,
                mercy: random.Next(20, 150) + (i * 50),
                delay: random.Next(10))).ToArray();
            foreach (var (told, commits) in await Task.WhenAll(children))
            {
                shared += commits;
                Assert.All(told, token => Assert.True(acknowledged.Add(token)));
            }

            Check(file, acknowledged, sessions: 12 * processes * (round + 1));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"  {rounds * processes} kills, {acknowledged.Count} effects acknowledged, {shared} shared commits");

        // What is to survive the kill in the middle of a group has to have been in one.
        Assert.True(shared > 0 || weight != "crowd");
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

    private static async Task<(List<string> Told, long Shared)> KillInTheMiddle(TestFile file, string prefix, string weight, int mercy, int delay)
    {
        using var child = Child.Start("storm", file.ConnectionString(), "12", prefix, weight);
        var told = new List<string>();
        var shared = 0L;
        Task? killed = null;
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.EndsWith(';'))
            {
                told.Add(line[..^1]);
            }
            else if (line.StartsWith("shared ", StringComparison.Ordinal) && long.TryParse(line["shared ".Length..], out var commits))
            {
                // A torn line tells a smaller number, if any.
                shared = Math.Max(shared, commits);
            }

            if (told.Count >= mercy && killed is null)
            {
                killed = Kill();
            }
        }

        // Not by itself.
        Assert.NotNull(killed);
        await killed;
        await child.WaitForExitAsync().Comes();
        return (told, shared);

        async Task Kill()
        {
            // At any moment, not just when something has been acknowledged.
            await Task.Delay(delay);
            child.Kill();
        }
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
        using var child = Child.Start(arguments);
        var lines = new List<string>();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
        }

        await child.WaitForExitAsync().Comes();
        Assert.Equal(0, child.ExitCode);
        return lines;
    }
}
