using Microsoft.Extensions.Options;
using SsoService.Accounts;
using SsoService.Audit;
using SsoService.Storage;

namespace SsoService.Sessions;

public sealed class SignIn(
    SsoDbContext context,
    PasswordAttempt attempt,
    TokenIssuer issuer,
    AuditTrail audit,
    TimeProvider clock,
    IOptions<SessionOptions> options)
{
    public async Task<SignInOutcome> RunAsync(string email, string password, CancellationToken cancellationToken)
    {
        var normalized = Account.Normalize(email);
        TokenResponse? tokens = null;
        var verdict = await attempt.JudgeAsync(
            accounts => accounts.Where(a => a.NormalizedEmail == normalized),
            password,
            AuditKind.SignInFailed,
            (account, _) =>
            {
                tokens = account.DisabledAt is null ? Begin(account) : Refuse(account);
                return Task.CompletedTask;
            },
            cancellationToken);

        switch (verdict)
        {
            case PasswordVerdict.Right:
                return tokens is null ? new SignInOutcome.Disabled() : new SignInOutcome.SignedIn(tokens);
            case PasswordVerdict.Locked locked:
                return new SignInOutcome.Locked(locked.Until);
            case PasswordVerdict.Unknown:
                audit.Add(AuditKind.SignInFailed, accountId: null, detail: normalized);
                await context.SaveChangesAsync(cancellationToken);
                break;
        }

        return new SignInOutcome.WrongCredentials();
    }

    private TokenResponse Begin(Account account)
    {
        var now = clock.GetStorableNow();
        var session = new Session
        {
            Id = Guid.CreateVersion7(),
            AccountId = account.Id,
            CreatedAt = now,
            ExpiresAt = now + options.Value.SessionLifetime,
        };
        context.Sessions.Add(session);
        audit.Add(AuditKind.SignedIn, account.Id, session.Id);
        return issuer.Issue(session.Id, session.ExpiresAt, now);
    }

    private TokenResponse? Refuse(Account account)
    {
        audit.Add(AuditKind.SignInRefused, account.Id, detail: "disabled");
        return null;
    }
}

public abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    public sealed record SignedIn(TokenResponse Tokens) : SignInOutcome;

    public sealed record WrongCredentials : SignInOutcome;

    public sealed record Locked(DateTimeOffset Until) : SignInOutcome;

    public sealed record Disabled : SignInOutcome;
}
