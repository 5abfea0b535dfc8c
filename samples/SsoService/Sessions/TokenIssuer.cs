using Microsoft.Extensions.Options;
using SsoService.Storage;

namespace SsoService.Sessions;

/// <summary>Adds a new pair of tokens to the unit of work of the caller.</summary>
public sealed class TokenIssuer(SsoDbContext context, IOptions<SessionOptions> options)
{
    public TokenResponse Issue(Guid sessionId, DateTimeOffset sessionExpiresAt, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7();
        var access = SessionToken.Create(TokenUse.Access, id);
        var refresh = SessionToken.Create(TokenUse.Refresh, id);
        var pair = new TokenPair
        {
            Id = id,
            SessionId = sessionId,
            IssuedAt = now,
            AccessHash = access.Hash(),
            AccessExpiresAt = Earlier(now + options.Value.AccessTokenLifetime, sessionExpiresAt),
            RefreshHash = refresh.Hash(),
            RefreshExpiresAt = Earlier(now + options.Value.RefreshTokenLifetime, sessionExpiresAt),
        };
        context.TokenPairs.Add(pair);
        return new TokenResponse(sessionId, access.ToText(), pair.AccessExpiresAt, refresh.ToText(), pair.RefreshExpiresAt);
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
