using Microsoft.AspNetCore.Http.HttpResults;

namespace SsoService.Hosting;

/// <summary>The refusals of the service. Clients may rely on status and type; title and detail are for people.</summary>
public static class Problems
{
    public const string TypePrefix = "urn:sso:";

    public static ProblemHttpResult EmailTaken() => Of(StatusCodes.Status409Conflict, "email-taken", "There is an account with this e-mail address.");

    /// <summary>One answer for an unknown address and for a wrong password: it tells nobody which addresses have accounts.</summary>
    public static ProblemHttpResult WrongCredentials() =>
        Of(StatusCodes.Status401Unauthorized, "wrong-credentials", "E-mail address or password is wrong.");

    public static ProblemHttpResult AccountLocked(HttpContext http, DateTimeOffset until, DateTimeOffset now)
    {
        http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling((until - now).TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Of(StatusCodes.Status423Locked, "account-locked", "Too many failed attempts. Try again later.");
    }

    public static ProblemHttpResult AccountDisabled() => Of(StatusCodes.Status403Forbidden, "account-disabled", "The account is disabled.");

    public static ProblemHttpResult TokenInvalid() => Of(StatusCodes.Status401Unauthorized, "token-invalid", "The token is not one of ours.");

    public static ProblemHttpResult TokenExpired() => Of(StatusCodes.Status401Unauthorized, "token-expired", "The token has expired.");

    public static ProblemHttpResult TokenReused() =>
        Of(StatusCodes.Status401Unauthorized, "token-reused", "The token was used before. The session has ended; sign in again.");

    public static ProblemHttpResult SessionEnded() => Of(StatusCodes.Status401Unauthorized, "session-ended", "The session has ended. Sign in again.");

    public static ProblemHttpResult WrongPassword() => Of(StatusCodes.Status422UnprocessableEntity, "wrong-password", "The current password is wrong.");

    public static ProblemHttpResult Changed() =>
        Of(StatusCodes.Status412PreconditionFailed, "changed", "The resource has changed since it was read. Read it again.");

    public static ProblemHttpResult PreconditionRequired() =>
        Of(StatusCodes.Status428PreconditionRequired, "precondition-required", "Send the ETag that was read as If-Match.");

    public static ProblemHttpResult NotFound() => Of(StatusCodes.Status404NotFound, "not-found", "There is no such resource.");

    private static ProblemHttpResult Of(int status, string type, string title) =>
        TypedResults.Problem(statusCode: status, type: TypePrefix + type, title: title);
}
