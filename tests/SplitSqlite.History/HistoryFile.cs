using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;

namespace SplitSqlite.History;

/// <summary>
/// One database file of a round. Whatever is written in it leaves a row in its log <c>effect</c>, most by triggers, in the same transaction: so the file tells
/// by itself in which order its writes were committed, and every state that it was ever in can be had again from the log.
/// </summary>
internal sealed class HistoryFile : IDisposable
{
    public const int Accounts = 16;
    public const long Each = 1000;
    public const long Total = Accounts * Each;

    // Recursive triggers do not matter here: no trigger writes a table that has one of its own.
    private const string Schema =
        """
        CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0), version INTEGER NOT NULL, token INTEGER NOT NULL);
        CREATE TABLE effect(seq INTEGER PRIMARY KEY, token INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL, account INTEGER NOT NULL DEFAULT 0,
            amount INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE note(id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES account DEFERRABLE INITIALLY DEFERRED, token INTEGER NOT NULL);
        CREATE TABLE slot(id INTEGER PRIMARY KEY, token INTEGER NOT NULL);
        CREATE TABLE alarm(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, token INTEGER NOT NULL);
        CREATE TRIGGER account_update AFTER UPDATE ON account BEGIN
            INSERT INTO effect(token, kind, account, amount, version) VALUES (NEW.token, 'update', NEW.id, NEW.balance - OLD.balance, NEW.version);
        END;
        CREATE TRIGGER note_insert AFTER INSERT ON note BEGIN
            INSERT INTO effect(token, kind, account) VALUES (NEW.token, 'note', NEW.account);
        END;
        CREATE TRIGGER note_delete AFTER DELETE ON note BEGIN
            INSERT INTO effect(token, kind, account) VALUES (OLD.token + 1, 'erase', OLD.account);
        END;
        CREATE TRIGGER slot_insert AFTER INSERT ON slot BEGIN
            INSERT INTO effect(token, kind) VALUES (NEW.token, 'slot');
        END;
        CREATE TRIGGER alarm_insert AFTER INSERT ON alarm BEGIN
            INSERT INTO effect(token, kind) VALUES (NEW.token, 'alarm');
            SELECT RAISE(ABORT, 'no') WHERE NEW.kind = 'abort';
            SELECT RAISE(FAIL, 'no') WHERE NEW.kind = 'fail';
            SELECT RAISE(ROLLBACK, 'no') WHERE NEW.kind = 'rollback';
            SELECT RAISE(IGNORE) WHERE NEW.kind = 'ignore';
            INSERT INTO effect(token, kind) VALUES (NEW.token + 1, 'alarm');
        END;
        """;

    private readonly string _folder;
    private readonly SplitSqliteConnection _anchor;

    public HistoryFile(string folder, int index, string options)
    {
        _folder = folder;
        Index = index;
        Path = System.IO.Path.Combine(folder, $"history{index}.db");
        Options = options;

        // One session stays open, so that the database does: what is to be counted at the end must not have been closed.
        _anchor = new SplitSqliteConnection(ConnectionString(string.Empty));
        _anchor.Open();
        Database = _anchor.Session!.Database;
        using var command = _anchor.CreateCommand();
        command.CommandText = Schema +
            $"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {Accounts}) INSERT INTO account SELECT i, {Each}, 0, 0 FROM s;";
        command.ExecuteNonQuery();
    }

    public int Index { get; }

    public string Path { get; }

    public string Options { get; }

    public Database Database { get; }

    public static State Initial => new(0, Total, Each * Accounts * (Accounts + 1) / 2, 0, 0, 0);

    public string ConnectionString(string more) => $"Data Source={Path};{Options};{more}";

    /// <summary>Closes the idle physical connections and has the others closed as they come back.</summary>
    public void Clear() => SplitSqliteConnection.ClearPool(_anchor);

    /// <summary>Tells who has not given back what, or <see langword="null"/> where nobody has anything.</summary>
    public string? WhatIsOut()
    {
        var readers = Database.Readers;
        return Database.Gate.IsFree && Database.Gate.QueueLength == 0 && readers.Rented == 0 && readers.Overflow == 0 && readers.Waiting == 0 && Database.Sessions == 1
            ? null
            : $"{Database.Gate.Snapshot()}, {readers.Snapshot()}, {Database.Sessions} sessions";
    }

    /// <summary>Closes the file for good.</summary>
    /// <returns>What is wrong with it as a file, or <see langword="null"/>.</returns>
    public string? Close()
    {
        _anchor.Dispose();
        Database.CloseIfUnused(force: true);
        if (Directory.GetFiles(_folder, System.IO.Path.GetFileName(Path) + "-*") is { Length: > 0 } left)
        {
            return "left behind " + string.Join(", ", left.Select(System.IO.Path.GetFileName));
        }

        using var plain = OpenPlain();
        using var command = plain.CreateCommand();
        command.CommandText = "SELECT group_concat(integrity_check, '; ') FROM pragma_integrity_check";
        return command.ExecuteScalar() is "ok" ? null : (string?)command.ExecuteScalar();
    }

    public void Dispose() => _anchor.Dispose();

    /// <summary>Opens it from outside of the provider.</summary>
    public SqliteConnection OpenPlain()
    {
        var plain = new SqliteConnection($"Data Source={Path};Pooling=False");
        plain.Open();
        return plain;
    }
}
