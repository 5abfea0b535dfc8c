using System.Diagnostics;
using System.Globalization;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>Several processes write one file. <c>SPLITSQLITE_PROCESS_SECONDS</c> makes them do so for longer.</summary>
[Collection(Alone.Name)]
public sealed class OtherProcessesTests
{
    private const int Workers = 8;

    private const string Schema =
        """
        CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
        CREATE TABLE effect(process INTEGER, worker INTEGER, n INTEGER, PRIMARY KEY (process, worker, n)) WITHOUT ROWID;
        WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 16) INSERT INTO account SELECT i, 1000 FROM s;
        """;

    //  child 1   writes with 8 workers …………………………
    //  child 2   writes with 8 workers …………………………    through the provider or plain
    //  test      go …………………………………………………… stop; counts
    [Theory]
    [InlineData(2, 0, 0)]
    [InlineData(4, 0, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(2, 2, 0)]
    [InlineData(2, 0, 5)]
    public async Task Several_processes_write_one_file_without_an_error_and_each_is_served(int split, int plain, int hold)
    {
        using var file = new TestFile().With(Schema);
        file.AssertIdle();
        Assert.True(file.Database.CloseIfUnused(force: true));
        var children = Enumerable.Range(0, split + plain).Select(i => Child.Start(
            "neighbour",
            $"Data Source={file.Path};Default Timeout=30",
            i < split ? "split" : "plain",
            Text(i),
            Text(Workers),
            Text(hold))).ToArray();
        try
        {
            foreach (var child in children)
            {
                await child.Hears("ready");
            }

            Array.ForEach(children, child => child.Say("go"));
            await Task.Delay(TimeSpan.FromSeconds(Seconds));
            Array.ForEach(children, child => child.Say("stop"));
            for (var i = 0; i < children.Length; i++)
            {
                var report = await children[i].StandardOutput.ReadToEndAsync().Comes();
                TestContext.Current.TestOutputHelper?.WriteLine($"{(i < split ? "split" : "plain")} {i}: {report.TrimEnd()}");
                var values = report.Split('\n')[0].Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
                if (i < split)
                {
                    Assert.Equal("0", values["errors"]);
                }

                Assert.True(long.Parse(values["writes"], CultureInfo.InvariantCulture) > 0, report);
                await AssertPresent(file, i, values["acknowledged"]);
                await children[i].WaitForExitAsync().Comes();
                Assert.Equal(0, children[i].ExitCode);
            }
        }
        finally
        {
            Array.ForEach(children, End);
        }

        AssertSound(file);
    }

    //  child   BEGIN, writes …… killed in the middle of its transaction
    //  a           write waits ……… done
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_process_holds_up_nobody(bool async)
    {
        using var file = new TestFile("Default Timeout=0").With("CREATE TABLE effect(token TEXT NOT NULL UNIQUE)");
        using var child = Child.Start("holder", file.ConnectionString());
        try
        {
            await child.Hears("held;");
            using var a = file.Open();
            using var command = a.Command("INSERT INTO effect VALUES ('mine')");
            var waiting = async ? command.ExecuteNonQueryAsync() : Schedule.OnThread(command.ExecuteNonQuery);
            Schedule.Until(() => file.Database.Room.IsShared);
            Assert.False(waiting.IsCompleted);
            child.Kill();
            await waiting.Comes();
            Assert.Equal("mine", a.Text("SELECT group_concat(token) FROM effect"));
            Assert.Equal("ok", a.Text("PRAGMA integrity_check"));
        }
        finally
        {
            End(child);
        }

        file.AssertIdle();
    }

    //  child   opens, acknowledges, killed: a WAL without its index
    //  a, b, …    open at the same moment, in this process and two others: each recovers or waits for who does
    [Fact]
    public async Task Several_processes_open_a_file_that_a_killed_one_has_left()
    {
        using var file = new TestFile().With(Schema);
        file.AssertIdle();
        Assert.True(file.Database.CloseIfUnused(force: true));
        using (var child = Neighbour(file, 0))
        {
            await child.Hears("ready");
            child.Say("go");
            Schedule.Until(() => File.Exists(file.Path + "-wal") && new FileInfo(file.Path + "-wal").Length > 200_000);
            child.Kill();
            await child.WaitForExitAsync().Comes();
        }

        Process[] children = [Neighbour(file, 1), Neighbour(file, 2)];
        try
        {
            using var a = file.Open();
            Assert.True(a.Number("SELECT count(*) FROM effect") > 0);
            foreach (var child in children)
            {
                await child.Hears("ready");
            }

            Array.ForEach(children, child => child.Say("go"));
            Array.ForEach(children, child => child.Say("stop"));
            foreach (var child in children)
            {
                Assert.Contains("errors=0 ", await child.StandardOutput.ReadToEndAsync().Comes(), StringComparison.Ordinal);
                await child.WaitForExitAsync().Comes();
            }
        }
        finally
        {
            Array.ForEach(children, End);
        }

        AssertSound(file);
    }

    //  child   opens, writes, closes as the last, which takes in and deletes the WAL    again and again
    //  test    opens, writes, closes                                                    again and again
    [Fact]
    public async Task Processes_that_open_and_close_the_file_all_the_time_do_not_fail()
    {
        using var file = new TestFile("Default Timeout=60;Pooling=False").With(Schema);
        using var child = Child.Start("visitor", file.ConnectionString(), Text(300));
        try
        {
            for (var n = 1; n <= 300; n++)
            {
                using var a = n % 2 == 0 ? file.Open() : await file.OpenAsync();
                a.Run($"INSERT INTO effect VALUES (0, 0, {n})");
                Assert.Equal(n, a.Number("SELECT count(*) FROM effect WHERE process = 0"));
            }

            await child.Hears("300;");
            await child.WaitForExitAsync().Comes();
            Assert.Equal(0, child.ExitCode);
        }
        finally
        {
            End(child);
        }

        using var last = file.Open();
        Assert.Equal(600, last.Number("SELECT count(*) FROM effect"));
        Assert.Equal("ok", last.Text("PRAGMA integrity_check"));
    }

    private static double Seconds
        => double.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_PROCESS_SECONDS"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 0.5;

    private static Process Neighbour(TestFile file, int number) => Child.Start("neighbour", file.ConnectionString("Default Timeout=30"), "split", Text(number), Text(Workers), "0");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task AssertPresent(TestFile file, int process, string acknowledged)
    {
        await using var session = await file.OpenAsync();
        var counts = acknowledged.Split(',').Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        for (var worker = 0; worker < counts.Length; worker++)
        {
            // Each that was acknowledged, and no number twice; beyond them at most the one whose answer was an error.
            Assert.Equal(counts[worker], session.Number($"SELECT count(*) FROM effect WHERE process = {process} AND worker = {worker} AND n <= {counts[worker]}"));
            Assert.InRange(session.Number($"SELECT count(*) FROM effect WHERE process = {process} AND worker = {worker} AND n > {counts[worker]}"), 0, 1);
        }
    }

    private static void AssertSound(TestFile file)
    {
        using var session = file.Open();
        Assert.Equal("ok", session.Text("PRAGMA integrity_check"));
        Assert.Equal(16_000, session.Number("SELECT sum(balance) FROM account"));
    }

    private static void End(Process child)
    {
        if (!child.HasExited)
        {
            child.Kill();
        }

        child.Dispose();
    }
}
