using SsoService.Accounts;
using SsoService.Admin;
using SsoService.Audit;
using SsoService.Sessions;

namespace SsoService.Tests.Infrastructure;

/// <summary>An account of one test's own.</summary>
public sealed class TestUser
{
    private readonly Caller _anyone;

    private TestUser(Caller anyone, string email, string password, AccountResponse account)
    {
        (_anyone, Email, Password, Account) = (anyone, email, password, account);
    }

    public string Email { get; }

    public string Password { get; set; }

    public AccountResponse Account { get; }

    public Guid Id => Account.Id;

    public static string NewEmail(string tag = "user") => $"{tag}-{Guid.NewGuid():N}@example.org";

    public static async Task<TestUser> SignUpAsync(Caller anyone, string? email = null)
    {
        email ??= NewEmail();
        const string password = "correct horse battery";
        var answer = await anyone.PostAsync("/accounts", new { email, password, displayName = "A user of the tests" });
        return new TestUser(anyone, email, password, answer.Expect(201).Read<AccountResponse>());
    }

    public Task<Answer> TrySignInAsync(string? password = null, TimeSpan ahead = default) => _anyone.In(ahead).SignInAsync(Email, password ?? Password);

    public async Task<TokenResponse> SignInAsync(TimeSpan ahead = default) => (await TrySignInAsync(ahead: ahead)).Expect(200).Read<TokenResponse>();

    public async Task FailAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            (await TrySignInAsync("wrong password")).Expect(401, "wrong-credentials");
        }
    }

    public async Task<AccountListItem> AsSeenByAdminAsync() =>
        (await _anyone.AsAdmin().GetAsync($"/admin/accounts/{Id}")).Expect(200).Read<AccountListItem>();

    /// <summary>The user's audit trail, oldest first, over all pages.</summary>
    public async Task<List<AuditListItem>> AuditAsync()
    {
        var all = new List<AuditListItem>();
        for (long? after = 0; after is not null;)
        {
            var page = (await _anyone.AsAdmin().GetAsync($"/admin/audit?accountId={Id}&after={after}")).Expect(200).Read<Page<AuditListItem, long>>();
            all.AddRange(page.Items);
            after = page.Next;
        }

        return all;
    }

    public async Task<List<AuditKind>> AuditKindsAsync() => [.. (await AuditAsync()).Select(e => e.Kind)];
}
