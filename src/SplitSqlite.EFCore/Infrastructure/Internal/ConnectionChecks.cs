using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.EFCore.Infrastructure.Internal;

/// <summary>Which connections a context can be given.</summary>
internal static class ConnectionChecks
{
    /// <summary>Refuses a connection of Microsoft.Data.Sqlite: its writes would not queue with the others, and "database is locked" would be back.</summary>
    /// <exception cref="ArgumentException">It is one.</exception>
    public static void RefusePlain(DbConnection connection)
    {
        if (connection is SqliteConnection)
        {
            throw new ArgumentException(
                "UseSplitSqlite needs a SplitSqliteConnection, and this is a SqliteConnection. Write new SplitSqliteConnection(\"…\") in the place of new SqliteConnection(\"…\"), with the same connection string; or call UseSqlite to do without SplitSqlite.",
                nameof(connection));
        }
    }
}
