using SsoService.Sessions;

namespace SsoService.Tests.Infrastructure;

/// <summary>What the tests of the service share.</summary>
public abstract class SsoTest(SsoHost host)
{
    protected static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    protected SsoHost Host { get; } = host;

    protected internal Caller Anyone { get; } = new(host);

    protected Task<TestUser> NewUserAsync() => TestUser.SignUpAsync(Anyone);

    protected internal Caller With(TokenResponse tokens) => Anyone.WithToken(tokens.AccessToken);

    protected internal async Task<bool> IsLiveAsync(string accessToken) =>
        (await Anyone.AsRelyingParty().PostAsync("/introspect", new { token = accessToken })).Expect(200).Read<IntrospectionResponse>().Active;

    /// <summary>Neither an access token nor a refresh token of the session does anything any more. Uses the refresh token.</summary>
    protected async Task AssertDeadAsync(params IEnumerable<TokenResponse> tokens)
    {
        foreach (var pair in tokens)
        {
            Assert.False(await IsLiveAsync(pair.AccessToken));
            (await With(pair).GetAsync("/account")).Expect(401);
            (await Anyone.RefreshAsync(pair.RefreshToken)).Expect(401);
        }
    }

    protected async Task<TokenResponse> RefreshAsync(TokenResponse tokens) =>
        (await Anyone.RefreshAsync(tokens.RefreshToken)).Expect(200).Read<TokenResponse>();
}
