using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SsoService.Storage;

namespace SsoService.Tests.Infrastructure;

/// <summary>The service itself, on a file of the suite's own, with the clock and the ears of the tests.</summary>
internal sealed class SsoFactory(TestedDatabase database, string path, TravellingClock clock, FailureRecorder failures) : WebApplicationFactory<Program>
{
    public const string AdminKey = "admin-key-of-the-tests";
    public const string RelyingPartyKey = "relying-party-key-of-the-tests";
    public const int MaxFailures = 5;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Testing");
        builder.UseSetting("Database:Provider", database.Provider.ToString());
        builder.UseSetting("Database:ConnectionString", $"Data Source={path};Default Timeout={database.TimeoutSeconds}");

        // Weak by intention: thousands of hashes are made here, and their strength is not what is tested.
        builder.UseSetting("Passwords:Iterations", "10");
        builder.UseSetting("Lockout:MaxFailures", MaxFailures.ToString(System.Globalization.CultureInfo.InvariantCulture));
        builder.UseSetting("Lockout:Duration", "00:15:00");
        builder.UseSetting("Sessions:AccessTokenLifetime", "00:10:00");
        builder.UseSetting("Sessions:RefreshTokenLifetime", "14.00:00:00");
        builder.UseSetting("Sessions:SessionLifetime", "90.00:00:00");
        builder.UseSetting("ApiKeys:Admin", AdminKey);
        builder.UseSetting("ApiKeys:RelyingParty", RelyingPartyKey);
        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddSingleton<Microsoft.AspNetCore.Diagnostics.IExceptionHandler>(failures);
            services.AddSingleton<IStartupFilter>(new TimeTravel(clock));
            if (database.ServerHabits)
            {
                services.ConfigureDbContext<SsoDbContext>(options => options.AddInterceptors(new ServerHabits()));
            }
        });
    }

    private sealed class TimeTravel(TravellingClock clock) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((HttpContext http, RequestDelegate rest) => clock.TravelAsync(http, rest));
            next(app);
        };
    }
}
