using SsoService.Sessions;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

public sealed class IntrospectionTests(SsoHost host) : SsoTest(host)
{
    private async Task<IntrospectionResponse> AskAsync(string token, TimeSpan ahead = default) =>
        (await Anyone.AsRelyingParty().In(ahead).PostAsync("/introspect", new { token })).Expect(200).Read<IntrospectionResponse>();

    [Fact]
    public async Task Relying_party_learns_whom_a_token_stands_for()
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();

        var found = await AskAsync(tokens.AccessToken);

        Assert.Equal(new IntrospectionResponse(true, user.Id, tokens.SessionId, user.Email, tokens.AccessTokenExpiresAt), found);
    }

    [Fact]
    public async Task Administrator_may_ask_too()
    {
        var tokens = await (await NewUserAsync()).SignInAsync();

        Assert.True((await Anyone.AsAdmin().PostAsync("/introspect", new { token = tokens.AccessToken })).Expect(200).Read<IntrospectionResponse>().Active);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("sso_a_")]
    [InlineData("sso_a_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer x")]
    public async Task Unknown_token_is_inactive_and_nothing_more(string token) => Assert.Equal(new IntrospectionResponse(false), await AskAsync(token));

    [Fact]
    public async Task Refresh_token_is_not_active()
    {
        var tokens = await (await NewUserAsync()).SignInAsync();

        Assert.False((await AskAsync(tokens.RefreshToken)).Active);
        Assert.False((await AskAsync("sso_a_" + tokens.RefreshToken[6..])).Active);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(11, false)]
    public async Task Token_is_active_until_it_expires(int minutes, bool active)
    {
        var tokens = await (await NewUserAsync()).SignInAsync();

        Assert.Equal(active, (await AskAsync(tokens.AccessToken, TimeSpan.FromMinutes(minutes))).Active);
    }

    [Fact]
    public async Task Token_is_inactive_the_moment_its_session_has_ended()
    {
        var tokens = await (await NewUserAsync()).SignInAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.True((await AskAsync(tokens.AccessToken)).Active);
        }

        (await Anyone.SignOutAsync(tokens.RefreshToken)).Expect(204);

        Assert.False((await AskAsync(tokens.AccessToken)).Active);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Introspection_asks_for_a_token(string? token) =>
        (await Anyone.AsRelyingParty().PostAsync("/introspect", new { token })).Expect(400);
}
