using Microsoft.EntityFrameworkCore;

namespace EfStorm;

/// <summary>A row as an application has many of: a few columns, an index.</summary>
internal sealed class Entry
{
    public long Id { get; set; }

    public int Worker { get; set; }

    public required string Text { get; set; }

    public decimal Amount { get; set; }

    public DateTime At { get; set; }
}

internal sealed class StormContext(DbContextOptions<StormContext> options) : DbContext(options)
{
    public DbSet<Entry> Entries => Set<Entry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Entry>().HasIndex(e => e.Worker);
}
