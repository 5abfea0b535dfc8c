using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SQLitePCL;

namespace SplitSqlite.Tests.ConnectionStrings;

/// <summary>The application domain's DataDirectory is one for all tests, so these run alone.</summary>
[CollectionDefinition(nameof(DataDirectoryTests), DisableParallelization = true)]
public static class DataDirectoryTests;

/// <summary>Microsoft.Data.Sqlite opens a data source, then we look where the file is and who shares it: that is what ours must have said.</summary>
[Collection(nameof(DataDirectoryTests))]
public sealed class DataSourceNameTests : IDisposable
{
    // No file name here may be one that another test, or the test host, has in its current folder.
    private readonly string _id = $"resolve-{Guid.NewGuid():N}";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("splitsqlite-");
    private readonly object? _before = AppDomain.CurrentDomain.GetData("DataDirectory");

    public void Dispose()
    {
        AppDomain.CurrentDomain.SetData("DataDirectory", _before);
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
        foreach (var entry in new DirectoryInfo(Environment.CurrentDirectory).EnumerateFileSystemInfos($"*{_id}*").ToList())
        {
            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }

        // These can't carry the id.
        foreach (var fixedName in new[] { ":MEMORY:", "|DataDirectory|" })
        {
            File.Delete(Path.Combine(Environment.CurrentDirectory, fixedName));
        }
    }

