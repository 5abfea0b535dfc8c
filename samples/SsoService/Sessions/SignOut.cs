using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using SsoService.Storage;

namespace SsoService.Sessions;

/// <summary>Ends sessions at their owner's wish. To end what has ended already is a success too.</summary>
public sealed class SignOut(SsoDbContext context, Revocation revocation, Refresh refresh)
{
    /// <summary>Ends one session of the account. False if the account has no such session, live or ended.</summary>
    public async Task<bool> EndAsync(Guid accountId, Guid sessionId, CancellationToken cancellationToken)
    {
        if (!await context.Sessions.AnyAsync(s => s.Id == sessionId && s.AccountId == accountId, cancellationToken))
        {
            return false;
        }

        await EndAsync(s => s.Id == sessionId, RevocationReason.SignedOut, cancellationToken);
        return true;
    }

    public Task EndAllAsync(Guid accountId, CancellationToken cancellationToken) =>
        EndAsync(s => s.AccountId == accountId, RevocationReason.SignedOutEverywhere, cancellationToken);

    /// <summary>
    /// Ends the session of a refresh token, be it used or expired: a client whose refresh is under way, or got lost, can still sign out.
    /// False if the token is not one of ours.
    /// </summary>
    public async Task<bool> EndByRefreshTokenAsync(string text, CancellationToken cancellationToken)
    {
        var found = await refresh.FindAsync(text, cancellationToken);
        if (found is null)
        {
            return false;
        }

        await EndAsync(s => s.Id == found.SessionId, RevocationReason.SignedOut, cancellationToken);
        return true;
    }

    private async Task EndAsync(Expression<Func<Session, bool>> which, RevocationReason reason, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await revocation.RevokeAsync(which, reason, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
