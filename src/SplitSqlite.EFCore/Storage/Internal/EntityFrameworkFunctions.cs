using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Infrastructure.Internal;
using Microsoft.EntityFrameworkCore.Storage;

namespace SplitSqlite.EFCore.Storage.Internal;

/// <summary>
/// The functions, aggregates and collations that EF Core's SQL calls (<c>regexp</c>, <c>ef_compare</c>, <c>ef_sum</c>, <c>EF_DECIMAL</c>, …), registered on
/// a physical connection by EF Core itself: its SQLite provider does so with any <see cref="SqliteConnection"/> that a context is given. So they are EF Core's own
/// of the version that is loaded, whatever it adds to them.
/// </summary>
internal static class EntityFrameworkFunctions
{
    /// <summary>The one initializer of all contexts. Physical connections are shared by those who have the same, so there must not be a second.</summary>
    public static readonly Action<SqliteConnection> Register = static connection => RegisterOn(connection, loadSpatialite: false);

    /// <summary>The same for contexts that asked for SpatiaLite (NetTopologySuite's <c>UseNetTopologySuite</c>).</summary>
    public static readonly Action<SqliteConnection> RegisterWithSpatialite = static connection => RegisterOn(connection, loadSpatialite: true);

    private static void RegisterOn(SqliteConnection connection, bool loadSpatialite)
    {
        var builder = new DbContextOptionsBuilder().UseSqlite(connection);
        if (loadSpatialite)
        {
            var extension = builder.Options.FindExtension<SqliteOptionsExtension>()!.WithLoadSpatialite(true);
            ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(extension);
        }

        // The provider's connection service registers them when it is made. The context neither opens nor closes a connection that is not its own.
        using var context = new DbContext(builder.Options);
        _ = context.GetService<IRelationalConnection>();
    }
}
