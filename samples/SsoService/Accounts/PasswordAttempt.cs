using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SsoService.Audit;
using SsoService.Storage;

namespace SsoService.Accounts;

/// <summary>
/// One try of a password against an account, for signing in and for changing it: verified outside of the transaction, judged and counted within.
/// </summary>
public sealed class PasswordAttempt(
    SsoDbContext context,
    Passwords passwords,
    AuditTrail audit,
    TimeProvider clock,
    IOptions<LockoutOptions> lockout)
{
    /// <summary>Finds the account, judges the password, and commits what follows from it.</summary>
    /// <param name="find">Which account: a query that gives one or none.</param>
    /// <param name="password">What was presented.</param>
    /// <param name="failure">The kind of event that tells of a wrong password.</param>
    /// <param name="whenRight">What a right password allows: changes to the context, committed with the rest. Nothing slow.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PasswordVerdict> JudgeAsync(
        Func<IQueryable<Account>, IQueryable<Account>> find,
        string password,
        AuditKind failure,
        Func<Account, CancellationToken, Task> whenRight,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = await find(context.Accounts.AsNoTracking()).SingleOrDefaultAsync(cancellationToken);
            if (seen is null)
            {
                passwords.VerifyNobody(password);
                return new PasswordVerdict.Unknown();
            }

            // Who is locked out gets no hash computed: it would be a way to keep the service busy.
            PasswordVerificationResult? verified = seen.IsLockedAt(clock.GetStorableNow()) ? null : passwords.Verify(seen.PasswordHash, password);
            var renewedHash = verified == PasswordVerificationResult.SuccessRehashNeeded ? passwords.Hash(password) : null;

            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            var account = await context.Accounts.SingleAsync(a => a.Id == seen.Id, cancellationToken);
            var now = clock.GetStorableNow();
            PasswordVerdict verdict;
            if (account.IsLockedAt(now))
            {
                audit.Add(AuditKind.SignInRefused, account.Id, detail: "locked");
                verdict = new PasswordVerdict.Locked(account.LockedUntil!.Value);
            }
            else if (verified is null || account.PasswordVersion != seen.PasswordVersion)
            {
                // Unlocked, or with a new password, since it was looked at: what was verified says nothing about it.
                context.ChangeTracker.Clear();
                continue;
            }
            else if (verified == PasswordVerificationResult.Failed)
            {
                audit.Add(failure, account.Id);
                if (account.RecordFailure(now, lockout.Value))
                {
                    audit.Add(AuditKind.AccountLocked, account.Id);
                }

                verdict = new PasswordVerdict.Wrong();
            }
            else
            {
                account.ForgetFailures();
                account.PasswordHash = renewedHash ?? account.PasswordHash;
                await whenRight(account, cancellationToken);
                verdict = new PasswordVerdict.Right();
            }

            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return verdict;
        }
    }
}
