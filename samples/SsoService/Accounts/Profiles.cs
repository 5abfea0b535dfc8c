using Microsoft.EntityFrameworkCore;
using SsoService.Audit;
using SsoService.Storage;

namespace SsoService.Accounts;

public sealed class Profiles(SsoDbContext context, AuditTrail audit)
{
    public Task<Account> GetAsync(Guid accountId, CancellationToken cancellationToken) =>
        context.Accounts.AsNoTracking().SingleAsync(a => a.Id == accountId, cancellationToken);

    /// <summary>The changed account, or null if its version is no longer the one that the caller has read.</summary>
    public async Task<Account?> RenameAsync(Guid accountId, int version, string displayName, CancellationToken cancellationToken)
    {
        var account = await context.Accounts.SingleAsync(a => a.Id == accountId, cancellationToken);
        if (account.ProfileVersion != version)
        {
            return null;
        }

        account.Rename(displayName.Trim());
        audit.Add(AuditKind.ProfileChanged, accountId);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another request came between the read and the write. The version is a concurrency token.
            return null;
        }

        return account;
    }
}
