using Microsoft.Data.Sqlite;
using SplitSqlite;

namespace SsoStorm;

/// <summary>One act of the story: a way to reach the same file with the same load.</summary>
internal sealed record Act(int Number, string Title, string Story, Setup Setup)
{
    public const int Last = 5;

    /// <summary>The act as it runs on <paramref name="file"/>.</summary>
    public static Act For(int number, string file)
    {
        // 2 s is what a login page can afford to wait. Act 2 does what everybody does next.
        Setup habits = new()
        {
            Factory = SqliteFactory.Instance,
            ConnectionString = $"Data Source={file};Pooling=False;Default Timeout=2",
            JournalMode = "delete",
            Lending = Lending.FixedPoolPerLogin,
            Transactions = Transactions.Deferred,
        };
        Setup doneWell = new()
        {
            Factory = SqliteFactory.Instance,
            ConnectionString = $"Data Source={file}",
            JournalMode = "wal",
            Lending = Lending.OpenPerLogin,
            Transactions = Transactions.Immediate,
        };

        return number switch
        {
            1 => new Act(1, "server habits",
                "plain provider: 100 connections opened ahead, rollback journal, deferred transactions, 2 s timeout",
                habits),
            2 => new Act(2, "+ 30 s, retries",
                "act 1 with a 30 s timeout and up to 6 attempts with exponential backoff",
                habits with
                {
                    ConnectionString = $"Data Source={file};Pooling=False;Default Timeout=30",
                    Attempts = 6,
                }),
            3 => new Act(3, "BEGIN IMMEDIATE",
                "act 1 with BEGIN IMMEDIATE as SQL text, each statement on whichever connection is free",
                habits with
                {
                    Lending = Lending.FixedPoolPerStatement,
                    Transactions = Transactions.RawImmediate,
                }),
            4 => new Act(4, "plain, done well",
                "plain provider: its own pool, WAL, immediate transactions",
                doneWell),
            5 => new Act(5, "SplitSqlite",
                "act 4 with another factory and connection string",
                doneWell with
                {
                    Factory = SplitSqliteFactory.Instance,
                    ConnectionString = $"Data Source={file}",
                }),
            _ => throw new ArgumentOutOfRangeException(nameof(number)),
        };
    }

    /// <summary>The members in which two set-ups differ, with both values.</summary>
    public static IEnumerable<(string Member, string Left, string Right)> Differences(Setup left, Setup right) =>
        from property in typeof(Setup).GetProperties()
        let values = (Left: property.GetValue(left), Right: property.GetValue(right))
        where !Equals(values.Left, values.Right)
        select (property.Name, Show(values.Left), Show(values.Right));

    private static string Show(object? value) => value switch
    {
        System.Data.Common.DbProviderFactory factory => factory.GetType().Name + ".Instance",
        string text => $"\"{text}\"",
        _ => $"{value}",
    };
}
