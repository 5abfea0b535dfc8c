using SQLitePCL;

namespace SplitSqlite.Benchmarks.Sides;

/// <summary>
/// One connection of SQLite's own API with statements prepared once: nothing that goes through a provider on one thread can be faster. Not safe for
/// use by several threads at once.
/// </summary>
internal sealed class RawDatabase : IDisposable
{
    private const int CheckpointPages = 1000; // SQLite's default, and what both providers aim at

    private readonly sqlite3 _database;
    private readonly List<sqlite3_stmt> _statements = [];

    public RawDatabase(string path, Synchronous synchronous)
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_open_v2(path, out _database, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null));
        raw.sqlite3_wal_autocheckpoint(_database, CheckpointPages);
        Run(Prepare($"PRAGMA synchronous={(int)synchronous}"));
    }

    public sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_database, sql, out var statement));
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Steps a statement to its end and makes it ready for the next time.</summary>
    public void Run(sqlite3_stmt statement)
    {
        int code;
        do
        {
            code = raw.sqlite3_step(statement);
        }
        while (code == raw.SQLITE_ROW);
        raw.sqlite3_reset(statement);
        Check(code == raw.SQLITE_DONE ? raw.SQLITE_OK : code);
    }

    public void Dispose()
    {
        _statements.ForEach(statement => statement.Dispose());
        _database.Dispose();
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new InvalidOperationException($"SQLite error {code}: {raw.sqlite3_errmsg(_database).utf8_to_string()}");
        }
    }
}
