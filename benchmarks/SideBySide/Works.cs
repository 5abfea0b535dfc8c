using System.Data.Common;

namespace SideBySide;

/// <summary>The works that are compared, each done as an application does it: a new command per call.</summary>
internal static class Works
{
    // What Jellyfin sends on each open.
    private const string TuningBatch =
        "PRAGMA cache_size=-20000; PRAGMA locking_mode=NORMAL; PRAGMA journal_size_limit=134217728; PRAGMA synchronous=1; PRAGMA temp_store=2";

    public static readonly (string Name, int Count, Action<Side, int> Work)[] All =
    [
        ("open, close", 20_000, OpenClose),
        ("open, point SELECT, close", 5_000, OpenReadClose),
        ("point SELECT, new command each", 5_000, PointSelect),
        ("1,000 rows read", 50, ManyRows),
        ("autocommit INSERT, synchronous=NORMAL", 1_000, Insert),
        ("autocommit UPDATE, synchronous=FULL", 200, Update),
        ("transaction: SELECT, UPDATE, commit; FULL", 200, Transaction),

        // Last: on the plain side what they set stays on its pooled connections for whoever opens next.
        ("five tuning PRAGMAs", 5_000, Tune),
        ("open, five tuning PRAGMAs, close", 1_000, OpenTuneClose),
        ("1,000 opened, five tuning PRAGMAs each, 1,000 closed", 1_000, OpenAllTuneAll),
    ];

    private static void OpenClose(Side side, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var connection = side.Open();
        }
    }

    private static void OpenReadClose(Side side, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var connection = side.Open();
            ReadOne(connection, null, i);
        }
    }

    private static void OpenTuneClose(Side side, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var connection = side.Open();
            Side.Execute(connection, TuningBatch);
        }
    }

    private static void Tune(Side side, int count)
    {
        using var connection = side.Open();
        for (var i = 0; i < count; i++)
        {
            Side.Execute(connection, TuningBatch);
        }
    }

    private static void OpenAllTuneAll(Side side, int count)
    {
        var connections = new List<DbConnection>(count);
        for (var i = 0; i < count; i++)
        {
            connections.Add(side.Open());
            Side.Execute(connections[^1], TuningBatch);
        }

        connections.ForEach(connection => connection.Dispose());
    }

    private static void PointSelect(Side side, int count)
    {
        using var connection = side.Open();
        for (var i = 0; i < count; i++)
        {
            ReadOne(connection, null, i);
        }
    }

    private static void ManyRows(Side side, int count)
    {
        using var connection = side.Open();
        for (var i = 0; i < count; i++)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT id, name, visits FROM users";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                _ = reader.GetInt64(0);
                _ = reader.GetString(1);
                _ = reader.GetInt64(2);
            }
        }
    }

    private static void Insert(Side side, int count)
    {
        using var connection = side.OpenNormal();
        for (var i = 0; i < count; i++)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO visits(user) VALUES (@id)";
            AddId(command, i);
            command.ExecuteNonQuery();
        }
    }

    private static void Update(Side side, int count)
    {
        using var connection = side.Open();
        for (var i = 0; i < count; i++)
        {
            UpdateOne(connection, null, i);
        }
    }

    private static void Transaction(Side side, int count)
    {
        using var connection = side.Open();
        for (var i = 0; i < count; i++)
        {
            using var transaction = connection.BeginTransaction();
            ReadOne(connection, transaction, i);
            UpdateOne(connection, transaction, i);
            transaction.Commit();
        }
    }

    private static void ReadOne(DbConnection connection, DbTransaction? transaction, int i)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT id, name FROM users WHERE id = @id";
        AddId(command, i);
        using var reader = command.ExecuteReader();
        reader.Read();
        _ = reader.GetInt64(0);
        _ = reader.GetString(1);
    }

    private static void UpdateOne(DbConnection connection, DbTransaction? transaction, int i)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "UPDATE users SET visits = visits + 1 WHERE id = @id";
        AddId(command, i);
        command.ExecuteNonQuery();
    }

    private static void AddId(DbCommand command, int i)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@id";
        parameter.Value = (i % Side.Rows) + 1;
        command.Parameters.Add(parameter);
    }
}
