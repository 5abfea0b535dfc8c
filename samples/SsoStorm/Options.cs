using System.Globalization;

namespace SsoStorm;

/// <summary>What the user asked for.</summary>
internal sealed record Options
{
    public const string Help =
        """
        SsoStorm logs users of a small SSO service in, five ways on the same load:
        server habits on the plain SQLite provider, two cures that do not help, the plain
        provider done well, and SplitSqlite.

        Usage: dotnet run -c Release --project samples/SsoStorm -- [options]

          --workers N     workers that log users in (default 8, at most 1000)
          --seconds S     how long each act runs (default 5: all five in half a minute)
          --full          a minute for each act
          --rate R        open loop: R logins a second are due whether or not the last
                          ones have ended, and each counts from when it was due
                          (default: closed loop, each worker one after the other)
          --act N         run only this act, 1 to 5; may be given more than once
          --json FILE     write all figures to FILE as well
          --report FILE   write the acts to FILE as a page with plots as well
          --folder DIR    where the database files go for the time of the run
                          (default: the system's temporary folder)
          --help          this text

        Exit code: 0 if act 5 had no error and every acknowledged login was found in its
        file, 1 if not or if an act could not be run, 2 for a wrong option, 3 if act 5 was
        left out by --act and so nothing was judged, 130 if interrupted.
        Speed is printed, not judged.
        """;

    public int Workers { get; init; } = 8;

    public double Seconds { get; init; } = 5;

    public double? Rate { get; init; }

    public IReadOnlyList<int> Acts { get; init; } = [1, 2, 3, 4, 5];

    public string? Json { get; init; }

    /// <summary>The page to be written, if any.</summary>
    public string? Report { get; init; }

    public string Folder { get; init; } = Path.GetTempPath();

    public bool ShowHelp { get; init; }

    /// <exception cref="OptionException">The arguments are not understood; the message says which and why.</exception>
    public static Options Parse(string[] arguments)
    {
        Options options = new();
        SortedSet<int> acts = [];
        bool full = false, seconds = false;
        Queue<string> rest = new(arguments.SelectMany(SplitAtEquals));
        while (rest.TryDequeue(out string? name))
        {
            switch (name)
            {
                case "--help" or "-h" or "-?":
                    return options with { ShowHelp = true };
                case "--workers":
                    options = options with { Workers = (int)Number(name, rest, 1, 1000, whole: true) };
                    break;
                case "--seconds":
                    options = options with { Seconds = Number(name, rest, 0.5, 3600) };
                    seconds = true;
                    break;
                case "--full":
                    options = options with { Seconds = 60 };
                    full = true;
                    break;
                case "--rate":
                    options = options with { Rate = Number(name, rest, 0.1, 1_000_000) };
                    break;
                case "--act":
                    acts.Add((int)Number(name, rest, 1, Act.Last, whole: true));
                    break;
                case "--json":
                    options = options with { Json = WritableFile(name, Value(name, rest)) };
                    break;
                case "--report":
                    options = options with { Report = WritableFile(name, Value(name, rest)) };
                    break;
                case "--folder":
                    options = options with { Folder = ExistingFolder(name, Value(name, rest)) };
                    break;
                default:
                    throw new OptionException($"'{name}' is no option of this program.");
            }
        }

        if (full && seconds)
        {
            throw new OptionException("--full and --seconds contradict each other: give one of them.");
        }

        return acts.Count > 0 ? options with { Acts = [.. acts] } : options;
    }

    private static IEnumerable<string> SplitAtEquals(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) ? argument.Split('=', 2) : [argument];

    private static string Value(string name, Queue<string> rest) =>
        rest.TryDequeue(out string? value) && !value.StartsWith("--", StringComparison.Ordinal)
            ? value
            : throw new OptionException($"{name} needs a value.");

    private static double Number(string name, Queue<string> rest, double least, double most, bool whole = false)
    {
        string text = Value(name, rest);
        NumberStyles style = whole ? NumberStyles.None : NumberStyles.AllowDecimalPoint;
        return double.TryParse(text, style, CultureInfo.InvariantCulture, out double value)
            && value >= least && value <= most
                ? value
                : throw new OptionException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} needs a {(whole ? "whole number" : "number")} from {least} to {most}, not '{text}'."));
    }

    // Found out before the run, not after it.
    private static string WritableFile(string name, string path)
    {
        try
        {
            bool existed = File.Exists(path);
            using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write))
            {
            }

            if (!existed)
            {
                File.Delete(path);
            }

            return Path.GetFullPath(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OptionException($"{name}: '{path}' cannot be written: {error.Message}");
        }
    }

    private static string ExistingFolder(string name, string path) =>
        Directory.Exists(path) ? path : throw new OptionException($"{name}: there is no folder '{path}'.");
}

/// <summary>Says what is wrong with the command line.</summary>
internal sealed class OptionException(string message) : Exception(message);
