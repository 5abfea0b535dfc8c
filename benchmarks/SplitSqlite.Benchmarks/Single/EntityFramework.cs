using System.ComponentModel;
using BenchmarkDotNet.Attributes;
using Microsoft.EntityFrameworkCore;
using SplitSqlite.Benchmarks.Sides;

namespace SplitSqlite.Benchmarks.Single;

/// <summary>A context per unit of work, from a model built once.</summary>
public abstract class EntityFrameworkWork : SingleThreadWork
{
    private protected DbContextOptions<BenchContext> SplitOptions { get; private set; } = null!;

    private protected DbContextOptions<BenchContext> PlainOptions { get; private set; } = null!;

    private protected override void Prepare()
    {
        SplitOptions = new DbContextOptionsBuilder<BenchContext>().UseSplitSqlite(SplitFile.ConnectionString).Options;
        PlainOptions = new DbContextOptionsBuilder<BenchContext>().UseSqlite(PlainFile.ConnectionString).Options;
    }
}

[DisplayName("EF Core, FirstOrDefaultAsync by key")]
public class EntityFrameworkByKey : EntityFrameworkWork
{
    [Benchmark(Baseline = true)]
    public Task<User?> Plain() => RunAsync(PlainOptions);

    [Benchmark]
    public Task<User?> Split() => RunAsync(SplitOptions);

    private async Task<User?> RunAsync(DbContextOptions<BenchContext> options)
    {
        await using var context = new BenchContext(options);
        var id = NextUser();
        return await context.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Id == id);
    }
}

/// <summary>One row added and saved; NORMAL, so that it is not the disk that is compared.</summary>
[DisplayName("EF Core, SaveChanges of one row, NORMAL")]
public class EntityFrameworkSave : EntityFrameworkWork
{
    private protected override Synchronous Synchronous => Synchronous.Normal;

    [Benchmark(Baseline = true)]
    public Task<int> Plain() => RunAsync(PlainOptions);

    [Benchmark]
    public Task<int> Split() => RunAsync(SplitOptions);

    private async Task<int> RunAsync(DbContextOptions<BenchContext> options)
    {
        await using var context = new BenchContext(options);
        context.Items.Add(new Item { Name = "an item of some length", At = NextUser() });
        return await context.SaveChangesAsync();
    }
}

/// <summary>A row of <c>users</c>.</summary>
public sealed class User
{
    public long Id { get; set; }

    public string Name { get; set; } = "";

    public long Visits { get; set; }
}

/// <summary>A row of <c>items</c>.</summary>
public sealed class Item
{
    public long Id { get; set; }

    public string Name { get; set; } = "";

    public long At { get; set; }
}

/// <summary>The same model on both sides.</summary>
public sealed class BenchContext(DbContextOptions<BenchContext> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Item> Items => Set<Item>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<User>(user =>
        {
            user.ToTable("users");
            user.Property(u => u.Id).HasColumnName("id");
            user.Property(u => u.Name).HasColumnName("name");
            user.Property(u => u.Visits).HasColumnName("visits");
        });
        modelBuilder.Entity<Item>(item =>
        {
            item.ToTable("items");
            item.Property(i => i.Id).HasColumnName("id");
            item.Property(i => i.Name).HasColumnName("name");
            item.Property(i => i.At).HasColumnName("at");
        });
    }
}
