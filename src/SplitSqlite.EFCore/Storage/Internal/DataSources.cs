using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SplitSqlite.EFCore.Storage.Internal;

/// <summary>The data sources behind contexts that were given a connection string. Making one costs more than a context; having one costs nothing, so there is none to dispose of.</summary>
internal static class DataSources
{
    // For each logger factory: hosts come and go in tests, and nothing of them may be kept.
    private const int MostKept = 256;

    private static readonly ConditionalWeakTable<ILoggerFactory, ConcurrentDictionary<Key, SplitSqliteDataSource>> ByLoggerFactory = [];

    /// <summary>Gets the data source of a connection string.</summary>
    public static SplitSqliteDataSource Get(string connectionString, Action<SqliteConnection> functions, Action<SqliteConnection>? initializer, ILoggerFactory? loggerFactory)
    {
        var known = ByLoggerFactory.GetValue(loggerFactory ?? NullLoggerFactory.Instance, static _ => new());
        var key = new Key(connectionString, functions, initializer);
        return known.TryGetValue(key, out var source) ? source : Make(known, key, loggerFactory);
    }

    private static SplitSqliteDataSource Make(ConcurrentDictionary<Key, SplitSqliteDataSource> known, Key key, ILoggerFactory? loggerFactory)
    {
        var builder = new SplitSqliteDataSourceBuilder(key.ConnectionString).UseLoggerFactory(loggerFactory).UsePhysicalConnectionInitializer(key.Functions);
        if (key.Initializer is not null)
        {
            builder.UsePhysicalConnectionInitializer(key.Initializer);
        }

        // Those in use come back the next time they are asked for.
        if (known.Count >= MostKept)
        {
            known.Clear();
        }

        return known.GetOrAdd(key, builder.Build());
    }

    private readonly record struct Key(string ConnectionString, Action<SqliteConnection> Functions, Action<SqliteConnection>? Initializer);
}
