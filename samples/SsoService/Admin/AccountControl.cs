using Microsoft.EntityFrameworkCore;
using SsoService.Accounts;
using SsoService.Audit;
using SsoService.Sessions;
using SsoService.Storage;

namespace SsoService.Admin;

/// <summary>What administrators do to accounts. Each answers false if there is no such account; to ask for what is so already is a success.</summary>
public sealed class AccountControl(SsoDbContext context, Revocation revocation, AuditTrail audit, TimeProvider clock)
{
    public Task<bool> UnlockAsync(Guid id, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (account, _) =>
        {
            if (account.LockedUntil is not null || account.FailedAttempts > 0)
            {
                account.ForgetFailures();
                audit.Add(AuditKind.AccountUnlocked, account.Id);
            }

            return Task.CompletedTask;
        },
        cancellationToken);

    /// <summary>Ends all sessions too.</summary>
    public Task<bool> DisableAsync(Guid id, CancellationToken cancellationToken) => ChangeAsync(
        id,
        async (account, token) =>
        {
            if (account.DisabledAt is null)
            {
                account.DisabledAt = clock.GetStorableNow();
                audit.Add(AuditKind.AccountDisabled, account.Id);
                await revocation.RevokeAsync(s => s.AccountId == id, RevocationReason.AccountDisabled, token);
            }
        },
        cancellationToken);

    public Task<bool> EnableAsync(Guid id, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (account, _) =>
        {
            if (account.DisabledAt is not null)
            {
                account.DisabledAt = null;
                audit.Add(AuditKind.AccountEnabled, account.Id);
            }

            return Task.CompletedTask;
        },
        cancellationToken);

    private async Task<bool> ChangeAsync(Guid id, Func<Account, CancellationToken, Task> change, CancellationToken cancellationToken)
    {
        // What is read here decides what is written: in a transaction, which has the write lock from its beginning.
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var account = await context.Accounts.SingleOrDefaultAsync(a => a.Id == id, cancellationToken);
        if (account is null)
        {
            return false;
        }

        await change(account, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
