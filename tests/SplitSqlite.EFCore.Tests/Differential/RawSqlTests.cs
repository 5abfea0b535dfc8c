using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>SQL of the application's own, ExecuteUpdate and ExecuteDelete.</summary>
public sealed class RawSqlTests
{
    private static readonly Scripts All = new()
    {
        // Queries.
        { "FromSql", s => Rows(s, c => c.Books.FromSql($"SELECT * FROM Books WHERE Pages > {100}").OrderBy(b => b.Id)) },
        { "FromSqlRaw with positions", s => Rows(s, c => c.Books.FromSqlRaw("SELECT * FROM Books WHERE Pages > {0} AND Title LIKE {1}", 50, "Book%").OrderBy(b => b.Id)) },
        { "FromSqlRaw with parameters", s => Rows(s, c => c.Books.FromSqlRaw("SELECT * FROM Books WHERE Id = $id", new SqliteParameter("$id", 3))) },
        { "FromSql composed and included", s => Rows(s, c => c.Authors.FromSql($"SELECT * FROM Authors").Include(a => a.Books).Where(a => a.Name != "x").OrderBy(a => a.Id)) },
        { "FromSql of WITH", s => Rows(s, c => c.Tags.FromSql($"WITH t AS (SELECT * FROM Tags) SELECT * FROM t")) },
        { "FromSql of INSERT RETURNING", s => Rows(s, c => c.Tags.FromSqlRaw("INSERT INTO Tags (Name) VALUES ('raw') RETURNING *")) },
        { "FromSql of PRAGMA", s => Rows(s, c => c.Database.SqlQueryRaw<string>("SELECT name AS Value FROM pragma_table_info('Books')")) },
        { "FromSql with a missing column", s => Rows(s, c => c.Tags.FromSqlRaw("SELECT Id FROM Tags")) },
        { "FromSql with an error", s => Rows(s, c => c.Tags.FromSqlRaw("SELECT * FROM Nowhere")) },
        { "FromSql with no syntax", s => Rows(s, c => c.Tags.FromSqlRaw("SELEC * FROM Tags")) },
        { "FromSql with a null", s => Rows(s, c => c.Reviews.FromSql($"SELECT * FROM Reviews WHERE Text IS {(string?)null}").OrderBy(r => r.Id)) },
        { "FromSql of TPH", s => Rows(s, c => c.Animals.FromSqlRaw("SELECT * FROM Animals WHERE Id > 1").OrderBy(a => a.Id)) },
        { "SqlQuery of ints", s => Rows(s, c => c.Database.SqlQuery<int>($"SELECT Id AS Value FROM Books ORDER BY Id")) },
        { "SqlQuery composed", s => Rows(s, c => c.Database.SqlQuery<int>($"SELECT Pages AS Value FROM Books").Where(p => p > 100).OrderBy(p => p)) },
        { "SqlQuery of decimals", s => Rows(s, c => c.Database.SqlQuery<decimal>($"SELECT Price AS Value FROM Books ORDER BY Id")) },
        { "SqlQuery of Guids", s => Rows(s, c => c.Database.SqlQuery<Guid>($"SELECT Stamp AS Value FROM Accounts ORDER BY Id")) },
        { "SqlQuery of texts, dates, bytes", s => { Rows(s, c => c.Database.SqlQuery<string>($"SELECT Title AS Value FROM Books ORDER BY Id")); Rows(s, c => c.Database.SqlQuery<DateTime>($"SELECT PublishedAt AS Value FROM Books ORDER BY Id")); Rows(s, c => c.Database.SqlQuery<byte[]>($"SELECT Hash AS Value FROM Accounts WHERE Hash IS NOT NULL ORDER BY Id")); } },
        { "SqlQuery of a type that is not mapped", s => Rows(s, c => c.Database.SqlQuery<Tally>($"SELECT AuthorId AS Author, count(*) AS Count, avg(Rating) AS Rating FROM Books GROUP BY AuthorId").OrderBy(t => t.Author)) },
        { "SqlQuery of the connection's own values", s => Rows(s, c => c.Database.SqlQuery<long>($"SELECT changes() + last_insert_rowid() AS Value")) },
        { "SqlQuery of EF's functions", s => Rows(s, c => c.Database.SqlQuery<string>($"SELECT ef_add('1.10', '2.20') || ' ' || ef_mod('7', '4') || ' ' || ef_compare('2', '10') || ' ' || ef_sum(Price) || ' ' || ('ab' REGEXP 'b$') AS Value FROM Books WHERE Id < 4")) },
        { "SqlQuery of EF's collation", s => Rows(s, c => c.Database.SqlQuery<string>($"SELECT Price AS Value FROM Books ORDER BY Price COLLATE EF_DECIMAL")) },

        // Commands.
        { "ExecuteSql", s => Count(s, c => c.Database.ExecuteSql($"UPDATE Books SET Pages = {7} WHERE Id < {4}")) },
        { "ExecuteSqlRaw with many types", s => Count(s, c => c.Database.ExecuteSqlRaw("UPDATE Books SET Price = {0}, PublishedAt = {1}, SoldOutAt = {2}, ReadingTime = {3}, Remark = {4} WHERE Id = 1", 1.50m, Seed.Day, new DateTimeOffset(Seed.Day, TimeSpan.FromHours(1)), TimeSpan.FromHours(30), null!)) },
        { "ExecuteSql of nothing", s => Count(s, c => c.Database.ExecuteSql($"DELETE FROM Books WHERE Id = 1000")) },
        { "ExecuteSql of a select", s => Count(s, c => c.Database.ExecuteSql($"SELECT 1")) },
        { "ExecuteSql of a batch", s => Count(s, c => c.Database.ExecuteSqlRaw("UPDATE Tags SET Name = Name || '!' WHERE Id < 3; DELETE FROM Loans; SELECT 1")) },
        { "ExecuteSql of a batch that fails in its middle", s => Count(s, c => c.Database.ExecuteSqlRaw("UPDATE Tags SET Name = 'x' WHERE Id = 1; INSERT INTO Tags (Name) VALUES ('x'); DELETE FROM Loans")) },
        { "ExecuteSql of DDL", s => Count(s, c => c.Database.ExecuteSqlRaw("CREATE TABLE Extra (A INTEGER); CREATE INDEX IX_A ON Extra (A); INSERT INTO Extra VALUES (1), (2)")) },
        { "ExecuteSql that violates", s => Count(s, c => c.Database.ExecuteSqlRaw("INSERT INTO Tags (Name) VALUES ('classic')")) },
        { "ExecuteSql of PRAGMA foreign_keys", s => { using var c = s.Context(); c.Database.OpenConnection(); s.Try("off", () => c.Database.ExecuteSqlRaw("PRAGMA foreign_keys = 0")); s.Try("orphan", () => c.Database.ExecuteSqlRaw("UPDATE Books SET AuthorId = 99 WHERE Id = 1")); s.Try("on", () => c.Database.ExecuteSqlRaw("PRAGMA foreign_keys = 1")); s.Try("refused", () => c.Database.ExecuteSqlRaw("UPDATE Books SET AuthorId = 98 WHERE Id = 2")); } },
        { "ExecuteSql of UPSERT", s => Count(s, c => c.Database.ExecuteSqlRaw("INSERT INTO Tags (Name) VALUES ('classic'), ('fresh') ON CONFLICT (Name) DO UPDATE SET Name = excluded.Name || '2'")) },
        { "ExecuteSql of INSERT OR IGNORE", s => Count(s, c => c.Database.ExecuteSqlRaw("INSERT OR IGNORE INTO Tags (Name) VALUES ('classic'), ('fresh')")) },
        { "ExecuteSql of REPLACE", s => Count(s, c => c.Database.ExecuteSqlRaw("REPLACE INTO Tags (Id, Name) VALUES (2, 'classic')")) },
        { "ExecuteSql awaited", async s => { using var c = s.Context(); await s.TryAsync("update", () => c.Database.ExecuteSqlAsync($"UPDATE Tags SET Name = {"first"} WHERE Id = {1}")); } },
        { "last_insert_rowid in an open connection", s => { using var c = s.Context(); c.Database.OpenConnection(); c.Database.ExecuteSqlRaw("INSERT INTO Tags (Name) VALUES ('a'), ('b')"); s.Try("values", () => c.Database.SqlQueryRaw<string>("SELECT last_insert_rowid() || '/' || changes() AS Value").Single()); } },
        { "temp table in an open connection", s => { using var c = s.Context(); c.Database.OpenConnection(); c.Database.ExecuteSqlRaw("CREATE TEMP TABLE Picked (Id INTEGER); INSERT INTO Picked VALUES (1), (3)"); s.Try("joined", () => c.Books.FromSqlRaw("SELECT b.* FROM Books b JOIN Picked p ON p.Id = b.Id").OrderBy(b => b.Id).ToList()); s.Save(c); c.Database.CloseConnection(); } },
        { "temp table in a transaction", s => { using var c = s.Context(); using var t = c.Database.BeginTransaction(); c.Database.ExecuteSqlRaw("CREATE TEMP TABLE Picked (Id INTEGER); INSERT INTO Picked VALUES (2)"); s.Try("joined", () => c.Tags.Where(x => c.Database.SqlQueryRaw<int>("SELECT Id AS Value FROM Picked").Contains(x.Id)).ToList()); c.Add(new Tag { Name = "beside" }); s.Save(c); t.Commit(); } },
        { "generated script of the model", s => s.Try("script", () => s.Context().Database.GenerateCreateScript()) },

        // ExecuteUpdate and ExecuteDelete.
        { "ExecuteUpdate of all", s => Count(s, c => c.Books.ExecuteUpdate(u => u.SetProperty(b => b.Pages, b => b.Pages + 1))) },
        { "ExecuteUpdate of some, two columns", s => Count(s, c => c.Books.Where(b => b.Pages > 100).ExecuteUpdate(u => u.SetProperty(b => b.Shelf, "C3").SetProperty(b => b.Title, b => b.Title + "!"))) },
        { "ExecuteUpdate of a decimal", s => Count(s, c => c.Books.Where(b => b.Price < 50m).ExecuteUpdate(u => u.SetProperty(b => b.Price, b => b.Price * 1.10m))) },
        { "ExecuteUpdate through a navigation", s => Count(s, c => c.Books.Where(b => b.Author!.Name == "Ann").ExecuteUpdate(u => u.SetProperty(b => b.Stock, 9))) },
        { "ExecuteUpdate from a subquery", s => Count(s, c => c.Books.ExecuteUpdate(u => u.SetProperty(b => b.Stock, b => b.Reviews.Count()))) },
        { "ExecuteUpdate of owned", s => Count(s, c => c.Authors.ExecuteUpdate(u => u.SetProperty(a => a.Home.City, a => a.Home.City + " city"))) },
        { "ExecuteUpdate of complex", s => Count(s, c => c.Orders.ExecuteUpdate(u => u.SetProperty(o => o.Parcel.Weight, o => o.Parcel.Weight * 2))) },
        { "ExecuteUpdate in complex JSON", s => Count(s, c => c.Orders.ExecuteUpdate(u => u.SetProperty(o => o.Route.From, "all"))) },
        { "ExecuteUpdate in owned JSON", s => Count(s, c => c.Authors.ExecuteUpdate(u => u.SetProperty(a => a.Contact!.Mail, "all"))) },
        { "ExecuteUpdate of TPH", s => Count(s, c => c.Animals.OfType<Cat>().ExecuteUpdate(u => u.SetProperty(a => a.Lives, a => a.Lives - 1))) },
        { "ExecuteUpdate of TPT", s => Count(s, c => c.Vehicles.OfType<Car>().ExecuteUpdate(u => u.SetProperty(v => v.Seats, 2))) },
        { "ExecuteUpdate of TPC", s => Count(s, c => c.Payments.ExecuteUpdate(u => u.SetProperty(p => p.Amount, 1m))) },
        { "ExecuteUpdate of the view", s => Count(s, c => c.AuthorTotals.ExecuteUpdate(u => u.SetProperty(t => t.Name, "x"))) },
        { "ExecuteUpdate that violates a check", s => Count(s, c => c.Books.ExecuteUpdate(u => u.SetProperty(b => b.Stock, -1))) },
        { "ExecuteUpdate that violates a unique index", s => Count(s, c => c.Tags.ExecuteUpdate(u => u.SetProperty(t => t.Name, "one"))) },
        { "ExecuteUpdate of what has triggers", s => Count(s, c => c.Counters.ExecuteUpdate(u => u.SetProperty(x => x.Value, x => x.Value + 1))) },
        { "ExecuteUpdate of nothing set", s => Count(s, c => c.Books.ExecuteUpdate(_ => { })) },
        { "ExecuteUpdate awaited", async s => { using var c = s.Context(); await s.TryAsync("update", () => c.Books.Where(b => b.Id < 3).ExecuteUpdateAsync(u => u.SetProperty(b => b.Pages, 1))); } },
        { "ExecuteDelete of some", s => Count(s, c => c.Reviews.Where(r => r.Stars < 3).ExecuteDelete()) },
        { "ExecuteDelete with a limit", s => Count(s, c => c.Reviews.OrderBy(r => r.Id).Skip(2).Take(3).ExecuteDelete()) },
        { "ExecuteDelete through a navigation", s => Count(s, c => c.Reviews.Where(r => r.Book!.Author!.Name == "Ann").ExecuteDelete()) },
        { "ExecuteDelete that cascades", s => Count(s, c => c.Authors.Where(a => a.Id == 1).ExecuteDelete()) },
        { "ExecuteDelete that violates", s => Count(s, c => c.Categories.Where(x => x.Id == 1).ExecuteDelete()) },
        { "ExecuteDelete of TPH", s => Count(s, c => c.Animals.OfType<Dog>().ExecuteDelete()) },
        { "ExecuteDelete of TPT", s => Count(s, c => c.Vehicles.ExecuteDelete()) },
        { "ExecuteDelete awaited", async s => { using var c = s.Context(); await s.TryAsync("delete", () => c.Loans.ExecuteDeleteAsync()); } },
    };

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Sql_does_the_same(string name) => All.SameAsync(name);

    private static void Rows<T>(Side side, Func<BedContext, IQueryable<T>> query)
    {
        using var context = side.Context();
        side.Try("rows", () => query(context).ToList());
    }

    // A command's result, the same command once more in an open connection, and what that connection says of it.
    private static void Count(Side side, Func<BedContext, int> call)
    {
        using var context = side.Context();
        side.Try("first", () => call(context));
        using var opened = side.Context();
        opened.Database.OpenConnection();
        if (side.Try("again", () => (int?)call(opened)) is not null)
        {
            // (After a failure it would say what the pool's connection did for somebody else before, where it is Microsoft.Data.Sqlite's.)
            side.Try("changes", () => opened.Database.SqlQueryRaw<long>("SELECT changes() AS Value").Single());
        }
    }

    private sealed class Tally
    {
        public int Author { get; set; }

        public int Count { get; set; }

        public double? Rating { get; set; }
    }
}
