using Microsoft.EntityFrameworkCore;
using SsoService.Audit;
using SsoService.Storage;

namespace SsoService.Sessions;

public enum RefreshRefusal
{
    Invalid,
    Expired,
    Reused,
    SessionEnded,
}

public sealed record RefreshOutcome(TokenResponse? Tokens, RefreshRefusal? Refusal);

/// <summary>
/// Gives a new pair of tokens for a refresh token, once. Who presents a used one ends the whole session, its newest tokens too: of two
/// who hold the same token one is not its owner, and nobody can say which (RFC 9700, 4.14.2). There is no period of grace: a client
/// sends a refresh once, and of two at once one wins, the other ends the session.
/// </summary>
public sealed class Refresh(SsoDbContext context, TokenIssuer issuer, Revocation revocation, AuditTrail audit, TimeProvider clock)
{
    public async Task<RefreshOutcome> RunAsync(string text, CancellationToken cancellationToken)
    {
        var found = await FindAsync(text, cancellationToken);
        if (found is null)
        {
            return Refused(RefreshRefusal.Invalid);
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var now = clock.GetStorableNow();
        if (await TryUseAsync(found.Id, now, cancellationToken))
        {
            audit.Add(AuditKind.Refreshed, found.AccountId, found.SessionId);
            var tokens = issuer.Issue(found.SessionId, found.SessionExpiresAt, now);
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new RefreshOutcome(tokens, null);
        }

        var refusal = await WhyNotAsync(found.Id, cancellationToken);
        if (refusal == RefreshRefusal.Reused)
        {
            audit.Add(AuditKind.RefreshTokenReused, found.AccountId, found.SessionId);
            await revocation.RevokeAsync(s => s.Id == found.SessionId, RevocationReason.RefreshTokenReused, cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return Refused(refusal);
    }

    /// <summary>The session that a refresh token is of, used, expired or not; null if it isn't one of ours.</summary>
    public async Task<FoundPair?> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (!SessionToken.TryParse(text, TokenUse.Refresh, out var token))
        {
            return null;
        }

        var found = await context.TokenPairs
            .Where(p => p.Id == token.PairId)
            .Select(p => new FoundPair(p.Id, p.SessionId, p.Session.AccountId, p.Session.ExpiresAt, p.RefreshHash))
            .SingleOrDefaultAsync(cancellationToken);
        return found is not null && token.Matches(found.RefreshHash) ? found : null;
    }

    /// <summary>Decides, in one statement, who of several uses the token.</summary>
    private async Task<bool> TryUseAsync(Guid pairId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await context.TokenPairs
            .Where(p => p.Id == pairId
                && p.RefreshedAt == null
                && p.RefreshExpiresAt > now
                && p.Session.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.RefreshedAt, now), cancellationToken) == 1;

    private async Task<RefreshRefusal> WhyNotAsync(Guid pairId, CancellationToken cancellationToken)
    {
        var pair = await context.TokenPairs
            .Where(p => p.Id == pairId)
            .Select(p => new { p.RefreshedAt, p.Session.RevokedAt })
            .SingleAsync(cancellationToken);
        return pair switch
        {
            { RefreshedAt: not null } => RefreshRefusal.Reused,
            { RevokedAt: not null } => RefreshRefusal.SessionEnded,
            _ => RefreshRefusal.Expired,
        };
    }

    private static RefreshOutcome Refused(RefreshRefusal refusal) => new(null, refusal);

    public sealed record FoundPair(Guid Id, Guid SessionId, Guid AccountId, DateTimeOffset SessionExpiresAt, byte[] RefreshHash);
}
