using System.Text.RegularExpressions;

namespace SsoService.Hosting;

/// <summary>
/// The name of a request in logs, audit trail and answer: the caller's <c>X-Request-Id</c> if it is sound, else one of our own.
/// </summary>
public sealed partial class RequestId
{
    public const string Header = "X-Request-Id";

    public const int MaxLength = 64;

    public string Value { get; private set; } = "";

    internal static async Task Name(HttpContext http, RequestDelegate next)
    {
        var proposed = http.Request.Headers[Header].ToString();
        var value = Sound().IsMatch(proposed) ? proposed : Guid.NewGuid().ToString("N");
        http.TraceIdentifier = value;
        http.RequestServices.GetRequiredService<RequestId>().Value = value;
        http.Response.Headers[Header] = value;
        await next(http);
    }

    // What comes from outside goes to logs: neither long nor with control characters.
    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Sound();
}
