using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SsoService.Access;
using SsoService.Accounts;
using SsoService.Admin;
using SsoService.Audit;
using SsoService.Hosting;
using SsoService.Sessions;
using SsoService.Storage;

var builder = WebApplication.CreateBuilder(args);

// The one place that knows which provider is behind EF Core.
builder.Services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddDbContextPool<SsoDbContext>((services, options) =>
{
    var database = services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
    switch (database.Provider)
    {
        case DatabaseProvider.Sqlite:
            options.UseSqlite(database.ConnectionString);
            break;
        case DatabaseProvider.SplitSqlite:
            options.UseSplitSqlite(database.ConnectionString);
            break;
        default:
            throw new InvalidOperationException($"Database:Provider is '{database.Provider}'.");
    }
});

builder.Services.AddHosting();
builder.Services.AddAccess();
builder.Services.AddAudit();
builder.Services.AddAccounts();
builder.Services.AddSessions();
builder.Services.AddAdmin();

var app = builder.Build();
await app.MigrateDatabaseAsync();

app.UseHosting();
app.UseAuthentication();
app.UseAuthorization();

app.MapAccounts();
app.MapSessions();
app.MapAdmin();
app.MapOperations();

await app.RunAsync();
