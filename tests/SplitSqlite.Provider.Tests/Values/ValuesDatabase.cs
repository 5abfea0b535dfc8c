using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Values;

/// <summary>A database file with both providers on it: a plain connection, whose handle our statements run on too, and a session for what a reader asks besides.</summary>
internal sealed class ValuesDatabase : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("splitsqlite-values");
    private SplitSqliteConnection? _session;

    public ValuesDatabase(string setup = "")
    {
        ConnectionString = $"Data Source={Path.Combine(_folder.FullName, "values.db")};Pooling=False";
        Connection = new SqliteConnection(ConnectionString);
        Connection.Open();
        Execute("PRAGMA journal_mode = WAL; " + setup);
    }

    public string ConnectionString { get; }

    public SqliteConnection Connection { get; }

    public SplitSqliteConnection Session
    {
        get
        {
            if (_session is null)
            {
                _session = new SplitSqliteConnection(ConnectionString);
                _session.Open();
            }

            return _session;
        }
    }

    public void Execute(string sql)
    {
        using var command = new SqliteCommand(sql, Connection);
        command.ExecuteNonQuery();
    }

    public SplitSqliteDataReader Read(string sql, Holding holding = Holding.Live)
        => StatementCursor.Execute(Connection, sql, holding, session: Session);

    public void Dispose()
    {
        _session?.Dispose();
        Connection.Dispose();
        _folder.Delete(recursive: true);
    }
}
