using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SsoService.Accounts;
using SsoService.Audit;
using SsoService.Sessions;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

public sealed class SignInTests(SsoHost host) : SsoTest(host)
{
    [Fact]
    public async Task Sign_in_answers_with_a_pair_of_tokens()
    {
        var user = await NewUserAsync();

        var tokens = await user.SignInAsync();

        Assert.StartsWith("sso_a_", tokens.AccessToken, StringComparison.Ordinal);
        Assert.StartsWith("sso_r_", tokens.RefreshToken, StringComparison.Ordinal);
        Assert.InRange(tokens.AccessTokenExpiresAt - Now, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(10));
        Assert.InRange(tokens.RefreshTokenExpiresAt - Now, TimeSpan.FromDays(13), TimeSpan.FromDays(14));
        Assert.True(await IsLiveAsync(tokens.AccessToken));
    }

    [Fact]
    public async Task Access_token_is_good_for_the_account()
    {
        var user = await NewUserAsync();

        var account = (await With(await user.SignInAsync()).GetAsync("/account")).Expect(200).Read<AccountResponse>();

        Assert.Equal(user.Account, account);
    }

    [Theory]
    [InlineData("Correct horse battery")]
    [InlineData("CORRECT HORSE BATTERY")]
    [InlineData(" correct horse battery")]
    [InlineData("correct horse battery ")]
    [InlineData("correct horse batter")]
    [InlineData("correct horse batteryy")]
    [InlineData("correct  horse battery")]
    [InlineData("battery horse correct")]
    [InlineData("x")]
    [InlineData("' OR 1=1 --")]
    public async Task Sign_in_refuses_a_password_that_is_only_similar(string password)
    {
        var user = await NewUserAsync();

        (await user.TrySignInAsync(password)).Expect(401, "wrong-credentials");

        Assert.Equal([AuditKind.SignedUp, AuditKind.SignInFailed], await user.AuditKindsAsync());
    }

    [Theory]
    [InlineData("", "password", "Email")]
    [InlineData("someone@example.org", "", "Password")]
    [InlineData(null, "password", "Email")]
    [InlineData("someone@example.org", null, "Password")]
    public async Task Sign_in_names_the_field_that_lacks(string? email, string? password, string field) =>
        Assert.Equal([field], (await Anyone.PostAsync("/sessions", new { email, password })).Expect(400).InvalidFields());

    [Fact]
    public async Task Sign_in_refuses_a_password_longer_than_any_without_hashing_it()
    {
        var user = await NewUserAsync();

        (await user.TrySignInAsync(new string('x', 129))).Expect(400);

        Assert.Equal(0, (await user.AsSeenByAdminAsync()).FailedAttempts);
    }

    [Fact]
    public async Task Unknown_address_and_wrong_password_are_answered_alike()
    {
        var user = await NewUserAsync();

        var wrong = (await user.TrySignInAsync("wrong password")).Expect(401, "wrong-credentials");
        var unknown = (await Anyone.SignInAsync(TestUser.NewEmail(), user.Password)).Expect(401, "wrong-credentials");

        Assert.Equal(Anonymous(wrong), Anonymous(unknown));

        static string Anonymous(Answer answer) => answer.Body.Split(",\"traceId\"")[0];
    }

    [Fact]
    public async Task Sign_in_with_an_unknown_address_is_told_in_the_audit_trail()
    {
        var answer = await Anyone.SignInAsync(TestUser.NewEmail(), "some password");

        var told = await Host.InContextAsync(context => context.AuditEvents.SingleAsync(e => e.RequestId == answer.RequestId));

        Assert.Equal((AuditKind.SignInFailed, (Guid?)null), (told.Kind, told.AccountId));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Sign_in_finds_the_address_in_any_case_and_with_spaces_around(int variant)
    {
        var user = await NewUserAsync();
        var email = variant switch
        {
            0 => user.Email.ToUpperInvariant(),
            1 => $"  {user.Email}",
            2 => $"{user.Email}\t",
            _ => string.Concat(user.Email.Select((c, i) => i % 2 == 0 ? char.ToUpperInvariant(c) : c)),
        };

        (await Anyone.SignInAsync(email, user.Password)).Expect(200);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task Sign_ins_of_one_account_are_sessions_of_their_own(int count)
    {
        var user = await NewUserAsync();
        var sessions = new List<TokenResponse>();
        for (var i = 0; i < count; i++)
        {
            sessions.Add(await user.SignInAsync());
        }

        Assert.Equal(count, sessions.Select(s => s.SessionId).Distinct().Count());
        Assert.Equal(count, sessions.Select(s => s.AccessToken).Distinct().Count());
        Assert.Equal(count, sessions.Select(s => s.RefreshToken).Distinct().Count());
        foreach (var session in sessions)
        {
            Assert.True(await IsLiveAsync(session.AccessToken));
        }

        Assert.Equal(count, (await user.AsSeenByAdminAsync()).LiveSessions);
    }

    [Fact]
    public async Task Tokens_are_stored_as_hashes_of_their_secrets()
    {
        var tokens = await (await NewUserAsync()).SignInAsync();
        Assert.True(SessionToken.TryParse(tokens.AccessToken, TokenUse.Access, out var access));
        Assert.True(SessionToken.TryParse(tokens.RefreshToken, TokenUse.Refresh, out var refresh));

        var pair = await Host.InContextAsync(context => context.TokenPairs.SingleAsync(p => p.SessionId == tokens.SessionId));

        Assert.Equal(access.Hash(), pair.AccessHash);
        Assert.Equal(refresh.Hash(), pair.RefreshHash);
        Assert.NotEqual(access.Secret.ToArray(), pair.AccessHash);
        Assert.NotEqual(pair.AccessHash, pair.RefreshHash);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(1000)]
    public async Task Sign_in_renews_a_hash_of_another_cost(int iterations)
    {
        var user = await NewUserAsync();
        var other = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
        var hash = other.HashPassword(null!, user.Password);
        await Host.InContextAsync(context => context.Accounts
            .Where(a => a.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, hash)));

        await user.SignInAsync();

        // The framework renews what is weaker, and leaves what is stronger.
        var now = await Host.InContextAsync(context => context.Accounts.Where(a => a.Id == user.Id).Select(a => a.PasswordHash).SingleAsync());
        Assert.Equal(iterations < 10, hash != now);
        await user.SignInAsync();
    }

    [Fact]
    public async Task Wrong_password_does_not_renew_a_hash()
    {
        var user = await NewUserAsync();
        var hash = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = 1 })).HashPassword(null!, user.Password);
        await Host.InContextAsync(context => context.Accounts
            .Where(a => a.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, hash)));

        await user.FailAsync(1);

        Assert.Equal(hash, await Host.InContextAsync(context => context.Accounts.Where(a => a.Id == user.Id).Select(a => a.PasswordHash).SingleAsync()));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    public async Task Access_token_expires_on_time(int minutesBeyond, bool live)
    {
        var tokens = await (await NewUserAsync()).SignInAsync();

        var later = With(tokens).In(TimeSpan.FromMinutes(10 + minutesBeyond));

        (await later.GetAsync("/account")).Expect(live ? 200 : 401);
    }
}
