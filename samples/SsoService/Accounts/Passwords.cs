using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace SsoService.Accounts;

/// <summary>
/// Hashing takes tens of milliseconds by intention. Callers do it outside of transactions: a transaction holds the one writer of the file.
/// </summary>
public sealed class Passwords
{
    private readonly PasswordHasher<Account> _hasher;
    private readonly string _hashOfNobody;

    public Passwords(IOptions<PasswordOptions> options)
    {
        _hasher = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = options.Value.Iterations }));
        _hashOfNobody = Hash(Guid.NewGuid().ToString());
    }

    // The framework's hasher takes an account for those who derive from it, and does not look at it.
    public string Hash(string password) => _hasher.HashPassword(null!, password);

    public PasswordVerificationResult Verify(string hash, string password) => _hasher.VerifyHashedPassword(null!, hash, password);

    /// <summary>Takes the time of a verification: an answer for an unknown address must not come sooner.</summary>
    public void VerifyNobody(string password) => Verify(_hashOfNobody, password);
}
