using System.ComponentModel.DataAnnotations;
using SsoService.Accounts;

namespace SsoService.Sessions;

public sealed record SignInRequest(
    [property: Required, StringLength(Account.EmailLength)] string Email,
    [property: Required, StringLength(PasswordOptions.MaxLength)] string Password);

/// <summary>A request with a refresh token.</summary>
public sealed record RefreshRequest([property: Required, StringLength(200)] string RefreshToken);

public sealed record IntrospectionRequest([property: Required, StringLength(200)] string Token);

public sealed record TokenResponse(
    Guid SessionId,
    string AccessToken,
    DateTimeOffset AccessTokenExpiresAt,
    string RefreshToken,
    DateTimeOffset RefreshTokenExpiresAt);

public sealed record SessionResponse(Guid Id, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, bool IsCurrent);

/// <summary>In the manner of RFC 7662: all but <paramref name="Active"/> only for a token that is.</summary>
public sealed record IntrospectionResponse(
    bool Active, Guid? AccountId = null, Guid? SessionId = null, string? Email = null, DateTimeOffset? ExpiresAt = null);
