using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>SaveChanges: what is inserted, changed and deleted, what the store generates, what it refuses.</summary>
public sealed class SaveTests
{
    private static readonly Scripts All = new()
    {
        // Inserts.
        { "insert one", s => s.Save(c => c.Add(NewBook(1))) },
        { "insert one, awaited", async s => { using var c = s.Context(); c.Add(NewBook(1)); await s.SaveAsync(c); } },
        { "insert many", s => s.Save(c => c.AddRange(NewBook(1), NewBook(2), NewBook(3))) },
        { "insert many, awaited", async s => { using var c = s.Context(); c.AddRange(NewBook(1), NewBook(2)); await s.SaveAsync(c); } },
        { "insert a hundred", s => s.Save(c => c.AddRange(Enumerable.Range(1, 100).Select(NewBook))) },
        { "insert with a key", s => s.Save(c => c.Add(new Tag { Id = 1000, Name = "thousand" })) },
        { "insert with a key that is taken", s => s.Save(c => c.Add(new Tag { Id = 1, Name = "another" })) },
        { "insert with a Guid key that EF makes", s => s.Save(c => c.Add(new CashPayment { Id = Seed.Id(900), Amount = 1.10m, At = Seed.Day, Given = 2m })) },
        { "insert with a shadow property", s => s.Save(c => c.Entry(c.Add(NewBook(1)).Entity).Property("Remark").CurrentValue = "remarked") },
        { "insert with default values given", s => s.Save(c => { var book = NewBook(1); book.Shelf = "Z9"; book.Code = "given"; c.Add(book); }) },
        { "insert a graph", s => s.Save(c => c.Add(NewAuthor())) },
        { "insert a graph, awaited", async s => { using var c = s.Context(); c.Add(NewAuthor()); await s.SaveAsync(c); } },
        { "insert many to many", s => s.Save(c => { var book = NewBook(1); book.Tags = [.. c.Tags.OrderBy(t => t.Id).Take(2), new Tag { Name = "newest" }]; c.Add(book); }) },
        { "insert a composite key", s => s.Save(c => c.Add(new Loan { BookId = 1, Number = 100, From = new DateOnly(2025, 1, 1), At = new TimeOnly(1, 2, 3, 4) })) },
        { "insert without RETURNING, for the triggers", s => s.Save(c => c.AddRange(new Counter { Name = "third" }, new Counter { Name = "fourth", Version = 7 })) },
        { "insert each kind of an inheritance", s => s.Save(c => c.AddRange(new Puppy { Name = "Bo", Born = new DateOnly(2025, 1, 1) }, new Taxi { Plate = "T-9", Wheels = 4, Seats = 5, Company = "Fast" }, new CardPayment { Id = Seed.Id(901), Amount = 3m, At = Seed.Day })) },
        { "insert into two tables", s => s.Save(c => c.Add(new Note { FolderId = 1, Head = "h", Body = "b", Cost = 1.5m })) },
        { "insert owned, complex and JSON", s => s.Save(c => c.Add(NewOrder())) },
        { "insert what refers to itself", s => s.Save(c => c.AddRange(new Category { Id = 11, Name = "child", ParentId = 10 }, new Category { Id = 10, Name = "parent" })) },
        { "insert all extremes", s => s.Save(c => { var copy = c.Everything.AsNoTracking().Single(e => e.Id == 2); copy.Id = 0; c.Add(copy); }) },
        { "insert a text with a zero character", s => s.Save(c => c.Add(new Tag { Name = "a\0b" })) },
        { "insert a long text and many bytes", s => s.Save(c => { c.Add(new Tag { Name = new string('x', 100_000) }); c.Add(new Account { Mail = "big", Hash = new byte[200_000] }); }) },

        // Updates.
        { "update one", s => s.Save(c => c.Books.Find(1)!.Pages = 999) },
        { "update one, awaited", async s => { using var c = s.Context(); (await c.Books.FindAsync(1))!.Pages = 999; await s.SaveAsync(c); } },
        { "update many", s => s.Save(c => { foreach (var b in c.Books.OrderBy(b => b.Id)) { b.Pages++; } }) },
        { "update a computed column's source", s => s.Save(c => c.Books.Find(1)!.Title = "A much longer title") },
        { "update nothing", s => s.Save(c => c.Books.Find(1)!.Pages = c.Books.Find(1)!.Pages) },
        { "update what is detached", s => s.Save(c => { var tag = new Tag { Id = 1, Name = "renamed" }; c.Update(tag); }) },
        { "update one property of what is detached", s => s.Save(c => c.Attach(new Account { Id = 1, Mail = "x", Stamp = Seed.Id(101) }).Property(a => a.Balance).CurrentValue = 5.5m) },
        { "update to null", s => s.Save(c => { var a = c.Accounts.Find(1)!; a.Hash = null; c.Reviews.First(r => r.Text != null).Text = null; }) },
        { "update owned", s => s.Save(c => { var a = c.Authors.Find(1)!; a.Home.City = "Bergen"; a.Home.Position!.Latitude = 60; a.Work = null; }) },
        { "update owned to another", s => s.Save(c => { var a = c.Authors.Find(1)!; a.Home = new Address { City = "New" }; a.Work = new Address { Street = "S" }; }) },
        { "update JSON: a value", s => s.Save(c => c.Authors.Find(1)!.Contact!.Mail = "new@example.org") },
        { "update JSON: nested values", s => s.Save(c => { var p = c.Authors.Find(1)!.Contact!; p.Preferences!.Limit = 99.90m; p.Preferences.Code = Seed.Id(77); p.Phones[1].Prefix = 1; }) },
        { "update JSON: the collection", s => s.Save(c => { var p = c.Authors.Find(1)!.Contact!.Phones; p.RemoveAt(0); p.Add(new Phone { Kind = "new", Number = "9" }); }) },
        { "update JSON: to null", s => s.Save(c => c.Authors.Find(1)!.Contact = null) },
        { "update JSON: the whole", s => s.Save(c => c.Authors.Find(2)!.Contact = new Contact { Mail = "m", Phones = [new Phone { Kind = "k", Number = "n" }] }) },
        { "update a collection of values", s => s.Save(c => { c.Authors.Find(1)!.Aliases.Add("third"); c.Everything.Find(2)!.Ints[0] = -1; }) },
        { "update an owned collection", s => s.Save(c => { var o = c.Orders.OrderBy(o => o.Id).First(x => x.Lines.Count > 1); o.Lines.RemoveAt(0); o.Lines[0].Count = 77; o.Lines.Add(new OrderLine { Product = "new", Count = 1, Price = 2.5m }); }) },
        { "update complex types", s => s.Save(c => { var o = c.Orders.OrderBy(o => o.Id).First(); o.Parcel.Weight = 9; o.Route = new Route { From = "a", To = "b", Stops = ["c"] }; }) },
        { "update many to many", s => s.Save(c => { var b = c.Books.Include(x => x.Tags).OrderBy(x => x.Id).First(); b.Tags.Clear(); b.Tags.Add(c.Tags.OrderBy(t => t.Id).Last()); }) },
        { "update a reference", s => s.Save(c => { var b = c.Books.Find(1)!; b.Author = c.Authors.Find(4); }) },
        { "update without RETURNING, for the triggers", s => s.Save(c => c.Counters.Find(1)!.Value++) },
        { "update in two tables", s => s.Save(c => { var n = c.Notes.Find(1)!; n.Head = "hh"; n.Body = "bb"; }) },
        { "update each kind of an inheritance", s => s.Save(c => { c.Animals.OfType<Cat>().First(a => a.Name == "Tom").Lives--; c.Vehicles.OfType<Taxi>().First().Company = "Slow"; c.Vehicles.OfType<Truck>().First().Wheels = 8; c.Payments.OfType<CashPayment>().First().Given = 99m; }) },
        { "update a token of ours", s => s.Save(c => { var b = c.Books.Find(1)!; b.Revision++; b.Stock = 3; }) },
        { "update and insert and delete at once", s => s.Save(c => { c.Tags.Find(1)!.Name = "first"; c.Add(new Tag { Name = "added" }); c.Remove(c.Categories.Find(5)!); c.Reviews.Find(3)!.Stars = 1; }) },

        // Deletes.
        { "delete one", s => s.Save(c => c.Remove(c.Reviews.Find(1)!)) },
        { "delete one, awaited", async s => { using var c = s.Context(); c.Remove((await c.Reviews.FindAsync(1))!); await s.SaveAsync(c); } },
        { "delete with what cascades in the store", s => s.Save(c => c.Remove(c.Books.Find(1)!)) },
        { "delete with what cascades in the context", s => s.Save(c => c.Remove(c.Authors.Include(a => a.Books).ThenInclude(b => b.Reviews).Single(a => a.Id == 2))) },
        { "delete and set null", s => s.Save(c => c.Remove(c.Authors.Find(1)!)) },
        { "delete what is detached", s => s.Save(c => c.Remove(new Tag { Id = 2, Name = "?" })) },
        { "delete from two tables", s => s.Save(c => c.Remove(c.Notes.Find(1)!)) },
        { "delete from joined tables", s => s.Save(c => c.Remove(c.Vehicles.OfType<Taxi>().First())) },
        { "delete many", s => s.Save(c => c.RemoveRange(c.Loans.Where(l => l.Number > 6))) },
        { "delete a required child from its collection", s => s.Save(c => c.Books.Include(b => b.Loans).First(b => b.Loans.Count > 0).Loans.RemoveAt(0)) },

        // Conflicts.
        { "conflict: the row has another token", s => Conflict(s, c => c.Books.Find(1)!.Pages = 5, c => c.Books.Where(b => b.Id == 1).ExecuteUpdate(u => u.SetProperty(b => b.Revision, 50))) },
        { "conflict: the row is gone", s => Conflict(s, c => c.Tags.Find(1)!.Name = "?", c => c.Tags.Where(t => t.Id == 1).ExecuteDelete()) },
        { "conflict: deleted twice", s => Conflict(s, c => c.Remove(c.Tags.Find(1)!), c => c.Tags.Where(t => t.Id == 1).ExecuteDelete()) },
        { "conflict: one of many", s => Conflict(s, c => { c.Tags.Find(1)!.Name = "?"; c.Tags.Find(2)!.Name = "!"; c.Add(new Tag { Name = "new" }); }, c => c.Tags.Where(t => t.Id == 2).ExecuteDelete()) },
        { "conflict: the trigger's token", s => Conflict(s, c => c.Counters.Find(1)!.Value = 7, c => c.Database.ExecuteSql($"UPDATE Counters SET Value = 8 WHERE Id = 1")) },
        { "conflict: a Guid token", s => Conflict(s, c => c.Accounts.Find(1)!.Balance = 1m, c => c.Accounts.Where(a => a.Id == 1).ExecuteUpdate(u => u.SetProperty(a => a.Stamp, Seed.Id(5)))) },
        { "conflict: mended by the store's values", s => Mended(s) },
        { "conflict: in an inheritance of tables", s => Conflict(s, c => c.Vehicles.OfType<Taxi>().First().Company = "?", c => c.Database.ExecuteSql($"DELETE FROM Taxi")) },

        // What the store refuses.
        { "refused: unique", s => s.Save(c => c.Add(new Tag { Name = "classic" })) },
        { "refused: unique, awaited", async s => { using var c = s.Context(); c.Add(new Tag { Name = "classic" }); await s.SaveAsync(c); } },
        { "refused: unique without regard to case", s => s.Save(c => c.Add(new Account { Mail = "USER1@example.ORG" })) },
        { "refused: unique in an update", s => s.Save(c => c.Tags.Find(2)!.Name = "classic") },
        { "refused: unique, the second of three", s => s.Save(c => c.AddRange(new Tag { Name = "t1" }, new Tag { Name = "classic" }, new Tag { Name = "t3" })) },
        { "refused: two that swap a unique value", s => s.Save(c => { var (a, b) = (c.Tags.Find(1)!, c.Tags.Find(2)!); (a.Name, b.Name) = (b.Name, a.Name); }) },
        { "refused: alternate key", s => s.Save(c => { var b = NewBook(1); b.Isbn = "isbn-001"; c.Add(b); }) },
        { "refused: foreign key", s => s.Save(c => { var b = NewBook(1); b.AuthorId = 1000; c.Add(b); }) },
        { "refused: foreign key in an update", s => s.Save(c => c.Books.Find(1)!.AuthorId = 1000) },
        { "refused: foreign key of what is deleted", s => s.Save(c => c.Remove(new Category { Id = 1, Name = "root" })) },
        { "refused: foreign key of what is deleted, known to the context", s => s.Save(c => { c.Categories.Load(); c.Remove(c.Categories.Find(1)!); }) },
        { "refused: check", s => s.Save(c => c.Books.Find(1)!.Stock = -1) },
        { "refused: check of a decimal", s => s.Save(c => c.Accounts.Find(1)!.Balance = -0.01m) },
        { "refused: check in an insert", s => s.Save(c => c.Add(new Review { BookIsbn = "isbn-001", Stars = 6 })) },
        { "refused: not null", s => s.Save(c => c.Add(new Tag { Name = null! })) },
        { "refused: not null, by the store", s => s.Try("insert", () => s.Context().Database.ExecuteSqlRaw("INSERT INTO Tags (Name) VALUES (NULL)")) },
        { "refused: an alternate key that changes", s => s.Save(c => c.Books.Find(1)!.Isbn = "other") },
        { "refused: a key that changes", s => s.Save(c => c.Tags.Find(1)!.Id = 50) },
        { "refused, then mended, then saved", s => { using var c = s.Context(); var tag = c.Add(new Tag { Name = "classic" }).Entity; s.Save(c); tag.Name = "mended"; s.Save(c); } },
        { "refused by a trigger", s => { s.Context().Database.ExecuteSqlRaw("CREATE TRIGGER no BEFORE DELETE ON Tags BEGIN SELECT RAISE(ABORT, 'not this one'); END"); s.Save(c => c.Remove(c.Tags.Find(1)!)); } },
        { "rolled back by a trigger", s => { s.Context().Database.ExecuteSqlRaw("CREATE TRIGGER no BEFORE DELETE ON Tags BEGIN SELECT RAISE(ROLLBACK, 'nothing at all'); END"); s.Save(c => { c.Add(new Tag { Name = "lost" }); c.Remove(c.Tags.Find(1)!); }); } },
        { "rolled back by a trigger, alone", s => { s.Context().Database.ExecuteSqlRaw("CREATE TRIGGER no BEFORE DELETE ON Tags BEGIN SELECT RAISE(ROLLBACK, 'nothing at all'); END"); s.Save(c => c.Remove(c.Tags.Find(1)!)); } },

        // Saving otherwise.
        { "saved without accepting", s => { using var c = s.Context(); c.Add(new Tag { Name = "once" }); s.Try("save", () => c.SaveChanges(acceptAllChangesOnSuccess: false)); c.ChangeTracker.AcceptAllChanges(); s.Save(c); } },
        { "saved twice in one context", s => { using var c = s.Context(); var b = c.Add(NewBook(1)).Entity; s.Save(c); b.Pages = 3; s.Save(c); c.Remove(b); s.Save(c); } },
        { "saved without automatic transactions", s => { using var c = s.Context(); c.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never; c.AddRange(new Tag { Name = "t1" }, new Tag { Name = "classic" }, new Tag { Name = "t3" }); s.Save(c); } },
        { "saved with a transaction always", s => { using var c = s.Context(); c.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always; c.Add(new Tag { Name = "t1" }); s.Save(c); } },
        { "saved with a batch size", s => s.Save(c => c.AddRange(Enumerable.Range(0, 5).Select(n => new Tag { Name = $"t{n}" })), o => o.MaxBatchSize(2)) },
        { "saved, and read in the same context", s => { using var c = s.Context(); c.Add(NewBook(7)); s.Save(c); s.Try("read", () => c.Books.AsNoTracking().OrderBy(b => b.Id).Last()); } },
    };

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Save_does_the_same(string name) => All.SameAsync(name);

