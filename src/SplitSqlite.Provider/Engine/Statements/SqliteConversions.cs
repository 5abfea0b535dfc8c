using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>SQLite's conversions between storage classes for values that are no longer in a statement: asked of SQLite itself.</summary>
/// <remarks>
/// How <c>'12abc'</c> becomes 12, or a REAL a text, is SQLite's knowledge and changes with its versions. One connection
/// in memory is kept for the question; it is rare (values are read as what they are), so callers share it behind a lock.
/// The lock protects nothing else and nothing else is taken or called under it.
/// </remarks>
internal static class SqliteConversions
{
    private static readonly Lock Gate = new();
    private static SqliteConnection? SharedConnection;
    private static sqlite3_stmt? Echo;

    /// <summary>Converts a REAL to an integer.</summary>
    public static long ToInt64(double value)
    {
        lock (Gate)
        {
            sqlite3_stmt echo = Begin();
            _ = raw.sqlite3_bind_double(echo, 1, value);
            return Int64Of(echo);
        }
    }

    /// <summary>Converts a TEXT or a BLOB to an integer.</summary>
    public static long ToInt64(ReadOnlySpan<byte> value, bool isBlob)
    {
        lock (Gate)
        {
            sqlite3_stmt echo = Begin();
            BindBytes(echo, value, isBlob);
            return Int64Of(echo);
        }
    }

    /// <summary>Converts a TEXT or a BLOB to a floating-point number.</summary>
    public static double ToDouble(ReadOnlySpan<byte> value, bool isBlob)
    {
        lock (Gate)
        {
            sqlite3_stmt echo = Begin();
            BindBytes(echo, value, isBlob);
            _ = raw.sqlite3_step(echo);
            double result = raw.sqlite3_column_double(echo, 0);
            End(echo);
            return result;
        }
    }

    /// <summary>Converts a REAL to text.</summary>
    public static byte[] ToText(double value)
    {
        lock (Gate)
        {
            sqlite3_stmt echo = Begin();
            _ = raw.sqlite3_bind_double(echo, 1, value);
            _ = raw.sqlite3_step(echo);
            byte[] result = raw.sqlite3_column_blob(echo, 0).ToArray();
            End(echo);
            return result;
        }
    }

    private static long Int64Of(sqlite3_stmt echo)
    {
        _ = raw.sqlite3_step(echo);
        long result = raw.sqlite3_column_int64(echo, 0);
        End(echo);
        return result;
    }

    private static void BindBytes(sqlite3_stmt echo, ReadOnlySpan<byte> value, bool isBlob)
        => _ = isBlob ? raw.sqlite3_bind_blob(echo, 1, value) : raw.sqlite3_bind_text(echo, 1, value);

    private static sqlite3_stmt Begin()
    {
        if (Echo is null)
        {
            SharedConnection = new SqliteConnection("Data Source=:memory:;Pooling=False");
            SharedConnection.Open();
            SqliteException.ThrowExceptionForRC(
                raw.sqlite3_prepare_v2(SharedConnection.Handle, "SELECT ?1", out Echo),
                SharedConnection.Handle);
        }

        return Echo;
    }

    private static void End(sqlite3_stmt echo)
    {
        _ = raw.sqlite3_reset(echo);
        _ = raw.sqlite3_clear_bindings(echo);
    }
}
