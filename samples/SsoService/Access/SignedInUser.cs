using System.Security.Claims;

namespace SsoService.Access;

/// <summary>What an endpoint behind <see cref="Policies.SignedIn"/> knows of its caller.</summary>
public static class SignedInUser
{
    internal const string AccountClaim = "account";
    internal const string SessionClaim = "session";

    public static Guid AccountId(this ClaimsPrincipal user) => Guid.Parse(user.FindFirstValue(AccountClaim)!);

    public static Guid SessionId(this ClaimsPrincipal user) => Guid.Parse(user.FindFirstValue(SessionClaim)!);
}
