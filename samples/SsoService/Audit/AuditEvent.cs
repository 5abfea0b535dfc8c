using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SsoService.Audit;

/// <summary>One line of the audit trail. Never changed, never deleted; without foreign keys, so that it outlives what it tells of.</summary>
public sealed class AuditEvent
{
    public const int DetailLength = 320;

    /// <summary>Ascending in the order of the commits.</summary>
    public long Id { get; private set; }

    public required DateTimeOffset At { get; init; }

    public required AuditKind Kind { get; init; }

    /// <summary>Null where no account is known, as in a sign-in with an unknown e-mail address.</summary>
    public required Guid? AccountId { get; init; }

    public required Guid? SessionId { get; init; }

    public required string RequestId { get; init; }

    public required string? Detail { get; init; }
}

internal sealed class AuditEventConfiguration : IEntityTypeConfiguration<AuditEvent>
{
    public void Configure(EntityTypeBuilder<AuditEvent> builder)
    {
        builder.ToTable("AuditEvents");
        builder.HasKey(e => e.Id);
        builder.Property(e => e.Kind).HasConversion<string>().HasMaxLength(32);
        builder.Property(e => e.RequestId).HasMaxLength(Hosting.RequestId.MaxLength);
        builder.Property(e => e.Detail).HasMaxLength(AuditEvent.DetailLength);
        builder.HasIndex(e => new { e.AccountId, e.Id });
    }
}
