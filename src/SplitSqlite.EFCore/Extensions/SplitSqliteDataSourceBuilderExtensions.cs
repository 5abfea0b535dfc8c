using SplitSqlite;
using SplitSqlite.EFCore.Storage.Internal;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Fits a data source to the contexts that share its database.</summary>
public static class SplitSqliteDataSourceBuilderExtensions
{
    /// <summary>
    /// Has EF Core's functions (<c>regexp</c>, <c>ef_sum</c>, …) on the data source's physical connections. Contexts that are given the data source have them anyway; with
    /// this, connections that are opened by hand and contexts with a connection string share physical connections, where each would have its own writer and readers.
    /// </summary>
    /// <param name="builder">The data source's builder.</param>
    /// <returns>The builder.</returns>
    public static SplitSqliteDataSourceBuilder UseEntityFrameworkFunctions(this SplitSqliteDataSourceBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UsePhysicalConnectionInitializer(EntityFrameworkFunctions.Register);
    }
}
