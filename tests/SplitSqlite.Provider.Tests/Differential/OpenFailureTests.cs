namespace SplitSqlite.Tests.Differential;

/// <summary>What can't be opened, or not for writing; and that the provider serves on afterwards.</summary>
public sealed class OpenFailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("splitsqlite-open").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("missing/folder/file.db", "")]
    [InlineData("missing.db", ";Mode=ReadWrite")]
    [InlineData("missing.db", ";Mode=ReadOnly")]
    [InlineData("folder", "")]
    [InlineData("folder", ";Mode=ReadOnly")]
    [InlineData("corrupt.db", "")]
    [InlineData("corrupt.db", ";Mode=ReadOnly")]
    [InlineData("short.db", "")]
    [InlineData("half.db", "")]
    [InlineData("text.db", "")]
    [InlineData("empty.db", "")]
    [InlineData("new.db", "")]
    [InlineData("new.db", ";Mode=ReadWriteCreate")]
    [InlineData("new.db", ";Vfs=nothing")]
    [InlineData("file.db/below", "")]
    public void Source_that_is_no_database_gives_the_same_errors(string source, string more)
    {
        var plain = Observe(isSplit: false);
        var split = Observe(isSplit: true);
        Assert.Equal(plain, split);

        List<string> Observe(bool isSplit)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, isSplit ? "split" : "plain")).FullName;
            Directory.CreateDirectory(Path.Combine(folder, "folder"));
            var random = new byte[8192];
            new Random(1).NextBytes(random);
            File.WriteAllBytes(Path.Combine(folder, "corrupt.db"), random);
            File.WriteAllBytes(Path.Combine(folder, "short.db"), "SQLite format 3\0"u8.ToArray());
            File.WriteAllBytes(Path.Combine(folder, "half.db"), [.. "SQLite format 3\0"u8, .. random.AsSpan(16)]);
            File.WriteAllText(Path.Combine(folder, "text.db"), new string('x', 5000));
            File.WriteAllBytes(Path.Combine(folder, "empty.db"), []);
            File.WriteAllBytes(Path.Combine(folder, "file.db"), []);
            var log = new List<string>();
            var side = new Side(isSplit, Path.Combine(folder, source), log, string.Empty);
            using var connection = side.Connect(more);

            // The plain provider meets most of this with its first statement, ours with Open: both together are one answer.
            var failed = Attempt(() => connection.Open()) ?? Attempt(() => Script.RunPlain(connection, "SELECT * FROM sqlite_master")) ?? Attempt(() => Script.RunPlain(connection, "CREATE TABLE made(a)"));
            log.Add(failed ?? "works");
            connection.Dispose();
            if (isSplit)
            {
                SplitSqliteConnection.ClearPool((SplitSqliteConnection)connection);
            }

            log.Add("exists: " + File.Exists(Path.Combine(folder, source)));
            return log;
        }

        static string? Attempt(Action action)
        {
            try
            {
                action();
                return null;
            }
            catch (Exception exception)
            {
                return Described.Error(exception);
            }
        }
    }

    [Fact]
    public void Failed_open_leaves_the_connection_closed_and_usable()
        => Script.Same(Script.Basic, side =>
        {
            using var connection = side.Factory.CreateConnection()!;
            connection.StateChange += (_, change) => side.Log($"event {change.OriginalState} to {change.CurrentState}");
            connection.ConnectionString = $"Data Source={Path.Combine(_folder, "none", "file.db")}";
            side.Do("Open", connection.Open);
            side.Do("Open async", () => connection.OpenAsync().GetAwaiter().GetResult());
            side.Try("State", () => connection.State);
            connection.ConnectionString = side.ConnectionString;
            side.Do("Open", connection.Open);
            side.Try("State", () => connection.State);
        });

    [Fact]
    public void Connection_without_a_string_opens_the_same()
        => Script.Same(Script.Basic, side =>
        {
            using var connection = side.Factory.CreateConnection()!;
            side.Try("string", () => connection.ConnectionString);
            side.Do("Open without a string", connection.Open);
            side.Try("State", () => connection.State);
            connection.Close();
            side.Do("empty string", () => connection.ConnectionString = "");
            side.Do("Open", connection.Open);
            side.Try("State", () => connection.State);
            connection.Close();
            side.Do("null string", () => connection.ConnectionString = null);
            side.Do("Open", connection.Open);
            side.Try("State", () => connection.State);
        });

    [Theory]
    [InlineData("Nothing=1")]
    [InlineData("Data Source=a;Mode=Sideways")]
    [InlineData("Data Source=a;Foreign Keys=perhaps")]
    [InlineData("Data Source=a;Default Timeout=long")]
    [InlineData("Data Source")]
    [InlineData("=")]
    public void Connection_string_that_is_wrong_throws_the_same_type(string text)
        => Script.Same(Script.Basic, side =>
        {
            side.Do("new", () =>
            {
                using var connection = side.Factory.CreateConnection()!;
                connection.ConnectionString = text;
            });
            side.Do("serves on", () => side.Open());
        });

    [Fact]
    public void Read_only_mode_refuses_writes_with_sqlites_own_error()
        => Script.Same(Script.Basic, outer =>
        {
            outer.Open();
            using var connection = outer.Connect(";Mode=ReadOnly");
            outer.Do("Open", connection.Open);
            foreach (var text in (string[])
                [
                    "SELECT count(*) FROM bag", "INSERT INTO bag VALUES (1, 1)", "INSERT INTO bag VALUES (1, 1) RETURNING x", "CREATE TABLE n(a)", "DROP TABLE bag", "PRAGMA user_version = 3",
                    "SELECT 1; DELETE FROM bag", "VACUUM", "ANALYZE", "DELETE FROM bag WHERE 0", "UPDATE person SET age = 1", "SELECT changes(), last_insert_rowid()",
                    "BEGIN", "SELECT count(*) FROM bag", "INSERT INTO bag VALUES (1, 1)", "COMMIT", "SAVEPOINT s", "RELEASE s", "PRAGMA query_only", "PRAGMA user_version",
                ])
            {
                using var command = connection.CreateCommand();
                command.CommandText = text;
                outer.Walk(outer.Try(text, command.ExecuteReader));
            }
        });
}
