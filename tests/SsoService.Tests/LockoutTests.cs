using System.Globalization;
using SsoService.Audit;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

public sealed class LockoutTests(SsoHost host) : SsoTest(host)
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(15);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Fewer_failures_than_the_limit_do_not_lock(int failures)
    {
        var user = await NewUserAsync();

        await user.FailAsync(failures);

        Assert.Equal(failures, (await user.AsSeenByAdminAsync()).FailedAttempts);
        await user.SignInAsync();
        Assert.Equal(0, (await user.AsSeenByAdminAsync()).FailedAttempts);
    }

    [Fact]
    public async Task Failure_that_reaches_the_limit_locks()
    {
        var user = await NewUserAsync();

        await user.FailAsync(SsoFactory.MaxFailures);

        var seen = await user.AsSeenByAdminAsync();
        Assert.Equal(SsoFactory.MaxFailures, seen.FailedAttempts);
        Assert.NotNull(seen.LockedUntil);
        Assert.InRange(seen.LockedUntil.Value - Now, Duration - TimeSpan.FromMinutes(5), Duration);
        Assert.Equal(
            [AuditKind.SignedUp, .. Enumerable.Repeat(AuditKind.SignInFailed, SsoFactory.MaxFailures), AuditKind.AccountLocked],
            await user.AuditKindsAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong password")]
    public async Task Locked_account_refuses_right_and_wrong_passwords_alike(string? password)
    {
        var user = await NewUserAsync();
        await user.FailAsync(SsoFactory.MaxFailures);

        var answer = (await user.TrySignInAsync(password)).Expect(423, "account-locked");

        var wait = int.Parse(Assert.Single(answer.Headers.GetValues("Retry-After")), CultureInfo.InvariantCulture);
        Assert.InRange(wait, 1, (int)Duration.TotalSeconds);
        Assert.Equal(SsoFactory.MaxFailures, (await user.AsSeenByAdminAsync()).FailedAttempts);
        Assert.Equal(AuditKind.SignInRefused, (await user.AuditKindsAsync())[^1]);
    }

    [Theory]
    [InlineData(10, 423)]
    [InlineData(14, 423)]
    [InlineData(16, 200)]
    [InlineData(600, 200)]
    public async Task Lock_ends_by_itself(int minutes, int status)
    {
        var user = await NewUserAsync();
        await user.FailAsync(SsoFactory.MaxFailures);

        (await user.TrySignInAsync(ahead: TimeSpan.FromMinutes(minutes))).Expect(status);
    }

    [Fact]
    public async Task Counting_begins_anew_after_a_lock()
    {
        var user = await NewUserAsync();
        await user.FailAsync(SsoFactory.MaxFailures);

        (await user.TrySignInAsync("wrong password", TimeSpan.FromMinutes(16))).Expect(401);

        var seen = await user.AsSeenByAdminAsync();
        Assert.Equal((1, (DateTimeOffset?)null), (seen.FailedAttempts, seen.LockedUntil));
    }

    [Fact]
    public async Task Account_locks_again_after_a_lock()
    {
        var user = await NewUserAsync();
        await user.FailAsync(SsoFactory.MaxFailures);
        var later = TimeSpan.FromMinutes(20);

        for (var i = 0; i < SsoFactory.MaxFailures; i++)
        {
            (await user.TrySignInAsync("wrong password", later)).Expect(401);
        }

        (await user.TrySignInAsync(ahead: later)).Expect(423);
        Assert.Equal(2, (await user.AuditKindsAsync()).Count(kind => kind == AuditKind.AccountLocked));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Success_forgets_failures(int failures)
    {
        var user = await NewUserAsync();
        await user.FailAsync(failures);
        await user.SignInAsync();

        await user.FailAsync(SsoFactory.MaxFailures - 1);

        await user.SignInAsync();
    }

    [Fact]
    public async Task Lock_of_one_account_leaves_another_alone()
    {
        var (one, other) = (await NewUserAsync(), await NewUserAsync());

        await one.FailAsync(SsoFactory.MaxFailures);

        await other.SignInAsync();
    }

    [Fact]
    public async Task Lock_leaves_sessions_alone()
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();

        await user.FailAsync(SsoFactory.MaxFailures);

        (await With(tokens).GetAsync("/account")).Expect(200);
        await RefreshAsync(tokens);
    }

    [Fact]
    public async Task Administrator_unlocks()
    {
        var user = await NewUserAsync();
        await user.FailAsync(SsoFactory.MaxFailures);

        (await Anyone.AsAdmin().PostAsync($"/admin/accounts/{user.Id}/unlock")).Expect(204);

        await user.SignInAsync();
        Assert.Contains(AuditKind.AccountUnlocked, await user.AuditKindsAsync());
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(3, 2)]
    [InlineData(4, 1)]
    public async Task Failures_in_changing_the_password_count_too(int signIns, int changes)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();
        await user.FailAsync(signIns);

        for (var i = 0; i < changes; i++)
        {
            (await With(tokens).PutAsync("/account/password", new { currentPassword = "wrong password", newPassword = "a new password" }))
                .Expect(422, "wrong-password");
        }

        (await user.TrySignInAsync()).Expect(423);
        (await With(tokens).PutAsync("/account/password", new { currentPassword = user.Password, newPassword = "a new password" }))
            .Expect(423, "account-locked");
    }

    [Fact]
    public async Task Unknown_addresses_are_never_locked()
    {
        var email = TestUser.NewEmail();

        for (var i = 0; i < SsoFactory.MaxFailures + 2; i++)
        {
            (await Anyone.SignInAsync(email, "some password")).Expect(401, "wrong-credentials");
        }
    }
}
