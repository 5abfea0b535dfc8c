namespace SsoService.Access;

/// <summary>Who may call an endpoint.</summary>
public static class Policies
{
    /// <summary>A person, by access token.</summary>
    public const string SignedIn = nameof(SignedIn);

    /// <summary>A service that asks whom a token stands for, by API key.</summary>
    public const string RelyingParty = nameof(RelyingParty);

    /// <summary>Those who run the service, by API key.</summary>
    public const string Admin = nameof(Admin);
}
