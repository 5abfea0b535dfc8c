using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>
/// Storms: many sessions doing everything at once. Afterwards nobody has a permit, the file is intact, every acknowledged effect is there once
/// and nothing else is, and no money was made or lost in any snapshot. Any SQLITE_BUSY of a session that was not in haste fails the storm.
/// </summary>
[Collection(Alone.Name)]
public sealed class StormTests
{
    private const string Options = "Synchronous=Normal;Default Timeout=200;Max Readers=";

    [Fact]
    public Task Storm_of_8_sessions_loses_nothing() => Storm.Run("storm of 8", 8, 3000, Options + 3);

    [Fact]
    public Task Storm_of_64_sessions_loses_nothing() => Storm.Run("storm of 64", 64, 3000, Options + 4);

    [Fact]
    public Task Storm_of_500_sessions_loses_nothing() => Storm.Run("storm of 500", 500, 4000, Options + 4);

    [Fact]
    public Task Storm_on_one_reader_loses_nothing() => Storm.Run("storm on one reader", 16, 2000, Options + 1);

    [Fact]
    public Task Storm_without_the_split_loses_nothing() => Storm.Run("storm without the split", 16, 2000, "Routing=Writer;" + Options + 4);
}