    private static Book NewBook(int number) => new() { Title = $"New {number}", Isbn = $"new-{number}", AuthorId = 1, Price = number * 1.5m, PublishedAt = Seed.Day, Genre = Genre.Crime };

    private static Author NewAuthor()
    {
        var (first, second) = (NewBook(1), NewBook(2));
        first.AuthorId = second.AuthorId = 0;
        first.Tags = [new Tag { Name = "of a graph" }];
        first.Reviews = [new Review { BookIsbn = first.Isbn, Stars = 3, WrittenAt = new DateTimeOffset(Seed.Day, TimeSpan.Zero) }];
        second.Loans = [new Loan { Number = 1, From = new DateOnly(2025, 1, 1) }];
        return new Author
        {
            Name = "Newcomer",
            Home = new Address { City = "Here", Position = new Position { Latitude = 1 } },
            Contact = new Contact { Mail = "n", Preferences = new Preferences { Limit = 0.1m }, Phones = [new Phone { Kind = "a", Number = "b" }] },
            Mentor = new Author { Name = "Mentor of it" },
            Books = [first, second],
        };
    }

    private static Order NewOrder() => new()
    {
        Id = Seed.Id(777),
        AccountId = 1,
        Total = 3.30m,
        PlacedAt = new DateTimeOffset(Seed.Day, TimeSpan.FromHours(2)),
        Lines = [new OrderLine { Product = "a", Count = 1, Price = 1.10m }, new OrderLine { Product = "b", Count = 2, Price = 1.10m }],
        Parcel = new Parcel { Weight = 2.5, Note = "n" },
        Route = new Route { From = "x", To = "y", Stops = ["1", "2"] },
    };

    // Another context changes what ours has read, before ours saves.
    private static void Conflict(Side side, Action<BedContext> change, Action<BedContext> meanwhile)
    {
        using var context = side.Context();
        change(context);
        using (var other = side.Context())
        {
            meanwhile(other);
        }

        side.Save(context);
    }

    private static void Mended(Side side)
    {
        using var context = side.Context();
        context.Books.Find(1)!.Pages = 5;
        side.Context().Database.ExecuteSqlRaw("UPDATE Books SET Revision = 50, Shelf = 'theirs' WHERE Id = 1");
        try
        {
            context.SaveChanges();
        }
        catch (DbUpdateConcurrencyException conflict)
        {
            side.Log(Described.Error(conflict));
            foreach (var entry in conflict.Entries)
            {
                entry.OriginalValues.SetValues(entry.GetDatabaseValues()!);
            }

            side.Save(context);
        }
    }
}
