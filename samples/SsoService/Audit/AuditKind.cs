namespace SsoService.Audit;

/// <summary>What happened. Stored by name: names are part of the database.</summary>
public enum AuditKind
{
    SignedUp,
    SignedIn,
    SignInFailed,

    /// <summary>A sign-in that was not tried, as the account is locked or disabled.</summary>
    SignInRefused,
    AccountLocked,
    AccountUnlocked,
    AccountDisabled,
    AccountEnabled,
    ProfileChanged,
    PasswordChanged,
    PasswordChangeFailed,
    Refreshed,

    /// <summary>A refresh token was presented for the second time: somebody else may have it.</summary>
    RefreshTokenReused,

    /// <summary>A session ended before its time; the detail says why.</summary>
    SessionRevoked,
}
