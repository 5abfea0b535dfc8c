namespace SsoService.Hosting;

/// <summary>What those who run the service look at: health, and whatever pages and scrapes come with time.</summary>
public static class OperationsEndpoints
{
    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health");
        return routes;
    }
}
