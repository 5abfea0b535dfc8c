using SsoService.Audit;
using SsoService.Sessions;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

public sealed class SignOutTests(SsoHost host) : SsoTest(host)
{
    public enum Way
    {
        ByRefreshToken,
        CurrentByAccessToken,
        ByIdOfTheSession,
        Everywhere,
    }

    private Task<Answer> EndAsync(Way way, TokenResponse tokens) => way switch
    {
        Way.ByRefreshToken => Anyone.SignOutAsync(tokens.RefreshToken),
        Way.CurrentByAccessToken => With(tokens).DeleteAsync("/sessions/current"),
        Way.ByIdOfTheSession => With(tokens).DeleteAsync($"/sessions/{tokens.SessionId}"),
        _ => With(tokens).DeleteAsync("/sessions"),
    };

    [Theory]
    [InlineData(Way.ByRefreshToken, "SignedOut")]
    [InlineData(Way.CurrentByAccessToken, "SignedOut")]
    [InlineData(Way.ByIdOfTheSession, "SignedOut")]
    [InlineData(Way.Everywhere, "SignedOutEverywhere")]
    public async Task Sign_out_ends_the_session_and_tells_why(Way way, string reason)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();

        (await EndAsync(way, tokens)).Expect(204);

        (await Anyone.RefreshAsync(tokens.RefreshToken)).Expect(401, "session-ended");
        await AssertDeadAsync(tokens);
        var told = (await user.AuditAsync())[^1];
        Assert.Equal((AuditKind.SessionRevoked, tokens.SessionId, reason), (told.Kind, told.SessionId, told.Detail));
    }

    [Theory]
    [InlineData(Way.ByRefreshToken)]
    [InlineData(Way.CurrentByAccessToken)]
    [InlineData(Way.ByIdOfTheSession)]
    [InlineData(Way.Everywhere)]
    public async Task Sign_out_with_earlier_tokens_ends_the_newest_too(Way way)
    {
        var first = await (await NewUserAsync()).SignInAsync();
        var second = await RefreshAsync(first);

        (await EndAsync(way, first)).Expect(204);

        await AssertDeadAsync(first, second);
    }

    [Theory]
    [InlineData(Way.ByRefreshToken, 1)]
    [InlineData(Way.CurrentByAccessToken, 1)]
    [InlineData(Way.ByIdOfTheSession, 1)]
    [InlineData(Way.Everywhere, 0)]
    public async Task Sign_out_leaves_other_sessions_alone_unless_it_is_everywhere(Way way, int left)
    {
        var user = await NewUserAsync();
        var (one, other) = (await user.SignInAsync(), await user.SignInAsync());

        (await EndAsync(way, one)).Expect(204);

        Assert.Equal(left, (await user.AsSeenByAdminAsync()).LiveSessions);
        Assert.Equal(left == 1, await IsLiveAsync(other.AccessToken));
    }

    [Fact]
    public async Task Sign_out_by_refresh_token_may_be_repeated_and_is_told_once()
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();

        for (var i = 0; i < 3; i++)
        {
            (await Anyone.SignOutAsync(tokens.RefreshToken)).Expect(204);
        }

        Assert.Single(await user.AuditKindsAsync(), kind => kind == AuditKind.SessionRevoked);
    }

    [Fact]
    public async Task Sign_out_works_with_an_expired_refresh_token()
    {
        var tokens = await (await NewUserAsync()).SignInAsync();

        (await Anyone.In(TimeSpan.FromDays(15)).SignOutAsync(tokens.RefreshToken)).Expect(204);

        await AssertDeadAsync(tokens);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("sso_r_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("sso_a_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Sign_out_refuses_what_is_no_refresh_token(string text) => (await Anyone.SignOutAsync(text)).Expect(401, "token-invalid");

    [Fact]
    public async Task Nobody_ends_the_session_of_another_account()
    {
        var mine = await (await NewUserAsync()).SignInAsync();
        var theirs = await (await NewUserAsync()).SignInAsync();

        (await With(mine).DeleteAsync($"/sessions/{theirs.SessionId}")).Expect(404, "not-found");

        Assert.True(await IsLiveAsync(theirs.AccessToken));
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("no-guid")]
    public async Task There_is_no_session_of_an_unknown_id(string id)
    {
        var tokens = await (await NewUserAsync()).SignInAsync();

        (await With(tokens).DeleteAsync($"/sessions/{id}")).Expect(404);
    }

    [Fact]
    public async Task Session_ends_another_of_the_same_account()
    {
        var user = await NewUserAsync();
        var (one, other) = (await user.SignInAsync(), await user.SignInAsync());

        (await With(one).DeleteAsync($"/sessions/{other.SessionId}")).Expect(204);
        (await With(one).DeleteAsync($"/sessions/{other.SessionId}")).Expect(204);

        await AssertDeadAsync(other);
        Assert.True(await IsLiveAsync(one.AccessToken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public async Task List_of_sessions_shows_the_live_ones_and_which_is_asking(int count)
    {
        var user = await NewUserAsync();
        var sessions = new List<TokenResponse>();
        for (var i = 0; i < count; i++)
        {
            sessions.Add(await user.SignInAsync());
        }

        var ended = await user.SignInAsync();
        (await EndAsync(Way.ByRefreshToken, ended)).Expect(204);

        var listed = (await With(sessions[^1]).GetAsync("/sessions")).Expect(200).Read<List<SessionResponse>>();

        Assert.Equal(sessions.Select(s => s.SessionId).Order(), listed.Select(s => s.Id).Order());
        Assert.Equal(sessions[^1].SessionId, Assert.Single(listed, s => s.IsCurrent).Id);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Sign_out_everywhere_tells_of_each_session(int count)
    {
        var user = await NewUserAsync();
        var sessions = new List<TokenResponse>();
        for (var i = 0; i < count; i++)
        {
            sessions.Add(await user.SignInAsync());
        }

        (await With(sessions[0]).DeleteAsync("/sessions")).Expect(204);

        var told = (await user.AuditAsync()).Where(e => e.Kind == AuditKind.SessionRevoked).Select(e => e.SessionId!.Value);
        Assert.Equal(sessions.Select(s => s.SessionId).Order(), told.Order());
        await AssertDeadAsync(sessions);
    }
}
