using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace SplitSqlite.Benchmarks.Reporting;

/// <summary>Where a run was made, and with which versions.</summary>
internal sealed record Machine
{
    public required string Processor { get; init; }

    public required int Cores { get; init; }

    public required double MemoryGigabytes { get; init; }

    public required string System { get; init; }

    public required string FileSystem { get; init; }

    public required string Runtime { get; init; }

    public required string Sqlite { get; init; }

    public required string SplitSqlite { get; init; }

    public required string MicrosoftDataSqlite { get; init; }

    public required string EntityFrameworkCore { get; init; }

    public required string Dapper { get; init; }

    public required string BenchmarkDotNet { get; init; }

    /// <param name="folder">Where the database files are.</param>
    public static Machine Describe(string folder)
    {
        using var sqlite = new SqliteConnection("Data Source=:memory:");
        sqlite.Open();
        return new Machine
        {
            Processor = ProcessorName(),
            Cores = Environment.ProcessorCount,
            MemoryGigabytes = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024.0 / 1024 / 1024, 1),
            System = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}",
            FileSystem = FileSystemOf(folder),
            Runtime = RuntimeInformation.FrameworkDescription,
            Sqlite = sqlite.ServerVersion,
            SplitSqlite = VersionOf(typeof(SplitSqliteConnection)),
            MicrosoftDataSqlite = VersionOf(typeof(SqliteConnection)),
            EntityFrameworkCore = VersionOf(typeof(DbContext)),
            Dapper = VersionOf(typeof(Dapper.SqlMapper)),
            BenchmarkDotNet = VersionOf(typeof(BenchmarkDotNet.Running.BenchmarkRunner)),
        };
    }

    // The build writes the commit behind a plus sign; seven of its digits name it.
    private static string VersionOf(Type type)
    {
        var version = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? type.Assembly.GetName().Version!.ToString();
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus >= 0 && version.Length > plus + 8 ? $"{version[..plus]} ({version[(plus + 1)..(plus + 8)]})" : version;
    }

    private static string ProcessorName()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static string FileSystemOf(string folder)
    {
        var path = Path.GetFullPath(folder);
        var drive = DriveInfo.GetDrives()
            .Where(candidate => path.StartsWith(candidate.RootDirectory.FullName, StringComparison.Ordinal))
            .MaxBy(candidate => candidate.RootDirectory.FullName.Length);
        return drive?.DriveFormat ?? "unknown";
    }
}
