using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Sides;

namespace SplitSqlite.Benchmarks.Scenarios;

/// <summary>Whether a writer is felt by those who only read.</summary>
internal sealed class ReadsBesideAWriter : Scenario
{
    public const string Name = "reads";
    public const string Idle = "no writer";
    public const string Beside = "beside a writer";

    /// <summary>Name of the writer's rate among the extra figures.</summary>
    public const string Writes = "writer's transactions/s";

    private const int Readers = 4;
    private const int RowsOfTransaction = 10;

    public override string Key => Name;

    public override string Title => "Reads with and without a writer";

    public override string About =>
        "Four readers without pause: open, point SELECT, close. Once alone, once beside a writer that commits transactions of ten rows without pause. The faster a side's writer, the more it has to read beside.";

    public override string Operations => "reads";

    public override string XTitle => "writers";

    public override IReadOnlyList<Setting> Settings(BenchScale scale) => [.. scale.ReadsWith.SelectMany(synchronous => new[]
    {
        new Setting(Idle, 0, Readers, synchronous, scale.Run),
        new Setting(Beside, 1, Readers, synchronous, scale.Run),
    })];

    public override async Task<LoadFigures> RunAsync(Setting setting, Side side, string folder)
    {
        await using var file = BenchFile.Create(side, setting.Synchronous, folder);
        file.Warm(Readers + 1);
        using var stop = new CancellationTokenSource();
        var written = 0L;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var writer = setting.X == 0 ? Task.CompletedTask : Task.Run(WriteAsync);
        LoadFigures figures;
        try
        {
            figures = await LoadRun.RunAsync(setting.Plan(file), async (reader, sequence) =>
            {
                await using var connection = await file.OpenAsync();
                await Works.ReadUserAsync(connection, ((reader * 331) + sequence) % BenchFile.Users + 1);
            });
        }
        finally
        {
            await stop.CancelAsync();
            await writer;
        }

        var rate = written / clock.Elapsed.TotalSeconds;
        file.Verify(Readers + 1);
        return figures with { Extra = new Dictionary<string, double> { [Writes] = rate } };

        async Task WriteAsync()
        {
            await using var connection = await file.OpenAsync();
            while (!stop.IsCancellationRequested)
            {
                await new GlobalYield();
                await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, CancellationToken.None);
                for (var i = 0; i < RowsOfTransaction; i++)
                {
                    await Works.InsertAsync(connection, i, transaction);
                }

                await transaction.CommitAsync(CancellationToken.None);
                written++;
            }
        }
    }
}
