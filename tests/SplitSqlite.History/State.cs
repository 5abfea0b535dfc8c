namespace SplitSqlite.History;

/// <summary>
/// What one statement tells of a whole file: how far its log has come, and sums over its tables. Two different states of one history never have
/// the same <see cref="Seq"/>, so one number names the state and the sums prove it.
/// </summary>
/// <param name="Seq">The last row of the log.</param>
/// <param name="Balance">The sum of all balances, which never changes.</param>
/// <param name="WeightedBalance">The balances, each times its account's number.</param>
/// <param name="Versions">The sum of all versions.</param>
/// <param name="WeightedVersions">The versions, each times its account's number.</param>
/// <param name="Notes">How many notes there are.</param>
internal readonly record struct State(long Seq, long Balance, long WeightedBalance, long Versions, long WeightedVersions, long Notes)
{
    public const string Sql =
        "SELECT (SELECT ifnull(max(seq), 0) FROM effect), sum(balance), sum(id * balance), sum(version), sum(id * version), (SELECT count(*) FROM note) FROM account";

    /// <summary>One row of the log that touched an account.</summary>
    public static State OfUpdate(long account, long amount) => new(1, amount, account * amount, 1, account, 0);

    /// <summary>One row of the log that touched no account.</summary>
    public static State OfAppend(int notes = 0) => new(1, 0, 0, 0, 0, notes);

    public static State operator +(State a, State b)
        => new(a.Seq + b.Seq, a.Balance + b.Balance, a.WeightedBalance + b.WeightedBalance, a.Versions + b.Versions, a.WeightedVersions + b.WeightedVersions, a.Notes + b.Notes);

    public static State operator -(State a, State b)
        => new(a.Seq - b.Seq, a.Balance - b.Balance, a.WeightedBalance - b.WeightedBalance, a.Versions - b.Versions, a.WeightedVersions - b.WeightedVersions, a.Notes - b.Notes);
}
