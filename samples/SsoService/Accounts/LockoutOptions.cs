using System.ComponentModel.DataAnnotations;

namespace SsoService.Accounts;

/// <summary>When an account is locked (section <c>Lockout</c>).</summary>
public sealed class LockoutOptions
{
    public const string Section = "Lockout";

    /// <summary>How many wrong passwords in a row lock the account.</summary>
    [Range(1, 1000)]
    public int MaxFailures { get; set; } = 5;

    public TimeSpan Duration { get; set; } = TimeSpan.FromMinutes(15);
}
