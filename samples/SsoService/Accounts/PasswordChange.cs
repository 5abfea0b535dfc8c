using SsoService.Audit;
using SsoService.Sessions;

namespace SsoService.Accounts;

public sealed class PasswordChange(PasswordAttempt attempt, Passwords passwords, Revocation revocation, AuditTrail audit)
{
    /// <summary>Changes the password, and ends all sessions but the one that asks.</summary>
    public Task<PasswordVerdict> RunAsync(Guid accountId, Guid sessionId, string current, string next, CancellationToken cancellationToken)
    {
        var hash = passwords.Hash(next);
        return attempt.JudgeAsync(
            accounts => accounts.Where(a => a.Id == accountId),
            current,
            AuditKind.PasswordChangeFailed,
            async (account, token) =>
            {
                account.PasswordHash = hash;
                account.PasswordVersion++;
                audit.Add(AuditKind.PasswordChanged, account.Id, sessionId);
                await revocation.RevokeAsync(
                    s => s.AccountId == accountId && s.Id != sessionId, RevocationReason.PasswordChanged, token);
            },
            cancellationToken);
    }
}
