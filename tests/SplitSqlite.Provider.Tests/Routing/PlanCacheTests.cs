using System.Globalization;
using SplitSqlite.Routing;

namespace SplitSqlite.Tests.Routing;

public class PlanCacheTests
{
    [Fact]
    public void Cache_gives_the_same_plan_for_the_same_text()
    {
        var cache = new PlanCache();
        var plan = cache.Get("SELECT 1");
        Assert.Same(plan, cache.Get("SELECT 1"));
        Assert.Same(plan, cache.Get(new string("SELECT 1")));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Cache_stays_within_its_bounds_when_every_text_is_new()
    {
        var cache = new PlanCache(maxPlans: 64, maxCharacters: 1000);
        for (var i = 0; i < 5000; i++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"SELECT {i}");
            Assert.Equal(text, cache.Get(text).Text);
            Assert.InRange(cache.Count, 0, 64);
            Assert.InRange(cache.Characters, 0, 1000);
        }

        Assert.InRange(cache.Count, 16, 64);
    }

    [Fact]
    public void Cache_keeps_what_is_used_when_it_sweeps()
    {
        var cache = new PlanCache(maxPlans: 64);
        var hot = Enumerable.Range(0, 8).Select(i => string.Create(CultureInfo.InvariantCulture, $"SELECT 'hot' + {i}")).ToArray();
        var plans = hot.Select(cache.Get).ToArray();
        for (var i = 0; i < 2000; i++)
        {
            cache.Get(string.Create(CultureInfo.InvariantCulture, $"SELECT {i}"));
            foreach (var text in hot)
            {
                cache.Get(text);
            }
        }

        for (var i = 0; i < hot.Length; i++)
        {
            Assert.Same(plans[i], cache.Get(hot[i]));
        }
    }

    [Fact]
    public void Cache_does_not_keep_a_huge_text()
    {
        var cache = new PlanCache();
        var text = "SELECT '" + new string('x', 70_000) + "'";
        Assert.Equal(Route.Reader, cache.Get(text).Route);
        Assert.Equal(0, cache.Count);
        Assert.Equal(0, cache.Characters);
    }

    [Fact]
    public void Cache_allocates_nothing_on_a_hit()
    {
        var cache = new PlanCache();
        var text = "SELECT a, b FROM t WHERE a = @a";
        var other = new string(text);
        cache.Get(text);
        cache.Get(text);
        cache.Get(other);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            cache.Get(text);
            cache.Get(other);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task Cache_gives_right_plans_within_bounds_when_many_ask()
    {
        var cache = new PlanCache(maxPlans: 32, maxCharacters: 600);
        var workers = Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 10_000; i++)
            {
                var n = random.Next(200);
                var text = n % 2 == 0
                    ? string.Create(CultureInfo.InvariantCulture, $"SELECT {n}")
                    : string.Create(CultureInfo.InvariantCulture, $"DELETE FROM t{n}");
                var plan = cache.Get(text);
                Assert.Equal(text, plan.Text);
                Assert.Equal(n % 2 == 0 ? Route.Reader : Route.Writer, plan.Route);
            }
        }));
        await Task.WhenAll(workers);
        Assert.InRange(cache.Count, 1, 32);
        Assert.InRange(cache.Characters, 1, 600);
    }
}
