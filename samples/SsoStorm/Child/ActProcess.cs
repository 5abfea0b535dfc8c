using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SsoStorm;

/// <summary>What runs in the child process of an act. It never ends by itself: the parent kills it at its bound.</summary>
internal static class ActProcess
{
    public const string Verb = "__act";
    private const long WarmUpMicroseconds = 300_000;

    public static string[] Arguments(int act, string file, int workers, double? rate) =>
    [
        Verb,
        act.ToString(CultureInfo.InvariantCulture),
        file,
        workers.ToString(CultureInfo.InvariantCulture),
        (rate ?? 0).ToString("R", CultureInfo.InvariantCulture),
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        int act = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        string file = arguments[2];
        int workers = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        double rate = double.Parse(arguments[4], CultureInfo.InvariantCulture);

        DieWithTheParent();
        using PosixSignalRegistration interrupt =
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);

        // Microsoft.Data.Sqlite's async methods block a thread: give it those threads, or the acts would measure how
        // slowly the thread pool grows.
        ThreadPool.SetMinThreads(workers + 8, 8);

        RecordWriter records = new(Console.OpenStandardOutput());
        try
        {
            await WarmUpAsync(act, file, workers);
            Setup setup = Act.For(act, file).Setup;
            Store store = await Store.OpenAsync(setup);
            LoginService service = new(store);
            records.FlushEvery(TimeSpan.FromMilliseconds(20));

            ActClock clock = ActClock.Start();
            records.Write(RecordKind.Go, clock.Origin);
            DueTimes? due = rate > 0 ? new DueTimes(rate) : null;
            await RunWorkersAsync(
                workers, number => new LoginWorker(number, setup, service, records, clock, due).RunAsync());
            return 0;
        }
        catch (Exception error)
        {
            records.Write(RecordKind.Fatal, $"{error.GetType().Name}: {error.Message}");
            records.Flush();
            return 70;
        }
    }

    /// <summary>
    /// A short storm on a copy of the file: what is measured later is the database, not the JIT compiler. Acts 1 to 3 warm
    /// up with one worker, since with more they would be stuck before they have begun.
    /// </summary>
    private static async Task WarmUpAsync(int act, string file, int workers)
    {
        string copy = Path.Combine(Path.GetDirectoryName(file)!, "warm-up.db");
        File.Copy(file, copy);
        Setup setup = Act.For(act, copy).Setup;
        await using Store store = await Store.OpenAsync(setup);
        LoginService service = new(store);
        RecordWriter nowhere = new(Stream.Null);
        ActClock clock = ActClock.Start();
        await RunWorkersAsync(
            setup.Lending == Lending.OpenPerLogin ? workers : 1,
            number => new LoginWorker(number, setup, service, nowhere, clock, due: null).RunAsync(WarmUpMicroseconds));
    }

    private static Task RunWorkersAsync(int count, Func<int, Task> run) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => run(number))));

    /// <summary>The parent holds our standard input open; if it closes, the parent is gone and so are we.</summary>
    private static void DieWithTheParent()
    {
        Thread watch = new(() =>
        {
            using Stream input = Console.OpenStandardInput();
            while (input.ReadByte() >= 0)
            {
            }

            // Not Environment.Exit: that would wait for whatever the act has locked itself up in.
            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true, Name = "watch the parent" };
        watch.Start();
    }
}
