using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SsoService.Sessions;

/// <summary>
/// An access token and the refresh token that came with it: one generation of a session. Of each only the hash of its secret is kept.
/// </summary>
public sealed class TokenPair
{
    public required Guid Id { get; init; }

    public required Guid SessionId { get; init; }

    public Session Session { get; private set; } = null!;

    public required DateTimeOffset IssuedAt { get; init; }

    public required byte[] AccessHash { get; init; }

    public required DateTimeOffset AccessExpiresAt { get; init; }

    public required byte[] RefreshHash { get; init; }

    public required DateTimeOffset RefreshExpiresAt { get; init; }

    /// <summary>When the refresh token was used; it is good for one use. Set by a conditional update, which decides between two at once.</summary>
    public DateTimeOffset? RefreshedAt { get; private set; }
}

internal sealed class TokenPairConfiguration : IEntityTypeConfiguration<TokenPair>
{
    public void Configure(EntityTypeBuilder<TokenPair> builder)
    {
        builder.ToTable("TokenPairs");
        builder.HasKey(p => p.Id);
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.AccessHash).HasMaxLength(SessionToken.HashLength);
        builder.Property(p => p.RefreshHash).HasMaxLength(SessionToken.HashLength);
        builder.HasOne(p => p.Session).WithMany().HasForeignKey(p => p.SessionId).OnDelete(DeleteBehavior.Cascade);
    }
}
