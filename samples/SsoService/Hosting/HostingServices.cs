using System.Text.Json.Serialization;

namespace SsoService.Hosting;

public static class HostingServices
{
    public static IServiceCollection AddHosting(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddScoped<RequestId>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails =
            problem => problem.ProblemDetails.Extensions["requestId"] = problem.HttpContext.TraceIdentifier);
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        services.AddValidation();
        services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        return services;
    }

    /// <summary>Names the request, and makes sure that every refusal has a body, whoever refuses.</summary>
    public static WebApplication UseHosting(this WebApplication app)
    {
        app.Use((http, next) => RequestId.Name(http, next));
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        return app;
    }
}
