using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SsoService.Storage.Migrations;

[DbContext(typeof(SsoDbContext))]
[Migration("20261101000000_Initial")]
internal sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "Accounts",
            columns: table => new
            {
                Id = table.Column<Guid>(type: "TEXT", nullable: false),
                Email = table.Column<string>(type: "TEXT", maxLength: 254, nullable: false),
                NormalizedEmail = table.Column<string>(type: "TEXT", maxLength: 254, nullable: false),
                DisplayName = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                PasswordHash = table.Column<string>(type: "TEXT", nullable: false),
                PasswordVersion = table.Column<int>(type: "INTEGER", nullable: false),
                FailedAttempts = table.Column<int>(type: "INTEGER", nullable: false),
                LockedUntil = table.Column<long>(type: "INTEGER", nullable: true),
                DisabledAt = table.Column<long>(type: "INTEGER", nullable: true),
                ProfileVersion = table.Column<int>(type: "INTEGER", nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_Accounts", x => x.Id));

        migrationBuilder.CreateTable(
            name: "AuditEvents",
            columns: table => new
            {
                Id = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                At = table.Column<long>(type: "INTEGER", nullable: false),
                Kind = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                AccountId = table.Column<Guid>(type: "TEXT", nullable: true),
                SessionId = table.Column<Guid>(type: "TEXT", nullable: true),
                RequestId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                Detail = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_AuditEvents", x => x.Id));

        migrationBuilder.CreateTable(
            name: "Sessions",
            columns: table => new
            {
                Id = table.Column<Guid>(type: "TEXT", nullable: false),
                AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                RevokedAt = table.Column<long>(type: "INTEGER", nullable: true),
                RevokedBecause = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Sessions", x => x.Id);
                table.ForeignKey("FK_Sessions_Accounts_AccountId", x => x.AccountId, "Accounts", "Id", onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            name: "TokenPairs",
            columns: table => new
            {
                Id = table.Column<Guid>(type: "TEXT", nullable: false),
                SessionId = table.Column<Guid>(type: "TEXT", nullable: false),
                IssuedAt = table.Column<long>(type: "INTEGER", nullable: false),
                AccessHash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                AccessExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                RefreshHash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                RefreshExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                RefreshedAt = table.Column<long>(type: "INTEGER", nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_TokenPairs", x => x.Id);
                table.ForeignKey("FK_TokenPairs_Sessions_SessionId", x => x.SessionId, "Sessions", "Id", onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateIndex("IX_Accounts_NormalizedEmail", "Accounts", "NormalizedEmail", unique: true);
        migrationBuilder.CreateIndex("IX_AuditEvents_AccountId_Id", "AuditEvents", ["AccountId", "Id"]);
        migrationBuilder.CreateIndex("IX_Sessions_AccountId", "Sessions", "AccountId");
        migrationBuilder.CreateIndex("IX_TokenPairs_SessionId", "TokenPairs", "SessionId");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("AuditEvents");
        migrationBuilder.DropTable("TokenPairs");
        migrationBuilder.DropTable("Sessions");
        migrationBuilder.DropTable("Accounts");
    }
}
