using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SplitSqlite.EFCore.Diagnostics;

namespace SplitSqlite.EFCore.Storage.Internal;

/// <summary>The data sources behind contexts that were given a connection string. Making one costs more than a context; having one costs nothing, so there is none to dispose of.</summary>
internal static class DataSources
{
    // For each logger factory: hosts come and go in tests, and nothing of them may be kept.
    private const int MostKept = 256;

    // A handful may be meant: one for each of a few services, say.
    private const int ManyAlike = 10;

    private static readonly ConditionalWeakTable<ILoggerFactory, ConcurrentDictionary<Key, SplitSqliteDataSource>> ByLoggerFactory = [];

    /// <summary>Gets the data source of a connection string.</summary>
    public static SplitSqliteDataSource Get(
        string connectionString,
        Action<SqliteConnection> functions,
        Action<SqliteConnection>? initializer,
        ILoggerFactory? loggerFactory,
        IDiagnosticsLogger<DbLoggerCategory.Infrastructure> logger)
    {
        var known = ByLoggerFactory.GetValue(loggerFactory ?? NullLoggerFactory.Instance, static _ => new());
        var key = new Key(connectionString, functions, initializer);
        return known.TryGetValue(key, out var source) ? source : Make(known, key, loggerFactory, logger);
    }

    private static SplitSqliteDataSource Make(
        ConcurrentDictionary<Key, SplitSqliteDataSource> known,
        Key key,
        ILoggerFactory? loggerFactory,
        IDiagnosticsLogger<DbLoggerCategory.Infrastructure> logger)
    {
        var builder = new SplitSqliteDataSourceBuilder(key.ConnectionString).UseLoggerFactory(loggerFactory).UsePhysicalConnectionInitializer(key.Functions);
        if (key.Initializer is not null)
        {
            builder.UsePhysicalConnectionInitializer(key.Initializer);

            // Said once for each time that the number is reached.
            var alike = known.Keys.Count(other => IsAlike(other, key)) + 1;
            if (alike == ManyAlike)
            {
                logger.ManyPhysicalConnectionInitializers(alike);
            }
        }

        // Those in use come back the next time they are asked for.
        if (known.Count >= MostKept)
        {
            known.Clear();
        }

        return known.GetOrAdd(key, builder.Build());
    }

    private static bool IsAlike(Key one, Key other) => one.ConnectionString == other.ConnectionString && one.Initializer?.Method == other.Initializer?.Method;

    private readonly record struct Key(string ConnectionString, Action<SqliteConnection> Functions, Action<SqliteConnection>? Initializer);
}
