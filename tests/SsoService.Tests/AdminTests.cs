using SsoService.Admin;
using SsoService.Audit;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

public sealed class AdminTests(SsoHost host) : SsoTest(host)
{
    private Caller Admin => Anyone.AsAdmin();

    private Task<Answer> DoAsync(TestUser user, string what) => Admin.PostAsync($"/admin/accounts/{user.Id}/{what}");

    [Fact]
    public async Task Administrator_sees_an_account_as_it_is()
    {
        var user = await NewUserAsync();
        await user.SignInAsync();
        await user.SignInAsync();
        await user.FailAsync(2);

        var seen = await user.AsSeenByAdminAsync();

        Assert.Equal(
            new AccountListItem(user.Id, user.Email, user.Account.DisplayName, user.Account.CreatedAt, 2, null, null, 2), seen);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/unlock")]
    [InlineData("POST", "/disable")]
    [InlineData("POST", "/enable")]
    public async Task Unknown_account_is_404(string method, string action) =>
        (await Admin.SendAsync(HttpMethod.Parse(method), $"/admin/accounts/{Guid.NewGuid()}{action}")).Expect(404, "not-found");

    [Fact]
    public async Task Disabled_account_loses_its_sessions_and_gets_no_new_ones()
    {
        var user = await NewUserAsync();
        var (one, other) = (await user.SignInAsync(), await user.SignInAsync());

        (await DoAsync(user, "disable")).Expect(204);

        await AssertDeadAsync(one, other);
        (await user.TrySignInAsync()).Expect(403, "account-disabled");
        Assert.Equal(0, (await user.AsSeenByAdminAsync()).LiveSessions);
    }

    [Fact]
    public async Task Disabled_account_does_not_tell_so_to_a_wrong_password()
    {
        var user = await NewUserAsync();
        (await DoAsync(user, "disable")).Expect(204);

        (await user.TrySignInAsync("wrong password")).Expect(401, "wrong-credentials");
    }

    [Fact]
    public async Task Enabled_account_signs_in_again_and_its_old_sessions_stay_ended()
    {
        var user = await NewUserAsync();
        var old = await user.SignInAsync();
        (await DoAsync(user, "disable")).Expect(204);

        (await DoAsync(user, "enable")).Expect(204);

        await user.SignInAsync();
        await AssertDeadAsync(old);
    }

    [Theory]
    [InlineData("unlock")]
    [InlineData("enable")]
    public async Task What_is_so_already_is_a_success_and_not_told(string action)
    {
        var user = await NewUserAsync();

        (await DoAsync(user, action)).Expect(204);

        Assert.Equal([AuditKind.SignedUp], await user.AuditKindsAsync());
    }

    [Fact]
    public async Task Second_disable_is_a_success_and_not_told()
    {
        var user = await NewUserAsync();

        (await DoAsync(user, "disable")).Expect(204);
        (await DoAsync(user, "disable")).Expect(204);

        Assert.Equal([AuditKind.SignedUp, AuditKind.AccountDisabled], await user.AuditKindsAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Unlock_forgets_failures_that_have_not_locked_yet(int failures)
    {
        var user = await NewUserAsync();
        await user.FailAsync(failures);

        (await DoAsync(user, "unlock")).Expect(204);

        Assert.Equal(0, (await user.AsSeenByAdminAsync()).FailedAttempts);
        Assert.Equal(AuditKind.AccountUnlocked, (await user.AuditKindsAsync())[^1]);
    }

    [Fact]
    public async Task Audit_trail_of_an_account_is_in_order_and_complete()
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();
        await user.FailAsync(1);
        var next = await RefreshAsync(tokens);
        (await Anyone.RefreshAsync(tokens.RefreshToken)).Expect(401);
        (await DoAsync(user, "unlock")).Expect(204);
        (await DoAsync(user, "disable")).Expect(204);
        (await user.TrySignInAsync()).Expect(403);
        (await DoAsync(user, "enable")).Expect(204);
        (await Anyone.RefreshAsync(next.RefreshToken)).Expect(401, "session-ended");

        Assert.Equal(
            [
                AuditKind.SignedUp, AuditKind.SignedIn, AuditKind.SignInFailed, AuditKind.Refreshed, AuditKind.RefreshTokenReused,
                AuditKind.SessionRevoked, AuditKind.AccountUnlocked, AuditKind.AccountDisabled, AuditKind.SignInRefused, AuditKind.AccountEnabled,
            ],
            await user.AuditKindsAsync());
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=201")]
    [InlineData("limit=many")]
    [InlineData("after=nobody")]
    [InlineData("after=1")]
    public async Task List_of_accounts_refuses_a_page_that_makes_no_sense(string query) => (await Admin.GetAsync($"/admin/accounts?{query}")).Expect(400);

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("after=-1")]
    [InlineData("after=first")]
    [InlineData("accountId=1")]
    public async Task List_of_events_refuses_a_page_that_makes_no_sense(string query) => (await Admin.GetAsync($"/admin/audit?{query}")).Expect(400);
}
