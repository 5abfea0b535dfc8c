using System.Data.Common;
using System.Globalization;

namespace SsoStorm;

/// <summary>The SSO service: it logs a user in. It knows nothing of providers; every act runs this same code.</summary>
internal sealed class LoginService(Store store)
{
    private static readonly TimeSpan SessionLifetime = TimeSpan.FromHours(8);

    /// <param name="worker">Who serves; with <paramref name="sequence"/> this names the login for ever.</param>
    /// <param name="sequence">The worker's count of logins.</param>
    /// <param name="userName">Who logs in.</param>
    /// <param name="reads">Told when each of the three reads before the transaction begins and ends.</param>
    public async Task LoginAsync(int worker, long sequence, string userName, IReadProbe reads)
    {
        await using ILoginSession session = await store.OpenSessionAsync();

        (long userId, string hash) = await reads.TimeAsync(() => ReadUserAsync(session, userName));
        CheckPassword(userName, hash);
        await reads.TimeAsync(() => ReadLatestSessionAsync(session, userId));
        await reads.TimeAsync(() => ReadRolesAsync(session, userId));

        await session.BeginAsync();
        try
        {
            long logins = await ReadLoginCountAsync(session, userId);
            await InsertSessionAsync(session, userId, worker, sequence);
            await UpdateUserAsync(session, userId, logins + 1);
            await session.CommitAsync();
        }
        catch
        {
            await session.RollbackAsync();
            throw;
        }
    }

    private static Task<(long Id, string Hash)> ReadUserAsync(ILoginSession session, string userName) =>
        session.RunAsync("SELECT id, password_hash FROM users WHERE name = @name", async command =>
        {
            Add(command, "@name", userName);
            await using DbDataReader reader = await command.ExecuteReaderAsync();
            return await reader.ReadAsync()
                ? (reader.GetInt64(0), reader.GetString(1))
                : throw new InvalidOperationException($"There is no user '{userName}'.");
        });

    private static Task<bool> ReadLatestSessionAsync(ILoginSession session, long userId) =>
        session.RunAsync(
            "SELECT expires_at FROM sessions WHERE user_id = @user ORDER BY id DESC LIMIT 1", async command =>
            {
                Add(command, "@user", userId);
                string? expires = (string?)await command.ExecuteScalarAsync();
                return expires is not null && string.CompareOrdinal(expires, Timestamp(DateTime.UtcNow)) > 0;
            });

    private static Task<List<string>> ReadRolesAsync(ILoginSession session, long userId) =>
        session.RunAsync("SELECT role FROM user_roles WHERE user_id = @user", async command =>
        {
            Add(command, "@user", userId);
            await using DbDataReader reader = await command.ExecuteReaderAsync();
            List<string> roles = [];
            while (await reader.ReadAsync())
            {
                roles.Add(reader.GetString(0));
            }

            return roles;
        });

    private static Task<long> ReadLoginCountAsync(ILoginSession session, long userId) =>
        session.RunAsync("SELECT login_count FROM users WHERE id = @user", async command =>
        {
            Add(command, "@user", userId);
            return (long)(await command.ExecuteScalarAsync())!;
        });

    private static Task<int> InsertSessionAsync(ILoginSession session, long userId, int worker, long sequence) =>
        session.RunAsync(
            """
            INSERT INTO sessions (user_id, token, worker, sequence, created_at, expires_at)
            VALUES (@user, @token, @worker, @sequence, @created, @expires)
            """,
            command =>
            {
                DateTime now = DateTime.UtcNow;
                Add(command, "@user", userId);
                Add(command, "@token", Guid.NewGuid().ToString("N"));
                Add(command, "@worker", worker);
                Add(command, "@sequence", sequence);
                Add(command, "@created", Timestamp(now));
                Add(command, "@expires", Timestamp(now + SessionLifetime));
                return command.ExecuteNonQueryAsync();
            });

    private static Task<int> UpdateUserAsync(ILoginSession session, long userId, long logins) =>
        session.RunAsync(
            "UPDATE users SET last_login = @now, login_count = @logins, failed_count = 0 WHERE id = @user", command =>
            {
                Add(command, "@now", Timestamp(DateTime.UtcNow));
                Add(command, "@logins", logins);
                Add(command, "@user", userId);
                return command.ExecuteNonQueryAsync();
            });

    // A real service spends most of its time hashing here; this one is about the database.
    private static void CheckPassword(string userName, string hash)
    {
        if (hash != Database.PasswordHashOf(userName))
        {
            throw new InvalidOperationException($"Wrong password for '{userName}'.");
        }
    }

    private static string Timestamp(DateTime time) =>
        time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static void Add(DbCommand command, string name, object value)
    {
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
