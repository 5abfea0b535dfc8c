using SsoService.Audit;
using SsoService.Sessions;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests.Races;

/// <summary>Whatever ends sessions, against what makes them or makes them go on: afterwards nothing lives that should not.</summary>
public sealed class SignOutRaceTests(SsoHost host) : SsoTest(host)
{
    public static TheoryData<int> Rounds() => [.. Enumerable.Range(1, 12)];

    // A  ──refresh(R1)── 200 R2, or 401 session-ended
    // B  ──sign out────── 204: R1 and R2 are dead
    [Theory]
    [MemberData(nameof(Rounds))]
    public async Task Sign_out_against_a_refresh_leaves_no_live_session(int round)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();
        Func<Task<Answer>> signOut = (round % 3) switch
        {
            0 => () => Anyone.SignOutAsync(tokens.RefreshToken),
            1 => () => With(tokens).DeleteAsync("/sessions/current"),
            _ => () => With(tokens).DeleteAsync("/sessions"),
        };

        var answers = await Race.RunAsync(() => Anyone.RefreshAsync(tokens.RefreshToken), signOut);

        answers[1].Expect(204);
        if (answers[0].Status == 200)
        {
            var next = answers[0].Read<TokenResponse>();
            (await Anyone.RefreshAsync(next.RefreshToken)).Expect(401, "session-ended");
            await AssertDeadAsync(next);
        }
        else
        {
            answers[0].Expect(401, "session-ended");
        }

        await AssertDeadAsync(tokens);
        Assert.Equal(0, (await user.AsSeenByAdminAsync()).LiveSessions);
        Assert.Single(await user.AuditKindsAsync(), kind => kind == AuditKind.SessionRevoked);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Several_sign_outs_of_one_session_all_succeed_and_are_told_once(int racers)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();

        var answers = await Race.RunAsync(racers, _ => Anyone.SignOutAsync(tokens.RefreshToken));

        Assert.All(answers, a => a.Expect(204));
        Assert.Single(await user.AuditKindsAsync(), kind => kind == AuditKind.SessionRevoked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Disabling_against_sign_ins_leaves_no_live_session(int signIns)
    {
        var user = await NewUserAsync();

        var answers = await Race.RunAsync(
        [
            .. Enumerable.Range(0, signIns).Select<int, Func<Task<Answer>>>(_ => () => user.TrySignInAsync()),
            () => Anyone.AsAdmin().PostAsync($"/admin/accounts/{user.Id}/disable"),
        ]);

        answers[^1].Expect(204);
        var signedIn = answers[..^1].Where(a => a.Status == 200).Select(a => a.Read<TokenResponse>()).ToList();
        Assert.All(answers[..^1].Where(a => a.Status != 200), a => a.Expect(403, "account-disabled"));
        Assert.Equal(0, (await user.AsSeenByAdminAsync()).LiveSessions);
        Assert.Equal(signedIn.Count, (await user.AuditKindsAsync()).Count(kind => kind == AuditKind.SessionRevoked));
        await AssertDeadAsync(signedIn);
    }

    // A  ──change password──────────── 204
    // B  ──sign in, old password── 200 and ended by A, or 401: never 200 and alive
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Change_of_the_password_against_sign_ins_with_the_old_one_leaves_only_the_session_that_asked(int signIns)
    {
        var user = await NewUserAsync();
        var mine = await user.SignInAsync();

        var answers = await Race.RunAsync(
        [
            () => With(mine).PutAsync("/account/password", new { currentPassword = user.Password, newPassword = "a new password" }),
            .. Enumerable.Range(0, Math.Min(signIns, SsoFactory.MaxFailures - 1)).Select<int, Func<Task<Answer>>>(_ => () => user.TrySignInAsync()),
        ]);

        answers[0].Expect(204);
        Assert.All(answers[1..], a => Assert.True(a.Status is 200 or 401, a.ToString()));
        await AssertDeadAsync(answers[1..].Where(a => a.Status == 200).Select(a => a.Read<TokenResponse>()));
        Assert.True(await IsLiveAsync(mine.AccessToken));
        Assert.Equal(1, (await user.AsSeenByAdminAsync()).LiveSessions);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Of_several_changes_of_the_password_one_wins(int racers)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();

        var answers = await Race.RunAsync(racers, i => With(tokens)
            .PutAsync("/account/password", new { currentPassword = user.Password, newPassword = $"new password {i}" }));

        var winner = Array.FindIndex(answers, a => a.Status == 204);
        Assert.Single(answers, a => a.Status == 204);
        Assert.Equal(racers - 1, answers.Count(a => a is { Status: 422, Problem: "wrong-password" }));
        (await user.TrySignInAsync($"new password {winner}")).Expect(200);
    }
}
