using Microsoft.AspNetCore.Http.HttpResults;
using SsoService.Access;
using SsoService.Hosting;

namespace SsoService.Admin;

public static class AdminEndpoints
{
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddScoped<AccountControl>();
        services.AddScoped<Listings>();
        return services;
    }

    public static IEndpointRouteBuilder MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/admin").RequireAuthorization(Policies.Admin);
        admin.MapGet("/accounts", ListAccountsAsync);
        admin.MapGet("/accounts/{id:guid}", GetAccountAsync);
        admin.MapPost("/accounts/{id:guid}/unlock", (Guid id, AccountControl control, CancellationToken token) => AnswerAsync(control.UnlockAsync(id, token)));
        admin.MapPost("/accounts/{id:guid}/disable", (Guid id, AccountControl control, CancellationToken token) => AnswerAsync(control.DisableAsync(id, token)));
        admin.MapPost("/accounts/{id:guid}/enable", (Guid id, AccountControl control, CancellationToken token) => AnswerAsync(control.EnableAsync(id, token)));
        admin.MapGet("/audit", ListAuditAsync);
        return routes;
    }

    private static async Task<Ok<Page<AccountListItem, Guid>>> ListAccountsAsync(
        [AsParameters] AccountPageQuery query, Listings listings, CancellationToken cancellationToken) =>
        TypedResults.Ok(await listings.AccountsAsync(query, cancellationToken));

    private static async Task<Results<Ok<AccountListItem>, ProblemHttpResult>> GetAccountAsync(
        Guid id, Listings listings, CancellationToken cancellationToken) =>
        await listings.AccountAsync(id, cancellationToken) is { } account ? TypedResults.Ok(account) : Problems.NotFound();

    private static async Task<Ok<Page<AuditListItem, long>>> ListAuditAsync(
        [AsParameters] AuditPageQuery query, Listings listings, CancellationToken cancellationToken) =>
        TypedResults.Ok(await listings.AuditAsync(query, cancellationToken));

    private static async Task<Results<NoContent, ProblemHttpResult>> AnswerAsync(Task<bool> known) =>
        await known ? TypedResults.NoContent() : Problems.NotFound();
}
