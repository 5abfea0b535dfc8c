using Microsoft.EntityFrameworkCore;

namespace SsoService.Storage;

public static class DatabaseStartup
{
    /// <summary>Creates the database, or brings it up to date, before the first request is served.</summary>
    public static async Task MigrateDatabaseAsync(this WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<SsoDbContext>();
        await context.Database.MigrateAsync(app.Lifetime.ApplicationStopping);
    }
}