    // ID stands for a name that is new in each test, TEMP for a folder of the test's own.
    public static TheoryData<string> Sources() =>
    [
        "Data Source=ID.db",
        "Data Source=./ID.db",
        "Data Source=TEMP/ID.db",
        "Data Source=TEMP/sub/../ID.db",
        "Data Source=|DataDirectory|ID.db",
        "Data Source=|DataDirectory|sub/ID.db",
        "Data Source=|DATADIRECTORY|ID.db",
        "Data Source=|DataDirectory|TEMP/ID.db",
        "Data Source=|DataDirectory|",
        "Data Source=TEMP/|DataDirectory|ID.db",
        "Data Source=' ID.db '",
        "Data Source=ID.db;Cache=Shared",
        "Data Source=ID%20x.db",
        "Data Source=ID?x.db",
        "Data Source=",
        "Data Source=;Cache=Shared",
        "Data Source=:memory:",
        "Data Source=:MEMORY:",
        "Data Source=:memory:;Cache=Shared",
        "Data Source=:memory:;Mode=Memory",
        "Data Source=:memory:;Mode=Memory;Cache=Shared",
        "Data Source=ID;Mode=Memory",
        "Data Source=ID;Mode=Memory;Cache=Private",
        "Data Source=ID;Mode=Memory;Cache=Shared",
        "Data Source=ID?mode=rwc;Mode=Memory;Cache=Shared",
        "Data Source=|DataDirectory|ID;Mode=Memory;Cache=Shared",
        "Data Source=;Mode=Memory",
        "Data Source=;Mode=Memory;Cache=Shared",
        "Data Source=FILE:ID.db",
        "Data Source=FILE:ID;Mode=Memory;Cache=Shared",
        "Data Source=file:ID.db",
        "Data Source=file:TEMP/ID.db",
        "Data Source=file://TEMP/ID.db",
        "Data Source=file://localhostTEMP/ID.db",
        "Data Source=file:ID.db?mode=rwc",
        "Data Source=file:ID.db?cache=shared",
        "Data Source=file:ID%41.db",
        "Data Source=file:ID.db#?mode=memory",
        "Data Source=file:ID.db?mode=memory&mode=rwc",
        "Data Source=file:ID.db?mode=rwc;Mode=Memory",
        "Data Source=file:ID.db%00x",
        "Data Source=file:|DataDirectory|ID.db",
        "Data Source=file:",
        "Data Source=file:?cache=shared",
        "Data Source=file:?mode=memory",
        "Data Source=file::memory:",
        "Data Source=file::memory:?cache=shared",
        "Data Source=file::memory:?cache=private;Cache=Shared",
        "Data Source=file::memory:;Cache=Shared",
        "Data Source=file:%3amemory%3a?cache=shared",
        "Data Source=file:ID?mode=memory",
        "Data Source=file:ID?%6dode=%6demory&cache=shared",
        "Data Source=file:ID?mode=memory;Cache=Shared",
        "Data Source=file:ID?mode=memory&cache=shared;Cache=Private",
        "Data Source=file:ID?mode=memory&cache=shared&cache=private",
        "Data Source=/ID;Vfs=memdb",
        "Data Source=ID;Vfs=memdb",
        "Data Source=file:/ID?vfs=memdb",
        "Data Source=file:ID?vfs=memdb",
        "Data Source=file:/ID?vfs=unix;Vfs=memdb;Mode=Memory",
    ];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Database_is_where_it_was_resolved_to_without_a_data_directory(string source)
    {
        AppDomain.CurrentDomain.SetData("DataDirectory", null);
        Check(source);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Database_is_where_it_was_resolved_to_with_a_data_directory(string source)
    {
        var dataDirectory = _folder.CreateSubdirectory("data");
        dataDirectory.CreateSubdirectory("sub");
        AppDomain.CurrentDomain.SetData("DataDirectory", dataDirectory.FullName);
        Check(source);
    }

    [Fact]
    public void Path_follows_a_link_before_the_dots_behind_it()
    {
        AppDomain.CurrentDomain.SetData("DataDirectory", null);
        _folder.CreateSubdirectory("real/deep");
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "link"), Path.Combine(_folder.FullName, "real", "deep"));
        Check("Data Source=TEMP/link/../ID.db");
        Assert.Equal(!OperatingSystem.IsWindows(), File.Exists(Path.Combine(_folder.FullName, "real", $"{_id}.db")));
    }

    [Fact]
    public void Relative_name_is_resolved_at_each_open()
    {
        var settings = ConnectionSettings.Get($"Data Source={_id}.db");
        AppDomain.CurrentDomain.SetData("DataDirectory", null);
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, $"{_id}.db"), settings.ResolveDataSource().Name);
        AppDomain.CurrentDomain.SetData("DataDirectory", _folder.FullName);
        Assert.Equal(Path.Combine(_folder.FullName, $"{_id}.db"), settings.ResolveDataSource().Name);

        // Even the empty name, which with a DataDirectory is the folder itself, as in Microsoft.Data.Sqlite.
        var empty = ConnectionSettings.Get("");
        Assert.Equal(new DataSourceName(DataSourceKind.File, _folder.FullName), empty.ResolveDataSource());
        AppDomain.CurrentDomain.SetData("DataDirectory", null);
        Assert.Equal(new DataSourceName(DataSourceKind.Temporary, ""), empty.ResolveDataSource());

        // The memdb file system shares rooted names only, so with it a name's kind may change too.
        var memory = ConnectionSettings.Get($"Data Source={_id};Vfs=memdb");
        Assert.Equal(DataSourceKind.PrivateMemory, memory.ResolveDataSource().Kind);
        AppDomain.CurrentDomain.SetData("DataDirectory", _folder.FullName);
        Assert.Equal(DataSourceKind.SharedMemory, memory.ResolveDataSource().Kind);
    }

    [Fact]
    public void Absolute_name_is_resolved_once()
    {
        var path = Path.Combine(_folder.FullName, "a.db");
        var settings = ConnectionSettings.Get($"Data Source={path}");
        Assert.Equal(new(DataSourceKind.File, path), settings.ResolveDataSource());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            settings.ResolveDataSource();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Shared_memory_has_one_name_in_all_spellings_that_share_it()
    {
        string[] spellings =
        [
            $"Data Source={_id};Mode=Memory;Cache=Shared",
            $"Data Source=file:{_id}?mode=memory&cache=shared",
            $"Data Source=file:{_id}?cache=shared;Mode=Memory",
            $"Data Source=file:{_id}2?mode=memory&cache=shared",
            $"Data Source={_id}%32;Mode=Memory;Cache=Shared",
            $"Data Source=/{_id};Mode=Memory;Cache=Shared",
            $"Data Source=/{_id};Vfs=memdb",
            $"Data Source=file:/{_id}?vfs=memdb&cache=shared",
            $"Data Source=file:///{_id}?vfs=memdb",
        ];
        foreach (var one in spellings)
        {
            foreach (var other in spellings)
            {
                var (a, b) = (ConnectionSettings.Get(one).ResolveDataSource(), ConnectionSettings.Get(other).ResolveDataSource());
                Assert.Equal((DataSourceKind.SharedMemory, DataSourceKind.SharedMemory), (a.Kind, b.Kind));
                Assert.True(Shared(one, other) == (a.MemoryName == b.MemoryName), $"{one}\n{other}\n{a}\n{b}");
            }
        }
    }

    [Theory]
    [InlineData("file:TEMP/ID.db?mode=rwc", "file:TEMP/ID.db")]
    [InlineData("file:TEMP/ID.db?mode=rw&cache=private&psow=1#x", "file:TEMP/ID.db?psow=1")]
    [InlineData("file:TEMP/ID.db?%6Dode=rwc&nolock=0&mode=rw", "file:TEMP/ID.db?nolock=0")]
    [InlineData("file:TEMP/ID.db?nolock=0", "file:TEMP/ID.db?nolock=0")]
    [InlineData("file:TEMP/ID.db", "file:TEMP/ID.db")]
    public void Uri_with_a_mode_can_be_opened_read_only_by_a_reader(string uri, string expected)
    {
        var settings = ConnectionSettings.Get($"Data Source={Fill(uri)}");
        var resolved = settings.ResolveDataSource();
        Assert.Equal(new(DataSourceKind.Uri, Fill(uri)), resolved);
        using (var writer = new SqliteConnection($"Data Source={_folder.FullName}/{_id}.db;Pooling=False"))
        {
            writer.Open();
            Execute(writer, "CREATE TABLE t(x)");
        }

        using var reader = new SqliteConnection(settings.ToMicrosoftDataSqliteString(resolved, SqliteOpenMode.ReadOnly));
        Assert.Equal(Fill(expected), reader.DataSource is null ? null : new SqliteConnectionStringBuilder(reader.ConnectionString).DataSource);
        reader.Open();
        Assert.Equal(1, raw.sqlite3_db_readonly(reader.Handle, "main"));
    }

    private void Check(string source)
    {
        source = Fill(source);
        _folder.CreateSubdirectory("sub");
        if (OperatingSystem.IsWindows() && (source.Contains('|', StringComparison.Ordinal) || source.Contains("FILE:", StringComparison.Ordinal) || source.Contains(":MEMORY:", StringComparison.Ordinal)))
        {
            Assert.Skip("No file can have that name here.");
        }

        var settings = ConnectionSettings.Get(source);
        var resolved = settings.ResolveDataSource();

        using var plain = new SqliteConnection(source + ";Pooling=False");
        using var ours = new SqliteConnection(settings.ToMicrosoftDataSqliteString(resolved, settings.OptionSet.Mode));
        if (Record.Exception(plain.Open) is { } failure)
        {
            Assert.Equal(failure.Message, Assert.Throws<SqliteException>(ours.Open).Message);
            return;
        }

        Execute(plain, "CREATE TABLE t(x)");
        ours.Open();
        var path = raw.sqlite3_db_filename(plain.Handle, "main").utf8_to_string();
        Assert.Equal(path, raw.sqlite3_db_filename(ours.Handle, "main").utf8_to_string());
        Assert.True((path.Length > 0) == (resolved.Kind is DataSourceKind.File or DataSourceKind.Uri), $"{resolved}: '{path}'");
        var sees = Record.Exception(() => Execute(ours, "SELECT * FROM t")) is null;
        Assert.True(sees == (resolved.Kind is not (DataSourceKind.PrivateMemory or DataSourceKind.Temporary)), $"{resolved}: another connection {(sees ? "sees" : "doesn't see")} it");
        if (resolved.Kind == DataSourceKind.File)
        {
            Assert.True(Path.IsPathFullyQualified(resolved.Name), resolved.Name);
            Assert.True(File.Exists(path), path);
        }
    }

    private static bool Shared(string one, string other)
    {
        using var a = new SqliteConnection(one + ";Pooling=False");
        using var b = new SqliteConnection(other + ";Pooling=False");
        a.Open();
        b.Open();
        Execute(a, "CREATE TABLE t(x)");
        return Record.Exception(() => Execute(b, "SELECT * FROM t")) is null;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private string Fill(string source)
        => source.Replace("ID", _id, StringComparison.Ordinal).Replace("TEMP", _folder.FullName, StringComparison.Ordinal);
}
