using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using SplitSqlite.EFCore.Tests.Differential;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Transactions;

/// <summary>What EF Core does in transactions is the same through both: SaveChanges, savepoints, shared connections, raw SQL.</summary>
public sealed class TransactionTests
{
    private static readonly Scripts All = new()
    {
        // SaveChanges alone: a transaction for many changes, none for one.
        { "save one", s => s.Save(c => c.Add(new Tag { Name = "one" })) },
        { "save many", s => s.Save(c => c.AddRange(new Tag { Name = "one" }, new Tag { Name = "two" })) },
        { "save many of which one fails", s => s.Save(c => c.AddRange(new Tag { Name = "one" }, new Tag { Name = "classic" })) },

        // Explicit ones.
        { "commit", s => In(s, (c, t) => { Add(s, c, "one"); t.Commit(); }) },
        { "roll back", s => In(s, (c, t) => { Add(s, c, "one"); t.Rollback(); }) },
        { "dispose without an end", s => In(s, (c, _) => Add(s, c, "one")) },
        { "commit, awaited", async s => { using var c = s.Context(); await using (var t = await c.Database.BeginTransactionAsync()) { c.Add(new Tag { Name = "one" }); await s.SaveAsync(c); await t.CommitAsync(); } await s.TryAsync("tags", () => c.Tags.CountAsync()); } },
        { "roll back, awaited", async s => { using var c = s.Context(); await using (var t = await c.Database.BeginTransactionAsync()) { c.AddRange(new Tag { Name = "one" }, new Tag { Name = "two" }); await s.SaveAsync(c); await t.RollbackAsync(); } await s.TryAsync("tags", () => c.Tags.CountAsync()); } },
        { "commit by the facade", s => { using var c = s.Context(); c.Database.BeginTransaction(); Add(s, c, "one"); c.Database.CommitTransaction(); s.Try("current", () => c.Database.CurrentTransaction); } },
        { "roll back by the facade", s => { using var c = s.Context(); c.Database.BeginTransaction(); Add(s, c, "one"); c.Database.RollbackTransaction(); s.Try("tags", () => c.Tags.Count()); } },
        { "commit twice", s => In(s, (c, t) => { t.Commit(); s.Do("again", t.Commit); }) },
        { "commit after roll back", s => In(s, (c, t) => { t.Rollback(); s.Do("commit", t.Commit); }) },
        { "begin twice", s => In(s, (c, t) => { s.Try("again", () => c.Database.BeginTransaction() is null); t.Commit(); }) },
        { "commit without begin", s => { using var c = s.Context(); s.Do("commit", c.Database.CommitTransaction); } },
        { "read in it what it wrote", s => In(s, (c, t) => { Add(s, c, "one"); s.Try("tags", () => c.Tags.AsNoTracking().OrderBy(x => x.Id).Select(x => x.Name).ToList()); t.Commit(); }) },
        { "write after reading", s => In(s, (c, t) => { s.Try("tag", () => c.Tags.First(x => x.Name == "classic")); c.Tags.Local.First().Name = "changed"; s.Save(c); t.Commit(); }) },
        { "many saves in one", s => In(s, (c, t) => { for (var n = 0; n < 5; n++) { Add(s, c, $"n{n}"); } t.Commit(); }) },
        { "one after another", s => { using var c = s.Context(); for (var n = 0; n < 3; n++) { using var t = c.Database.BeginTransaction(); Add(s, c, $"n{n}"); if (n != 1) { t.Commit(); } } s.Try("tags", () => c.Tags.AsNoTracking().Count()); } },
        { "open reader while it commits", s => In(s, (c, t) => { using var e = c.Books.OrderBy(b => b.Id).AsEnumerable().GetEnumerator(); e.MoveNext(); s.Do("commit", t.Commit); s.Try("next", e.MoveNext); }) },
        { "open reader while it rolls back", s => In(s, (c, t) => { using var e = c.Books.OrderBy(b => b.Id).AsEnumerable().GetEnumerator(); e.MoveNext(); s.Do("rollback", t.Rollback); s.Try("next", () => e.MoveNext()); }) },
        { "include and split query in it", s => In(s, (c, t) => { Add(s, c, "one"); s.Try("authors", () => c.Authors.AsSplitQuery().Include(a => a.Books).ThenInclude(b => b.Tags).OrderBy(a => a.Id).ToList()); t.Commit(); }) },
        { "query inside a loop in it", s => In(s, (c, t) => { foreach (var a in c.Authors.OrderBy(a => a.Id)) { s.Try(a.Name, () => c.Books.Count(b => b.AuthorId == a.Id)); } t.Commit(); }) },

        // Levels.
        { "level: serializable", s => At(s, IsolationLevel.Serializable) },
        { "level: read committed", s => At(s, IsolationLevel.ReadCommitted) },
        { "level: repeatable read", s => At(s, IsolationLevel.RepeatableRead) },
        { "level: unspecified", s => At(s, IsolationLevel.Unspecified) },
        { "level: chaos", s => At(s, IsolationLevel.Chaos) },

        // After a failure.
        { "failure in it, then another save", s => In(s, (c, t) => { var bad = c.Add(new Tag { Name = "classic" }).Entity; s.Save(c); bad.Name = "good"; s.Save(c); t.Commit(); }) },
        { "failure of many in it, then another save", s => In(s, (c, t) => { Add(s, c, "before"); c.Add(new Tag { Name = "with" }); var bad = c.Add(new Tag { Name = "classic" }).Entity; s.Save(c); bad.Name = "good"; s.Save(c); t.Commit(); }) },
        { "failure in it without savepoints", s => { using var c = s.Context(); c.Database.AutoSavepointsEnabled = false; using var t = c.Database.BeginTransaction(); c.AddRange(new Tag { Name = "with" }, new Tag { Name = "classic" }); s.Save(c); s.Do("commit", t.Commit); } },
        { "rolled back inside by a trigger", s => In(s, (c, t) => { c.Database.ExecuteSqlRaw("CREATE TRIGGER no BEFORE DELETE ON Tags BEGIN SELECT RAISE(ROLLBACK, 'nothing'); END"); c.Remove(c.Tags.Find(1)!); s.Save(c); s.Do("commit", t.Commit); s.Try("tags", () => c.Tags.AsNoTracking().Count()); }) },
        { "conflict in it", s => In(s, (c, t) => { c.Tags.Find(1)!.Name = "?"; c.Database.ExecuteSqlRaw("DELETE FROM BookTags; DELETE FROM Tags WHERE Id = 1"); s.Save(c); s.Do("commit", t.Commit); }) },
        { "deferred foreign keys in it", s => In(s, (c, t) => { c.Database.ExecuteSqlRaw("PRAGMA defer_foreign_keys = 1; UPDATE Books SET AuthorId = 77 WHERE Id = 1"); s.Do("commit", t.Commit); s.Try("books", () => c.Books.Count(b => b.AuthorId == 77)); s.Do("roll back", t.Rollback); }) },

        // Savepoints.
        { "savepoint: rolled back to", s => In(s, (c, t) => { Add(s, c, "kept"); t.CreateSavepoint("a"); Add(s, c, "lost"); t.RollbackToSavepoint("a"); c.ChangeTracker.Clear(); Add(s, c, "last"); t.Commit(); }) },
        { "savepoint: released", s => In(s, (c, t) => { t.CreateSavepoint("a"); Add(s, c, "kept"); t.ReleaseSavepoint("a"); t.Commit(); }) },
        { "savepoint: nested", s => In(s, (c, t) => { t.CreateSavepoint("a"); Add(s, c, "1"); t.CreateSavepoint("b"); Add(s, c, "2"); t.RollbackToSavepoint("b"); Add(s, c, "3"); t.RollbackToSavepoint("a"); Add(s, c, "4"); t.Commit(); }) },
        { "savepoint: unknown", s => In(s, (c, t) => { s.Do("back", () => t.RollbackToSavepoint("none")); s.Do("release", () => t.ReleaseSavepoint("none")); t.Commit(); }) },
        { "savepoint: awaited", async s => { using var c = s.Context(); await using var t = await c.Database.BeginTransactionAsync(); await t.CreateSavepointAsync("a"); c.Add(new Tag { Name = "x" }); await s.SaveAsync(c); await t.RollbackToSavepointAsync("a"); await t.CommitAsync(); } },
        { "savepoint: by SQL", s => { using var c = s.Context(); c.Database.OpenConnection(); s.Try("save", () => c.Database.ExecuteSqlRaw("SAVEPOINT a")); Add(s, c, "1"); s.Try("back", () => c.Database.ExecuteSqlRaw("ROLLBACK TO a; RELEASE a")); Add(s, c, "2"); s.Try("tags", () => c.Tags.AsNoTracking().Count()); } },

        // By SQL.
        { "BEGIN and COMMIT by SQL", s => { using var c = s.Context(); c.Database.OpenConnection(); s.Try("begin", () => c.Database.ExecuteSqlRaw("BEGIN IMMEDIATE")); Add(s, c, "1"); s.Try("commit", () => c.Database.ExecuteSqlRaw("COMMIT")); s.Try("tags", () => c.Tags.AsNoTracking().Count()); } },
        { "BEGIN and ROLLBACK by SQL", s => { using var c = s.Context(); c.Database.OpenConnection(); s.Try("begin", () => c.Database.ExecuteSqlRaw("BEGIN")); Add(s, c, "1"); s.Try("rollback", () => c.Database.ExecuteSqlRaw("ROLLBACK")); s.Try("tags", () => c.Tags.AsNoTracking().Count()); } },
        { "BEGIN by SQL, then many changes", s => { using var c = s.Context(); c.Database.OpenConnection(); c.Database.ExecuteSqlRaw("BEGIN"); c.AddRange(new Tag { Name = "one" }, new Tag { Name = "two" }); s.Save(c); } },
        { "one script with BEGIN and COMMIT", s => { using var c = s.Context(); s.Try("script", () => c.Database.ExecuteSqlRaw("BEGIN; UPDATE Tags SET Name = Name || '!'; DELETE FROM Loans; COMMIT")); s.Try("tags", () => c.Tags.Count()); } },

        // Bulk, in and out.
        { "ExecuteUpdate and ExecuteDelete in it", s => In(s, (c, t) => { s.Try("update", () => c.Books.ExecuteUpdate(u => u.SetProperty(b => b.Pages, 1))); s.Try("delete", () => c.Loans.Where(l => l.Number > 3).ExecuteDelete()); s.Try("seen", () => (c.Books.Sum(b => b.Pages), c.Loans.Count())); t.Commit(); }) },
        { "ExecuteUpdate and ExecuteDelete rolled back", s => In(s, (c, t) => { s.Try("update", () => c.Books.ExecuteUpdate(u => u.SetProperty(b => b.Pages, 1))); s.Try("delete", () => c.Loans.ExecuteDelete()); t.Rollback(); s.Try("seen", () => (c.Books.Sum(b => b.Pages), c.Loans.Count())); }) },
        { "ExecuteUpdate that fails in it", s => In(s, (c, t) => { s.Try("update", () => c.Tags.ExecuteUpdate(u => u.SetProperty(x => x.Name, "same"))); Add(s, c, "after"); t.Commit(); }) },
        { "raw SQL in it", s => In(s, (c, t) => { s.Try("raw", () => c.Database.ExecuteSql($"UPDATE Tags SET Name = {"raw"} WHERE Id = {1}")); s.Try("from", () => c.Tags.FromSqlRaw("SELECT * FROM Tags WHERE Name = 'raw'").ToList()); t.Commit(); }) },
        { "command of the application's own in it", s => In(s, (c, t) => { using var q = c.Database.GetDbConnection().CreateCommand(); q.CommandText = "UPDATE Tags SET Name = 'own' WHERE Id = 1"; s.Try("without the transaction", () => q.ExecuteNonQuery()); q.Transaction = t.GetDbTransaction(); s.Try("with it", () => q.ExecuteNonQuery()); t.Commit(); }) },

        // Two contexts on one connection.
        { "shared: both commit together", s => Shared(s, (a, b, t) => { Add(s, a, "of a"); Add(s, b, "of b"); s.Try("a sees", () => a.Tags.AsNoTracking().Count(x => x.Name.StartsWith("of"))); t.Commit(); }) },
        { "shared: both rolled back together", s => Shared(s, (a, b, t) => { Add(s, a, "of a"); Add(s, b, "of b"); t.Rollback(); s.Try("a sees", () => a.Tags.AsNoTracking().Count(x => x.Name.StartsWith("of"))); }) },
        { "shared: savepoint of the other", s => Shared(s, (a, b, t) => { Add(s, a, "of a"); b.Database.CurrentTransaction!.CreateSavepoint("p"); Add(s, b, "of b"); b.Database.CurrentTransaction.RollbackToSavepoint("p"); t.Commit(); }) },
        { "shared: used and put away again", s => Shared(s, (a, b, t) => { b.Database.UseTransaction(null); s.Try("without", () => b.Tags.Count()); t.Rollback(); }) },
        { "shared: by the application's own transaction", s => { using var d = s.Connect(); d.Open(); using var t = d.BeginTransaction(); using var a = s.Context(d); using var b = s.Context(d); a.Database.UseTransaction(t); b.Database.UseTransaction(t); Add(s, a, "of a"); Add(s, b, "of b"); t.Commit(); s.Try("tags", () => b.Tags.AsNoTracking().Count()); } },
        { "shared: awaited", async s => { using var d = s.Connect(); await d.OpenAsync(); using var a = s.Context(d); using var b = s.Context(d); await using var t = await a.Database.BeginTransactionAsync(); await b.Database.UseTransactionAsync(t.GetDbTransaction()); a.Add(new Tag { Name = "of a" }); await s.SaveAsync(a); b.Add(new Tag { Name = "of b" }); await s.SaveAsync(b); await t.CommitAsync(); } },
        { "shared: a transaction of another connection", s => { using var a = s.Context(); using var b = s.Context(); using var t = a.Database.BeginTransaction(); s.Try("use", () => b.Database.UseTransaction(t.GetDbTransaction()) is null); } },
        { "shared: a connection that is open, without a transaction", s => { using var d = s.Connect(); d.Open(); using var a = s.Context(d); using var b = s.Context(d); Add(s, a, "of a"); Add(s, b, "of b"); s.Try("sees", () => a.Tags.AsNoTracking().Count()); } },

        // Strategies and ambient transactions.
        { "execution strategy", s => { using var c = s.Context(); c.Database.CreateExecutionStrategy().Execute(() => { using var t = c.Database.BeginTransaction(); Add(s, c, "by strategy"); t.Commit(); }); } },
        { "execution strategy in a transaction", s => { using var c = s.Context(); s.Try("strategy", () => c.Database.CreateExecutionStrategy().ExecuteInTransaction(() => { c.Add(new Tag { Name = "x" }); return c.SaveChanges(acceptAllChangesOnSuccess: false); }, () => true)); } },
        { "ambient transaction", s => { using var scope = new System.Transactions.TransactionScope(); s.Save(c => c.Add(new Tag { Name = "ambient" })); scope.Complete(); } },
    };

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Transaction_does_the_same(string name) => All.SameAsync(name);

