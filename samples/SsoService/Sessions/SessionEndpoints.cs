using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SsoService.Access;
using SsoService.Hosting;
using SsoService.Storage;

namespace SsoService.Sessions;

public static class SessionEndpoints
{
    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddOptions<SessionOptions>().BindConfiguration(SessionOptions.Section);
        services.AddScoped<AccessTokens>();
        services.AddScoped<Refresh>();
        services.AddScoped<Revocation>();
        services.AddScoped<SignIn>();
        services.AddScoped<SignOut>();
        services.AddScoped<TokenIssuer>();
        return services;
    }

    public static IEndpointRouteBuilder MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sessions", SignInAsync);
        routes.MapPost("/sessions/refresh", RefreshAsync);
        routes.MapPost("/sessions/sign-out", SignOutAsync);
        routes.MapPost("/introspect", IntrospectAsync).RequireAuthorization(Policies.RelyingParty);

        var mine = routes.MapGroup("/sessions").RequireAuthorization(Policies.SignedIn);
        mine.MapGet("", ListAsync);
        mine.MapDelete("", EndAllAsync);
        mine.MapDelete("/current", EndCurrentAsync);
        mine.MapDelete("/{id:guid}", EndAsync);
        return routes;
    }

    private static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> SignInAsync(
        SignInRequest request, HttpContext http, SignIn signIn, TimeProvider clock, CancellationToken cancellationToken) =>
        await signIn.RunAsync(request.Email, request.Password, cancellationToken) switch
        {
            SignInOutcome.SignedIn signedIn => TypedResults.Ok(signedIn.Tokens),
            SignInOutcome.Locked locked => Problems.AccountLocked(http, locked.Until, clock.GetStorableNow()),
            SignInOutcome.Disabled => Problems.AccountDisabled(),
            _ => Problems.WrongCredentials(),
        };

    private static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> RefreshAsync(
        RefreshRequest request, Refresh refresh, CancellationToken cancellationToken) =>
        await refresh.RunAsync(request.RefreshToken, cancellationToken) switch
        {
            { Tokens: { } tokens } => TypedResults.Ok(tokens),
            { Refusal: RefreshRefusal.Expired } => Problems.TokenExpired(),
            { Refusal: RefreshRefusal.Reused } => Problems.TokenReused(),
            { Refusal: RefreshRefusal.SessionEnded } => Problems.SessionEnded(),
            _ => Problems.TokenInvalid(),
        };

    private static async Task<Results<NoContent, ProblemHttpResult>> SignOutAsync(
        RefreshRequest request, SignOut signOut, CancellationToken cancellationToken) =>
        await signOut.EndByRefreshTokenAsync(request.RefreshToken, cancellationToken) ? TypedResults.NoContent() : Problems.TokenInvalid();

    private static async Task<Ok<IntrospectionResponse>> IntrospectAsync(
        IntrospectionRequest request, AccessTokens tokens, CancellationToken cancellationToken) =>
        TypedResults.Ok(await tokens.FindAsync(request.Token, cancellationToken) is { } found
            ? new IntrospectionResponse(true, found.AccountId, found.SessionId, found.Email, found.ExpiresAt)
            : new IntrospectionResponse(false));

    private static async Task<Ok<List<SessionResponse>>> ListAsync(
        HttpContext http, SsoDbContext context, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (account, current, now) = (http.User.AccountId(), http.User.SessionId(), clock.GetStorableNow());
        return TypedResults.Ok(await context.Sessions
            .Where(s => s.AccountId == account && s.RevokedAt == null && s.ExpiresAt > now)
            .OrderBy(s => s.Id)
            .Select(s => new SessionResponse(s.Id, s.CreatedAt, s.ExpiresAt, s.Id == current))
            .ToListAsync(cancellationToken));
    }

    private static async Task<NoContent> EndAllAsync(HttpContext http, SignOut signOut, CancellationToken cancellationToken)
    {
        await signOut.EndAllAsync(http.User.AccountId(), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> EndCurrentAsync(HttpContext http, SignOut signOut, CancellationToken cancellationToken)
    {
        await signOut.EndAsync(http.User.AccountId(), http.User.SessionId(), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(
        Guid id, HttpContext http, SignOut signOut, CancellationToken cancellationToken) =>
        await signOut.EndAsync(http.User.AccountId(), id, cancellationToken) ? TypedResults.NoContent() : Problems.NotFound();
}
