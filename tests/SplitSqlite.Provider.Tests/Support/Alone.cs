namespace SplitSqlite.Tests.Support;

/// <summary>Tests that run with no other beside them: races meet only while both sides have a core.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
