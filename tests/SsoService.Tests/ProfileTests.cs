using SsoService.Accounts;
using SsoService.Audit;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

public sealed class ProfileTests(SsoHost host) : SsoTest(host)
{
    private async Task<(TestUser User, Caller Caller, string ETag)> ReadAsync()
    {
        var user = await NewUserAsync();
        var caller = With(await user.SignInAsync());
        var answer = (await caller.GetAsync("/account")).Expect(200);
        return (user, caller, answer.Headers.ETag!.ToString());
    }

    private static Task<Answer> RenameAsync(Caller caller, string? displayName, string? ifMatch) => caller.PutAsync("/account", new { displayName }, ifMatch);

    [Theory]
    [InlineData("Ada")]
    [InlineData("名前")]
    [InlineData("O'Brien \"x\" \\ y")]
    public async Task Profile_changes_with_the_tag_that_was_read(string name)
    {
        var (user, caller, tag) = await ReadAsync();

        var answer = (await RenameAsync(caller, name, tag)).Expect(200);

        Assert.Equal(name, answer.Read<AccountResponse>().DisplayName);
        Assert.NotEqual(tag, answer.Headers.ETag!.ToString());
        Assert.Equal(name, (await caller.GetAsync("/account")).Expect(200).Read<AccountResponse>().DisplayName);
        Assert.Contains(AuditKind.ProfileChanged, await user.AuditKindsAsync());
    }

    [Fact]
    public async Task Tag_of_an_answer_is_the_tag_of_the_next_read()
    {
        var (_, caller, tag) = await ReadAsync();

        for (var i = 0; i < 4; i++)
        {
            tag = (await RenameAsync(caller, $"Name {i}", tag)).Expect(200).Headers.ETag!.ToString();
            Assert.Equal(tag, (await caller.GetAsync("/account")).Headers.ETag!.ToString());
        }
    }

    [Fact]
    public async Task Change_without_a_tag_is_428()
    {
        var (_, caller, _) = await ReadAsync();

        (await RenameAsync(caller, "Ada", null)).Expect(428, "precondition-required");
    }

    [Theory]
    [InlineData("\"0\"")]
    [InlineData("\"2\"")]
    [InlineData("\"-1\"")]
    [InlineData("\"99999999999999999999\"")]
    [InlineData("1")]
    [InlineData("W/\"1\"")]
    [InlineData("\"\"")]
    [InlineData("\"")]
    [InlineData("*")]
    public async Task Change_with_another_tag_is_412(string tag)
    {
        var (user, caller, _) = await ReadAsync();

        (await RenameAsync(caller, "Ada", tag)).Expect(412, "changed");

        Assert.Equal(user.Account.DisplayName, (await user.AsSeenByAdminAsync()).DisplayName);
    }

    [Fact]
    public async Task Change_with_a_used_tag_is_412()
    {
        var (_, caller, tag) = await ReadAsync();
        (await RenameAsync(caller, "First", tag)).Expect(200);

        (await RenameAsync(caller, "Second", tag)).Expect(412, "changed");

        Assert.Equal("First", (await caller.GetAsync("/account")).Read<AccountResponse>().DisplayName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(null)]
    public async Task Change_refuses_an_empty_name(string? name)
    {
        var (_, caller, tag) = await ReadAsync();

        Assert.Equal(["DisplayName"], (await RenameAsync(caller, name, tag)).Expect(400).InvalidFields());
    }

    [Fact]
    public async Task Failed_sign_ins_do_not_spoil_a_tag()
    {
        var (user, caller, tag) = await ReadAsync();

        await user.FailAsync(3);
        await user.SignInAsync();

        (await RenameAsync(caller, "Ada", tag)).Expect(200);
    }
}
