using SsoService.Accounts;
using SsoService.Sessions;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

/// <summary>
/// A user does whatever comes to mind, and a small model of the service knows each answer beforehand. The seed is the name of the case.
/// </summary>
public sealed class JourneyTests(SsoHost host) : SsoTest(host)
{
    private const int Steps = 30;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Journey_is_answered_as_the_model_says(int seed)
    {
        var journey = new Journey(this, await NewUserAsync(), new Random(seed));
        for (var step = 0; step < Steps; step++)
        {
            await journey.StepAsync();
        }

        await journey.CheckAsync();
    }

    private sealed class Journey(JourneyTests tests, TestUser user, Random random)
    {
        private readonly List<Family> _families = [];
        private int _failures;
        private bool _locked;
        private string _name = user.Account.DisplayName;
        private string? _tag;

        public Task StepAsync() => random.Next(12) switch
        {
            0 or 1 or 2 => SignInAsync(right: true),
            3 => SignInAsync(right: false),
            4 or 5 or 6 => RefreshAsync(newest: true),
            7 => RefreshAsync(newest: false),
            8 => SignOutAsync(),
            9 => ChangePasswordAsync(),
            10 => RenameAsync(),
            _ => UnlockAsync(),
        };

        public async Task CheckAsync()
        {
            var live = _families.Count(f => !f.Ended);
            var seen = await user.AsSeenByAdminAsync();
            Assert.Equal((live, _failures, _locked, _name), (seen.LiveSessions, seen.FailedAttempts, seen.LockedUntil is not null, seen.DisplayName));
            foreach (var family in _families)
            {
                foreach (var pair in family.Generations)
                {
                    Assert.Equal(!family.Ended, await tests.IsLiveAsync(pair.AccessToken));
                }
            }
        }

        private async Task SignInAsync(bool right)
        {
            var answer = await user.TrySignInAsync(right ? null : "wrong password");
            if (_locked)
            {
                answer.Expect(423);
            }
            else if (right)
            {
                _failures = 0;
                _families.Add(new Family(answer.Expect(200).Read<TokenResponse>()));
            }
            else
            {
                answer.Expect(401, "wrong-credentials");
                CountFailure();
            }
        }

        private async Task RefreshAsync(bool newest)
        {
            if (Pick() is not { } family)
            {
                return;
            }

            var generation = newest ? family.Generations.Count - 1 : random.Next(family.Generations.Count);
            var answer = await tests.Anyone.RefreshAsync(family.Generations[generation].RefreshToken);
            if (generation < family.Generations.Count - 1)
            {
                answer.Expect(401, "token-reused");
                family.Ended = true;
            }
            else if (family.Ended)
            {
                answer.Expect(401, "session-ended");
            }
            else
            {
                family.Generations.Add(answer.Expect(200).Read<TokenResponse>());
            }
        }

        private async Task SignOutAsync()
        {
            if (Pick() is not { } family)
            {
                return;
            }

            var pair = family.Generations[random.Next(family.Generations.Count)];
            switch (random.Next(5))
            {
                case 0:
                    (await tests.With(pair).DeleteAsync("/sessions/current")).Expect(family.Ended ? 401 : 204);
                    family.Ended = true;
                    break;
                case 1:
                    (await tests.With(pair).DeleteAsync("/sessions")).Expect(family.Ended ? 401 : 204);
                    if (!family.Ended)
                    {
                        _families.ForEach(f => f.Ended = true);
                    }

                    break;
                default:
                    (await tests.Anyone.SignOutAsync(pair.RefreshToken)).Expect(204);
                    family.Ended = true;
                    break;
            }
        }

        private async Task ChangePasswordAsync()
        {
            if (Pick() is not { } family)
            {
                return;
            }

            var right = random.Next(3) > 0;
            var next = $"password {random.Next()}";
            var answer = await tests.With(family.Generations[^1])
                .PutAsync("/account/password", new { currentPassword = right ? user.Password : "wrong password", newPassword = next });
            if (family.Ended)
            {
                answer.Expect(401);
            }
            else if (_locked)
            {
                answer.Expect(423);
            }
            else if (!right)
            {
                answer.Expect(422, "wrong-password");
                CountFailure();
            }
            else
            {
                answer.Expect(204);
                _failures = 0;
                user.Password = next;
                _families.ForEach(f => f.Ended |= f != family);
            }
        }

        private async Task RenameAsync()
        {
            if (Pick() is not { Ended: false } family)
            {
                return;
            }

            var caller = tests.With(family.Generations[^1]);
            var current = (await caller.GetAsync("/account")).Expect(200);
            Assert.Equal(_name, current.Read<AccountResponse>().DisplayName);
            var tag = current.Headers.ETag!.ToString();

            // The tag of an earlier read is good for as long as nobody renamed in between.
            var sent = _tag is not null && random.Next(2) == 0 ? _tag : tag;
            var next = $"name {random.Next()}";
            var answer = await caller.PutAsync("/account", new { displayName = next }, sent);
            if (sent == tag)
            {
                answer.Expect(200);
                _name = next;
            }
            else
            {
                answer.Expect(412, "changed");
            }

            _tag = sent;
        }

        private async Task UnlockAsync()
        {
            (await tests.Anyone.AsAdmin().PostAsync($"/admin/accounts/{user.Id}/unlock")).Expect(204);
            (_failures, _locked) = (0, false);
        }

        private void CountFailure() => _locked = ++_failures == SsoFactory.MaxFailures;

        private Family? Pick() => _families.Count == 0 ? null : _families[random.Next(_families.Count)];
    }

    private sealed class Family(TokenResponse first)
    {
        public List<TokenResponse> Generations { get; } = [first];

        public bool Ended { get; set; }
    }
}
