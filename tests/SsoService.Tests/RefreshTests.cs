using Microsoft.EntityFrameworkCore;
using SsoService.Audit;
using SsoService.Sessions;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

public sealed class RefreshTests(SsoHost host) : SsoTest(host)
{
    [Fact]
    public async Task Refresh_gives_a_new_pair_of_the_same_session()
    {
        var first = await (await NewUserAsync()).SignInAsync();

        var second = await RefreshAsync(first);

        Assert.Equal(first.SessionId, second.SessionId);
        Assert.NotEqual(first.AccessToken, second.AccessToken);
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        Assert.True(await IsLiveAsync(second.AccessToken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(12)]
    public async Task Refresh_goes_on_and_on(int times)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();
        for (var i = 0; i < times; i++)
        {
            tokens = await RefreshAsync(tokens);
        }

        (await With(tokens).GetAsync("/account")).Expect(200);
        Assert.Equal(
            [AuditKind.SignedUp, AuditKind.SignedIn, .. Enumerable.Repeat(AuditKind.Refreshed, times)], await user.AuditKindsAsync());
        Assert.Equal(1, (await user.AsSeenByAdminAsync()).LiveSessions);
    }

    [Fact]
    public async Task Access_token_outlives_a_refresh()
    {
        var first = await (await NewUserAsync()).SignInAsync();

        await RefreshAsync(first);

        (await With(first).GetAsync("/account")).Expect(200);
    }

    public static TheoryData<int, int> Reuses()
    {
        var data = new TheoryData<int, int>();
        for (var depth = 1; depth <= 5; depth++)
        {
            for (var reused = 0; reused < depth; reused++)
            {
                data.Add(depth, reused);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Reuses))]
    public async Task Reuse_of_any_earlier_token_ends_the_whole_session(int depth, int reused)
    {
        var user = await NewUserAsync();
        var generations = new List<TokenResponse> { await user.SignInAsync() };
        for (var i = 0; i < depth; i++)
        {
            generations.Add(await RefreshAsync(generations[^1]));
        }

        (await Anyone.RefreshAsync(generations[reused].RefreshToken)).Expect(401, "token-reused");

        (await Anyone.RefreshAsync(generations[^1].RefreshToken)).Expect(401, "session-ended");
        await AssertDeadAsync(generations);
        var audit = await user.AuditKindsAsync();
        Assert.Single(audit, kind => kind == AuditKind.SessionRevoked);
    }

    [Fact]
    public async Task Reuse_leaves_other_sessions_of_the_account_alone()
    {
        var user = await NewUserAsync();
        var (one, other) = (await user.SignInAsync(), await user.SignInAsync());
        await RefreshAsync(one);

        (await Anyone.RefreshAsync(one.RefreshToken)).Expect(401, "token-reused");

        (await With(other).GetAsync("/account")).Expect(200);
        await RefreshAsync(other);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Reuse_is_told_each_time_and_the_end_of_the_session_once(int times)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();
        await RefreshAsync(tokens);

        for (var i = 0; i < times; i++)
        {
            (await Anyone.RefreshAsync(tokens.RefreshToken)).Expect(401, "token-reused");
        }

        var audit = await user.AuditAsync();
        Assert.Equal(times, audit.Count(e => e.Kind == AuditKind.RefreshTokenReused));
        Assert.Equal("RefreshTokenReused", Assert.Single(audit, e => e.Kind == AuditKind.SessionRevoked).Detail);
    }

    [Fact]
    public async Task Session_stays_ended_when_its_account_signs_in_anew()
    {
        var user = await NewUserAsync();
        var old = await user.SignInAsync();
        var newest = await RefreshAsync(old);
        (await Anyone.RefreshAsync(old.RefreshToken)).Expect(401);

        var fresh = await user.SignInAsync();

        Assert.NotEqual(old.SessionId, fresh.SessionId);
        await AssertDeadAsync(newest);
        Assert.True(await IsLiveAsync(fresh.AccessToken));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("sso_r_")]
    [InlineData("sso_r_AAAA")]
    [InlineData("sso_r_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("sso_r_****************************************************************")]
    [InlineData("SSO_R_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("' OR '1'='1")]
    [InlineData("\0\0\0\0")]
    [InlineData("ключ")]
    public async Task Refresh_refuses_what_is_no_token(string text) => (await Anyone.RefreshAsync(text)).Expect(401, "token-invalid");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Refresh_asks_for_a_token(string? text) =>
        Assert.Equal(["RefreshToken"], (await Anyone.PostAsync("/sessions/refresh", new { refreshToken = text })).Expect(400).InvalidFields());

    [Fact]
    public async Task Refresh_refuses_a_text_that_is_too_long() => (await Anyone.RefreshAsync(new string('x', 201))).Expect(400);

    [Theory]
    [InlineData(6)]
    [InlineData(20)]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(69)]
    public async Task Refresh_refuses_a_token_with_one_character_changed(int position)
    {
        var tokens = await (await NewUserAsync()).SignInAsync();
        var changed = tokens.RefreshToken.ToCharArray();
        changed[position] = changed[position] == 'A' ? 'B' : 'A';

        (await Anyone.RefreshAsync(new string(changed))).Expect(401, "token-invalid");

        // A wrong guess costs the owner nothing.
        await RefreshAsync(tokens);
    }

    [Theory]
    [InlineData(" {0}")]
    [InlineData("{0} ")]
    [InlineData("{0}=")]
    [InlineData("{0}A")]
    public async Task Refresh_refuses_a_token_with_something_around_it(string pattern)
    {
        var tokens = await (await NewUserAsync()).SignInAsync();

        (await Anyone.RefreshAsync(string.Format(null, pattern, tokens.RefreshToken))).Expect(401, "token-invalid");
    }

    [Fact]
    public async Task Refresh_refuses_an_access_token()
    {
        var tokens = await (await NewUserAsync()).SignInAsync();

        (await Anyone.RefreshAsync(tokens.AccessToken)).Expect(401, "token-invalid");
        (await Anyone.RefreshAsync("sso_r_" + tokens.AccessToken[6..])).Expect(401, "token-invalid");
    }

    [Theory]
    [InlineData(13, 200)]
    [InlineData(15, 401)]
    public async Task Refresh_token_expires_on_time(int days, int status)
    {
        var tokens = await (await NewUserAsync()).SignInAsync();

        var answer = await Anyone.In(TimeSpan.FromDays(days)).RefreshAsync(tokens.RefreshToken);

        answer.Expect(status, status == 401 ? "token-expired" : null);
    }

    [Fact]
    public async Task Expired_token_does_not_end_the_session()
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();

        (await Anyone.In(TimeSpan.FromDays(15)).RefreshAsync(tokens.RefreshToken)).Expect(401, "token-expired");

        Assert.DoesNotContain(AuditKind.SessionRevoked, await user.AuditKindsAsync());
    }

    [Fact]
    public async Task Session_does_not_outlive_its_end_however_often_it_is_refreshed()
    {
        var tokens = await (await NewUserAsync()).SignInAsync();
        var end = Now + TimeSpan.FromDays(90);
        for (var day = 13; day < 90; day += 13)
        {
            tokens = (await Anyone.In(TimeSpan.FromDays(day)).RefreshAsync(tokens.RefreshToken)).Expect(200).Read<TokenResponse>();
            Assert.True(tokens.RefreshTokenExpiresAt <= end);
        }

        (await Anyone.In(TimeSpan.FromDays(91)).RefreshAsync(tokens.RefreshToken)).Expect(401, "token-expired");
    }

    [Fact]
    public async Task Used_token_is_reused_even_after_its_time()
    {
        var tokens = await (await NewUserAsync()).SignInAsync();
        var next = await RefreshAsync(tokens);

        (await Anyone.In(TimeSpan.FromDays(15)).RefreshAsync(tokens.RefreshToken)).Expect(401, "token-reused");

        await AssertDeadAsync(next);
    }

    [Fact]
    public async Task Refresh_leaves_one_unused_token_of_the_session()
    {
        var tokens = await (await NewUserAsync()).SignInAsync();
        for (var i = 0; i < 4; i++)
        {
            tokens = await RefreshAsync(tokens);
        }

        var pairs = await Host.InContextAsync(context => context.TokenPairs.Where(p => p.SessionId == tokens.SessionId).ToListAsync());

        Assert.Equal(5, pairs.Count);
        Assert.Single(pairs, p => p.RefreshedAt is null);
    }
}
