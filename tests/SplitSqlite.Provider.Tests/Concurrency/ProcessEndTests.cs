using System.Diagnostics;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>A server that ends in the middle of its work: nothing acknowledged is lost, and where there was time, one clean file is left.</summary>
public sealed class ProcessEndTests
{
    //  child   8 sessions read and write …  SIGTERM (handled or not), or an exception that nobody catches
    //  test                                                  what was told is there; one file
    [Theory]
    [InlineData("term", false)]
    [InlineData("exit", true)]
    [InlineData("endless", false)]
    [InlineData("throw", true)]
    [InlineData("throw-inside", false)]
    public async Task Server_that_ends_has_lost_nothing_and_leaves_its_file_in_order(string how, bool isClean)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "There are no signals.");
        using var file = new TestFile("Synchronous=Normal");
        using var child = Child.Start("ending", file.ConnectionString(), how);
        var told = new HashSet<string>(StringComparer.Ordinal);
        while (await child.StandardOutput.ReadLineAsync().Comes() is { } line)
        {
            if (line == "ready;" && !how.StartsWith("throw", StringComparison.Ordinal))
            {
                using var kill = Process.Start("kill", ["-TERM", child.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
                await kill.WaitForExitAsync().Comes();
            }
            else if (line.EndsWith(';') && line != "ready;")
            {
                told.Add(line[..^1]);
            }
        }

        await child.WaitForExitAsync().Comes();
        Assert.Equal(how.StartsWith("throw", StringComparison.Ordinal) ? 134 : 143, child.ExitCode);
        if (isClean)
        {
            Assert.Equal([file.Path], Directory.GetFiles(file.Folder));
        }

        using var session = file.Open();
        Assert.Equal("ok", session.Text("PRAGMA integrity_check"));
        var present = session.Text("SELECT group_concat(token) FROM effect").Split(',').ToHashSet(StringComparer.Ordinal);
        Assert.Empty(told.Except(present));
        Assert.Equal(session.Number("SELECT count(*) FROM effect WHERE token LIKE '%.a'"), session.Number("SELECT count(*) FROM effect WHERE token LIKE '%.b'"));
    }
}
