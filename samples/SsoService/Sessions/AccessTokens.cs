using Microsoft.EntityFrameworkCore;
using SsoService.Storage;

namespace SsoService.Sessions;

/// <summary>Who an access token stands for.</summary>
public sealed record SignedInAs(Guid AccountId, Guid SessionId, string Email, DateTimeOffset ExpiresAt);

public sealed class AccessTokens(SsoDbContext context, TimeProvider clock)
{
    /// <summary>Null unless the token is one of ours, has not expired, and its session lives. A refresh leaves earlier access tokens to expire.</summary>
    public async Task<SignedInAs?> FindAsync(string? text, CancellationToken cancellationToken)
    {
        if (!SessionToken.TryParse(text, TokenUse.Access, out var token))
        {
            return null;
        }

        var now = clock.GetStorableNow();
        var found = await context.TokenPairs
            .Where(p => p.Id == token.PairId && p.AccessExpiresAt > now && p.Session.RevokedAt == null)
            .Join(
                context.Accounts,
                p => p.Session.AccountId,
                a => a.Id,
                (p, a) => new { p.AccessHash, p.SessionId, p.AccessExpiresAt, AccountId = a.Id, a.Email })
            .SingleOrDefaultAsync(cancellationToken);
        return found is not null && token.Matches(found.AccessHash)
            ? new SignedInAs(found.AccountId, found.SessionId, found.Email, found.AccessExpiresAt)
            : null;
    }
}
