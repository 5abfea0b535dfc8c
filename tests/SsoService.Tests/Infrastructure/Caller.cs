using System.Diagnostics;
using System.Net.Http.Json;
using SsoService.Hosting;

namespace SsoService.Tests.Infrastructure;

/// <summary>A client of the service, with its credentials and its time. Each change of one gives a new caller.</summary>
public sealed record Caller(SsoHost Host)
{
    public string? AuthorizationHeader { get; init; }

    public string? ApiKey { get; init; }

    public TimeSpan Ahead { get; init; }

    public Caller WithToken(string accessToken) => this with { AuthorizationHeader = $"Bearer {accessToken}" };

    public Caller AsAdmin() => this with { ApiKey = SsoFactory.AdminKey };

    public Caller AsRelyingParty() => this with { ApiKey = SsoFactory.RelyingPartyKey };

    public Caller In(TimeSpan ahead) => this with { Ahead = ahead };

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<Answer> PutAsync(string path, object body, string? ifMatch = null) => SendAsync(HttpMethod.Put, path, body, ifMatch);

    public Task<Answer> SignInAsync(string email, string password) => PostAsync("/sessions", new { email, password });

    public Task<Answer> RefreshAsync(string refreshToken) => PostAsync("/sessions/refresh", new { refreshToken });

    public Task<Answer> SignOutAsync(string refreshToken) => PostAsync("/sessions/sign-out", new { refreshToken });

    /// <param name="body">Sent as JSON; an <see cref="HttpContent"/> as it is.</param>
    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, string? ifMatch = null)
    {
        using var client = Host.CreateClient();
        using var request = new HttpRequestMessage(method, path);
        var requestId = Guid.NewGuid().ToString("N");
        request.Headers.Add(RequestId.Header, requestId);
        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            _ => JsonContent.Create(body),
        };
        Add("Authorization", AuthorizationHeader);
        Add("X-Api-Key", ApiKey);
        Add("If-Match", ifMatch);
        Add(TravellingClock.Header, Ahead == TimeSpan.Zero ? null : Ahead.ToString());

        var started = Stopwatch.GetTimestamp();
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var answer = new Answer((int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, text, requestId);
        Host.Ledger.Add(new LedgerEntry(
            requestId, method.Method, path.Split('?')[0], answer.Status, answer.Problem, Stopwatch.GetElapsedTime(started)));
        return answer;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }
}
