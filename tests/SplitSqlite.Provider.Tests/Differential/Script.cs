using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Differential;

/// <summary>
/// Runs the same steps through Microsoft.Data.Sqlite and through SplitSqlite, each on a fresh file of its own with the same content, and
/// compares what they logged and what is in the files afterwards.
/// </summary>
/// <remarks>The files are in WAL mode, which the plain provider would not have by itself. Its pool is off, because it hands on the state of a connection.</remarks>
internal static class Script
{
    /// <summary>A schema with something of everything; most scripts need no other.</summary>
    public const string Basic =
        """
        CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INT, note VARCHAR(20));
        INSERT INTO person VALUES (1, 'ann', 30, NULL), (2, 'bob', NULL, 'x'), (3, 'cid', 50, 'y');
        CREATE TABLE audit(id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT, at REAL);
        CREATE TABLE item(k INTEGER PRIMARY KEY, v TEXT UNIQUE, n INT CHECK (n > 0), owner INT REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO item VALUES (10, 'a', 1, 1), (20, 'b', 2, 2), (30, 'c', 3, NULL);
        CREATE TABLE child(id INTEGER PRIMARY KEY, parent INT NOT NULL REFERENCES item(k));
        CREATE TABLE bag(x, y);
        INSERT INTO bag VALUES (1, 'one'), (2.5, x'0102'), (NULL, NULL);
        CREATE VIEW grown AS SELECT id, upper(name) AS big, age FROM person WHERE age > 20;
        CREATE TRIGGER watched AFTER INSERT ON person WHEN new.id > 100 BEGIN
            INSERT INTO audit(what, at) VALUES ('row ' || last_insert_rowid() || ' after ' || changes(), 1.5);
            INSERT INTO audit(what, at) VALUES ('row ' || last_insert_rowid() || ' after ' || changes(), 2.5);
        END;
        CREATE TRIGGER stopped BEFORE DELETE ON person WHEN old.id = 3 BEGIN SELECT RAISE(ROLLBACK, 'never cid'); END;
        """;

    private static readonly ConcurrentDictionary<string, byte[]> Templates = new(StringComparer.Ordinal);

    /// <summary>Asserts that both providers log the same and leave the same in the file.</summary>
    public static void Same(string schema, Action<Side> script)
    {
        var plain = Run(isSplit: false, schema, script);
        var split = Run(isSplit: true, schema, script);
        if (!plain.SequenceEqual(split))
        {
            Assert.Fail(Report(plain, split));
        }
    }

    /// <summary>Asserts that the logs differ in exactly these lines: what Microsoft.Data.Sqlite says, and what SplitSqlite says in its place.</summary>
    public static void Differs(string schema, Action<Side> script, params (string Plain, string Split)[] lines)
    {
        var plain = Run(isSplit: false, schema, script);
        var split = Run(isSplit: true, schema, script);
        var found = plain.Count == split.Count
            ? plain.Zip(split).Where(pair => pair.First != pair.Second).ToArray()
            : null;
        if (found is null || !found.SequenceEqual(lines))
        {
            Assert.Fail("Not the differences that stand.\n" + Report(plain, split));
        }
    }

    /// <summary>Runs a script on one side and gives its log.</summary>
    public static List<string> Run(bool isSplit, string schema, Action<Side> script)
    {
        var log = new List<string>();
        var path = Path.Combine(Path.GetTempPath(), $"splitsqlite-diff-{Guid.NewGuid():N}.db");
        File.WriteAllBytes(path, Templates.GetOrAdd(schema, MakeTemplate));
        var side = new Side(isSplit, path, log, string.Empty);
        try
        {
            script(side);
            side.CloseAll();
            Dump(path, log);
        }
        finally
        {
            side.CloseAll();
            if (isSplit)
            {
                SplitSqliteConnection.ClearPool((SplitSqliteConnection)side.Connection);
            }

            foreach (var suffix in (string[])["", "-wal", "-shm", "-journal"])
            {
                File.Delete(path + suffix);
            }
        }

        return log;
    }

    /// <summary>Runs something that has no part in the comparison.</summary>
    public static void RunPlain(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static byte[] MakeTemplate(string schema)
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
            {
                connection.Open();
                RunPlain(connection, "PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL;" + schema);
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // What is in the file, read by a connection that had no part in the script.
    private static void Dump(string path, List<string> log)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        RunPlain(connection, "PRAGMA synchronous=OFF");
        var tables = new List<string>();
        foreach (var row in Rows("SELECT type, name, sql FROM sqlite_master ORDER BY name, type"))
        {
            log.Add("file: " + string.Join(" | ", row.Select(Described.Value)));
            if (row[0] is "table")
            {
                tables.Add((string)row[1]);
            }
        }

        foreach (var table in tables)
        {
            foreach (var row in Rows($"SELECT * FROM \"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))
            {
                log.Add($"file: {table} {string.Join(" | ", row.Select(Described.Value))}");
            }
        }

        foreach (var row in Rows("SELECT * FROM pragma_user_version, pragma_application_id, pragma_integrity_check"))
        {
            log.Add("file: " + string.Join(" | ", row.Select(Described.Value)));
        }

        List<object[]> Rows(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<object[]>();
            while (reader.Read())
            {
                var values = new object[reader.FieldCount];
                reader.GetValues(values);
                rows.Add(values);
            }

            return rows;
        }
    }

    private static string Report(List<string> plain, List<string> split)
    {
        var report = new StringBuilder("Left: Microsoft.Data.Sqlite; right: SplitSqlite; lines that differ have a star.\n");
        for (var i = 0; i < Math.Max(plain.Count, split.Count); i++)
        {
            var left = i < plain.Count ? plain[i] : "(nothing)";
            var right = i < split.Count ? split[i] : "(nothing)";
            _ = left == right
                ? report.Append("  ").AppendLine(left)
                : report.Append("* ").AppendLine(left).Append("* ").Append(' ', 4).AppendLine(right);
        }

        return report.ToString();
    }
}
