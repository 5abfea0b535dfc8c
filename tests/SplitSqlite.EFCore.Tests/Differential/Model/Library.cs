namespace SplitSqlite.EFCore.Tests.Differential.Model;

internal enum Genre
{
    None,
    Novel,
    Crime,
    Science,
}

/// <summary>Has owned types in its own table, owned types as JSON, a collection of values, a text that ignores case.</summary>
internal sealed class Author
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public Genre Favourite { get; set; }

    public DateOnly? Born { get; set; }

    public Address Home { get; set; } = new();

    public Address? Work { get; set; }

    public Contact? Contact { get; set; }

    public List<string> Aliases { get; set; } = [];

    public List<Book> Books { get; set; } = [];

    public int? MentorId { get; set; }

    public Author? Mentor { get; set; }
}

internal sealed class Address
{
    public string? Street { get; set; }

    public string? City { get; set; }

    public Position? Position { get; set; }
}

internal sealed class Position
{
    public double Latitude { get; set; }

    public double Longitude { get; set; }
}

internal sealed class Contact
{
    public string? Mail { get; set; }

    public bool IsPublic { get; set; }

    public DateTime? Since { get; set; }

    public Preferences? Preferences { get; set; }

    public List<Phone> Phones { get; set; } = [];
}

internal sealed class Preferences
{
    public Genre Genre { get; set; }

    public decimal Limit { get; set; }

    public Guid Code { get; set; }

    public int[] Hours { get; set; } = [];
}

internal sealed class Phone
{
    public string Kind { get; set; } = string.Empty;

    public string Number { get; set; } = string.Empty;

    public int? Prefix { get; set; }
}

/// <summary>Has an alternate key, a computed column, default values, a check, a concurrency token of the client and a query filter.</summary>
internal sealed class Book
{
    public int Id { get; set; }

    public required string Title { get; set; }

    public required string Isbn { get; set; }

    public decimal Price { get; set; }

    public decimal? Discount { get; set; }

    public DateTime PublishedAt { get; set; }

    public DateTimeOffset? SoldOutAt { get; set; }

    public TimeSpan? ReadingTime { get; set; }

    public int Pages { get; set; }

    public double Rating { get; set; }

    public int Stock { get; set; }

    public string Shelf { get; set; } = null!;

    public string? Code { get; set; }

    public int TitleLength { get; private set; }

    public bool IsDeleted { get; set; }

    public int Revision { get; set; }

    public Genre Genre { get; set; }

    public int AuthorId { get; set; }

    public Author? Author { get; set; }

    public List<Tag> Tags { get; set; } = [];

    public List<Review> Reviews { get; set; } = [];

    public List<Loan> Loans { get; set; } = [];
}

internal sealed class Tag
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public List<Book> Books { get; set; } = [];
}

/// <summary>The join of books and tags, with a value of its own.</summary>
internal sealed class BookTag
{
    public int BookId { get; set; }

    public int TagId { get; set; }

    public int Weight { get; set; }
}

/// <summary>Refers to a book by its alternate key.</summary>
internal sealed class Review
{
    public int Id { get; set; }

    public required string BookIsbn { get; set; }

    public Book? Book { get; set; }

    public int Stars { get; set; }

    public string? Text { get; set; }

    public DateTimeOffset WrittenAt { get; set; }
}

/// <summary>Has a composite key.</summary>
internal sealed class Loan
{
    public int BookId { get; set; }

    public int Number { get; set; }

    public DateOnly From { get; set; }

    public DateOnly? Until { get; set; }

    public TimeOnly At { get; set; }
}

/// <summary>A row of a view; it has no key.</summary>
internal sealed class AuthorTotal
{
    public int AuthorId { get; set; }

    public string Name { get; set; } = string.Empty;

    public int Books { get; set; }

    public double? Rating { get; set; }
}
