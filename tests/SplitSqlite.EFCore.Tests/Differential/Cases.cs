using System.Collections;
using Microsoft.EntityFrameworkCore;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>
/// The cases of a test class, by name. A case is one line: a name and a query, a call that gives a value, or (in <see cref="Scripts"/>) a
/// script over a <see cref="Side"/>.
/// </summary>
internal sealed class Cases : IEnumerable<string>
{
    private readonly Dictionary<string, Func<Side, Task>> _cases = new(StringComparer.Ordinal);

    /// <summary>Gets the names, as xUnit takes them.</summary>
    public TheoryData<string> Names => [.. _cases.Keys];

    /// <summary>Adds a query: its rows are read to the end, tracked and at once, then not tracked and awaited.</summary>
    public void Add<T>(string name, Func<BedContext, IQueryable<T>> query) => _cases.Add(name, async side =>
    {
        using (var context = side.Context())
        {
            side.Try(name, () => query(context).ToList());
            side.Log("tracked: " + context.ChangeTracker.DebugView.ShortView.ReplaceLineEndings(" "));
        }

        using var untracked = side.Context();
        untracked.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        await side.TryAsync(name + ", awaited", () => query(untracked).ToListAsync());
    });

    /// <summary>Adds a call whose value is compared.</summary>
    public void Add(string name, Func<BedContext, object?> call) => _cases.Add(name, side =>
    {
        using var context = side.Context();
        side.Try(name, () => call(context));
        return Task.CompletedTask;
    });

    /// <summary>Adds an awaited call whose value is compared.</summary>
    public void Add<T>(string name, Func<BedContext, Task<T>> call) => _cases.Add(name, async side =>
    {
        await using var context = side.Context();
        await side.TryAsync(name, () => call(context));
    });

    /// <summary>Runs a case on both sides.</summary>
    public Task SameAsync(string name) => Bed.SameAsync(_cases[name], onlyReads: true);

    public IEnumerator<string> GetEnumerator() => _cases.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Cases that say themselves which contexts they have and what is logged.</summary>
internal sealed class Scripts : IEnumerable<string>
{
    private readonly Dictionary<string, Func<Side, Task>> _scripts = new(StringComparer.Ordinal);

    /// <summary>Gets the names, as xUnit takes them.</summary>
    public TheoryData<string> Names => [.. _scripts.Keys];

    public void Add(string name, Action<Side> script) => _scripts.Add(name, side =>
    {
        script(side);
        return Task.CompletedTask;
    });

    public void Add(string name, Func<Side, Task> script) => _scripts.Add(name, script);

    /// <summary>Runs a script on both sides.</summary>
    public Task SameAsync(string name) => Bed.SameAsync(_scripts[name]);

    public IEnumerator<string> GetEnumerator() => _scripts.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
