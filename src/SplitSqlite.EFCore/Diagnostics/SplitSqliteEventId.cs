using Microsoft.Extensions.Logging;

namespace Microsoft.EntityFrameworkCore.Diagnostics;

/// <summary>The events that SplitSqlite adds to those of EF Core's SQLite provider; for filters, <c>ConfigureWarnings</c> and <c>LogTo</c>.</summary>
public static class SplitSqliteEventId
{
    // Providers count from CoreEventId.ProviderBaseId; EF Core's SQLite provider, which this one lives beside, uses its first thousands.
    private const int Base = CoreEventId.ProviderBaseId + 9000;

    /// <summary>
    /// A migration has waited 10 seconds for the same holder of the migrations lock. In the category <see cref="DbLoggerCategory.Migrations"/>; once for each holder.
    /// </summary>
    public static readonly EventId MigrationLockHeld = new(Base + 1, DbLoggerCategory.Migrations.Name + ".SplitSqliteMigrationLockHeld");

    /// <summary>
    /// Many contexts of one connection string came with a physical connection initializer of their own each: the same method, on another object. In the category
    /// <see cref="DbLoggerCategory.Infrastructure"/>.
    /// </summary>
    public static readonly EventId ManyPhysicalConnectionInitializers = new(Base + 2, DbLoggerCategory.Infrastructure.Name + ".SplitSqliteManyPhysicalConnectionInitializers");
}
