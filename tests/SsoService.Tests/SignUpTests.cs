using Microsoft.EntityFrameworkCore;
using SsoService.Accounts;
using SsoService.Audit;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

public sealed class SignUpTests(SsoHost host) : SsoTest(host)
{
    private const string GoodPassword = "correct horse battery";

    private Task<Answer> SignUpAsync(string? email = null, string? password = GoodPassword, string? displayName = "Somebody") =>
        Anyone.PostAsync("/accounts", new { email = email ?? TestUser.NewEmail(), password, displayName });

    [Fact]
    public async Task Sign_up_answers_201_with_the_account_and_its_place()
    {
        var email = TestUser.NewEmail();

        var answer = (await SignUpAsync(email, displayName: "Ada")).Expect(201);

        var account = answer.Read<AccountResponse>();
        Assert.Equal((email, "Ada"), (account.Email, account.DisplayName));
        Assert.NotEqual(Guid.Empty, account.Id);
        Assert.InRange(account.CreatedAt, Now.AddMinutes(-10), Now);
        Assert.Equal("/account", answer.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("plain-{0}@example.org")]
    [InlineData("{0}.with.dots@example.org")]
    [InlineData("{0}+tag@example.org")]
    [InlineData("{0}_under@example.co.uk")]
    [InlineData("UPPER{0}@EXAMPLE.ORG")]
    [InlineData("{0}-dash@sub.domain.example.org")]
    [InlineData("{0}@xn--bcher-kva.example")]
    [InlineData("{0}@1and1.example")]
    [InlineData("o'{0}@example.org")]
    [InlineData("{0}%percent@example.org")]
    [InlineData("{0}=equals@example.org")]
    [InlineData("grüße-{0}@example.org")]
    public async Task Sign_up_takes_an_address_and_sign_in_finds_it(string pattern)
    {
        var email = string.Format(null, pattern, Guid.NewGuid().ToString("N"));

        Assert.Equal(email, (await SignUpAsync(email)).Expect(201).Read<AccountResponse>().Email);

        (await Anyone.SignInAsync(email, GoodPassword)).Expect(200);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("nobody")]
    [InlineData("nobody@")]
    [InlineData("@example.org")]
    [InlineData("no body@example.org")]
    [InlineData("nobody@exa mple.org")]
    [InlineData("nobody@localhost")]
    [InlineData("a@b@example.org")]
    [InlineData("Ada <ada@example.org>")]
    [InlineData("nobody@.org")]
    [InlineData("nobody@example..org")]
    [InlineData("nobody@example.org, other@example.org")]
    [InlineData("nobody\t@example.org")]
    [InlineData("nobody@example.org\r\nBcc: other@example.org")]
    public async Task Sign_up_refuses_what_is_no_address(string email)
    {
        var answer = (await SignUpAsync(email)).Expect(400);

        Assert.Equal(["Email"], answer.InvalidFields());
    }

    [Fact]
    public async Task Sign_up_refuses_an_address_longer_than_any()
    {
        var answer = (await SignUpAsync(new string('x', 250) + "@example.org")).Expect(400);

        Assert.Equal(["Email"], answer.InvalidFields());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(129)]
    [InlineData(1000)]
    public async Task Sign_up_refuses_a_password_of_the_wrong_length(int length)
    {
        var answer = (await SignUpAsync(password: new string('x', length))).Expect(400);

        Assert.Equal(["Password"], answer.InvalidFields());
    }

    [Theory]
    [InlineData("12345678")]
    [InlineData("  spaces at both ends  ")]
    [InlineData("пароль пароль")]
    [InlineData("密码密码密码密码")]
    [InlineData("🔑🔑🔑🔑🔑🔑🔑🔑")]
    [InlineData("quotes ' and \" and \\ too")]
    [InlineData("zero \0 inside")]
    [InlineData("line\nbreak\r\nand tab\t")]
    [InlineData("{\"json\": \"like\"}")]
    public async Task Sign_up_takes_a_password_as_it_is(string password)
    {
        var email = TestUser.NewEmail();

        (await SignUpAsync(email, password)).Expect(201);

        (await Anyone.SignInAsync(email, password)).Expect(200);
        (await Anyone.SignInAsync(email, password + " ")).Expect(401);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(128)]
    public async Task Sign_up_takes_a_password_of_the_shortest_and_the_longest_length(int length) =>
        (await SignUpAsync(password: new string('p', length))).Expect(201);

    [Theory]
    [InlineData("")]
    [InlineData("    ")]
    public async Task Sign_up_refuses_an_empty_name(string name) =>
        Assert.Equal(["DisplayName"], (await SignUpAsync(displayName: name)).Expect(400).InvalidFields());

    [Theory]
    [InlineData(80, 201)]
    [InlineData(81, 400)]
    public async Task Sign_up_takes_a_name_up_to_80_characters(int length, int status) =>
        (await SignUpAsync(displayName: new string('n', length))).Expect(status);

    [Theory]
    [InlineData("Grüße, Ægir")]
    [InlineData("Robert'); DROP TABLE Accounts;--")]
    [InlineData("名前")]
    [InlineData("<script>alert(1)</script>")]
    public async Task Sign_up_keeps_a_name_as_it_is(string name) =>
        Assert.Equal(name, (await SignUpAsync(displayName: name)).Expect(201).Read<AccountResponse>().DisplayName);

    [Fact]
    public async Task Sign_up_trims_address_and_name()
    {
        var email = TestUser.NewEmail();

        var account = (await SignUpAsync($"  {email} ", displayName: " Ada ")).Expect(201).Read<AccountResponse>();

        Assert.Equal((email, "Ada"), (account.Email, account.DisplayName));
    }

    [Theory]
    [InlineData("{{\"password\":\"correct horse\",\"displayName\":\"x\"}}", "Email")]
    [InlineData("{{\"email\":\"{0}\",\"displayName\":\"x\"}}", "Password")]
    [InlineData("{{\"email\":\"{0}\",\"password\":\"correct horse\"}}", "DisplayName")]
    [InlineData("{{\"email\":\"{0}\",\"password\":null,\"displayName\":\"x\"}}", "Password")]
    public async Task Sign_up_names_the_field_that_lacks(string pattern, string field)
    {
        using var body = new StringContent(string.Format(null, pattern, TestUser.NewEmail()), null, "application/json");

        Assert.Equal([field], (await Anyone.PostAsync("/accounts", body)).Expect(400).InvalidFields());
    }

    [Fact]
    public async Task Sign_up_names_all_fields_that_are_wrong() =>
        Assert.Equal(
            ["DisplayName", "Email", "Password"], (await SignUpAsync("nobody", "short", "")).Expect(400).InvalidFields().Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("{0}@example.org", "{0}@example.org")]
    [InlineData("{0}@example.org", "{0}@EXAMPLE.org")]
    [InlineData("{0}@example.org", "{1}@example.org")]
    [InlineData("X{1}@Example.Org", "x{0}@example.org")]
    [InlineData("{0}@example.org", "  {0}@example.org")]
    [InlineData("{0}@example.org", "{0}@example.org  ")]
    [InlineData("straße{0}@example.org", "STRAßE{1}@example.org")]
    public async Task Sign_up_refuses_an_address_that_is_taken(string first, string second)
    {
        var id = Guid.NewGuid().ToString("N");
        (await SignUpAsync(string.Format(null, first, id, id.ToUpperInvariant()))).Expect(201);

        (await SignUpAsync(string.Format(null, second, id, id.ToUpperInvariant()))).Expect(409, "email-taken");
    }

    [Theory]
    [InlineData("a.{0}@example.org", "a{0}@example.org")]
    [InlineData("{0}+1@example.org", "{0}+2@example.org")]
    [InlineData("{0}@example.org", "{0}@example.com")]
    public async Task Sign_up_takes_addresses_that_only_look_alike(string first, string second)
    {
        var id = Guid.NewGuid().ToString("N");

        (await SignUpAsync(string.Format(null, first, id))).Expect(201);
        (await SignUpAsync(string.Format(null, second, id))).Expect(201);
    }

    [Fact]
    public async Task Sign_up_that_is_refused_leaves_the_first_account_as_it_was()
    {
        var user = await NewUserAsync();

        (await SignUpAsync(user.Email, "another password", "An impostor")).Expect(409);

        (await Anyone.SignInAsync(user.Email, "another password")).Expect(401);
        Assert.Equal(user.Account.DisplayName, (await user.AsSeenByAdminAsync()).DisplayName);
        Assert.DoesNotContain(AuditKind.SignedIn, await user.AuditKindsAsync());
    }

    [Fact]
    public async Task Password_is_stored_as_a_salted_hash()
    {
        var (one, other) = (await NewUserAsync(), await NewUserAsync());

        var hashes = await Host.InContextAsync(context => context.Accounts
            .Where(a => a.Id == one.Id || a.Id == other.Id).Select(a => a.PasswordHash).ToListAsync());

        Assert.Equal(2, hashes.Distinct().Count());
        Assert.DoesNotContain(hashes, hash => hash.Contains(one.Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sign_up_is_told_in_the_audit_trail_under_its_request()
    {
        var answer = (await SignUpAsync()).Expect(201);
        var id = answer.Read<AccountResponse>().Id;

        var told = await Host.InContextAsync(context => context.AuditEvents.Where(e => e.AccountId == id).ToListAsync());

        Assert.Equal((AuditKind.SignedUp, answer.RequestId), Assert.Single(told.Select(e => (e.Kind, e.RequestId))));
    }
}
