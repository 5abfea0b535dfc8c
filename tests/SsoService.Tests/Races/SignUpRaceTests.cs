using Microsoft.EntityFrameworkCore;
using SsoService.Accounts;
using SsoService.Admin;
using SsoService.Audit;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests.Races;

public sealed class SignUpRaceTests(SsoHost host) : SsoTest(host)
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(16)]
    public async Task Of_several_sign_ups_with_one_address_one_wins(int racers)
    {
        var email = TestUser.NewEmail();

        var answers = await Race.RunAsync(racers, i => Anyone.PostAsync(
            "/accounts",
            new { email = i % 2 == 0 ? email : email.ToUpperInvariant(), password = $"password number {i}", displayName = $"Racer {i}" }));

        var winner = Array.FindIndex(answers, a => a.Status == 201);
        var account = Assert.Single(answers, a => a.Status == 201).Read<AccountResponse>();
        Assert.Equal(racers - 1, answers.Count(a => a is { Status: 409, Problem: "email-taken" }));

        // The row is wholly the winner's: its name and its password, and one event.
        Assert.Equal($"Racer {winner}", account.DisplayName);
        (await Anyone.SignInAsync(email, $"password number {winner}")).Expect(200);
        (await Anyone.SignInAsync(email, $"password number {(winner + 1) % racers}")).Expect(401);
        var normalized = email.ToUpperInvariant();
        Assert.Equal(1, await Host.InContextAsync(context => context.Accounts.CountAsync(a => a.NormalizedEmail == normalized)));
        Assert.Equal(1, await Host.InContextAsync(context => context.AuditEvents.CountAsync(e => e.AccountId == account.Id && e.Kind == AuditKind.SignedUp)));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    public async Task Sign_ups_with_different_addresses_all_win(int count)
    {
        var users = await Race.RunAsync(count, _ => NewUserAsync());

        Assert.Equal(count, users.Select(u => u.Id).Distinct().Count());
        foreach (var user in users)
        {
            await user.SignInAsync();
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Of_several_changes_with_one_tag_one_wins(int racers)
    {
        var caller = With(await (await NewUserAsync()).SignInAsync());
        var tag = (await caller.GetAsync("/account")).Headers.ETag!.ToString();

        var answers = await Race.RunAsync(racers, i => caller.PutAsync("/account", new { displayName = $"Racer {i}" }, tag));

        var winner = Array.FindIndex(answers, a => a.Status == 200);
        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(racers - 1, answers.Count(a => a is { Status: 412, Problem: "changed" }));
        Assert.Equal($"Racer {winner}", (await caller.GetAsync("/account")).Read<AccountResponse>().DisplayName);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task Pages_stay_stable_while_others_sign_up(int limit)
    {
        var tag = $"race{Guid.NewGuid():N}";
        var before = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            before.Add((await TestUser.SignUpAsync(Anyone, $"{tag}-{i}@example.org")).Id);
        }

        var signUps = Race.RunAsync(12, i => TestUser.SignUpAsync(Anyone, $"{tag}-late-{i}@example.org"));
        var seen = new List<Guid>();
        for (Guid? after = Guid.Empty; after is not null;)
        {
            var page = (await Anyone.AsAdmin().GetAsync($"/admin/accounts?search={tag}&limit={limit}&after={after}"))
                .Expect(200).Read<Page<AccountListItem, Guid>>();
            seen.AddRange(page.Items.Select(item => item.Id));
            after = page.Next;
        }

        var late = (await signUps).Select(u => u.Id).ToHashSet();
        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(before.Order(), seen.Where(before.Contains).Order());
        Assert.All(seen, id => Assert.True(late.Contains(id) || before.Contains(id)));
    }
}
