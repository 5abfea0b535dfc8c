using System.Globalization;

namespace SplitSqlite.History;

/// <summary>What the command line asks for.</summary>
internal sealed record HistoryOptions(TimeSpan Length, TimeSpan RoundLength, int Seed, int Sessions, int Files, bool FindsHistory)
{
    public const string Usage =
        """
        SplitSqlite.History [--minutes N | --seconds N] [--round N] [--seed N] [--sessions N] [--files N] [--find]

          --minutes, --seconds   how long in all (10 seconds)
          --round                how many seconds a round takes; each has new files and the next seed (5)
          --seed                 the first round's seed (another one each time)
          --sessions             how many sessions are at work at once (32)
          --files                over how many files; the first is shared by all (3)
          --find                 go on until the judge finds an anomaly: errors and lost permits are not enough (for builds that are broken on purpose)
        """;

    public static HistoryOptions Parse(string[] arguments)
    {
        var options = new HistoryOptions(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), Random.Shared.Next(1_000_000), 32, 3, false);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (arguments[i] == "--find")
            {
                options = options with { FindsHistory = true };
                i--;
                continue;
            }

            if (i + 1 == arguments.Length || !double.TryParse(arguments[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value < 0)
            {
                throw new ArgumentException($"{arguments[i]} needs a number.");
            }

            options = arguments[i] switch
            {
                "--minutes" => options with { Length = TimeSpan.FromMinutes(value) },
                "--seconds" => options with { Length = TimeSpan.FromSeconds(value) },
                "--round" => options with { RoundLength = TimeSpan.FromSeconds(value) },
                "--seed" => options with { Seed = (int)value },
                "--sessions" => options with { Sessions = Math.Max(1, (int)value) },
                "--files" => options with { Files = Math.Max(1, (int)value) },
                _ => throw new ArgumentException($"Unknown: {arguments[i]}."),
            };
        }

        return options;
    }
}
