using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SsoStorm;

/// <summary>The service's schema and its users, the same in every act.</summary>
internal static class Database
{
    public const int Users = 5000;

    public static string UserName(int index) => string.Create(CultureInfo.InvariantCulture, $"user-{index}");

    public static string PasswordHashOf(string userName) => "hash-of-" + userName;

    /// <summary>Makes the file and fills it, with the plain provider and before anything is measured.</summary>
    public static void Create(string file)
    {
        using SqliteConnection connection = OpenPlain(file);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            """
            BEGIN;
            CREATE TABLE users (
                id            INTEGER PRIMARY KEY,
                name          TEXT NOT NULL UNIQUE,
                password_hash TEXT NOT NULL,
                failed_count  INTEGER NOT NULL DEFAULT 0,
                last_login    TEXT,
                login_count   INTEGER NOT NULL DEFAULT 0);
            CREATE TABLE user_roles (
                user_id INTEGER NOT NULL REFERENCES users(id),
                role    TEXT NOT NULL,
                PRIMARY KEY (user_id, role)) WITHOUT ROWID;
            -- (worker, sequence) names a login. Nothing makes it unique: a login that is there twice must be seen.
            CREATE TABLE sessions (
                id         INTEGER PRIMARY KEY,
                user_id    INTEGER NOT NULL REFERENCES users(id),
                token      TEXT NOT NULL UNIQUE,
                worker     INTEGER,
                sequence   INTEGER,
                created_at TEXT NOT NULL,
                expires_at TEXT NOT NULL);
            CREATE INDEX sessions_by_user ON sessions(user_id);

            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $users)
            INSERT INTO users (name, password_hash) SELECT 'user-' || i, 'hash-of-user-' || i FROM n;
            INSERT INTO user_roles SELECT id, 'reader' FROM users;
            INSERT INTO user_roles SELECT id, 'editor' FROM users WHERE id % 3 = 0;
            INSERT INTO user_roles SELECT id, 'admin' FROM users WHERE id % 100 = 0;
            INSERT INTO sessions (user_id, token, created_at, expires_at)
                SELECT id, 'seed-' || id, '2026-01-01 00:00:00.000', '2026-01-01 08:00:00.000' FROM users;
            COMMIT;
            """;
        command.Parameters.AddWithValue("$users", Users);
        command.ExecuteNonQuery();
    }

    public static SqliteConnection OpenPlain(string file)
    {
        SqliteConnection connection = new(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }
}