    private static void In(Side side, Action<BedContext, IDbContextTransaction> work)
    {
        using var context = side.Context();
        using (var transaction = context.Database.BeginTransaction())
        {
            side.Try("work", () =>
            {
                work(context, transaction);
                return transaction.SupportsSavepoints;
            });
        }

        side.Try("after", () => context.Tags.AsNoTracking().OrderBy(t => t.Id).Select(t => t.Name).ToList());
    }

    private static void At(Side side, IsolationLevel level)
    {
        using var context = side.Context();
        side.Do("at a level", () =>
        {
            using var transaction = context.Database.BeginTransaction(level);
            side.Log($"{transaction.GetDbTransaction().IsolationLevel}");
            Add(side, context, "at a level");
            transaction.Commit();
        });
    }

    private static void Shared(Side side, Action<BedContext, BedContext, IDbContextTransaction> work)
    {
        using var connection = side.Connect();
        using var first = side.Context(connection);
        using var second = side.Context(connection);
        first.Database.OpenConnection();
        using var transaction = first.Database.BeginTransaction();
        second.Database.UseTransaction(transaction.GetDbTransaction());
        side.Do("work", () => work(first, second, transaction));
    }

    private static void Add(Side side, BedContext context, string name)
    {
        context.Add(new Tag { Name = name });
        side.Save(context);
    }
}
