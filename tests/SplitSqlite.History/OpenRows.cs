namespace SplitSqlite.History;

/// <summary>A data reader over all accounts that is read row by row; together the rows have to be one state.</summary>
internal sealed class OpenRows(SplitSqliteDataReader reader, Operation operation, long begin, long end)
{
    public const string Sql = "SELECT id, balance, version, (SELECT ifnull(max(seq), 0) FROM effect), (SELECT count(*) FROM note) FROM account ORDER BY id";

    public SplitSqliteDataReader Reader { get; } = reader;

    public Operation Operation { get; } = operation;

    public long Begin { get; } = begin;

    public long End { get; } = end;

    /// <summary>Gets whether a Cancel may have come when the data reader was open already: then its next row may tell it.</summary>
    public bool MayBeCancelled { get; init; }

    public int Count { get; private set; }

    public bool AgreesOnSeq { get; private set; } = true;

    public State State { get; private set; }

    /// <summary>Reads so many rows more.</summary>
    /// <returns>Whether there may be others.</returns>
    public bool ReadOn(int rows)
    {
        for (; rows > 0; rows--)
        {
            if (!Reader.Read())
            {
                return false;
            }

            var (id, balance, version) = (Reader.GetInt64(0), Reader.GetInt64(1), Reader.GetInt64(2));
            var (seq, notes) = (Reader.GetInt64(3), Reader.GetInt64(4));
            AgreesOnSeq &= Count == 0 || (seq == State.Seq && notes == State.Notes);
            State = new State(seq, State.Balance + balance, State.WeightedBalance + (id * balance), State.Versions + version, State.WeightedVersions + (id * version), notes);
            Count++;
        }

        return true;
    }
}
