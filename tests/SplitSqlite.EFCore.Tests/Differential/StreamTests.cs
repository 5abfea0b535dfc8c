using System.Data;
using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>Rows taken one by one, left early, several results at once; compiled queries; tokens that are cancelled; how contexts are set up.</summary>
public sealed class StreamTests
{
    private static readonly CancellationToken Cancelled = new(canceled: true);

    private static readonly Scripts All = new()
    {
        // One by one.
        { "foreach to the end", s => { using var c = s.Context(); foreach (var b in c.Books.OrderBy(b => b.Id)) { s.Log(b.Title); } } },
        { "foreach left early", s => { using var c = s.Context(); foreach (var b in c.Books.OrderBy(b => b.Id)) { s.Log(b.Title); break; } s.Try("next", () => c.Tags.Count()); } },
        { "foreach with an exception inside", s => { using var c = s.Context(); s.Do("loop", () => { foreach (var b in c.Books) { throw new InvalidOperationException(b.Title); } }); s.Try("next", () => c.Tags.Count()); } },
        { "await foreach to the end", async s => { using var c = s.Context(); await foreach (var b in c.Books.OrderBy(b => b.Id).AsAsyncEnumerable()) { s.Log(b.Title); } } },
        { "await foreach left early", async s => { using var c = s.Context(); await foreach (var b in c.Books.OrderBy(b => b.Id).AsAsyncEnumerable()) { s.Log(b.Title); break; } await s.TryAsync("next", () => c.Tags.CountAsync()); } },
        { "enumerator never disposed", s => { using var c = s.Context(); var e = c.Books.OrderBy(b => b.Id).GetEnumerator(); s.Try("move", e.MoveNext); s.Log(e.Current.Title); c.Dispose(); } },
        { "two enumerators at once", s => { using var c = s.Context(); using var a = c.Books.OrderBy(b => b.Id).Select(b => b.Id).GetEnumerator(); using var t = c.Tags.OrderBy(b => b.Id).Select(x => x.Name).GetEnumerator(); while (a.MoveNext() && t.MoveNext()) { s.Log($"{a.Current} {t.Current}"); } } },
        { "query inside a loop", s => { using var c = s.Context(); foreach (var a in c.Authors.OrderBy(a => a.Id)) { s.Try(a.Name, () => c.Books.Count(b => b.AuthorId == a.Id)); } } },
        { "query inside an awaited loop", async s => { using var c = s.Context(); await foreach (var a in c.Authors.OrderBy(a => a.Id).AsAsyncEnumerable()) { await s.TryAsync(a.Name, () => c.Books.CountAsync(b => b.AuthorId == a.Id)); } } },
        { "load inside a loop", s => { using var c = s.Context(); foreach (var a in c.Authors.OrderBy(a => a.Id)) { c.Entry(a).Collection(x => x.Books).Load(); s.Log($"{a.Name} {a.Books.Count}"); } } },
        { "save inside a loop over a list", s => { using var c = s.Context(); foreach (var t in c.Tags.OrderBy(t => t.Id).ToList()) { t.Name += "!"; s.Save(c); } } },
        { "save after a loop left early", s => { using var c = s.Context(); foreach (var t in c.Tags.OrderBy(t => t.Id)) { t.Name += "!"; break; } s.Save(c); } },
        { "include left early", s => { using var c = s.Context(); foreach (var a in c.Authors.Include(a => a.Books).OrderBy(a => a.Id)) { s.Log($"{a.Name} {a.Books.Count}"); break; } } },
        { "split query left early", s => { using var c = s.Context(); foreach (var a in c.Authors.AsSplitQuery().Include(a => a.Books).OrderBy(a => a.Id)) { s.Log($"{a.Name} {a.Books.Count}"); break; } } },
        { "error in the middle of the rows", s => { using var c = s.Context(); s.Do("loop", () => { foreach (var n in c.Database.SqlQueryRaw<long>("SELECT abs(x.Value) AS Value FROM (SELECT 1 AS Value UNION ALL SELECT -9223372036854775808) x")) { s.Log($"{n}"); } }); s.Try("next", () => c.Tags.Count()); } },
        { "two operations at once in one context", async s => { using var c = s.Context(); var e = c.Books.AsAsyncEnumerable().GetAsyncEnumerator(); await e.MoveNextAsync(); await s.TryAsync("second", () => c.Tags.CountAsync()); await e.DisposeAsync(); } },
        { "to dictionary, lookup, set", async s => { using var c = s.Context(); await s.TryAsync("dictionary", () => c.Tags.ToDictionaryAsync(t => t.Id, t => t.Name)); s.Try("lookup", () => c.Books.OrderBy(b => b.Id).ToLookup(b => b.Shelf, b => b.Id)); await s.TryAsync("set", () => c.Tags.Select(t => t.Name).ToHashSetAsync()); } },

        // Compiled, for each side by itself: a compiled query is bound to the model it is first used with.
        { "compiled", s => { var byId = EF.CompileQuery((BedContext c, int id) => c.Books.FirstOrDefault(b => b.Id == id)); foreach (var id in (int[])[3, 300, 3]) { using var c = s.Context(); s.Try($"{id}", () => byId(c, id)); s.Try($"{id} again", () => byId(c, id)); } } },
        { "compiled rows", s => { var dear = EF.CompileQuery((BedContext c, decimal price) => c.Books.Where(b => b.Price > price).OrderBy(b => b.Id).Select(b => b.Title)); using var c = s.Context(); s.Try("rows", () => dear(c, 10m).ToList()); s.Try("first", () => dear(c, 5m).First()); } },
        { "compiled, awaited", async s => { var byId = EF.CompileAsyncQuery((BedContext c, int id) => c.Books.FirstOrDefault(b => b.Id == id)); using var c = s.Context(); await s.TryAsync("3", () => byId(c, 3)); await s.TryAsync("300", () => byId(c, 300)); } },
        { "compiled rows, awaited", async s => { var stars = EF.CompileAsyncQuery((BedContext c, int n) => c.Reviews.Where(r => r.Stars >= n).OrderBy(r => r.Id).Select(r => new { r.Id, r.Stars })); using var c = s.Context(); await foreach (var r in stars(c, 3)) { s.Log($"{r.Id} {r.Stars}"); } } },

        // Cancelled before.
        { "cancelled: list", async s => { using var c = s.Context(); await s.TryAsync("list", () => c.Books.ToListAsync(Cancelled)); await s.TryAsync("next", () => c.Books.CountAsync()); } },
        { "cancelled: first", async s => { using var c = s.Context(); await s.TryAsync("first", () => c.Books.FirstAsync(Cancelled)); } },
        { "cancelled: count", async s => { using var c = s.Context(); await s.TryAsync("count", () => c.Books.CountAsync(Cancelled)); } },
        { "cancelled: find", async s => { using var c = s.Context(); await s.TryAsync("find", async () => await c.Books.FindAsync([1], Cancelled)); } },
        { "cancelled: split query", async s => { using var c = s.Context(); await s.TryAsync("list", () => c.Authors.AsSplitQuery().Include(a => a.Books).ToListAsync(Cancelled)); } },
        { "cancelled: rows", async s => { using var c = s.Context(); await s.DoAsync("loop", async () => { await foreach (var b in c.Books.AsAsyncEnumerable().WithCancellation(Cancelled)) { s.Log(b.Title); } }); } },
        { "cancelled: save one", async s => { using var c = s.Context(); c.Add(new Tag { Name = "never" }); await s.SaveAsync(c, Cancelled); await s.SaveAsync(c); } },
        { "cancelled: save many", async s => { using var c = s.Context(); c.AddRange(new Tag { Name = "never" }, new Tag { Name = "ever" }); await s.SaveAsync(c, Cancelled); await s.SaveAsync(c); } },
        { "cancelled: save in a transaction", async s => { using var c = s.Context(); await using var t = await c.Database.BeginTransactionAsync(); c.Add(new Tag { Name = "never" }); await s.SaveAsync(c, Cancelled); await s.SaveAsync(c); await t.CommitAsync(); } },
        { "cancelled: ExecuteUpdate", async s => { using var c = s.Context(); await s.TryAsync("update", () => c.Books.ExecuteUpdateAsync(u => u.SetProperty(b => b.Pages, 1), Cancelled)); } },
        { "cancelled: ExecuteDelete", async s => { using var c = s.Context(); await s.TryAsync("delete", () => c.Loans.ExecuteDeleteAsync(Cancelled)); } },
        { "cancelled: ExecuteSql", async s => { using var c = s.Context(); await s.TryAsync("sql", () => c.Database.ExecuteSqlRawAsync("DELETE FROM Loans", Cancelled)); } },
        { "cancelled: begin", async s => { using var c = s.Context(); await s.DoAsync("begin", () => c.Database.BeginTransactionAsync(Cancelled)); await s.DoAsync("begin", async () => await (await c.Database.BeginTransactionAsync()).DisposeAsync()); } },
        { "cancelled: commit", async s => { using var c = s.Context(); await using (var t = await c.Database.BeginTransactionAsync()) { c.Add(new Tag { Name = "maybe" }); await s.SaveAsync(c); await s.DoAsync("commit", () => t.CommitAsync(Cancelled)); } await s.TryAsync("count", () => c.Tags.CountAsync()); } },
        { "cancelled: rollback", async s => { using var c = s.Context(); await using (var t = await c.Database.BeginTransactionAsync()) { c.Add(new Tag { Name = "maybe" }); await s.SaveAsync(c); await s.DoAsync("rollback", () => t.RollbackAsync(Cancelled)); } await s.TryAsync("count", () => c.Tags.CountAsync()); } },
        { "cancelled: open", async s => { using var c = s.Context(); await s.DoAsync("open", () => c.Database.OpenConnectionAsync(Cancelled)); s.Log($"{c.Database.GetDbConnection().State}"); } },
        { "cancelled: can connect", async s => { using var c = s.Context(); await s.TryAsync("connect", () => c.Database.CanConnectAsync(Cancelled)); } },
        { "cancelled while reading", async s => { using var c = s.Context(); using var source = new CancellationTokenSource(); await s.DoAsync("loop", async () => { await foreach (var b in c.Books.OrderBy(b => b.Id).AsAsyncEnumerable().WithCancellation(source.Token)) { s.Log(b.Title); await source.CancelAsync(); } }); await s.TryAsync("next", () => c.Books.CountAsync()); } },

        // Set-ups.
        { "factory of pooled contexts", s => { var f = new Microsoft.EntityFrameworkCore.Infrastructure.PooledDbContextFactory<BedContext>(s.Options().Options); for (var n = 0; n < 3; n++) { using var c = f.CreateDbContext(); c.Add(new Tag { Name = $"pooled {n}" }); s.Save(c); s.Try("count", () => c.Tags.Count()); } } },
        { "pooled context with an open connection", s => { var f = new Microsoft.EntityFrameworkCore.Infrastructure.PooledDbContextFactory<BedContext>(s.Options().Options); for (var n = 0; n < 2; n++) { using var c = f.CreateDbContext(); s.Log($"{c.Database.GetDbConnection().State}"); c.Database.OpenConnection(); c.Database.ExecuteSqlRaw("INSERT INTO Tags (Name) SELECT 'p' || count(*) FROM Tags"); } } },
        { "pooled context with an open transaction", s => { var f = new Microsoft.EntityFrameworkCore.Infrastructure.PooledDbContextFactory<BedContext>(s.Options().Options); for (var n = 0; n < 2; n++) { using var c = f.CreateDbContext(); c.Database.BeginTransaction(); c.Database.ExecuteSqlRaw("INSERT INTO Tags (Name) SELECT 'p' || count(*) FROM Tags"); s.Try("count", () => c.Tags.Count()); } } },
        { "no tracking by default", s => { using var c = new BedContext(s.Options().UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options); s.Try("books", () => c.Books.Include(b => b.Author).OrderBy(b => b.Id).ToList()); s.Log($"{c.ChangeTracker.Entries().Count()}"); } },
        { "split queries by default", s => { using var c = s.Context(provider: p => p.UseQuerySplittingBehavior(QuerySplittingBehavior.SplitQuery)); s.Try("authors", () => c.Authors.Include(a => a.Books).ThenInclude(b => b.Reviews).OrderBy(a => a.Id).ToList()); } },
        { "relational nulls", s => { using var c = s.Context(provider: p => p.UseRelationalNulls()); s.Try("reviews", () => c.Reviews.Where(r => r.Text != "x").OrderBy(r => r.Id).Select(r => r.Id).ToList()); } },
        { "parameters for collections", s => { using var c = s.Context(provider: p => p.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter)); int[] ids = [1, 3]; s.Try("books", () => c.Books.Where(b => ids.Contains(b.Id)).OrderBy(b => b.Id).Select(b => b.Id).ToList()); } },
        { "command timeout of the options", s => { using var c = s.Context(provider: p => p.CommandTimeout(7)); s.Try("count", () => c.Books.Count()); s.Log($"{c.Database.GetCommandTimeout()}"); } },
        { "command timeout of the context", s => { using var c = s.Context(); s.Log($"{c.Database.GetCommandTimeout()}"); c.Database.SetCommandTimeout(9); s.Try("count", () => c.Books.Count()); c.Add(new Tag { Name = "t" }); s.Save(c); } },
        { "detailed errors", s => { using var c = new BedContext(s.Options().EnableDetailedErrors().Options); c.Database.ExecuteSqlRaw("UPDATE Books SET Genre = 'text' WHERE Id = 1"); s.Try("books", () => c.Books.ToList()); } },
        { "value that does not fit its type", s => { using var c = s.Context(); c.Database.ExecuteSqlRaw("UPDATE Books SET PublishedAt = 'no date' WHERE Id = 1"); s.Try("books", () => c.Books.ToList()); } },
        { "null where there is none allowed", s => { using var c = s.Context(); s.Try("value", () => c.Database.SqlQueryRaw<int>("SELECT NULL AS Value").ToList()); } },
        { "provider, facade, connection", s => { using var c = s.Context(); s.Log($"{c.Database.ProviderName} {c.Database.IsSqlite()} {c.Database.IsRelational()} {c.Database.CanConnect()}"); var d = c.Database.GetDbConnection(); s.Log($"{d.State} {d.ServerVersion} {d.Database} {d.DataSource} {d.ConnectionTimeout}"); } },
        { "open and close, counted", s => { using var c = s.Context(); c.Database.OpenConnection(); c.Database.OpenConnection(); c.Database.CloseConnection(); s.Log($"{c.Database.GetDbConnection().State}"); c.Database.CloseConnection(); s.Log($"{c.Database.GetDbConnection().State}"); s.Try("count", () => c.Books.Count()); } },
        { "connection given, closed", s => { using var d = s.Connect(); using (var c = s.Context(d)) { s.Try("count", () => c.Books.Count(b => b.Price > 10m)); c.Add(new Tag { Name = "given" }); s.Save(c); } s.Log($"{d.State}"); } },
        { "connection given, open", s => { using var d = s.Connect(); d.Open(); using (var c = s.Context(d)) { s.Try("count", () => c.Books.Count(b => b.Price > 10m)); c.Add(new Tag { Name = "given" }); s.Save(c); } s.Log($"{d.State}"); } },
        { "connection set later", s => { using var d = s.Connect(); using var c = s.Context(); c.Database.SetDbConnection(d); s.Try("count", () => c.Accounts.Count()); c.Add(new Tag { Name = "later" }); s.Save(c); } },
        { "connection string set later", s => { using var c = s.Context(); c.Database.SetConnectionString(s.ConnectionString + ";Recursive Triggers=True"); s.Try("sum", () => c.Accounts.Sum(a => a.Balance)); s.Log($"{c.Database.GetConnectionString() == s.ConnectionString + ";Recursive Triggers=True"}"); } },
        { "command of the application's own", s => { using var c = s.Context(); c.Database.OpenConnection(); using var q = c.Database.GetDbConnection().CreateCommand(); q.CommandText = "SELECT count(*) FROM Books WHERE Pages > @p"; var p = q.CreateParameter(); p.ParameterName = "@p"; p.Value = 100; q.Parameters.Add(p); s.Try("scalar", q.ExecuteScalar); } },
        { "reader of the application's own", s => { using var c = s.Context(); c.Database.OpenConnection(); using var q = c.Database.GetDbConnection().CreateCommand(); q.CommandText = "SELECT Id, Title, Price, Rating, Hash FROM Books LEFT JOIN Accounts USING (Id) ORDER BY Id"; using var r = q.ExecuteReader(CommandBehavior.SequentialAccess); while (r.Read()) { s.Log(string.Join(" | ", Enumerable.Range(0, r.FieldCount).Select(i => $"{r.GetDataTypeName(i)} {r.GetFieldType(i).Name} {Described.Value(r.GetValue(i))}"))); } } },
    };

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Stream_gives_the_same(string name) => All.SameAsync(name);
}
