using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using SsoService.Access;
using SsoService.Hosting;
using SsoService.Sessions;
using SsoService.Storage;

namespace SsoService.Accounts;

public static class AccountEndpoints
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddOptions<LockoutOptions>().BindConfiguration(LockoutOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PasswordOptions>().BindConfiguration(PasswordOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Passwords>();
        services.AddScoped<PasswordAttempt>();
        services.AddScoped<PasswordChange>();
        services.AddScoped<Profiles>();
        services.AddScoped<SignUp>();
        return services;
    }

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/accounts", SignUpAsync);

        var mine = routes.MapGroup("/account").RequireAuthorization(Policies.SignedIn);
        mine.MapGet("", GetAsync);
        mine.MapPut("", RenameAsync);
        mine.MapPut("/password", ChangePasswordAsync);
        return routes;
    }

    private static async Task<Results<Created<AccountResponse>, ProblemHttpResult>> SignUpAsync(
        SignUpRequest request, SignUp signUp, CancellationToken cancellationToken)
    {
        var account = await signUp.RunAsync(request.Email, request.Password, request.DisplayName, cancellationToken);
        return account is null ? Problems.EmailTaken() : TypedResults.Created("/account", AccountResponse.From(account));
    }

    private static async Task<Ok<AccountResponse>> GetAsync(HttpContext http, Profiles profiles, CancellationToken cancellationToken)
    {
        var account = await profiles.GetAsync(http.User.AccountId(), cancellationToken);
        http.Response.Headers.ETag = ETag(account);
        return TypedResults.Ok(AccountResponse.From(account));
    }

    private static async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> RenameAsync(
        ChangeProfileRequest request, HttpContext http, Profiles profiles, CancellationToken cancellationToken)
    {
        var match = http.Request.Headers.IfMatch;
        if (StringValues.IsNullOrEmpty(match))
        {
            return Problems.PreconditionRequired();
        }

        if (!TryParseETag(match.ToString(), out var version))
        {
            return Problems.Changed();
        }

        var account = await profiles.RenameAsync(http.User.AccountId(), version, request.DisplayName, cancellationToken);
        if (account is null)
        {
            return Problems.Changed();
        }

        http.Response.Headers.ETag = ETag(account);
        return TypedResults.Ok(AccountResponse.From(account));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangePasswordAsync(
        ChangePasswordRequest request, HttpContext http, PasswordChange change, TimeProvider clock, CancellationToken cancellationToken)
    {
        var verdict = await change.RunAsync(
            http.User.AccountId(), http.User.SessionId(), request.CurrentPassword, request.NewPassword, cancellationToken);
        return verdict switch
        {
            PasswordVerdict.Right => TypedResults.NoContent(),
            PasswordVerdict.Locked locked => Problems.AccountLocked(http, locked.Until, clock.GetStorableNow()),
            _ => Problems.WrongPassword(),
        };
    }

    private static string ETag(Account account) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\"{account.ProfileVersion}\"");

    private static bool TryParseETag(string text, out int version)
    {
        version = 0;
        return text is ['"', .. var inner, '"']
            && int.TryParse(inner, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out version);
    }
}
