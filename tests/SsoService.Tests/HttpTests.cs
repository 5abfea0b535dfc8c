using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

/// <summary>What the service says to requests that never reach an endpoint's work.</summary>
public sealed class HttpTests(SsoHost host) : SsoTest(host)
{
    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/nothing")]
    [InlineData("POST", "/sessions/refresh/nothing")]
    [InlineData("GET", "/admin/nothing")]
    [InlineData("GET", "/admin/accounts/not-a-guid")]
    public async Task Unknown_path_is_a_404_problem(string method, string path)
    {
        var answer = (await Anyone.SendAsync(HttpMethod.Parse(method), path)).Expect(404);

        Assert.Equal("application/problem+json", answer.MediaType);
    }

    [Theory]
    [InlineData("GET", "/accounts")]
    [InlineData("DELETE", "/account")]
    [InlineData("GET", "/sessions/refresh")]
    [InlineData("PUT", "/sessions")]
    public async Task Wrong_method_is_405(string method, string path) => (await Anyone.SendAsync(HttpMethod.Parse(method), path)).Expect(405);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"email\": 1, \"password\": true}")]
    [InlineData("{\"email\": {}, \"password\": []}")]
    public async Task Body_that_is_no_request_is_a_400_problem(string body)
    {
        using var content = new StringContent(body, null, "application/json");

        var answer = (await Anyone.PostAsync("/sessions", content)).Expect(400);

        Assert.Equal("application/problem+json", answer.MediaType);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Body_of_another_kind_is_415(string mediaType)
    {
        using var content = new StringContent("{}", null, mediaType);

        (await Anyone.PostAsync("/sessions", content)).Expect(415);
    }

    [Fact]
    public async Task Answer_carries_the_id_of_the_request()
    {
        var answer = await Anyone.GetAsync("/nothing");

        Assert.Equal(answer.RequestId, Assert.Single(answer.Headers.GetValues("X-Request-Id")));
        Assert.Contains(answer.RequestId, answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("has space")]
    [InlineData("has\"quote")]
    [InlineData("")]
    [InlineData("long")]
    public async Task Unsound_id_of_a_request_is_replaced(string id)
    {
        using var client = Host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nothing");
        request.Headers.TryAddWithoutValidation("X-Request-Id", id == "long" ? new string('x', 65) : id);

        using var response = await client.SendAsync(request);

        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(response.Headers.GetValues("X-Request-Id")));
    }

    [Fact]
    public async Task Health_asks_the_database()
    {
        var answer = (await Anyone.GetAsync("/health")).Expect(200);

        Assert.Equal("Healthy", answer.Body);
    }
}
