using System.Diagnostics;
using System.Globalization;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Waiting;

/// <summary>Where nobody is in the way, entering and renting allocate nothing.</summary>
public sealed class FastPathTests
{
    private const int Rounds = 1000;

    [Fact]
    public void Entering_a_free_gate_allocates_nothing()
    {
        var gate = new Gate<string, string>(TimeProvider.System);
        Deadline deadline = Deadline.After(TimeSpan.FromSeconds(30), TimeProvider.System);
        AllocatesNothing(() => gate.Exit(gate.Enter("A", deadline, default)));
        AllocatesNothing(() => gate.Exit(AtOnce(gate.EnterAsync("A", deadline, default))));
        AllocatesNothing(() => gate.Exit(AtOnce(gate.OfferAsync("A", "a", deadline, default)).Permit));
        Func<string, bool> any = _ => true;
        AllocatesNothing(() =>
        {
            GateTurn turn = gate.Offer("A", "a", deadline, default);
            Assert.Null(gate.Draw(turn.Permit, any));
            gate.Exit(turn.Permit);
        });
    }

    [Fact]
    public void Renting_a_warm_item_allocates_nothing()
    {
        var pool = new Pool<string, object>(4, TimeProvider.System);
        Assert.True(pool.TryRent("k", out PoolSlot<object> slot));
        Assert.Null(pool.Return(slot.With(new object())));
        AllocatesNothing(() => pool.Return(pool.Rent("k", Deadline.None, default)));
        AllocatesNothing(() => pool.Return(AtOnce(pool.RentAsync("k", Deadline.None, default))));
        AllocatesNothing(() => pool.Return(pool.RentOverflow("k")));
        Assert.Equal(1, pool.Idle);
    }

    [Fact(Explicit = true)]
    public void Figures()
    {
        var gate = new Gate<string, string>(TimeProvider.System);
        var pool = new Pool<string, object>(4, TimeProvider.System);
        Assert.True(pool.TryRent("k", out PoolSlot<object> slot));
        pool.Return(slot.With(new object()));
        Print("enter and exit", () => gate.Exit(gate.Enter("A", Deadline.None, default)));
        Print("rent and return", () => pool.Return(pool.Rent("k", Deadline.None, default)));
        Print("clock", () => TimeProvider.System.GetTimestamp());
        Print("nothing", () => { });

        static void Print(string what, Action step)
        {
            double best = double.MaxValue;
            for (int i = 0; i < 20; i++)
            {
                const int times = 500_000;
                long start = Stopwatch.GetTimestamp();
                for (int n = 0; n < times; n++)
                {
                    step();
                }

                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / times);
            }

            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {best:F1} ns"));
        }
    }

    private static T AtOnce<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully);
        return task.Result;
    }

    private static void AllocatesNothing(Action step)
    {
        // Warm: the first round compiles and grows.
        step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            step();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
