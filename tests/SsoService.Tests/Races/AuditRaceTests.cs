using SsoService.Audit;
using SsoService.Sessions;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests.Races;

/// <summary>Many things at once on one account: the trail has a line for each that was acknowledged, and none for what was not.</summary>
public sealed class AuditRaceTests(SsoHost host) : SsoTest(host)
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Trail_of_whatever_happens_at_once_is_what_was_acknowledged(int seed)
    {
        var random = new Random(seed);
        var user = await NewUserAsync();
        var tokens = new TokenResponse[4];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = await user.SignInAsync();
        }

        var actions = Enumerable.Range(0, 16).Select(_ => (Kind: random.Next(5), Session: tokens[random.Next(tokens.Length)])).ToList();

        var answers = await Race.RunAsync(actions.Select<(int Kind, TokenResponse Session), Func<Task<Answer>>>(action => action.Kind switch
        {
            0 => () => user.TrySignInAsync(),
            1 => () => user.TrySignInAsync("wrong password"),
            2 or 3 => () => Anyone.RefreshAsync(action.Session.RefreshToken),
            _ => () => Anyone.SignOutAsync(action.Session.RefreshToken),
        }));

        // By the name of the request: which line belongs to which answer.
        var audit = (await user.AuditAsync()).ToLookup(e => e.RequestId, e => e.Kind);
        for (var i = 0; i < answers.Length; i++)
        {
            var told = audit[answers[i].RequestId].ToList();
            AuditKind[] expected = (actions[i].Kind, answers[i].Status, answers[i].Problem) switch
            {
                (0, 200, _) => [AuditKind.SignedIn],
                (0 or 1, 423, _) => [AuditKind.SignInRefused],
                (1, 401, _) => [AuditKind.SignInFailed],
                (2 or 3, 200, _) => [AuditKind.Refreshed],
                (2 or 3, 401, "token-reused") => [AuditKind.RefreshTokenReused],
                (2 or 3, 401, "session-ended") => [],
                (4, 204, _) => [],
                var other => throw new InvalidOperationException($"Seed {seed}: {other}"),
            };
            Assert.Equal(expected, told.Where(kind => kind is not (AuditKind.SessionRevoked or AuditKind.AccountLocked)));
        }

        // A session ends once, whoever ends it.
        var ended = (await user.AuditAsync()).Where(e => e.Kind == AuditKind.SessionRevoked).Select(e => e.SessionId).ToList();
        Assert.Equal(ended.Distinct(), ended);
        foreach (var session in tokens)
        {
            Assert.Equal(!ended.Contains(session.SessionId), await IsLiveAsync(session.AccessToken));
        }
    }
}
