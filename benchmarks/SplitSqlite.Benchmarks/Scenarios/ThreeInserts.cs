using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Sides;

namespace SplitSqlite.Benchmarks.Scenarios;

/// <summary>Explicit transactions of many writers: one commit each, so it is the queue that is compared, and its slowest.</summary>
internal sealed class ThreeInserts : Scenario
{
    public const string Name = "transactions";
    private const int Writers = 32;

    public override string Key => Name;

    public override string Title => "Transactions of three INSERTs";

    public override string About => "32 writers without pause; each opens a connection, begins an immediate transaction, inserts three rows, commits and closes.";

    public override string Operations => "transactions";

    public override string XTitle => "writers";

    public override IReadOnlyList<Setting> Settings(BenchScale scale) =>
    [
        new($"{Writers} writers", Writers, Writers, Synchronous.Full, scale.Writers),
        new($"{Writers} writers", Writers, Writers, Synchronous.Normal, scale.Run),
    ];

    public override async Task<LoadFigures> RunAsync(Setting setting, Side side, string folder)
    {
        await using var file = BenchFile.Create(side, setting.Synchronous, folder);
        file.Warm(setting.Callers);
        var figures = await LoadRun.RunAsync(setting.Plan(file), async (_, sequence) =>
        {
            await using var connection = await file.OpenAsync();
            await Works.InsertThreeAsync(connection, sequence);
        });
        file.Verify(setting.Callers);
        return figures;
    }
}
