using Microsoft.EntityFrameworkCore;

namespace SplitSqlite.EFCore.Tests.Differential.Model;

/// <summary>Has a unique index that ignores case, checks, a concurrency token and bytes.</summary>
internal sealed class Account
{
    public int Id { get; set; }

    public required string Mail { get; set; }

    public decimal Balance { get; set; }

    public byte[]? Hash { get; set; }

    public Rights Rights { get; set; }

    public Guid Stamp { get; set; }

    public List<Order> Orders { get; set; } = [];

    public Profile? Profile { get; set; }
}

/// <summary>Shares the key of its account; deleted with it.</summary>
internal sealed class Profile
{
    public int AccountId { get; set; }

    public string? Nick { get; set; }

    public Account? Account { get; set; }
}

/// <summary>Has a Guid as a key, an owned collection in a table of its own, and complex values, one of them as JSON. Its account can't go before it.</summary>
internal sealed class Order
{
    public Guid Id { get; set; }

    public int AccountId { get; set; }

    public Account? Account { get; set; }

    public DateTimeOffset PlacedAt { get; set; }

    public decimal Total { get; set; }

    public List<OrderLine> Lines { get; set; } = [];

    public Parcel Parcel { get; set; } = new();

    public Route Route { get; set; } = new();
}

internal sealed class OrderLine
{
    public int Id { get; set; }

    public string Product { get; set; } = string.Empty;

    public int Count { get; set; }

    public decimal Price { get; set; }
}

internal sealed class Parcel
{
    public double Weight { get; set; }

    public string? Note { get; set; }
}

internal sealed class Route
{
    public string From { get; set; } = "here";

    public string To { get; set; } = "there";

    public List<string> Stops { get; set; } = [];
}

/// <summary>Its table has triggers, so that its changes go without RETURNING; the version is the trigger's.</summary>
internal sealed class Counter
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public int Value { get; set; }

    public long Version { get; set; }
}

/// <summary>Refers to itself; a parent that has children can't go.</summary>
internal sealed class Category
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public int? ParentId { get; set; }

    public Category? Parent { get; set; }

    public List<Category> Children { get; set; } = [];
}

/// <summary>Loads its notes when they are asked for.</summary>
internal sealed class Folder
{
    private readonly Microsoft.EntityFrameworkCore.Infrastructure.ILazyLoader? _loader;
    private List<Note>? _notes;

    public Folder()
    {
    }

    private Folder(Microsoft.EntityFrameworkCore.Infrastructure.ILazyLoader loader) => _loader = loader;

    public int Id { get; set; }

    public string? Name { get; set; }

    public List<Note> Notes
    {
        get => (_loader is null ? _notes : Microsoft.EntityFrameworkCore.Infrastructure.LazyLoaderExtensions.Load(_loader, this, ref _notes)) ?? [];
        set => _notes = value;
    }
}

/// <summary>A row in two tables.</summary>
internal sealed class Note
{
    public int Id { get; set; }

    public int FolderId { get; set; }

    public string? Head { get; set; }

    public string? Body { get; set; }

    [Precision(10, 2)]
    public decimal? Cost { get; set; }
}
