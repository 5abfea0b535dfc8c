// What stands in a query is translated to SQL: there is no culture, and which overload is written is what is tested.
#pragma warning disable CA1304, CA1305, CA1309, CA1310, CA1311, CA1862, CA1866
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>Filters, orders, pages, and what is translated to functions of SQLite and of EF Core.</summary>
public sealed class FilterTests
{
    private static readonly string[] SomeTitles = ["Book 01", "Ärger", ""];
    private static readonly int[] None = [];

    private static readonly Cases All = new()
    {
        // Comparison.
        { "where equals a constant", c => c.Books.Where(b => b.Id == 3) },
        { "where equals a parameter", c => Captured(3, n => c.Books.Where(b => b.Id == n)) },
        { "where equals null", c => c.Reviews.Where(r => r.Text == null) },
        { "where equals a parameter that is null", c => Captured((string?)null, t => c.Reviews.Where(r => r.Text == t)) },
        { "where differs from a parameter", c => Captured("Text 2 of even", t => c.Reviews.Where(r => r.Text != t).OrderBy(r => r.Id)) },
        { "where differs between two columns that may be null", c => c.Books.Where(b => b.Price != b.Discount).OrderBy(b => b.Id) },
        { "where and, or, not", c => c.Books.Where(b => (b.Pages > 100 && !(b.Stock == 0)) || b.Id == 1).OrderBy(b => b.Id) },
        { "where is one of constants", c => c.Books.Where(b => new[] { 1, 3, 5 }.Contains(b.Id)).OrderBy(b => b.Id) },
        { "where is one of a parameter", c => c.Books.Where(b => SomeTitles.Contains(b.Title)).OrderBy(b => b.Id) },
        { "where is one of nothing", c => c.Books.Where(b => None.Contains(b.Id)) },
        { "where is not one of a parameter with null", c => Captured(new int?[] { 1, null }, ids => c.Authors.Where(a => !ids.Contains(a.MentorId)).OrderBy(a => a.Id)) },
        { "where is one of a subquery", c => c.Books.Where(b => c.Reviews.Where(r => r.Stars == 5).Select(r => r.BookIsbn).Contains(b.Isbn)).OrderBy(b => b.Id) },
        { "where a subquery is larger", c => c.Books.Where(b => b.Reviews.Count > 1).OrderBy(b => b.Id) },
        { "where any and all", c => c.Books.Where(b => b.Reviews.Any() && b.Reviews.All(r => r.Stars > 1)).OrderBy(b => b.Id) },
        { "where the text ignores case by its column", c => c.Authors.Where(a => a.Name == "ANN") },
        { "where the text ignores case by EF.Functions.Collate", c => c.Books.Where(b => EF.Functions.Collate(b.Title, "NOCASE") == "BOOK 01") },
        { "where a shadow property", c => c.Books.Where(b => EF.Property<string?>(b, "Remark") == null).OrderBy(b => b.Id).Select(b => b.Id) },
        { "where a converted enum", c => c.Authors.Where(a => a.Favourite == Genre.Novel).OrderBy(a => a.Id) },
        { "where flags", c => c.Accounts.Where(a => a.Rights.HasFlag(Rights.Write)).OrderBy(a => a.Id) },
        { "where bits", c => c.Accounts.Where(a => (a.Rights & Rights.Read) == Rights.Read && (a.Id ^ 1) > 0 && (~a.Id | 2) < 0).OrderBy(a => a.Id) },
        { "where a computed column", c => c.Books.Where(b => b.TitleLength > 6).OrderBy(b => b.Id).Select(b => new { b.Id, b.TitleLength }) },
        { "conditional", c => c.Books.OrderBy(b => b.Id).Select(b => b.Pages > 200 ? "long" : b.Pages > 100 ? "middle" : "short") },
        { "coalesce", c => c.Reviews.OrderBy(r => r.Id).Select(r => r.Text ?? "(" + r.BookIsbn + ")") },
        { "the query filter is left out", c => c.Books.IgnoreQueryFilters().Where(b => b.IsDeleted) },
        { "one query filter is left out by name", c => c.Books.IgnoreQueryFilters(["alive"]).OrderBy(b => b.Id).Select(b => b.Id) },

        // decimal: EF Core's functions and its collation.
        { "decimal greater", c => c.Books.Where(b => b.Price > 10m).OrderBy(b => b.Id) },
        { "decimal equals in another scale", c => c.Books.Where(b => b.Price == 10m).OrderBy(b => b.Id) },
        { "decimal less or equal a parameter", c => Captured(10.000m, p => c.Books.Where(b => b.Price <= p).OrderBy(b => b.Id)) },
        { "decimal between columns", c => c.Books.Where(b => b.Discount < b.Price).OrderBy(b => b.Id) },
        { "decimal order", c => c.Books.OrderBy(b => b.Price).ThenBy(b => b.Id).Select(b => new { b.Id, b.Price }) },
        { "decimal order, descending, with nulls", c => c.Books.OrderByDescending(b => b.Discount).ThenBy(b => b.Id).Select(b => b.Discount) },
        { "decimal arithmetic", c => c.Books.Where(b => b.Id != 5).OrderBy(b => b.Id).Select(b => new { Sum = b.Price + 1.1m, Less = b.Price - 0.1m, Times = b.Price * 3m, Part = b.Price / 3m, Rest = b.Price % 3m, Minus = -b.Price }) },
        { "decimal arithmetic that overflows", c => c.Books.Where(b => b.Id == 5).Select(b => b.Price + 1m) },
        { "decimal divided by zero", c => c.Books.Select(b => b.Price / (b.Stock * 1m)) },
        { "decimal rest of zero", c => c.Books.Where(b => b.Id < 6).Select(b => b.Price % 0m) },
        { "decimal functions", c => c.Books.Where(b => b.Id < 4).OrderBy(b => b.Id).Select(b => new { A = Math.Abs(b.Price), M = Math.Max(b.Price, 10m), N = Math.Min(b.Price, 10m) }) },
        { "decimal rounded", c => c.Books.Where(b => b.Id < 4).Select(b => Math.Round(b.Price, 1)) },
        { "decimal ceiling and floor", c => c.Books.Where(b => b.Id < 4).Select(b => decimal.Ceiling(b.Price)) },
        { "decimal from int", c => c.Books.Where(b => b.Price > b.Pages).OrderBy(b => b.Id).Select(b => (decimal)b.Pages) },
        { "decimal to double", c => c.Books.OrderBy(b => b.Id).Select(b => (double)b.Price) },
        { "decimal to text", c => c.Books.OrderBy(b => b.Id).Select(b => b.Price.ToString()) },
        { "decimal distinct", c => c.Books.Select(b => b.Price).Distinct() },

        // Numbers.
        { "int arithmetic", c => c.Books.OrderBy(b => b.Id).Select(b => new { S = b.Pages + 1, D = b.Pages / 7, R = b.Pages % 7, N = -b.Pages, X = b.Pages * 1_000_000_000L }) },
        { "int divided by zero", c => c.Books.Where(b => b.Stock == 0).Select(b => b.Pages / b.Stock) },
        { "double functions", c => c.Books.OrderBy(b => b.Id).Select(b => new { S = Math.Sqrt(b.Rating), P = Math.Pow(b.Rating, 2), F = Math.Floor(b.Rating), C = Math.Ceiling(b.Rating), R = Math.Round(b.Rating, 1), A = Math.Abs(-b.Rating), T = Math.Truncate(b.Rating), G = Math.Sign(b.Rating) }) },
        { "double trigonometry", c => c.Books.Where(b => b.Rating <= 1).OrderBy(b => b.Id).Select(b => new { S = Math.Sin(b.Rating), C = Math.Cos(b.Rating), T = Math.Tan(b.Rating), A = Math.Asin(b.Rating), O = Math.Acos(b.Rating), N = Math.Atan2(b.Rating, 2), H = Math.Sinh(b.Rating), D = double.RadiansToDegrees(b.Rating), R = double.DegreesToRadians(b.Rating) }) },
        { "double logarithms", c => c.Books.OrderBy(b => b.Id).Select(b => new { E = Math.Exp(b.Rating), L = Math.Log(b.Rating), T = Math.Log10(b.Rating), B = Math.Log2(b.Rating), X = Math.Log(b.Rating, 3) }) },
        { "double rest", c => c.Books.OrderBy(b => b.Id).Select(b => b.Rating % 0.7) },
        { "double of no number", c => c.Books.OrderBy(b => b.Id).Select(b => Math.Sqrt(b.Rating - 2)) },
        { "float functions", c => c.Everything.OrderBy(e => e.Id).Where(e => e.Id > 2).Select(e => new { S = MathF.Sqrt(e.Float), M = MathF.Max(e.Float, 1), R = MathF.Round(e.Float) }) },
        { "conversions between numbers", c => c.Books.OrderBy(b => b.Id).Select(b => new { I = (int)b.Rating, L = (long)b.Pages, S = (short)b.Pages, B = (byte)b.Stock, D = (double)b.Pages }) },
        { "long bits and extremes", c => c.Everything.OrderBy(e => e.Id).Select(e => new { A = e.Long & 0xFF, B = e.Int + 1L, C = e.UInt * 2L }) },
        { "ulong equals", c => c.Everything.Where(e => e.ULong == ulong.MaxValue).Select(e => e.Id) },
        { "ulong greater, which SQLite compares signed", c => c.Everything.Where(e => e.ULong > 5).Select(e => e.Id) },
        { "ulong sum", c => c.Everything.Select(e => e.ULong + 1) },
        { "parse", c => c.Tags.Where(t => t.Name == "100").Select(t => int.Parse(t.Name)) },
        { "convert", c => c.Tags.OrderBy(t => t.Id).Select(t => Convert.ToString(t.Id)) },
        { "random", c => c.Books.OrderBy(b => b.Id).Where(b => EF.Functions.Random() >= long.MinValue).Select(b => b.Id) },

        // Texts.
        { "text contains", c => c.Books.Where(b => b.Title.Contains("ook")).OrderBy(b => b.Id).Select(b => b.Title) },
        { "text contains a parameter with wildcards", c => Captured("0%", t => c.Books.Where(b => b.Title.Contains(t)).OrderBy(b => b.Id).Select(b => b.Title)) },
        { "text contains an empty parameter", c => Captured(string.Empty, t => c.Reviews.Where(r => r.Text!.Contains(t)).OrderBy(r => r.Id).Select(r => r.Text)) },
        { "text starts and ends", c => c.Books.Where(b => b.Title.StartsWith("Book") || b.Title.EndsWith("sure")).OrderBy(b => b.Id).Select(b => b.Title) },
        { "text starts with a parameter with wildcards", c => Captured("under_", t => c.Books.Where(b => b.Title.StartsWith(t)).Select(b => b.Title)) },
        { "text starts with a column", c => c.Books.Where(b => b.Title.StartsWith(b.Shelf)).Select(b => b.Title) },
        { "text ends with a char", c => c.Books.Where(b => b.Title.EndsWith('1')).Select(b => b.Title) },
        { "text like", c => c.Books.Where(b => EF.Functions.Like(b.Title, "%o_k%")).OrderBy(b => b.Id).Select(b => b.Title) },
        { "text like with an escape", c => c.Books.Where(b => EF.Functions.Like(b.Title, "%!%%", "!")).Select(b => b.Title) },
        { "text glob", c => c.Books.Where(b => EF.Functions.Glob(b.Title, "B*[0-4]")).OrderBy(b => b.Id).Select(b => b.Title) },
        { "text regex", c => c.Books.Where(b => Regex.IsMatch(b.Title, "^[B\u00c4].*[0-4r]$")).OrderBy(b => b.Id).Select(b => b.Title) },
        { "text regex of a parameter", c => Captured("\\d{2}", p => c.Books.Where(b => Regex.IsMatch(b.Title, p)).OrderBy(b => b.Id).Select(b => b.Title)) },
        { "text regex of a column", c => c.Books.Where(b => Regex.IsMatch("A1 B2", b.Shelf)).OrderBy(b => b.Id).Select(b => b.Id) },
        { "text regex of null", c => c.Reviews.Where(r => Regex.IsMatch(r.Text!, "even")).OrderBy(r => r.Id).Select(r => r.Id) },
        { "text regex that is none", c => c.Books.Where(b => Regex.IsMatch(b.Title, "(")) },
        { "text length, case, trims", c => c.Books.OrderBy(b => b.Id).Select(b => new { b.Title.Length, U = b.Title.ToUpper(), L = b.Title.ToLower(), T = b.Title.Trim(), S = b.Title.TrimStart(), E = b.Title.TrimEnd(), C = b.Title.Trim('B', '0') }) },
        { "text pieces", c => c.Books.OrderBy(b => b.Id).Select(b => new { A = b.Title.Substring(1), B = b.Title.Substring(1, 3), C = b.Title.IndexOf("k"), D = b.Title.Replace("o", "0"), F = b.Title.FirstOrDefault(), L = b.Title.LastOrDefault() }) },
        { "text index from", c => c.Books.OrderBy(b => b.Id).Select(b => b.Title.IndexOf("o", 2)) },
        { "text concatenation with null", c => c.Reviews.OrderBy(r => r.Id).Select(r => r.BookIsbn + ": " + r.Text + r.Stars) },
        { "text interpolation", c => c.Reviews.OrderBy(r => r.Id).Select(r => $"{r.BookIsbn}/{r.Stars}") },
        { "text compare", c => c.Books.Where(b => string.Compare(b.Title, "Book 05") > 0).OrderBy(b => b.Id).Select(b => b.Title) },
        { "text is empty", c => c.Books.Where(b => string.IsNullOrEmpty(b.Title) || string.IsNullOrWhiteSpace(b.Title)).Select(b => b.Id) },
        { "text join of a group", c => c.Books.GroupBy(b => b.AuthorId).OrderBy(g => g.Key).Select(g => string.Join("|", g.OrderBy(b => b.Id).Select(b => b.Title))) },
        { "text concat of a group", c => c.Books.GroupBy(b => b.AuthorId).OrderBy(g => g.Key).Select(g => string.Concat(g.Select(b => b.Shelf))) },
        { "text of other types", c => c.Books.OrderBy(b => b.Id).Select(b => b.Id.ToString() + b.Rating.ToString() + b.IsDeleted.ToString()) },
        { "text order", c => c.Books.OrderBy(b => b.Title).ThenBy(b => b.Id).Select(b => b.Title) },
        { "text order by the column's collation", c => c.Authors.OrderByDescending(a => a.Name).Select(a => a.Name) },
        { "text hex and unhex", c => c.Accounts.OrderBy(a => a.Id).Select(a => new { H = EF.Functions.Hex(a.Hash!), U = EF.Functions.Unhex("0102"), N = EF.Functions.Unhex("zz") }) },
        { "text equals with a comparison, which is not translated", c => c.Books.Where(b => b.Title.Equals("x", StringComparison.OrdinalIgnoreCase)) },
        { "mapped function", c => c.Books.OrderBy(b => b.Id).Select(b => BedContext.Instr(b.Title, "o")) },

        // Bytes, Guids.
        { "bytes equal", c => Captured(new byte[] { 1, 0, 255 }, h => c.Accounts.Where(a => a.Hash == h).Select(a => a.Id)) },
        { "bytes length, contents, piece", c => c.Accounts.Where(a => a.Hash!.Length == 3 && a.Hash.Contains((byte)255)).OrderBy(a => a.Id).Select(a => new { F = a.Hash![0], S = EF.Functions.Substr(a.Hash!, 2, 1) }) },
        { "bytes in order", c => c.Accounts.Where(a => a.Hash!.SequenceEqual(new byte[] { 2, 0, 255 })).Select(a => a.Id) },
        { "guid equals", c => Captured(Seed.Id(101), g => c.Accounts.Where(a => a.Stamp == g).Select(a => a.Id)) },
        { "guid one of", c => Captured(new[] { Seed.Id(101), Seed.Id(103) }, g => c.Accounts.Where(a => g.Contains(a.Stamp)).OrderBy(a => a.Id).Select(a => a.Id)) },
        { "guid order and text", c => c.Orders.OrderBy(o => o.Id).Select(o => o.Id.ToString()) },
        { "guid new", c => c.Accounts.Where(a => a.Stamp != Guid.NewGuid()).OrderBy(a => a.Id).Select(a => a.Id) },

        // Dates and times.
        { "date parts", c => c.Books.OrderBy(b => b.Id).Select(b => new { b.PublishedAt.Year, b.PublishedAt.Month, b.PublishedAt.Day, b.PublishedAt.Hour, b.PublishedAt.Minute, b.PublishedAt.Second, b.PublishedAt.Millisecond, b.PublishedAt.DayOfYear, W = b.PublishedAt.DayOfWeek, b.PublishedAt.Ticks }) },
        { "date and time of day", c => c.Books.OrderBy(b => b.Id).Select(b => new { b.PublishedAt.Date, T = b.PublishedAt.TimeOfDay }) },
        { "date additions", c => c.Books.OrderBy(b => b.Id).Select(b => new { Y = b.PublishedAt.AddYears(1), M = b.PublishedAt.AddMonths(-1), D = b.PublishedAt.AddDays(1.5), H = b.PublishedAt.AddHours(b.Id), N = b.PublishedAt.AddMinutes(0.5), S = b.PublishedAt.AddSeconds(-1), T = b.PublishedAt.AddMilliseconds(1), K = b.PublishedAt.AddTicks(10) }) },
        { "date compared", c => Captured(Seed.Day.AddDays(100), d => c.Books.Where(b => b.PublishedAt > d).OrderBy(b => b.PublishedAt).Select(b => b.PublishedAt)) },
        { "date compared with a constant", c => c.Books.Where(b => b.PublishedAt >= new DateTime(2024, 6, 1)).OrderBy(b => b.Id).Select(b => b.Id) },
        { "date now, utc now, today", c => c.Books.Where(b => b.PublishedAt < DateTime.Now && b.PublishedAt < DateTime.UtcNow && b.PublishedAt < DateTime.Today).OrderBy(b => b.Id).Select(b => b.Id) },
        { "date difference, which is not translated", c => c.Books.Where(b => DateTime.UtcNow - b.PublishedAt > TimeSpan.Zero) },
        { "date of ours, with a kind", c => Captured(DateTime.SpecifyKind(Seed.Day, DateTimeKind.Utc), d => c.Everything.Where(e => e.DateTimeOrNull == d).Select(e => e.Id)) },
        { "DateOnly parts and additions", c => c.Loans.OrderBy(l => l.Number).Select(l => new { l.From.Year, l.From.Month, l.From.Day, l.From.DayOfYear, l.From.DayOfWeek, l.From.DayNumber, Y = l.From.AddYears(1), M = l.From.AddMonths(1), D = l.From.AddDays(1) }) },
        { "DateOnly compared", c => c.Loans.Where(l => l.Until > l.From.AddDays(5) && l.From < new DateOnly(2024, 8, 1)).OrderBy(l => l.From).Select(l => new { l.From, l.Until }) },
        { "DateOnly of a DateTime", c => c.Books.OrderBy(b => b.Id).Select(b => DateOnly.FromDateTime(b.PublishedAt)) },
        { "DateOnly to DateTime", c => c.Loans.OrderBy(l => l.Number).Select(l => l.From.ToDateTime(new TimeOnly(1, 2))) },
        { "TimeOnly compared and ordered", c => c.Loans.Where(l => l.At >= new TimeOnly(10, 0)).OrderByDescending(l => l.At).Select(l => l.At) },
        { "TimeOnly parts", c => c.Loans.OrderBy(l => l.Number).Select(l => new { l.At.Hour, l.At.Minute }) },
        { "DateTimeOffset equals", c => Captured(c.Reviews.OrderBy(r => r.Id).First().WrittenAt, w => c.Reviews.Where(r => r.WrittenAt == w).Select(r => r.Id)) },
        { "DateTimeOffset greater, which is not translated", c => c.Reviews.Where(r => r.WrittenAt > DateTimeOffset.UnixEpoch) },
        { "DateTimeOffset order, which is not supported", c => c.Reviews.OrderBy(r => r.WrittenAt) },
        { "DateTimeOffset max, which is not supported", c => c.Reviews.Max(r => r.WrittenAt) },
        { "DateTimeOffset parts", c => c.Reviews.Select(r => r.WrittenAt.Year) },
        { "TimeSpan equals", c => Captured(TimeSpan.FromMinutes(95.5), t => c.Books.Where(b => b.ReadingTime == t).Select(b => b.Id)) },
        { "TimeSpan order, which is not supported", c => c.Books.OrderBy(b => b.ReadingTime) },
        { "ulong order, which is not supported", c => c.Everything.OrderBy(e => e.ULong) },

        // Order and pages.
        { "skip and take", c => c.Books.OrderBy(b => b.Id).Skip(2).Take(3) },
        { "skip and take of parameters", c => Captured(3, n => c.Books.OrderByDescending(b => b.Pages).ThenBy(b => b.Title).Skip(n).Take(n).Select(b => b.Id)) },
        { "take of nothing", c => c.Books.OrderBy(b => b.Id).Take(0) },
        { "skip without take", c => c.Books.OrderBy(b => b.Id).Skip(9).Select(b => b.Id) },
        { "page of a page", c => c.Books.OrderBy(b => b.Id).Take(8).OrderByDescending(b => b.Id).Skip(2).Take(3).Select(b => b.Id) },
        { "reverse", c => c.Books.OrderBy(b => b.Id).Reverse().Select(b => b.Id) },
        { "order by an expression", c => c.Books.OrderBy(b => b.Pages % 100).ThenByDescending(b => b.Title.Length).ThenBy(b => b.Id).Select(b => b.Id) },
        { "order by null first", c => c.Reviews.OrderBy(r => r.Text).ThenBy(r => r.Id).Select(r => r.Text) },
        { "distinct", c => c.Books.Select(b => new { b.AuthorId, b.Shelf }).Distinct() },
        { "tagged", c => c.Books.TagWith("a tag with a \n second line").Where(b => b.Id == 1) },
        { "element at", c => c.Books.OrderBy(b => b.Id).ElementAt(2) },
        { "element at past the end", c => c.Books.OrderBy(b => b.Id).ElementAt(200) },
        { "query as a text", c => Captured("o'x", t => c.Books.Where(b => b.Title == t && b.Price > 1.5m && b.PublishedAt > Seed.Day).ToQueryString()) },
    };

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Filter_gives_the_same(string name) => All.SameAsync(name);

    // What a closure captures becomes a parameter of the command.
    private static TResult Captured<T, TResult>(T value, Func<T, TResult> use) => use(value);
}
