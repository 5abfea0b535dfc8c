using SplitSqlite.Engine;

namespace SplitSqlite.Tests.ConnectionStrings;

public sealed class TextCacheTests
{
    [Fact]
    public void Same_text_is_made_once_and_then_costs_no_memory()
    {
        var made = 0;
        var cache = new TextCache<object>(8, _ =>
        {
            made++;
            return new object();
        });
        var text = "Data Source=a.db";
        var first = cache.Get(text);
        var copy = new string(text);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
        {
            if (!ReferenceEquals(first, cache.Get(copy)))
            {
                Assert.Fail("Another object for the same text.");
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1, made);
    }

    [Fact]
    public void Many_texts_do_not_pile_up()
    {
        var cache = new TextCache<string>(8, text => text + "!");
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal($"{i}!", cache.Get($"{i}"));
            Assert.InRange(cache.Count, 1, 8);
        }
    }

    [Fact]
    public void Failure_is_not_remembered()
    {
        var calls = 0;
        var cache = new TextCache<string>(8, text => ++calls == 1 ? throw new ArgumentException(text) : text);
        Assert.Throws<ArgumentException>(() => cache.Get("a"));
        Assert.Equal(0, cache.Count);
        Assert.Equal("a", cache.Get("a"));
    }

    [Fact]
    public void Threads_that_ask_at_once_get_the_same_object()
    {
        for (var round = 0; round < 50; round++)
        {
            var cache = new TextCache<object>(8, _ => new object());
            var got = new object[8];
            using var start = new Barrier(got.Length);
            var threads = Enumerable.Range(0, got.Length).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                got[i] = cache.Get("a");
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.Single(got.Distinct());
        }
    }
}
