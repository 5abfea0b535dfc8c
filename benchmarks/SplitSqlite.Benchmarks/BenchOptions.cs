namespace SplitSqlite.Benchmarks;

/// <summary>What the user asked for.</summary>
internal sealed record BenchOptions
{
    public const string Help =
        """
        Compares SplitSqlite with Microsoft.Data.Sqlite, side by side in one run, and writes a page.

        Usage: dotnet run -c Release --project benchmarks/SplitSqlite.Benchmarks -- [options]

          --short         everything in a few minutes (the default)
          --long          everything, with longer runs: most of an hour
          --filter A,B    only these; results go to artifacts/benchmarks then
          --list          what there is to filter
          --out DIR       where index.html, results.json and table.md go (default: docs/benchmarks)
          --folder DIR    where the database files go for the time of the run
                          (default: the system's temporary folder; it should be on a disk)
          --render FILE   no run: the page and the table from a results.json of before
          --help          this text

        bdn [arguments]   the single-thread classes by BenchmarkDotNet's own command line

        Exit code: 0 if everything ran, 1 if something could not be run, 2 for a wrong option.
        Goals that are missed are reported, they are no failure.
        """;

    public BenchScale Scale { get; init; } = BenchScale.Short;

    public IReadOnlyList<string> Filter { get; init; } = [];

    public string? Out { get; init; }

    public string Folder { get; init; } = Path.GetTempPath();

    public string? Render { get; init; }

    public bool ShowHelp { get; init; }

    public bool ShowList { get; init; }

    /// <summary>The folder of the page; a part of the whole does not go where the whole belongs.</summary>
    public string Output => Out ?? Path.Combine(RepositoryRoot(), Filter.Count == 0 ? "docs/benchmarks" : "artifacts/benchmarks");

    public bool Wants(string name) => Filter.Count == 0 || Filter.Any(term => name.StartsWith(term, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="OptionException">The arguments are not understood; the message says which and why.</exception>
    public static BenchOptions Parse(string[] arguments)
    {
        var options = new BenchOptions();
        var rest = new Queue<string>(arguments.SelectMany(argument => argument.StartsWith("--", StringComparison.Ordinal) ? argument.Split('=', 2) : [argument]));
        while (rest.TryDequeue(out var name))
        {
            options = name switch
            {
                "--help" or "-h" or "-?" => options with { ShowHelp = true },
                "--list" => options with { ShowList = true },
                "--short" => options with { Scale = BenchScale.Short },
                "--long" => options with { Scale = BenchScale.Long },
                "--filter" => options with { Filter = Value(name, rest).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) },
                "--out" => options with { Out = Path.GetFullPath(Value(name, rest)) },
                "--folder" => options with { Folder = Existing(Value(name, rest)) },
                "--render" => options with { Render = Path.GetFullPath(Value(name, rest)) },
                _ => throw new OptionException($"'{name}' is no option of this program."),
            };
        }

        return options;
    }

    private static string Value(string name, Queue<string> rest)
        => rest.TryDequeue(out var value) && !value.StartsWith("--", StringComparison.Ordinal) ? value : throw new OptionException($"{name} needs a value.");

    private static string Existing(string folder)
        => Directory.Exists(folder) ? Path.GetFullPath(folder) : throw new OptionException($"--folder: there is no folder '{folder}'.");

    // The program may be started from anywhere; its own file is in the repository.
    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SplitSqlite.sln")))
            {
                return folder.FullName;
            }
        }

        throw new OptionException("The repository is not above this program: give --out.");
    }
}

/// <summary>Says what is wrong with the command line.</summary>
internal sealed class OptionException(string message) : Exception(message);
