using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;

namespace SplitSqlite.EFCore.Tests.Support;

/// <summary>The smallest context that has what EF Core's functions are for.</summary>
public class ItemContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Item> Items => Set<Item>();

    /// <summary>Makes a context with options that a test says.</summary>
    public static ItemContext Open(Action<DbContextOptionsBuilder<ItemContext>> configure)
    {
        var builder = new DbContextOptionsBuilder<ItemContext>();
        configure(builder);
        return new ItemContext(builder.Options);
    }

    public static ItemContext OpenSplit(string connectionString) => Open(options => options.UseSplitSqlite(connectionString));

    /// <summary>Makes the database with so many items: named "item 1" and so on, at 1.10, 2.20, …</summary>
    public ItemContext WithItems(int count)
    {
        Database.EnsureCreated();
        for (var n = 1; n <= count; n++)
        {
            Items.Add(new Item { Name = $"item {n}", Price = 1.10m * n });
        }

        SaveChanges();
        return this;
    }
}

/// <summary>The same with its options told by their type, as applications register it.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the container.")]
public sealed class TypedContext(DbContextOptions<TypedContext> options) : ItemContext(options);

public class Item
{
    public int Id { get; set; }

    public string Name { get; set; } = string.Empty;

    public decimal Price { get; set; }
}
