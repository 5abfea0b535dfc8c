using System.Text.RegularExpressions;

namespace SplitSqlite.Tests.Faults;

/// <summary>The page of faults names tests that are there, and all tests of this folder.</summary>
public sealed partial class FaultTableTests
{
    [Fact]
    public void Page_of_faults_names_every_test_and_no_other()
    {
        var page = File.ReadAllText(Page());
        var named = TestName().Matches(page).Select(static match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var all = Tests(static _ => true);
        var here = Tests(static type => type.Namespace == typeof(FaultTableTests).Namespace && type != typeof(FaultTableTests));
        Assert.Empty(named.Except(all));
        Assert.Equal(["Acknowledgement_without_a_sync_is_noticed"], here.Except(named));
    }

    private static HashSet<string> Tests(Func<Type, bool> from)
        => typeof(FaultTableTests).Assembly.GetTypes().Where(from)
            .SelectMany(static type => type.GetMethods())
            .Where(static method => method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0)
            .Select(static method => method.Name)
            .ToHashSet(StringComparer.Ordinal);

    private static string Page()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var page = Path.Combine(folder.FullName, "docs", "faults.md");
            if (File.Exists(page))
            {
                return page;
            }
        }

        throw new FileNotFoundException($"docs/faults.md, above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex("`([A-Z][a-z]+_[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}
