using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SplitSqlite.EFCore.Migrations.Internal;
using SplitSqlite.EFCore.Storage.Internal;

namespace SplitSqlite.EFCore.Infrastructure.Internal;

/// <summary>The services of EF Core's SQLite provider that are replaced: those that open, create and delete databases, and the one that waits for the migrations lock. All others are its own.</summary>
internal static class SplitSqliteServices
{
    /// <summary>Replaces them, whether the provider has added its own already or will only try to afterwards.</summary>
    public static void Replace(IServiceCollection services)
    {
        services.RemoveAll<ISqliteRelationalConnection>();
        services.AddScoped<ISqliteRelationalConnection, SplitSqliteRelationalConnection>();
        services.RemoveAll<IRelationalDatabaseCreator>();
        services.AddScoped<IRelationalDatabaseCreator, SplitSqliteDatabaseCreator>();
        services.RemoveAll<IHistoryRepository>();
        services.AddScoped<IHistoryRepository, SplitSqliteHistoryRepository>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Marker>();
    }

    /// <summary>Says whether a service provider has them.</summary>
    public static bool AreIn(IServiceProvider services) => services.GetService<Marker>() is not null;

    private sealed class Marker;
}
