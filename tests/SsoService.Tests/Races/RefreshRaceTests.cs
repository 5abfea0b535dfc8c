using Microsoft.EntityFrameworkCore;
using SsoService.Audit;
using SsoService.Sessions;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests.Races;

public sealed class RefreshRaceTests(SsoHost host) : SsoTest(host)
{
    // A  ──refresh(R1)── 200 R2 ──
    // B  ──refresh(R1)──────────── 401 token-reused: the session has ended, R2 with it
    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    [InlineData(8, 0)]
    [InlineData(8, 2)]
    [InlineData(16, 0)]
    public async Task Of_several_refreshes_of_one_token_one_wins_and_the_others_end_the_session(int racers, int refreshesBefore)
    {
        var user = await NewUserAsync();
        var other = await user.SignInAsync();
        var tokens = await user.SignInAsync();
        for (var i = 0; i < refreshesBefore; i++)
        {
            tokens = await RefreshAsync(tokens);
        }

        var answers = await Race.RunAsync(racers, _ => Anyone.RefreshAsync(tokens.RefreshToken));

        var winner = Assert.Single(answers, a => a.Status == 200).Read<TokenResponse>();
        Assert.Equal(racers - 1, answers.Count(a => a is { Status: 401, Problem: "token-reused" }));
        Assert.Equal(tokens.SessionId, winner.SessionId);
        var audit = await user.AuditAsync();
        Assert.Equal(refreshesBefore + 1, audit.Count(e => e.Kind == AuditKind.Refreshed));
        Assert.Equal(racers - 1, audit.Count(e => e.Kind == AuditKind.RefreshTokenReused));
        Assert.Equal(tokens.SessionId, Assert.Single(audit, e => e.Kind == AuditKind.SessionRevoked).SessionId);

        (await Anyone.RefreshAsync(winner.RefreshToken)).Expect(401, "session-ended");
        await AssertDeadAsync(tokens, winner);

        // One pair was issued by the race, and only its session has ended.
        Assert.Equal(refreshesBefore + 2, await Host.InContextAsync(context => context.TokenPairs.CountAsync(p => p.SessionId == tokens.SessionId)));
        Assert.True(await IsLiveAsync(other.AccessToken));
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(6, 4)]
    [InlineData(12, 3)]
    public async Task Refreshes_of_different_sessions_do_not_disturb_each_other(int sessions, int rounds)
    {
        var user = await NewUserAsync();
        var tokens = new TokenResponse[sessions];
        for (var i = 0; i < sessions; i++)
        {
            tokens[i] = await user.SignInAsync();
        }

        for (var round = 0; round < rounds; round++)
        {
            tokens = await Race.RunAsync(sessions, i => RefreshAsync(tokens[i]));
        }

        Assert.Equal(sessions * rounds, (await user.AuditKindsAsync()).Count(kind => kind == AuditKind.Refreshed));
        Assert.Equal(sessions, (await user.AsSeenByAdminAsync()).LiveSessions);
    }

    // A  ──refresh(R2)── 200 R3, or 401 session-ended
    // B  ──refresh(R1)── 401 token-reused
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Reuse_against_a_refresh_ends_the_session_whoever_comes_first(int refreshes)
    {
        var user = await NewUserAsync();
        var first = await user.SignInAsync();
        var newest = first;
        for (var i = 0; i < refreshes; i++)
        {
            newest = await RefreshAsync(newest);
        }

        var answers = await Race.RunAsync(() => Anyone.RefreshAsync(newest.RefreshToken), () => Anyone.RefreshAsync(first.RefreshToken));

        answers[1].Expect(401, "token-reused");
        if (answers[0].Status == 200)
        {
            await AssertDeadAsync(answers[0].Read<TokenResponse>());
        }
        else
        {
            answers[0].Expect(401, "session-ended");
        }

        await AssertDeadAsync(first, newest);
        Assert.Equal(0, (await user.AsSeenByAdminAsync()).LiveSessions);
    }
}
