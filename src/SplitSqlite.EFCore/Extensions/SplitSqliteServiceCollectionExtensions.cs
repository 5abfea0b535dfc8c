using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using SplitSqlite.EFCore.Infrastructure.Internal;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Registers contexts and services, in the place of <c>AddSqlite</c> and <c>AddEntityFrameworkSqlite</c>.</summary>
public static class SplitSqliteServiceCollectionExtensions
{
    /// <summary>Registers a context that uses SplitSqlite; the short form of <c>AddDbContext</c> with <c>UseSplitSqlite</c>.</summary>
    /// <typeparam name="TContext">The context's type.</typeparam>
    /// <param name="serviceCollection">The application's services.</param>
    /// <param name="connectionString">The connection string, or <c>Name=…</c> for an entry of the application's configuration.</param>
    /// <param name="splitSqliteOptionsAction">Options of SplitSqlite and of EF Core's SQLite provider.</param>
    /// <param name="optionsAction">Options of the context.</param>
    /// <returns>The application's services.</returns>
    public static IServiceCollection AddSplitSqlite<TContext>(
        this IServiceCollection serviceCollection,
        string? connectionString,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null,
        Action<DbContextOptionsBuilder>? optionsAction = null)
        where TContext : DbContext
        => serviceCollection.AddDbContext<TContext>((_, options) =>
        {
            optionsAction?.Invoke(options);
            options.UseSplitSqlite(connectionString, splitSqliteOptionsAction);
        });

    /// <summary>
    /// Adds the services that EF Core needs for SplitSqlite to a service provider of the application's own, for <c>UseInternalServiceProvider</c>. Hardly ever needed:
    /// <c>UseSplitSqlite</c> alone has EF Core add them to its own.
    /// </summary>
    /// <param name="serviceCollection">The services.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddEntityFrameworkSplitSqlite(this IServiceCollection serviceCollection)
    {
        ArgumentNullException.ThrowIfNull(serviceCollection);
        serviceCollection.AddEntityFrameworkSqlite();
        SplitSqliteServices.Replace(serviceCollection);
        return serviceCollection;
    }
}
