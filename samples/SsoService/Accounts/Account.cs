using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SsoService.Accounts;

/// <summary>Who may sign in.</summary>
public sealed class Account
{
    public const int EmailLength = 254;
    public const int DisplayNameLength = 80;

    /// <summary>Version 7: ascending with time, so that pages in its order do not shift under inserts.</summary>
    public required Guid Id { get; init; }

    public required string Email { get; init; }

    /// <summary>What makes two addresses the same; unique.</summary>
    public required string NormalizedEmail { get; init; }

    public required string DisplayName { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string PasswordHash { get; set; } = "";

    /// <summary>Counts password changes. Not the hash, which changes with its cost too.</summary>
    public int PasswordVersion { get; set; }

    public int FailedAttempts { get; private set; }

    public DateTimeOffset? LockedUntil { get; private set; }

    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>The version of the profile, as its ETag says; a concurrency token.</summary>
    public int ProfileVersion { get; private set; } = 1;

    public static string Normalize(string email) => email.Trim().ToUpperInvariant();

    public bool IsLockedAt(DateTimeOffset now) => LockedUntil > now;

    /// <summary>Counts one wrong password. True if the account is locked by it.</summary>
    public bool RecordFailure(DateTimeOffset now, LockoutOptions lockout)
    {
        if (LockedUntil <= now)
        {
            ForgetFailures();
        }

        FailedAttempts++;
        if (FailedAttempts < lockout.MaxFailures)
        {
            return false;
        }

        LockedUntil = now + lockout.Duration;
        return true;
    }

    public void ForgetFailures()
    {
        FailedAttempts = 0;
        LockedUntil = null;
    }

    public void Rename(string displayName)
    {
        DisplayName = displayName;
        ProfileVersion++;
    }
}

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.ToTable("Accounts");
        builder.HasKey(a => a.Id);
        builder.Property(a => a.Id).ValueGeneratedNever();
        builder.Property(a => a.Email).HasMaxLength(Account.EmailLength);
        builder.Property(a => a.NormalizedEmail).HasMaxLength(Account.EmailLength);
        builder.Property(a => a.DisplayName).HasMaxLength(Account.DisplayNameLength);
        builder.Property(a => a.ProfileVersion).IsConcurrencyToken();
        // The index decides between two sign-ups at once; a look before could only guess.
        builder.HasIndex(a => a.NormalizedEmail).IsUnique();
    }
}
