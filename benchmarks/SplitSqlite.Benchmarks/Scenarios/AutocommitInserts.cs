using SplitSqlite.Benchmarks.Load;
using SplitSqlite.Benchmarks.Sides;
using SQLitePCL;

namespace SplitSqlite.Benchmarks.Scenarios;

/// <summary>Writes that are their own transactions: where group commit shows, and where it must cost nothing.</summary>
internal sealed class AutocommitInserts : Scenario
{
    public const string Name = "inserts";

    public override string Key => Name;

    public override string Title => "Autocommit INSERT";

    public override string About =>
        "Each caller opens a connection, inserts one row without a transaction, closes, and begins again at once. SQLite's one thread inserts by a kept statement: one commit for each write.";

    public override string Operations => "INSERTs";

    public override string XTitle => "callers";

    public override IReadOnlyList<Setting> Settings(BenchScale scale) =>
    [
        .. scale.Callers.Select(callers => For(callers, Synchronous.Full, scale)),
        .. scale.CallersNormal.Select(callers => For(callers, Synchronous.Normal, scale)),
    ];

    public override IReadOnlyList<Side> Sides(Setting setting) =>
    [
        Side.Split, Side.Plain,
        .. Side.HasGroupCommit ? [Side.SplitAlone] : Array.Empty<Side>(),
        .. setting.Callers == 1 ? [Side.Raw] : Array.Empty<Side>(),
    ];

    public override async Task<LoadFigures> RunAsync(Setting setting, Side side, string folder)
    {
        await using var file = BenchFile.Create(side, setting.Synchronous, folder);
        if (side == Side.Raw)
        {
            using var database = new RawDatabase(file.Path, setting.Synchronous);
            var insert = database.Prepare(Works.InsertItem);
            return await LoadRun.RunAsync(setting.Plan(file), (_, sequence) =>
            {
                raw.sqlite3_bind_text(insert, 1, "an item of some length");
                raw.sqlite3_bind_int64(insert, 2, sequence);
                database.Run(insert);
                return Task.CompletedTask;
            });
        }

        file.Warm(setting.Callers);
        var figures = await LoadRun.RunAsync(setting.Plan(file), async (_, sequence) =>
        {
            await using var connection = await file.OpenAsync();
            await Works.InsertAsync(connection, sequence);
        });
        file.Verify(setting.Callers);
        return figures;
    }

    private static Setting For(int callers, Synchronous synchronous, BenchScale scale)
        => new($"{callers} {(callers == 1 ? "caller" : "callers")}", callers, callers, synchronous, scale.Run);
}
