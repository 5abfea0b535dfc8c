using Microsoft.EntityFrameworkCore;

namespace SplitSqlite.EFCore.Child;

/// <summary>A context with migrations: orders, and their lines, which go with them (ON DELETE CASCADE).</summary>
public class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Line> Lines => Set<Line>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("Orders");
            order.Property(o => o.Customer).HasMaxLength(100).HasDefaultValue("nobody");
            order.HasMany(o => o.Lines).WithOne().HasForeignKey(l => l.OrderId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<Line>().ToTable("Lines");
    }
}

public class Order
{
    public int Id { get; set; }

    public string Customer { get; set; } = string.Empty;

    public decimal Total { get; set; }

    public ICollection<Line> Lines { get; } = [];
}

public class Line
{
    public int Id { get; set; }

    public int OrderId { get; set; }

    public string Article { get; set; } = string.Empty;
}
