using SsoService.Audit;
using SsoService.Sessions;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

public sealed class PasswordChangeTests(SsoHost host) : SsoTest(host)
{
    private Task<Answer> ChangeAsync(TokenResponse tokens, string? currentPassword, string? newPassword) =>
        With(tokens).PutAsync("/account/password", new { currentPassword, newPassword });

    [Fact]
    public async Task New_password_is_good_and_the_old_one_is_not()
    {
        var user = await NewUserAsync();

        (await ChangeAsync(await user.SignInAsync(), user.Password, "a new password")).Expect(204);

        (await user.TrySignInAsync()).Expect(401, "wrong-credentials");
        (await user.TrySignInAsync("a new password")).Expect(200);
        Assert.Contains(AuditKind.PasswordChanged, await user.AuditKindsAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Change_ends_all_sessions_but_the_one_that_asks(int others)
    {
        var user = await NewUserAsync();
        var mine = await user.SignInAsync();
        var theirs = new List<TokenResponse>();
        for (var i = 0; i < others; i++)
        {
            theirs.Add(await user.SignInAsync());
        }

        (await ChangeAsync(mine, user.Password, "a new password")).Expect(204);

        await AssertDeadAsync(theirs);
        Assert.True(await IsLiveAsync(mine.AccessToken));
        await RefreshAsync(mine);
        Assert.Equal(others, (await user.AuditKindsAsync()).Count(kind => kind == AuditKind.SessionRevoked));
    }

    [Theory]
    [InlineData("wrong password")]
    [InlineData("x")]
    [InlineData("Correct Horse Battery")]
    public async Task Change_asks_for_the_current_password(string current)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();

        (await ChangeAsync(tokens, current, "a new password")).Expect(422, "wrong-password");

        await user.SignInAsync();
        Assert.Contains(AuditKind.PasswordChangeFailed, await user.AuditKindsAsync());
    }

    [Theory]
    [InlineData("1234567")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("too long")]
    public async Task Change_refuses_a_new_password_of_the_wrong_length(string? next)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();

        var answer = await ChangeAsync(tokens, user.Password, next == "too long" ? new string('x', 129) : next);

        Assert.Equal(["NewPassword"], answer.Expect(400).InvalidFields());
        await user.SignInAsync();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public async Task Password_changes_again_and_again(int times)
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();
        for (var i = 0; i < times; i++)
        {
            var next = $"password number {i}";
            (await ChangeAsync(tokens, user.Password, next)).Expect(204);
            (await user.TrySignInAsync()).Expect(401);
            user.Password = next;
            await user.SignInAsync();
        }
    }

    [Fact]
    public async Task Change_to_the_same_password_is_a_change()
    {
        var user = await NewUserAsync();
        var (mine, other) = (await user.SignInAsync(), await user.SignInAsync());

        (await ChangeAsync(mine, user.Password, user.Password)).Expect(204);

        await AssertDeadAsync(other);
        await user.SignInAsync();
    }

    [Fact]
    public async Task Change_forgets_failures()
    {
        var user = await NewUserAsync();
        var tokens = await user.SignInAsync();
        await user.FailAsync(4);

        (await ChangeAsync(tokens, user.Password, "a new password")).Expect(204);

        Assert.Equal(0, (await user.AsSeenByAdminAsync()).FailedAttempts);
    }
}
