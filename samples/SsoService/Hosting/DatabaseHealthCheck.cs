using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SsoService.Storage;

namespace SsoService.Hosting;

/// <summary>Healthy if the database answers a query on a table of ours.</summary>
internal sealed class DatabaseHealthCheck(SsoDbContext context) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext healthContext, CancellationToken cancellationToken = default)
    {
        await context.Accounts.AnyAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
