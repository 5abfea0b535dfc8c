using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>Includes, split queries, inheritance, owned and complex types, JSON, collections of values: how objects are put together.</summary>
public sealed class GraphTests
{
    private static readonly Cases All = new()
    {
        // Include.
        { "include a reference", c => c.Books.Include(b => b.Author).OrderBy(b => b.Id) },
        { "include a collection", c => c.Authors.Include(a => a.Books).OrderBy(a => a.Id) },
        { "include a filtered collection", c => c.Authors.Include(a => a.Books.Where(b => b.Pages > 100).OrderByDescending(b => b.Id).Take(2)).OrderBy(a => a.Id) },
        { "include and then", c => c.Authors.Include(a => a.Books).ThenInclude(b => b.Reviews).OrderBy(a => a.Id) },
        { "include two collections", c => c.Books.Include(b => b.Reviews).Include(b => b.Loans).OrderBy(b => b.Id) },
        { "include many to many", c => c.Books.Include(b => b.Tags).OrderBy(b => b.Id) },
        { "include by text", c => c.Books.Include("Author.Mentor").OrderBy(b => b.Id) },
        { "include what there is not", c => c.Books.Include("Nobody") },
        { "include what refers to itself", c => c.Categories.Include(x => x.Children).ThenInclude(x => x.Children).OrderBy(x => x.Id) },
        { "include one to one", c => c.Accounts.Include(a => a.Profile).Include(a => a.Orders).OrderBy(a => a.Id) },
        { "include with identity resolution", c => c.Books.AsNoTrackingWithIdentityResolution().Include(b => b.Author).ThenInclude(a => a!.Books).OrderBy(b => b.Id) },
        { "include of a page", c => c.Authors.Include(a => a.Books).OrderBy(a => a.Name).Skip(1).Take(2) },
        { "auto include is there without asking: owned", c => c.Authors.OrderBy(a => a.Id) },

        // Split queries.
        { "split: a collection", c => c.Authors.AsSplitQuery().Include(a => a.Books).OrderBy(a => a.Id) },
        { "split: three levels", c => c.Authors.AsSplitQuery().Include(a => a.Books).ThenInclude(b => b.Reviews).Include(a => a.Books).ThenInclude(b => b.Tags).OrderBy(a => a.Id) },
        { "split: a page", c => c.Authors.AsSplitQuery().Include(a => a.Books).OrderBy(a => a.Id).Skip(1).Take(2) },
        { "split: collections in the projection", c => c.Authors.AsSplitQuery().OrderBy(a => a.Id).Select(a => new { a.Name, B = a.Books.OrderBy(b => b.Id).Select(b => b.Title).ToList() }) },
        { "split: no rows", c => c.Authors.AsSplitQuery().Include(a => a.Books).Where(a => a.Id > 100) },

        // Explicit and lazy loading.
        { "load a collection", c => Load(c, a => c.Entry(a).Collection(x => x.Books).Load()) },
        { "load a part of a collection", c => Load(c, a => c.Entry(a).Collection(x => x.Books).Query().Where(b => b.Pages > 100).Load()) },
        { "load a reference", c => c.Books.OrderBy(b => b.Id).First() is { } b && Loaded(() => c.Entry(b).Reference(x => x.Author).Load()) ? b : null },
        { "load a collection, awaited", async c => { var tag = await c.Tags.OrderBy(t => t.Id).FirstAsync(); await c.Entry(tag).Collection(t => t.Books).LoadAsync(); return tag; } },
        { "lazy loading", c => c.Folders.OrderBy(f => f.Id).ToList().Select(f => (f.Name, f.Notes.Count)).ToList() },
        { "reload", c => { var book = c.Books.OrderBy(b => b.Id).First(); book.Title = "changed"; c.Entry(book).Reload(); return book; } },
        { "database values", c => c.Entry(c.Books.OrderBy(b => b.Id).First()).GetDatabaseValues()!.ToObject() },

        // Inheritance.
        { "TPH: all", c => c.Animals.OrderBy(a => a.Id) },
        { "TPH: of a type", c => c.Animals.OfType<Dog>().OrderBy(a => a.Id) },
        { "TPH: is", c => c.Animals.Where(a => a is Puppy || a is Cat && ((Cat)a).Lives > 8).OrderBy(a => a.Id) },
        { "TPH: exact type", c => c.Animals.Where(a => a.GetType() == typeof(Dog)).OrderBy(a => a.Id) },
        { "TPH: as", c => c.Animals.OrderBy(a => a.Id).Select(a => new { a.Name, Trick = (a as Dog)!.Trick }) },
        { "TPH: discriminator", c => c.Animals.OrderBy(a => a.Id).Select(a => EF.Property<string>(a, "Kind")) },
        { "TPH: grouped", c => c.Animals.GroupBy(a => EF.Property<string>(a, "Kind")).OrderBy(g => g.Key).Select(g => new { g.Key, Sum = g.Sum(a => a.Weight) }) },
        { "TPT: all", c => c.Vehicles.OrderBy(v => v.Id) },
        { "TPT: of a type", c => c.Vehicles.OfType<Car>().OrderBy(v => v.Id) },
        { "TPT: is", c => c.Vehicles.Where(v => v is Truck && ((Truck)v).Load > 1m).OrderBy(v => v.Id) },
        { "TPT: a base column", c => c.Vehicles.OrderByDescending(v => v.Wheels).ThenBy(v => v.Id).Select(v => v.Plate) },
        { "TPC: all", c => c.Payments.OrderBy(p => p.At) },
        { "TPC: of a type", c => c.Payments.OfType<CashPayment>().OrderBy(p => p.At) },
        { "TPC: decimal", c => c.Payments.Where(p => p.Amount > 8m).OrderBy(p => p.Amount).Select(p => p.Amount) },
        { "TPC: sum", c => c.Payments.Sum(p => p.Amount) },

        // Owned and complex types.
        { "owned: filter", c => c.Authors.Where(a => a.Home.City == "Rome").OrderBy(a => a.Id) },
        { "owned: nested filter", c => c.Authors.Where(a => a.Home.Position!.Latitude > 10).OrderBy(a => a.Id) },
        { "owned: null", c => c.Authors.Where(a => a.Work == null).OrderBy(a => a.Id).Select(a => a.Name) },
        { "owned: projected", c => c.Authors.AsNoTracking().OrderBy(a => a.Id).Select(a => a.Home) },
        { "owned: projected without its owner while tracked", c => c.Authors.AsTracking().OrderBy(a => a.Id).Select(a => a.Home) },
        { "owned collection: all", c => c.Orders.OrderBy(o => o.Id) },
        { "owned collection: filter", c => c.Orders.Where(o => o.Lines.Any(l => l.Count > 2)).OrderBy(o => o.Id).Select(o => o.Id) },
        { "owned collection: sum", c => c.Orders.OrderBy(o => o.Id).Select(o => new { o.Id, Sum = o.Lines.Sum(l => l.Price) }) },
        { "complex: filter", c => c.Orders.Where(o => o.Parcel.Weight > 0.5 && o.Parcel.Note != null).OrderBy(o => o.Id).Select(o => o.Id) },
        { "complex: equals", c => c.Orders.Where(o => o.Parcel == new Parcel { Weight = 0.5, Note = "fragile" }).OrderBy(o => o.Id).Select(o => o.Id) },
        { "complex: projected", c => c.Orders.OrderBy(o => o.Id).Select(o => o.Parcel) },
        { "complex JSON: filter", c => c.Orders.Where(o => o.Route.From == "F3").OrderBy(o => o.Id).Select(o => o.Id) },
        { "complex JSON: collection of values", c => c.Orders.Where(o => o.Route.Stops.Count > 1).OrderBy(o => o.Id).Select(o => new { o.Id, o.Route }) },

        // JSON.
        { "JSON: filter on a value", c => c.Authors.Where(a => a.Contact!.Mail == "ann@example.org").Select(a => a.Id) },
        { "JSON: filter on bool and date", c => c.Authors.Where(a => a.Contact!.IsPublic && a.Contact.Since > new DateTime(2020, 1, 1)).Select(a => a.Id) },
        { "JSON: filter on a nested value", c => c.Authors.Where(a => a.Contact!.Preferences!.Genre == Genre.Science).Select(a => a.Id) },
        { "JSON: filter on a nested decimal and Guid", c => c.Authors.Where(a => a.Contact!.Preferences!.Limit > 12m && a.Contact.Preferences.Code == Seed.Id(1)).Select(a => a.Id) },
        { "JSON: element", c => c.Authors.OrderBy(a => a.Id).Select(a => new { a.Id, N = a.Contact!.Phones[0].Number, P = a.Contact.Phones[1].Prefix }) },
        { "JSON: collection counted", c => c.Authors.Where(a => a.Contact!.Phones.Count == 2).Select(a => a.Id) },
        { "JSON: collection filtered", c => c.Authors.Where(a => a.Contact!.Phones.Any(p => p.Kind == "home" && p.Prefix == 47)).Select(a => a.Id) },
        { "JSON: collection projected", c => c.Authors.AsNoTracking().OrderBy(a => a.Id).Select(a => a.Contact!.Phones) },
        { "JSON: part projected", c => c.Authors.AsNoTracking().OrderBy(a => a.Id).Select(a => a.Contact!.Preferences) },
        { "JSON: values in JSON", c => c.Authors.Where(a => a.Contact!.Preferences!.Hours.Contains(12)).Select(a => a.Contact!.Preferences!.Hours[1]) },
        { "JSON: absent", c => c.Authors.Where(a => a.Contact == null).OrderBy(a => a.Id).Select(a => a.Name) },

        // Collections of values.
        { "values: contains", c => c.Authors.Where(a => a.Aliases.Contains("A.")).OrderBy(a => a.Id).Select(a => a.Name) },
        { "values: count", c => c.Everything.OrderBy(e => e.Id).Select(e => new { e.Id, N = e.Ints.Length, S = e.Strings.Count }) },
        { "values: element", c => c.Everything.Where(e => e.Ints[1] == 1).OrderBy(e => e.Id).Select(e => e.Ints[0]) },
        { "values: any, max, sum", c => c.Everything.Where(e => e.Ints.Any(i => i > 5)).OrderBy(e => e.Id).Select(e => new { M = e.Ints.Max(), S = e.Ints.Sum(i => (long)i) }) },
        { "values: decimals", c => c.Everything.Where(e => e.Decimals.Any(d => d > 2m)).Select(e => e.Id) },
        { "values: dates, Guids and enums", c => c.Everything.Where(e => e.Dates.Contains(Seed.Day) && e.GuidsOrNull!.Contains(Seed.Id(4)) && e.Enums.Contains(Genre.Crime)).Select(e => e.Id) },
        { "values: with null", c => c.Everything.Where(e => e.Strings.Contains(null)).Select(e => e.Id) },
        { "values: equal as a whole", c => c.Everything.Where(e => e.Ints == new[] { 0, 1, 2 }).Select(e => e.Id) },
        { "values: many from each", c => c.Everything.Where(e => e.Id < 5).SelectMany(e => e.Ints, (e, i) => new { e.Id, i }).OrderBy(x => x.Id).ThenBy(x => x.i) },
        { "values: joined to a table", c => c.Books.Where(b => c.Everything.Where(e => e.Id == 3).SelectMany(e => e.Ints).Contains(b.Id)).OrderBy(b => b.Id).Select(b => b.Id) },
        { "values: a parameter as a table", c => Parameter(c, [2, 3, 2]) },

        // Tables split and entities in parts.
        { "entity in two tables", c => c.Notes.OrderBy(n => n.Id) },
        { "entity in two tables, filter on each", c => c.Notes.Where(n => n.Head == "one" && n.Cost > 1m).Select(n => n.Body) },
        { "all types", c => c.Everything.OrderBy(e => e.Id) },
    };

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Graph_gives_the_same(string name) => All.SameAsync(name);

    private static IQueryable<object> Parameter(BedContext context, int[] ids)
        => context.Authors.Select(a => new { a.Name, Times = ids.Count(i => i == a.Id), Larger = ids.Where(i => i > a.Id).Max() }).OrderBy(x => x.Name);

    private static Author Load(BedContext context, Action<Author> load)
    {
        var author = context.Authors.OrderBy(a => a.Id).First();
        load(author);
        return author;
    }

    private static bool Loaded(Action load)
    {
        load();
        return true;
    }
}
