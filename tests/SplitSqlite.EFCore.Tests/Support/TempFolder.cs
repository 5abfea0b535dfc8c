using Microsoft.Data.Sqlite;

namespace SplitSqlite.EFCore.Tests.Support;

/// <summary>A folder of a test's own for database files; at the end all are closed, and the folder goes.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("splitsqlite-ef-").FullName;

    /// <summary>Gets the names of the files in the folder, sorted.</summary>
    public string[] Files => [.. Directory.GetFiles(Path).Select(file => System.IO.Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    public string File(string name = "app.db") => System.IO.Path.Combine(Path, name);

    public string ConnectionString(string name = "app.db", string? more = null) => $"Data Source={File(name)}{(more is null ? null : ";" + more)}";

    public void Dispose()
    {
        foreach (var file in Directory.GetFiles(Path, "*.db"))
        {
            using var connection = new SplitSqliteConnection($"Data Source={file}");
            SplitSqliteConnection.ClearPool(connection);
            using var plain = new SqliteConnection($"Data Source={file}");
            SqliteConnection.ClearPool(plain);
        }

        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException) when (OperatingSystem.IsWindows())
        {
            // A test that failed has left one open.
        }
    }
}
