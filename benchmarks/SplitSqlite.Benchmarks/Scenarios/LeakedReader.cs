using System.Data.Common;
using System.Runtime.CompilerServices;
using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Sides;

namespace SplitSqlite.Benchmarks.Scenarios;

/// <summary>A data reader that nobody closes pins the WAL: how far does it grow, and does it come to rest again?</summary>
internal sealed class LeakedReader : Scenario
{
    public const string Name = "wal";
    public const double Opened = 0.25;
    public const double Dropped = 0.6;

    /// <summary>Name of the WAL's largest size in bytes among the extra figures.</summary>
    public const string Largest = "largest WAL";

    /// <summary>Name of how much the WAL grew in the last fifth of the run, in bytes, among the extra figures.</summary>
    public const string GrewAtTheEnd = "WAL's growth in the last fifth";

    private const double WritesPerSecond = 300;
    private const int Samples = 120;

    private const string Insert =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO items(name, at) SELECT hex(randomblob(250)), i FROM n";

    public override string Key => Name;

    public override string Title => "A leaked reader and the WAL";

    public override string About =>
        "A writer inserts 20 rows of 500 bytes, 300 times a second. After a quarter of the time somebody opens a data reader, reads one row and keeps it; later it is dropped without Dispose, and the garbage collector runs once.";

    public override string Operations => "writes";

    public override string XTitle => "seconds";

    public override int Repetitions(BenchScale scale) => scale.WalRepetitions;

    public override IReadOnlyList<Setting> Settings(BenchScale scale)
        => [new($"{WritesPerSecond:0} writes due each second", WritesPerSecond, 1, Synchronous.Full, scale.Wal, WritesPerSecond)];

    public override async Task<LoadFigures> RunAsync(Setting setting, Side side, string folder)
    {
        await using var file = BenchFile.Create(side, setting.Synchronous, folder);
        file.Warm(2);
        var wal = new FileInfo(file.Path + "-wal");
        var samples = new List<Sample>(Samples);
        var load = LoadRun.RunAsync(setting.Plan(file) with { WarmUp = TimeSpan.Zero }, async (_, _) =>
        {
            await using var connection = await file.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = Insert;
            await command.ExecuteNonQueryAsync();
        });

        var leak = new Leak();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < Samples; i++)
        {
            var due = setting.Duration * i / Samples;
            if (due - clock.Elapsed is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            if (i == (int)(Samples * Opened))
            {
                leak.Open(file);
            }
            else if (i == (int)(Samples * Dropped))
            {
                leak.Drop();
            }

            wal.Refresh();
            samples.Add(new Sample(clock.Elapsed.TotalSeconds, wal.Exists ? wal.Length : 0));
        }

        var figures = await load;
        return figures with
        {
            Samples = samples,
            Extra = new Dictionary<string, double>
            {
                [Largest] = samples.Max(sample => sample.Value),
                [GrewAtTheEnd] = samples[^1].Value - samples[Samples * 4 / 5].Value,
            },
        };
    }

    /// <summary>Holds what is leaked, in methods of its own so that no local of the caller's keeps it.</summary>
    private sealed class Leak
    {
        private (DbConnection Connection, DbCommand Command, DbDataReader Reader)? _held;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Open(BenchFile file)
        {
            var connection = file.Open();
            var command = connection.CreateCommand();
            command.CommandText = Works.SelectUsers;
            var reader = command.ExecuteReader();
            reader.Read();
            _held = (connection, command, reader);
        }

        public void Drop()
        {
            Forget();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }

        // Code that is not optimized yet keeps what it has touched alive to the end of its method.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Forget()
        {
            _ = _held ?? throw new InvalidOperationException("Nothing is held that could be dropped.");
            _held = null;
        }
    }
}
