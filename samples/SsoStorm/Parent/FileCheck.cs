using Microsoft.Data.Sqlite;

namespace SsoStorm;

/// <summary>What is in the file after its process was killed, held against what had been acknowledged.</summary>
internal sealed record FileCheck
{
    /// <summary>What SQLite's <c>integrity_check</c> says; <c>ok</c> if all is well.</summary>
    public required string Integrity { get; init; }

    public required int Acknowledged { get; init; }

    /// <summary>Acknowledged and in the file exactly once.</summary>
    public required int Found { get; init; }

    /// <summary>Acknowledged and not in the file.</summary>
    public required int Lost { get; init; }

    /// <summary>In the file more than once.</summary>
    public required int Twice { get; init; }

    /// <summary>In the file without an answer to its user: the process was killed in between. At most one a worker.</summary>
    public required int Unanswered { get; init; }

    /// <summary>What a worker has in the file beyond one unanswered login.</summary>
    public required int Unexplained { get; init; }

    /// <summary>In the file though its user was told that it had failed.</summary>
    public required int FailedYetThere { get; init; }

    /// <summary>Users whose count of logins is not the number of their sessions: an update was lost.</summary>
    public required int WrongCounts { get; init; }

    public int Faults => Lost + Twice + FailedYetThere + Unexplained + WrongCounts;

    public bool IsGood => Integrity == "ok" && Faults == 0;

    /// <summary>Opens the file with the plain provider, which recovers what the killed process left, and counts.</summary>
    public static FileCheck Of(string file, ActRecording recording)
    {
        using SqliteConnection connection = Database.OpenPlain(file);
        string integrity = (string)Scalar(connection, "PRAGMA integrity_check")!;
        long wrongCounts = (long)Scalar(
            connection,
            """
            SELECT count(*) FROM users
            WHERE login_count <> (SELECT count(*) FROM sessions WHERE user_id = users.id AND worker IS NOT NULL)
            """)!;

        IReadOnlySet<LoginId> acknowledged = recording.Acknowledged;
        IReadOnlySet<LoginId> failed = recording.Failed;
        HashSet<int> unanswered = []; // workers with one unanswered login in the file
        int found = 0, present = 0, twice = 0, failedYetThere = 0, unexplained = 0;
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            "SELECT worker, sequence, count(*) FROM sessions WHERE worker IS NOT NULL GROUP BY worker, sequence";
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            LoginId login = new(reader.GetInt32(0), reader.GetInt64(1));
            bool once = reader.GetInt64(2) == 1;
            if (!once)
            {
                twice++;
            }

            if (acknowledged.Contains(login))
            {
                present++;
                found += once ? 1 : 0;
            }
            else if (failed.Contains(login))
            {
                failedYetThere++;
            }
            else if (!unanswered.Add(login.Worker))
            {
                unexplained++;
            }
        }

        return new FileCheck
        {
            Integrity = integrity,
            Acknowledged = acknowledged.Count,
            Found = found,
            Lost = acknowledged.Count - present,
            Twice = twice,
            Unanswered = unanswered.Count,
            Unexplained = unexplained,
            FailedYetThere = failedYetThere,
            WrongCounts = (int)wrongCounts,
        };
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
