using System.ComponentModel;
using System.Text;
using SplitSqlite.ConnectionStrings;

namespace SplitSqlite.Tests.ConnectionStrings;

/// <summary>Each keyword is documented once, in the attributes of its property: here the table of the docs is held against them.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public void Table_in_the_docs_is_that_of_the_attributes()
    {
        var page = File.ReadAllLines(Path.Combine(RepositoryRoot(), "docs", "connection-string.md"));
        var actual = string.Join('\n', page.SkipWhile(line => !line.StartsWith("| Keyword ", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|')));
        Assert.True(actual == Table(), $"Put this table into docs/connection-string.md:\n{Table()}");
    }

    [Fact]
    public void Attributes_agree_with_the_keywords()
    {
        var properties = Properties();
        Assert.Equal(ConnectionStringKeywords.All.Select(keyword => keyword.Name).Order(), properties.Keys.Order());
        foreach (var keyword in ConnectionStringKeywords.All)
        {
            var property = properties[keyword.Name];
            Assert.Equal(keyword.DefaultValue, Default(property).Value);
            Assert.Contains(property.Category, new[] { "Database", "Option set", "Session" });
            Assert.EndsWith(".", property.Description, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Option_set_keywords_are_those_of_the_key()
        => Assert.Equal(
            typeof(SplitSqlite.Engine.OptionSetKey).GetProperties().Select(property => property.Name).Order(),
            Properties().Values.Where(property => property.Category == "Option set").Select(property => property.Name).Order());

    private static string Table()
    {
        var table = new StringBuilder("| Keyword | Synonyms | Default | Meaning | Belongs to |\n|---|---|---|---|---|");
        var properties = Properties();
        foreach (var keyword in ConnectionStringKeywords.All)
        {
            var property = properties[keyword.Name];
            var synonyms = string.Join(", ", keyword.Synonyms.Select(synonym => $"`{synonym}`"));
            var standard = Default(property) switch
            {
                DefaultMaxReadersAttribute computed => computed.ToString(),
                { Value: null } => "not set",
                { Value: "" } => "empty",
                var constant => $"`{constant.Value}`",
            };
            table.Append(null, $"\n| `{keyword.Name}` | {synonyms} | {standard} | {property.Description.Replace("|", "\\|", StringComparison.Ordinal)} | {property.Category.ToLowerInvariant()} |");
        }

        return table.ToString();
    }

    private static Dictionary<string, PropertyDescriptor> Properties()
        => TypeDescriptor.GetProperties(typeof(SplitSqliteConnectionStringBuilder)).Cast<PropertyDescriptor>()
            .Where(property => typeof(SplitSqliteConnectionStringBuilder).GetProperty(property.Name)!.DeclaringType == typeof(SplitSqliteConnectionStringBuilder)
                && property.Attributes[typeof(DescriptionAttribute)] is DescriptionAttribute { Description.Length: > 0 })
            .ToDictionary(property => property.DisplayName);

    private static DefaultValueAttribute Default(PropertyDescriptor property)
        => Assert.Single(property.Attributes.OfType<DefaultValueAttribute>());

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SplitSqlite.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("These tests run inside the repository.");
        }

        return folder;
    }
}
