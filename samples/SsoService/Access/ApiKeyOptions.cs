namespace SsoService.Access;

/// <summary>The keys of other services (section <c>ApiKeys</c>). An empty key lets nobody in.</summary>
public sealed class ApiKeyOptions
{
    public const string Section = "ApiKeys";

    public string Admin { get; set; } = "";

    public string RelyingParty { get; set; } = "";
}
