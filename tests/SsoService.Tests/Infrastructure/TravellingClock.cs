using System.Globalization;

namespace SsoService.Tests.Infrastructure;

/// <summary>
/// The real time, and for a request that says so by a header, a time ahead of it: tests share one host, and each has its own future.
/// </summary>
internal sealed class TravellingClock : TimeProvider
{
    public const string Header = "X-Test-Ahead";

    private readonly AsyncLocal<TimeSpan> _ahead = new();

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead.Value;

    public Task TravelAsync(HttpContext http, RequestDelegate next)
    {
        _ahead.Value = TimeSpan.TryParse(http.Request.Headers[Header], CultureInfo.InvariantCulture, out var ahead)
            ? ahead
            : TimeSpan.Zero;
        return next(http);
    }
}
