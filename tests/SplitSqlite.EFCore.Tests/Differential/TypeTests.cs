using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>The same questions and changes for each column of <see cref="Everything"/>: every type that there is a mapping for.</summary>
public sealed class TypeTests
{
    private static readonly PropertyInfo[] Columns = [.. typeof(Everything).GetProperties().Where(p => p.Name != nameof(Model.Everything.Id))];

    public static TheoryData<string> Names => [.. Columns.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Queries_of_a_type_give_the_same(string column) => Call(nameof(QueriesAsync), column);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Changes_of_a_type_give_the_same(string column) => Call(nameof(ChangesAsync), column);

    private static Task Call(string method, string column)
    {
        var property = typeof(Everything).GetProperty(column)!;
        return (Task)typeof(TypeTests).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(property.PropertyType).Invoke(null, [property])!;
    }

    private static Task QueriesAsync<T>(PropertyInfo property) => Bed.SameAsync(async side =>
    {
        var entity = Expression.Parameter(typeof(Everything), "e");
        var column = Expression.Lambda<Func<Everything, T>>(Expression.Property(entity, property), entity);
        var values = await Ask("all", c => c.Everything.OrderBy(e => e.Id).Select(column));
        var value = values![1];
        var some = new Box<T> { Value = value, Values = [value, values[2]] };
        var parameter = Expression.Property(Expression.Constant(some), nameof(Box<T>.Value));

        await Ask("ids where it equals a parameter", c => c.Everything.Where(Comparison(Expression.Equal, parameter)).Select(e => e.Id));
        await Ask("ids where it equals a constant", c => c.Everything.Where(Comparison(Expression.Equal, Expression.Constant(value, typeof(T)))).Select(e => e.Id));
        await Ask("ids where it differs", c => c.Everything.Where(Comparison(Expression.NotEqual, parameter)).OrderBy(e => e.Id).Select(e => e.Id));
        if (default(T) is IComparable || Nullable.GetUnderlyingType(typeof(T)) is not null)
        {
            await Ask("ids where it is less", c => c.Everything.Where(Comparison(Expression.LessThan, parameter)).OrderBy(e => e.Id).Select(e => e.Id));
            await Ask("ids where it is not less", c => c.Everything.Where(Comparison(Expression.GreaterThanOrEqual, parameter)).OrderBy(e => e.Id).Select(e => e.Id));
        }

        var contains = Expression.Call(typeof(Enumerable), nameof(Enumerable.Contains), [typeof(T)], Expression.Property(Expression.Constant(some), nameof(Box<T>.Values)), column.Body);
        await Ask("ids where it is one of two", c => c.Everything.Where(Expression.Lambda<Func<Everything, bool>>(contains, entity)).OrderBy(e => e.Id).Select(e => e.Id));
        await Ask("in order", c => c.Everything.OrderBy(column).ThenBy(e => e.Id).Select(e => e.Id));
        await Ask("distinct", c => c.Everything.Select(column).Distinct());
        await Ask("groups", c => c.Everything.GroupBy(column).Select(g => g.Count()));
        using var context = side.Context();
        side.Try("min", () => context.Everything.Min(column));
        side.Try("max", () => context.Everything.Max(column));

        Expression<Func<Everything, bool>> Comparison(Func<Expression, Expression, Expression> kind, Expression right)
            => Expression.Lambda<Func<Everything, bool>>(kind(column.Body, Expression.Convert(right, typeof(T))), entity);

        // A comparison that C# has not, such as < between bools, fails before it gets to EF Core: the same on both sides.
        async Task<List<TRow>?> Ask<TRow>(string what, Func<BedContext, IQueryable<TRow>> query)
        {
            await using var asked = side.Context();
            return await side.TryAsync(what, () => query(asked).ToListAsync());
        }
    }, onlyReads: true);

    private static Task ChangesAsync<T>(PropertyInfo property) => Bed.SameAsync(async side =>
    {
        T other;
        using (var context = side.Context())
        {
            other = (T)property.GetValue(context.Everything.AsNoTracking().Single(e => e.Id == 2))!;
            property.SetValue(context.Everything.Single(e => e.Id == 1), other);
            property.SetValue(context.Everything.Single(e => e.Id == 2), default(T));
            await side.SaveAsync(context);
        }

        side.Save(c =>
        {
            var added = new Everything();
            property.SetValue(added, other);
            c.Add(added);
        });
        await using var bulk = side.Context();
        var entity = Expression.Parameter(typeof(Everything), "e");
        var column = Expression.Lambda<Func<Everything, T>>(Expression.Property(entity, property), entity);
        await side.TryAsync("ExecuteUpdate to a value", () => bulk.Everything.Where(e => e.Id == 3).ExecuteUpdateAsync(s => s.SetProperty(column, other)));
        side.Try("ExecuteUpdate to itself", () => bulk.Everything.Where(e => e.Id > 3).ExecuteUpdate(s => s.SetProperty(column, column)));
        await side.TryAsync("after", () => bulk.Everything.AsNoTracking().OrderBy(e => e.Id).Select(column).ToListAsync());
    });

    private sealed class Box<T>
    {
        public T? Value { get; init; }

        public T[] Values { get; init; } = [];
    }
}
