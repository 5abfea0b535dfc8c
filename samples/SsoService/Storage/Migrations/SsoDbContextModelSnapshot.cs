using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace SsoService.Storage.Migrations;

/// <summary>The model as of the last migration. A test holds it against the model of the code.</summary>
[DbContext(typeof(SsoDbContext))]
internal sealed class SsoDbContextModelSnapshot : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder)
    {
        modelBuilder.HasAnnotation("ProductVersion", "10.0.14");

        modelBuilder.Entity("SsoService.Accounts.Account", b =>
        {
            b.Property<Guid>("Id").HasColumnType("TEXT");
            b.Property<string>("Email").IsRequired().HasMaxLength(254).HasColumnType("TEXT");
            b.Property<string>("NormalizedEmail").IsRequired().HasMaxLength(254).HasColumnType("TEXT");
            b.Property<string>("DisplayName").IsRequired().HasMaxLength(80).HasColumnType("TEXT");
            b.Property<long>("CreatedAt").HasColumnType("INTEGER");
            b.Property<string>("PasswordHash").IsRequired().HasColumnType("TEXT");
            b.Property<int>("PasswordVersion").HasColumnType("INTEGER");
            b.Property<int>("FailedAttempts").HasColumnType("INTEGER");
            b.Property<long?>("LockedUntil").HasColumnType("INTEGER");
            b.Property<long?>("DisabledAt").HasColumnType("INTEGER");
            b.Property<int>("ProfileVersion").IsConcurrencyToken().HasColumnType("INTEGER");
            b.HasKey("Id");
            b.HasIndex("NormalizedEmail").IsUnique();
            b.ToTable("Accounts", (string?)null);
        });

        modelBuilder.Entity("SsoService.Audit.AuditEvent", b =>
        {
            b.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("INTEGER");
            b.Property<long>("At").HasColumnType("INTEGER");
            b.Property<string>("Kind").IsRequired().HasMaxLength(32).HasColumnType("TEXT");
            b.Property<Guid?>("AccountId").HasColumnType("TEXT");
            b.Property<Guid?>("SessionId").HasColumnType("TEXT");
            b.Property<string>("RequestId").IsRequired().HasMaxLength(64).HasColumnType("TEXT");
            b.Property<string>("Detail").HasMaxLength(320).HasColumnType("TEXT");
            b.HasKey("Id");
            b.HasIndex("AccountId", "Id");
            b.ToTable("AuditEvents", (string?)null);
        });

        modelBuilder.Entity("SsoService.Sessions.Session", b =>
        {
            b.Property<Guid>("Id").HasColumnType("TEXT");
            b.Property<Guid>("AccountId").HasColumnType("TEXT");
            b.Property<long>("CreatedAt").HasColumnType("INTEGER");
            b.Property<long>("ExpiresAt").HasColumnType("INTEGER");
            b.Property<long?>("RevokedAt").HasColumnType("INTEGER");
            b.Property<string>("RevokedBecause").HasMaxLength(32).HasColumnType("TEXT");
            b.HasKey("Id");
            b.HasIndex("AccountId");
            b.ToTable("Sessions", (string?)null);
        });

        modelBuilder.Entity("SsoService.Sessions.TokenPair", b =>
        {
            b.Property<Guid>("Id").HasColumnType("TEXT");
            b.Property<Guid>("SessionId").HasColumnType("TEXT");
            b.Property<long>("IssuedAt").HasColumnType("INTEGER");
            b.Property<byte[]>("AccessHash").IsRequired().HasMaxLength(32).HasColumnType("BLOB");
            b.Property<long>("AccessExpiresAt").HasColumnType("INTEGER");
            b.Property<byte[]>("RefreshHash").IsRequired().HasMaxLength(32).HasColumnType("BLOB");
            b.Property<long>("RefreshExpiresAt").HasColumnType("INTEGER");
            b.Property<long?>("RefreshedAt").HasColumnType("INTEGER");
            b.HasKey("Id");
            b.HasIndex("SessionId");
            b.ToTable("TokenPairs", (string?)null);
        });

        modelBuilder.Entity("SsoService.Sessions.Session", b =>
            b.HasOne("SsoService.Accounts.Account", null).WithMany().HasForeignKey("AccountId").OnDelete(DeleteBehavior.Cascade).IsRequired());

        modelBuilder.Entity("SsoService.Sessions.TokenPair", b =>
            b.HasOne("SsoService.Sessions.Session", "Session").WithMany().HasForeignKey("SessionId").OnDelete(DeleteBehavior.Cascade).IsRequired());
    }
}
