using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SplitSqlite.EFCore.Child;

/// <summary>The tables, with a column that is nullable yet.</summary>
[DbContext(typeof(ShopContext))]
[Migration(Id)]
public sealed class Tables : Migration
{
    public const string Id = "20250101000000_Tables";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "Orders",
            columns => new
            {
                Id = columns.Column<int>("INTEGER").Annotation("Sqlite:Autoincrement", true),
                Customer = columns.Column<string>("TEXT", nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_Orders", row => row.Id));
        migrationBuilder.CreateTable(
            "Lines",
            columns => new
            {
                Id = columns.Column<int>("INTEGER").Annotation("Sqlite:Autoincrement", true),
                OrderId = columns.Column<int>("INTEGER"),
                Article = columns.Column<string>("TEXT"),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Lines", row => row.Id);
                table.ForeignKey("FK_Lines_Orders_OrderId", row => row.OrderId, "Orders", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_Lines_OrderId", "Lines", "OrderId");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("Lines");
        migrationBuilder.DropTable("Orders");
    }

    protected override void BuildTargetModel(ModelBuilder modelBuilder) => Snapshots.Build(modelBuilder, hasTotal: false, isRequired: false);
}

/// <summary>A column more.</summary>
[DbContext(typeof(ShopContext))]
[Migration(Id)]
public sealed class Totals : Migration
{
    public const string Id = "20250102000000_Totals";

    protected override void Up(MigrationBuilder migrationBuilder)
        => migrationBuilder.AddColumn<decimal>("Total", "Orders", "TEXT", nullable: false, defaultValue: 0m);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("Total", "Orders");

    protected override void BuildTargetModel(ModelBuilder modelBuilder) => Snapshots.Build(modelBuilder, hasTotal: true, isRequired: false);
}

/// <summary>The nullable column no longer is: SQLite can't alter it, so EF Core builds the table anew, with the old one dropped while foreign keys are off.</summary>
[DbContext(typeof(ShopContext))]
[Migration(Id)]
public sealed class Required : Migration
{
    public const string Id = "20250103000000_Required";

    protected override void Up(MigrationBuilder migrationBuilder)
        => migrationBuilder.AlterColumn<string>("Customer", "Orders", "TEXT", maxLength: 100, nullable: false, defaultValue: "nobody", oldClrType: typeof(string), oldType: "TEXT", oldNullable: true);

    protected override void Down(MigrationBuilder migrationBuilder)
        => migrationBuilder.AlterColumn<string>("Customer", "Orders", "TEXT", nullable: true, oldClrType: typeof(string), oldType: "TEXT", oldMaxLength: 100, oldDefaultValue: "nobody");

    protected override void BuildTargetModel(ModelBuilder modelBuilder) => Snapshots.Build(modelBuilder, hasTotal: true, isRequired: true);
}

/// <summary>The last model, for the differ.</summary>
[DbContext(typeof(ShopContext))]
public sealed class ShopSnapshot : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder) => Snapshots.Build(modelBuilder, hasTotal: true, isRequired: true);
}

internal static class Snapshots
{
    public static void Build(ModelBuilder modelBuilder, bool hasTotal, bool isRequired)
    {
        modelBuilder.HasAnnotation("ProductVersion", "10.0.14");
        modelBuilder.Entity("SplitSqlite.EFCore.Child.Order", order =>
        {
            order.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("INTEGER");
            var customer = order.Property<string>("Customer").HasColumnType("TEXT");
            if (isRequired)
            {
                customer.IsRequired().HasMaxLength(100).ValueGeneratedOnAdd().HasDefaultValue("nobody");
            }

            if (hasTotal)
            {
                order.Property<decimal>("Total").HasColumnType("TEXT");
            }

            order.HasKey("Id");
            order.ToTable("Orders", (string?)null);
        });
        modelBuilder.Entity("SplitSqlite.EFCore.Child.Line", line =>
        {
            line.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("INTEGER");
            line.Property<string>("Article").IsRequired().HasColumnType("TEXT");
            line.Property<int>("OrderId").HasColumnType("INTEGER");
            line.HasKey("Id");
            line.HasIndex("OrderId");
            line.ToTable("Lines", (string?)null);
        });
        modelBuilder.Entity("SplitSqlite.EFCore.Child.Line", line =>
            line.HasOne("SplitSqlite.EFCore.Child.Order", null).WithMany("Lines").HasForeignKey("OrderId").OnDelete(DeleteBehavior.Cascade).IsRequired());
        modelBuilder.Entity("SplitSqlite.EFCore.Child.Order", order => order.Navigation("Lines"));
    }
}
