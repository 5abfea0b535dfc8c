namespace SsoService.Sessions;

/// <summary>Why a session ended before its time. Stored by name.</summary>
public enum RevocationReason
{
    SignedOut,
    SignedOutEverywhere,
    RefreshTokenReused,
    PasswordChanged,
    AccountDisabled,
}
