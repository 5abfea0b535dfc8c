using Microsoft.Data.Sqlite;
using SplitSqlite;
using SplitSqlite.EFCore.Infrastructure.Internal;

namespace Microsoft.EntityFrameworkCore.Infrastructure;

/// <summary>
/// The options of <c>UseSplitSqlite</c>: all of <c>UseSqlite</c>'s, which it inherits so that extensions written for those (NetTopologySuite's) fit it too,
/// and those of SplitSqlite.
/// </summary>
/// <remarks>The inherited options return the inherited type; in a chain of calls, SplitSqlite's own come first.</remarks>
public class SplitSqliteDbContextOptionsBuilder : SqliteDbContextOptionsBuilder
{
    /// <summary>Makes the builder of a context's options.</summary>
    /// <param name="optionsBuilder">The context's options.</param>
    public SplitSqliteDbContextOptionsBuilder(DbContextOptionsBuilder optionsBuilder)
        : base(optionsBuilder)
    {
    }

    /// <summary>
    /// Has something done to each physical connection once, when it is opened and after EF Core's own functions have been registered: functions, aggregates,
    /// collations, extensions.
    /// </summary>
    /// <param name="initializer">
    /// What to do, as for <see cref="SplitSqliteDataSourceBuilder.UsePhysicalConnectionInitializer"/>. Contexts share physical connections if their initializers are
    /// equal: the same method of the same object. So pass a static method or a lambda that captures nothing; one that captures anew for each context opens
    /// physical connections for each of them. One that the options have already is not added again.
    /// </param>
    /// <returns>This builder.</returns>
    public virtual SplitSqliteDbContextOptionsBuilder UsePhysicalConnectionInitializer(Action<SqliteConnection> initializer)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        var extension = OptionsBuilder.Options.FindExtension<SplitSqliteOptionsExtension>() ?? new SplitSqliteOptionsExtension();
        ((IDbContextOptionsBuilderInfrastructure)OptionsBuilder).AddOrUpdateExtension(extension.WithInitializer(initializer));
        return this;
    }
}
