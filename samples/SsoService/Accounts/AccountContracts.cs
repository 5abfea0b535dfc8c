using System.ComponentModel.DataAnnotations;

namespace SsoService.Accounts;

public sealed record SignUpRequest(
    [property: Required, StringLength(Account.EmailLength), Email] string Email,
    [property: Required, StringLength(PasswordOptions.MaxLength, MinimumLength = PasswordOptions.MinLength)] string Password,
    [property: Required, StringLength(Account.DisplayNameLength)] string DisplayName);

public sealed record ChangeProfileRequest(
    [property: Required, StringLength(Account.DisplayNameLength)] string DisplayName);

public sealed record ChangePasswordRequest(
    [property: Required, StringLength(PasswordOptions.MaxLength)] string CurrentPassword,
    [property: Required, StringLength(PasswordOptions.MaxLength, MinimumLength = PasswordOptions.MinLength)] string NewPassword);

public sealed record AccountResponse(Guid Id, string Email, string DisplayName, DateTimeOffset CreatedAt)
{
    public static AccountResponse From(Account account) => new(account.Id, account.Email, account.DisplayName, account.CreatedAt);
}
