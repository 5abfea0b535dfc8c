using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace SplitSqlite.EFCore.Diagnostics;

/// <summary>All that this package logs by itself, in EF Core's way, so that <c>LogTo</c>, <c>ConfigureWarnings</c> and diagnostic listeners have it too.</summary>
internal static class SplitSqliteLoggerExtensions
{
    public static void MigrationLockHeld(this IDiagnosticsLogger<DbLoggerCategory.Migrations> logger, string database, TimeSpan waited, string timestamp)
    {
        var definition = new EventDefinition<string, int, string>(
            logger.Options,
            SplitSqliteEventId.MigrationLockHeld,
            LogLevel.Warning,
            "SplitSqliteEventId.MigrationLockHeld",
            static level => LoggerMessage.Define<string, int, string>(
                level,
                SplitSqliteEventId.MigrationLockHeld,
                "The migrations lock of database '{Database}' has been held for more than {Seconds} s, since {Timestamp}. A migration may be under way in another context or process. "
                    + "If none is, one was killed and has left its lock; remove it by: DELETE FROM \"__EFMigrationsLock\"; This migration waits until then."));
        var seconds = (int)waited.TotalSeconds;
        if (logger.ShouldLog(definition))
        {
            definition.Log(logger, database, seconds, timestamp);
        }

        if (logger.NeedsEventData(definition, out var diagnostics, out var simple))
        {
            logger.DispatchEventData(definition, new EventData(definition, (d, _) => ((EventDefinition<string, int, string>)d).GenerateMessage(database, seconds, timestamp)), diagnostics, simple);
        }
    }

    public static void ManyPhysicalConnectionInitializers(this IDiagnosticsLogger<DbLoggerCategory.Infrastructure> logger, int count)
    {
        var definition = new EventDefinition<int>(
            logger.Options,
            SplitSqliteEventId.ManyPhysicalConnectionInitializers,
            LogLevel.Warning,
            "SplitSqliteEventId.ManyPhysicalConnectionInitializers",
            static level => LoggerMessage.Define<int>(
                level,
                SplitSqliteEventId.ManyPhysicalConnectionInitializers,
                "{Count} contexts of one connection string came with physical connection initializers that are one method of different objects. Only contexts with equal initializers share "
                    + "physical connections. Pass a static method, or a lambda that captures nothing, to UsePhysicalConnectionInitializer."));
        if (logger.ShouldLog(definition))
        {
            definition.Log(logger, count);
        }

        if (logger.NeedsEventData(definition, out var diagnostics, out var simple))
        {
            logger.DispatchEventData(definition, new EventData(definition, (d, _) => ((EventDefinition<int>)d).GenerateMessage(count)), diagnostics, simple);
        }
    }
}
