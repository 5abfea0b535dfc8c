using SsoService.Audit;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests.Races;

public sealed class LockoutRaceTests(SsoHost host) : SsoTest(host)
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(24)]
    public async Task Failures_at_once_are_counted_exactly(int attempts)
    {
        var user = await NewUserAsync();

        var answers = await Race.RunAsync(attempts, _ => user.TrySignInAsync("wrong password"));

        var counted = Math.Min(attempts, SsoFactory.MaxFailures);
        var refused = attempts - counted;
        Assert.Equal(counted, answers.Count(a => a is { Status: 401, Problem: "wrong-credentials" }));
        Assert.Equal(refused, answers.Count(a => a is { Status: 423, Problem: "account-locked" }));

        var audit = await user.AuditKindsAsync();
        Assert.Equal(counted, audit.Count(kind => kind == AuditKind.SignInFailed));
        Assert.Equal(refused, audit.Count(kind => kind == AuditKind.SignInRefused));
        Assert.Equal(counted == SsoFactory.MaxFailures ? 1 : 0, audit.Count(kind => kind == AuditKind.AccountLocked));
        var seen = await user.AsSeenByAdminAsync();
        Assert.Equal((counted, counted == SsoFactory.MaxFailures), (seen.FailedAttempts, seen.LockedUntil is not null));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Failures_at_once_by_signing_in_and_by_changing_the_password_are_counted_together(int ofEach)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();

        var answers = await Race.RunAsync(ofEach * 2, i => i % 2 == 0
            ? user.TrySignInAsync("wrong password")
            : With(tokens).PutAsync("/account/password", new { currentPassword = "wrong password", newPassword = "a new password" }));

        Assert.Equal(SsoFactory.MaxFailures, answers.Count(a => a.Status is 401 or 422));
        Assert.Equal((ofEach * 2) - SsoFactory.MaxFailures, answers.Count(a => a.Status == 423));
        Assert.Equal(SsoFactory.MaxFailures, (await user.AsSeenByAdminAsync()).FailedAttempts);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(8, 2)]
    [InlineData(6, 6)]
    public async Task Trail_of_failures_and_successes_at_once_is_a_history_of_the_rules(int failures, int successes)
    {
        var user = await NewUserAsync();

        var answers = await Race.RunAsync(failures + successes, i => user.TrySignInAsync(i < failures ? "wrong password" : null));

        // In the order of the commits the trail must be what the rules give, one at a time.
        var audit = await user.AuditAsync();
        var (counted, locked) = (0, false);
        foreach (var e in audit.Where(e => e.Kind != AuditKind.SignedUp))
        {
            switch (e.Kind)
            {
                case AuditKind.SignInFailed:
                    Assert.False(locked);
                    counted++;
                    break;
                case AuditKind.SignedIn:
                    Assert.False(locked);
                    counted = 0;
                    break;
                case AuditKind.AccountLocked:
                    Assert.Equal(SsoFactory.MaxFailures, counted);
                    locked = true;
                    break;
                default:
                    Assert.Equal((AuditKind.SignInRefused, true), (e.Kind, locked));
                    break;
            }
        }

        Assert.Equal(counted, (await user.AsSeenByAdminAsync()).FailedAttempts);
        Assert.Equal(answers.Count(a => a.Status == 200), audit.Count(e => e.Kind == AuditKind.SignedIn));
        Assert.Equal(answers.Count(a => a.Status == 401), audit.Count(e => e.Kind == AuditKind.SignInFailed));
        Assert.Equal(answers.Count(a => a.Status == 423), audit.Count(e => e.Kind == AuditKind.SignInRefused));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Unlock_against_failures_loses_none_of_either(int failuresBefore)
    {
        var user = await NewUserAsync();
        await user.FailAsync(failuresBefore);

        var answers = await Race.RunAsync(
            () => user.TrySignInAsync("wrong password"),
            () => Anyone.AsAdmin().PostAsync($"/admin/accounts/{user.Id}/unlock"));

        answers[0].Expect(401);
        answers[1].Expect(204);
        var audit = await user.AuditKindsAsync();
        var expected = audit.IndexOf(AuditKind.AccountUnlocked) < audit.LastIndexOf(AuditKind.SignInFailed) ? 1 : 0;
        Assert.Equal(expected, (await user.AsSeenByAdminAsync()).FailedAttempts);
    }
}
