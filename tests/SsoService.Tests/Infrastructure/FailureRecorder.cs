using System.Collections.Concurrent;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;

namespace SsoService.Tests.Infrastructure;

/// <summary>Sees each exception that becomes a 500, and lets it become one.</summary>
public sealed class FailureRecorder : IExceptionHandler
{
    private readonly ConcurrentQueue<(string Kind, string Endpoint, Exception Exception)> _failures = new();

    public IReadOnlyCollection<(string Kind, string Endpoint, Exception Exception)> Failures => _failures;

    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var endpoint = httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint;
        _failures.Enqueue((Kind(exception), $"{httpContext.Request.Method} {endpoint?.RoutePattern.RawText}", exception));
        return ValueTask.FromResult(false);
    }

    private static string Kind(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is SqliteException sqlite)
            {
                return sqlite.SqliteExtendedErrorCode switch
                {
                    5 => "SQLITE_BUSY",
                    261 => "SQLITE_BUSY_RECOVERY",
                    517 => "SQLITE_BUSY_SNAPSHOT",
                    6 => "SQLITE_LOCKED",
                    var code => $"SQLite error {code}",
                };
            }
        }

        return exception.GetType().Name;
    }
}
