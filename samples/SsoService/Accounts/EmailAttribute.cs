using System.ComponentModel.DataAnnotations;
using System.Net.Mail;

namespace SsoService.Accounts;

/// <summary>One bare address with a host: the framework's attribute only asks for an @ in the middle.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class EmailAttribute : ValidationAttribute
{
    public EmailAttribute() : base("The {0} field is not an e-mail address.")
    {
    }

    public override bool IsValid(object? value) =>
        value is null
        || (value is string text
            && text.Trim() is var bare
            && !bare.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            && MailAddress.TryCreate(bare, out var address)
            && address.Address == bare
            && address.Host.Contains('.', StringComparison.Ordinal)
            && Uri.CheckHostName(address.Host) == UriHostNameType.Dns);
}
