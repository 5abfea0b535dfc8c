using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential.Model;
using Xunit.Sdk;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>The bed itself: that it has two providers, and that it sees what differs.</summary>
public sealed class BedTests
{
    [Fact]
    public void Sides_have_each_its_own_provider()
    {
        using var plain = Bed.Only(isSplit: false);
        using var split = Bed.Only(isSplit: true);
        using var plainContext = plain.Context();
        using var splitContext = split.Context();
        Assert.IsType<SqliteConnection>(plainContext.Database.GetDbConnection());
        Assert.IsType<SplitSqliteConnection>(splitContext.Database.GetDbConnection());
        Assert.Equal(plainContext.Database.ProviderName, splitContext.Database.ProviderName);
    }

    [Theory]
    [MemberData(nameof(Differences))]
    public async Task Difference_fails_the_case(string name) => await Assert.ThrowsAsync<FailException>(() => Others.SameAsync(name));

    public static TheoryData<string> Differences => Others.Names;

    private static readonly Scripts Others = new()
    {
        { "another value", s => s.Try("value", () => s.IsSplit) },
        { "another SQL", s => { using var c = s.Context(); _ = s.IsSplit ? c.Tags.ToList() : c.Tags.AsNoTracking().OrderBy(t => t.Id).ToList(); } },
        { "another parameter", s => { using var c = s.Context(); var id = s.IsSplit ? 1 : 2; s.Try("rows", () => c.Tags.Count(t => t.Id != id)); } },
        { "another type of a parameter", s => { using var c = s.Context(); s.Try("update", () => c.Database.ExecuteSqlRaw("UPDATE Tags SET Name = {0} WHERE Id = 100", s.IsSplit ? 1 : "1")); } },
        { "another exception", s => s.Do("throw", () => throw (s.IsSplit ? new OperationCanceledException("x") : new TaskCanceledException("x"))) },
        { "another code inside of the same exception", s => s.Do("throw", () => throw new DbUpdateException("x", new SqliteException("y", 19, s.IsSplit ? 787 : 2067))) },
        { "another row in the file", s => { using var d = new SqliteConnection($"Data Source={s.Path};Pooling=False"); d.Open(); using var q = d.CreateCommand(); q.CommandText = $"UPDATE Tags SET Name = '{s.IsSplit}' WHERE Id = 1"; q.ExecuteNonQuery(); } },
        { "another state of what is tracked", s => { using var c = s.Context(); var tag = c.Tags.Find(1)!; s.Try("load", () => s.IsSplit && c.Entry(tag).State == EntityState.Unchanged); } },
    };
}
