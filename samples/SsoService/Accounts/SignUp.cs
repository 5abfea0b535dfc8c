using Microsoft.EntityFrameworkCore;
using SsoService.Audit;
using SsoService.Storage;

namespace SsoService.Accounts;

public sealed class SignUp(SsoDbContext context, Passwords passwords, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The new account, or null if its address is taken.</summary>
    public async Task<Account?> RunAsync(string email, string password, string displayName, CancellationToken cancellationToken)
    {
        var normalized = Account.Normalize(email);

        // Spares the cost of a hash where the answer is known; the unique index decides.
        if (await context.Accounts.AnyAsync(a => a.NormalizedEmail == normalized, cancellationToken))
        {
            return null;
        }

        var account = new Account
        {
            Id = Guid.CreateVersion7(),
            Email = email.Trim(),
            NormalizedEmail = normalized,
            DisplayName = displayName.Trim(),
            CreatedAt = clock.GetStorableNow(),
            PasswordHash = passwords.Hash(password),
        };
        context.Accounts.Add(account);
        audit.Add(AuditKind.SignedUp, account.Id);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return null;
        }

        return account;
    }
}
