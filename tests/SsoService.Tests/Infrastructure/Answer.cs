using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using SsoService.Hosting;

namespace SsoService.Tests.Infrastructure;

/// <summary>What the service answered.</summary>
public sealed class Answer(int status, HttpResponseHeaders headers, string? mediaType, string body, string requestId)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public int Status { get; } = status;

    public HttpResponseHeaders Headers { get; } = headers;

    public string? MediaType { get; } = mediaType;

    public string Body { get; } = body;

    public string RequestId { get; } = requestId;

    /// <summary>The end of the problem's type if it is one of the service's own, as in <c>token-reused</c>.</summary>
    public string? Problem { get; } = ProblemOf(mediaType, body);

    public T Read<T>() => JsonSerializer.Deserialize<T>(Body, Json) ?? throw new InvalidOperationException("The answer is null.");

    /// <summary>The fields that a validation problem names.</summary>
    public IEnumerable<string> InvalidFields()
    {
        using var document = JsonDocument.Parse(Body);
        return document.RootElement.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(e => e.Name)] : [];
    }

    public Answer Expect(int expected, string? problem = null)
    {
        Assert.True(Status == expected && (problem is null || Problem == problem), $"Expected {expected} {problem}, got {Status} {Problem}: {Body}");
        return this;
    }

    public override string ToString() => $"{Status} {Problem}";

    private static string? ProblemOf(string? mediaType, string body)
    {
        if (mediaType != "application/problem+json")
        {
            return null;
        }

        using var document = JsonDocument.Parse(body);
        return document.RootElement.TryGetProperty("type", out var type) && type.GetString() is { } text
            && text.StartsWith(Problems.TypePrefix, StringComparison.Ordinal)
            ? text[Problems.TypePrefix.Length..]
            : null;
    }
}
