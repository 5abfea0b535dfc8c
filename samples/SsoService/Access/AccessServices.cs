using Microsoft.AspNetCore.Authentication;

namespace SsoService.Access;

public static class AccessServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddOptions<ApiKeyOptions>().BindConfiguration(ApiKeyOptions.Section);
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, AccessTokenHandler>(AccessTokenHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.SignedIn, policy => policy
                .AddAuthenticationSchemes(AccessTokenHandler.SchemeName).RequireAuthenticatedUser())
            .AddPolicy(Policies.RelyingParty, policy => policy
                .AddAuthenticationSchemes(ApiKeyHandler.SchemeName).RequireRole(Policies.RelyingParty, Policies.Admin))
            .AddPolicy(Policies.Admin, policy => policy
                .AddAuthenticationSchemes(ApiKeyHandler.SchemeName).RequireRole(Policies.Admin));
        return services;
    }
}
