using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Tests.Routing;

/// <summary>What SQLite says of one prepared statement of a text.</summary>
/// <param name="EndByte">Where it ends in the UTF-8 of the text.</param>
/// <param name="IsReadOnly">What sqlite3_stmt_readonly says.</param>
/// <param name="IsExplain">Whether sqlite3_stmt_isexplain says so.</param>
/// <param name="Actions">The authorizer's actions while it was prepared.</param>
internal sealed record Judgement(int EndByte, bool IsReadOnly, bool IsExplain, HashSet<int> Actions)
{
    private static readonly HashSet<int> ReadingActions = [raw.SQLITE_READ, raw.SQLITE_SELECT, raw.SQLITE_FUNCTION, raw.SQLITE_RECURSIVE];

    /// <summary>Gets whether it can only read.</summary>
    public bool OnlyReads => IsExplain || (IsReadOnly && Actions.Contains(raw.SQLITE_SELECT) && Actions.IsSubsetOf(ReadingActions));
}

/// <summary>Asks SQLite itself. It prepares and never runs, so no text may hold a PRAGMA.</summary>
internal sealed class SqliteJudge : IDisposable
{
    public const string Schema = """
        CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, id2);
        CREATE TABLE u(id INTEGER PRIMARY KEY, t_id INTEGER, note TEXT, id2);
        CREATE VIEW v AS SELECT a, b FROM t;
        CREATE INDEX i ON t(b);
        CREATE TRIGGER g AFTER UPDATE ON u BEGIN SELECT 1; END;
        CREATE TEMP TABLE tt(a);
        """;

    private readonly SqliteConnection _connection = new("Data Source=:memory:;Pooling=False");
    private readonly strdelegate_authorizer _authorizer;
    private HashSet<int> _actions = [];

    public SqliteJudge()
    {
        _connection.Open();
        using var command = new SqliteCommand(Schema, _connection);
        command.ExecuteNonQuery();
        _authorizer = (_, action, _, _, _, _) =>
        {
            _actions.Add(action);
            return raw.SQLITE_OK;
        };
        raw.sqlite3_set_authorizer(_connection.Handle, _authorizer, null);
    }

    /// <summary>Prepares the statements of a text one by one, up to the first that SQLite refuses.</summary>
    /// <param name="text">The command text.</param>
    /// <param name="error">SQLite's message for the one it refused.</param>
    public List<Judgement> Judge(string text, out string? error)
    {
        var found = new List<Judgement>();
        var sql = Encoding.UTF8.GetBytes(text + '\0').AsSpan();
        var length = sql.Length - 1;
        var position = 0;
        error = null;
        while (position < length)
        {
            _actions = [];
            var rc = raw.sqlite3_prepare_v2(_connection.Handle, sql[position..], out var statement, out var tail);
            using (statement)
            {
                if (rc != raw.SQLITE_OK)
                {
                    error = raw.sqlite3_errmsg(_connection.Handle).utf8_to_string();
                    return found;
                }

                position = sql.Length - tail.Length;
                if (statement is null || statement.IsInvalid)
                {
                    return found;
                }

                found.Add(new Judgement(
                    Math.Min(position, length),
                    raw.sqlite3_stmt_readonly(statement) != 0,
                    raw.sqlite3_stmt_isexplain(statement) != 0,
                    _actions));
            }
        }

        return found;
    }

    public void Dispose() => _connection.Dispose();
}
