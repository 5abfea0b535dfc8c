using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>Aggregates, groups, joins, sets, single values: how rows are put together.</summary>
public sealed class ShapeTests
{
    private static readonly Cases All = new()
    {
        // Single values.
        { "count", c => c.Books.Count() },
        { "count awaited", async c => await c.Books.CountAsync(b => b.Pages > 100) },
        { "long count", c => c.Books.LongCount(b => b.Stock == 0) },
        { "any and all", c => (c.Books.Any(), c.Books.Any(b => b.Id > 100), c.Books.All(b => b.Id > 0)) },
        { "any awaited", async c => await c.Books.AnyAsync(b => b.Id == 2) },
        { "first", c => c.Books.OrderBy(b => b.Id).First() },
        { "first of none", c => c.Books.First(b => b.Id == 100) },
        { "first or default of none", c => c.Books.FirstOrDefault(b => b.Id == 100) },
        { "first or default awaited", async c => await c.Books.FirstOrDefaultAsync(b => b.Id == 2) },
        { "first of none awaited", async c => await c.Books.FirstAsync(b => b.Id == 100) },
        { "single", c => c.Books.Single(b => b.Isbn == "isbn-002") },
        { "single of many", c => c.Books.Single(b => b.Id > 1) },
        { "single of none", c => c.Books.Single(b => b.Id > 100) },
        { "single or default of many, awaited", async c => await c.Books.SingleOrDefaultAsync(b => b.Id > 1) },
        { "last", c => c.Books.OrderBy(b => b.Id).Last() },
        { "last without an order", c => c.Books.Last() },
        { "find", c => c.Books.Find(4) },
        { "find of a composite key", async c => await c.Loans.FindAsync(1, 4) },
        { "find of none", c => c.Books.Find(400) },
        { "find with a wrong key", c => c.Books.Find("x") },
        { "find of what a filter hides", c => c.Books.Find(11) },
        { "contains", c => c.Books.Select(b => b.Id).Contains(3) },
        { "min and max", c => (c.Books.Min(b => b.Pages), c.Books.Max(b => b.Title), c.Books.Min(b => b.PublishedAt)) },
        { "min of none", c => c.Books.Where(b => b.Id > 100).Min(b => b.Pages) },
        { "max of none, nullable", c => c.Books.Where(b => b.Id > 100).Max(b => (int?)b.Pages) },
        { "min by", c => c.Books.OrderBy(b => b.Pages).ThenBy(b => b.Id).First().Title },
        { "sum", c => (c.Books.Sum(b => b.Pages), c.Books.Sum(b => b.Rating), c.Books.Where(b => b.Id > 100).Sum(b => b.Pages)) },
        { "sum that overflows", c => c.Everything.Sum(e => e.Long) },
        { "average", c => (c.Books.Average(b => b.Pages), c.Books.Average(b => b.Rating)) },
        { "average of none", c => c.Books.Where(b => b.Id > 100).Average(b => b.Pages) },
        { "decimal sum", c => c.Accounts.Sum(a => a.Balance) },
        { "decimal sum of nullable", c => c.Books.Sum(b => b.Discount) },
        { "decimal sum of none", c => c.Accounts.Where(a => a.Id > 100).Sum(a => a.Balance) },
        { "decimal sum that overflows", c => c.Books.Sum(b => b.Price) },
        { "decimal average, min, max", c => (c.Accounts.Average(a => a.Balance), c.Books.Min(b => b.Price), c.Books.Max(b => b.Price), c.Books.Min(b => b.Discount)) },
        { "decimal average of none", c => c.Accounts.Where(a => a.Id > 100).Average(a => a.Balance) },
        { "decimal max of none, nullable", c => c.Books.Where(b => b.Id > 100).Max(b => b.Discount) },
        { "decimal sum awaited", async c => await c.Orders.SumAsync(o => o.Total) },
        { "TimeSpan max, which is not supported", c => c.Books.Max(b => b.ReadingTime) },
        { "ulong sum, which is not translated", c => c.Everything.Max(e => e.ULong) },

        // Groups.
        { "group and count", c => c.Books.GroupBy(b => b.AuthorId).OrderBy(g => g.Key).Select(g => new { g.Key, Count = g.Count() }) },
        { "group and every aggregate", c => c.Books.GroupBy(b => b.AuthorId).OrderBy(g => g.Key).Select(g => new { g.Key, S = g.Sum(b => b.Pages), A = g.Average(b => b.Rating), M = g.Min(b => b.Title), X = g.Max(b => b.PublishedAt), L = g.LongCount() }) },
        { "group and decimal aggregates", c => c.Books.Where(b => b.Id != 5).GroupBy(b => b.Shelf).OrderBy(g => g.Key).Select(g => new { g.Key, S = g.Sum(b => b.Price), A = g.Average(b => b.Price), M = g.Min(b => b.Price), X = g.Max(b => b.Discount) }) },
        { "group by two", c => c.Books.GroupBy(b => new { b.AuthorId, b.Shelf }).OrderBy(g => g.Key.AuthorId).ThenBy(g => g.Key.Shelf).Select(g => new { g.Key, Count = g.Count() }) },
        { "group by an expression", c => c.Books.GroupBy(b => b.Pages / 100).OrderBy(g => g.Key).Select(g => new { g.Key, Count = g.Count(b => b.Stock > 0) }) },
        { "group by a date part", c => c.Books.GroupBy(b => b.PublishedAt.Month).OrderBy(g => g.Key).Select(g => new { g.Key, Count = g.Count() }) },
        { "group by a constant", c => c.Books.GroupBy(_ => 1).Select(g => new { Count = g.Count(), Sum = g.Sum(b => b.Pages) }) },
        { "group having", c => c.Books.GroupBy(b => b.AuthorId).Where(g => g.Count() > 3 && g.Average(b => b.Rating) > 1).OrderBy(g => g.Key).Select(g => g.Key) },
        { "group having a decimal sum", c => c.Orders.GroupBy(o => o.AccountId).Where(g => g.Sum(o => o.Total) > 20m).OrderBy(g => g.Key).Select(g => new { g.Key, Sum = g.Sum(o => o.Total) }) },
        { "group and distinct", c => c.Books.GroupBy(b => b.AuthorId).OrderBy(g => g.Key).Select(g => new { g.Key, Shelves = g.Select(b => b.Shelf).Distinct().Count() }) },
        { "group to its end", c => c.Books.GroupBy(b => b.AuthorId) },
        { "group and its first", c => c.Books.GroupBy(b => b.AuthorId).Select(g => g.OrderByDescending(b => b.Pages).ThenBy(b => b.Id).First()) },
        { "group of a join", c => c.Reviews.Where(r => r.Book!.Pages > 0).GroupBy(r => r.Book!.AuthorId).OrderBy(g => g.Key).Select(g => new { g.Key, Stars = g.Average(r => r.Stars) }) },
        { "group by a nullable", c => c.Authors.GroupBy(a => a.MentorId).OrderBy(g => g.Key).Select(g => new { g.Key, Count = g.Count() }) },
        { "group by an enum kept as a text", c => c.Authors.GroupBy(a => a.Favourite).OrderBy(g => g.Key).Select(g => new { g.Key, Count = g.Count() }) },

        // Joins.
        { "join", c => c.Books.Join(c.Authors, b => b.AuthorId, a => a.Id, (b, a) => new { b.Title, a.Name }).OrderBy(x => x.Title) },
        { "join on two", c => from l in c.Loans join m in c.Loans on new { l.BookId, N = l.Number + 4 } equals new { m.BookId, N = m.Number } orderby l.Number select new { l.Number, Next = m.Number } },
        { "left join", c => c.Authors.LeftJoin(c.Books, a => a.Id, b => b.AuthorId, (a, b) => new { a.Name, Title = b == null ? null : b.Title }).OrderBy(x => x.Name).ThenBy(x => x.Title) },
        { "right join", c => c.Books.RightJoin(c.Authors, b => b.AuthorId, a => a.Id, (b, a) => new { a.Name, Id = (int?)b!.Id }).OrderBy(x => x.Name).ThenBy(x => x.Id) },
        { "group join", c => from a in c.Authors join b in c.Books on a.Id equals b.AuthorId into books from b in books.DefaultIfEmpty() orderby a.Id, b.Id select new { a.Name, Title = b == null ? "(none)" : b.Title } },
        { "cross join", c => from a in c.Authors from t in c.Tags where a.Id < t.Id orderby a.Id, t.Id select new { a.Id, T = t.Id } },
        { "select many", c => c.Authors.OrderBy(a => a.Id).SelectMany(a => a.Books, (a, b) => new { a.Name, b.Title }).OrderBy(x => x.Title) },
        { "select many with an outer apply, which SQLite has not", c => c.Authors.SelectMany(a => c.Books.Where(b => b.AuthorId == a.Id).OrderBy(b => b.Id).Take(1).Select(b => a.Name + b.Title)) },
        { "navigation in a filter", c => c.Books.Where(b => b.Author!.Name == "ann").OrderBy(b => b.Id).Select(b => b.Id) },
        { "navigation of a navigation", c => c.Reviews.Where(r => r.Book!.Author!.Mentor!.Name == "Ann").OrderBy(r => r.Id).Select(r => new { r.Id, r.Book!.Author!.Name }) },
        { "subquery in the projection", c => c.Authors.OrderBy(a => a.Id).Select(a => new { a.Name, Count = a.Books.Count, Max = a.Books.Max(b => (int?)b.Pages), First = a.Books.OrderBy(b => b.Id).Select(b => b.Title).FirstOrDefault() }) },
        { "collection in the projection", c => c.Authors.OrderBy(a => a.Id).Select(a => new { a.Name, Titles = a.Books.OrderBy(b => b.Id).Select(b => b.Title).ToList() }) },
        { "two collections in the projection", c => c.Books.OrderBy(b => b.Id).Select(b => new { b.Id, Stars = b.Reviews.Select(r => r.Stars).ToList(), Tags = b.Tags.Select(t => t.Name).ToArray() }) },
        { "entity and value in the projection", c => c.Books.OrderBy(b => b.Id).Select(b => new { b, Name = b.Author!.Name }) },
        { "query of the context", c => c.Authors.OrderBy(a => a.Id).Where(a => c.BooksOf(a.Id).Any(b => b.Pages > 200)).Select(a => a.Id) },

        // Sets.
        { "union", c => c.Books.Where(b => b.Id < 3).Select(b => b.Title).Union(c.Authors.Select(a => a.Name)).OrderBy(x => x) },
        { "concat", c => c.Books.Where(b => b.Id < 5).Concat(c.Books.Where(b => b.Id < 3)).OrderBy(b => b.Id).Select(b => b.Id) },
        { "intersect", c => c.Books.Where(b => b.Id < 5).Select(b => b.Id).Intersect(c.Books.Where(b => b.Id > 2).Select(b => b.Id)) },
        { "except", c => c.Books.Select(b => b.Id).Except(c.Loans.Select(l => l.BookId)).OrderBy(x => x) },
        { "union of entities", c => c.Books.Where(b => b.Id == 1).Union(c.Books.Where(b => b.Id < 3)).OrderBy(b => b.Id) },

        // Many to many, views.
        { "skip navigation", c => c.Tags.OrderBy(t => t.Id).Select(t => new { t.Name, Books = t.Books.Count }) },
        { "skip navigation in a filter", c => c.Books.Where(b => b.Tags.Any(t => t.Name == "classic")).OrderBy(b => b.Id).Select(b => b.Id) },
        { "join entity", c => c.BookTags.OrderBy(j => j.BookId).ThenBy(j => j.TagId) },
        { "view", c => c.AuthorTotals.OrderBy(t => t.AuthorId) },
        { "view joined", c => c.AuthorTotals.Join(c.Authors, t => t.AuthorId, a => a.Id, (t, a) => new { a.Name, t.Books }).OrderBy(x => x.Name) },
    };

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Shape_gives_the_same(string name) => All.SameAsync(name);
}
