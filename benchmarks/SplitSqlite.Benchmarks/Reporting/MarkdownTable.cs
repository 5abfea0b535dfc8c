using System.Globalization;
using System.Text;

namespace SplitSqlite.Benchmarks.Reporting;

/// <summary>The table of goals, to be set into another page.</summary>
internal static class MarkdownTable
{
    public static void Write(string file, BenchResults results)
    {
        var text = new StringBuilder();
        text.Append("| Work | Goal | Seen: median (lowest to highest run) | |\n|---|---|---|---|\n");
        foreach (var goal in Goals.Of(results))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {goal.Work} | {goal.Wanted} | {goal.Seen} | {goal.OutcomeText} |\n");
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"\n{results.Begun:yyyy-MM-dd}, {results.Machine.Processor}, {results.Machine.Cores} cores, {results.Machine.FileSystem}, {results.Machine.Runtime}, SQLite {results.Machine.Sqlite}, ")
            .Append(CultureInfo.InvariantCulture, $"SplitSqlite {results.Machine.SplitSqlite}, Microsoft.Data.Sqlite {results.Machine.MicrosoftDataSqlite}; {results.Scale} version.\n");
        File.WriteAllText(file, text.ToString());
    }
}
