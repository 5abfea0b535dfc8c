namespace SsoService.Accounts;

/// <summary>What came of a <see cref="PasswordAttempt"/>.</summary>
public abstract record PasswordVerdict
{
    private PasswordVerdict()
    {
    }

    /// <summary>There is no such account. Nothing was written.</summary>
    public sealed record Unknown : PasswordVerdict;

    /// <summary>The password is wrong, and counted as such.</summary>
    public sealed record Wrong : PasswordVerdict;

    /// <summary>The account is locked; right or wrong, the password was not judged.</summary>
    public sealed record Locked(DateTimeOffset Until) : PasswordVerdict;

    public sealed record Right : PasswordVerdict;
}
