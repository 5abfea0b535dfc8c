using System.ComponentModel.DataAnnotations;

namespace SsoService.Accounts;

/// <summary>How passwords are hashed (section <c>Passwords</c>).</summary>
public sealed class PasswordOptions
{
    public const string Section = "Passwords";

    public const int MinLength = 8;
    public const int MaxLength = 128;

    /// <summary>Rounds of PBKDF2. The default is the framework's; hashes of another cost are renewed at the next sign-in.</summary>
    [Range(1, 10_000_000)]
    public int Iterations { get; set; } = 100_000;
}
