namespace SplitSqlite.History;

/// <summary>What the file itself says in the end: the rows of its log, and all states that it has gone through.</summary>
internal sealed class FinalLog
{
    private readonly List<State> _states = [HistoryFile.Initial];
    private readonly List<Row>[] _accounts = new List<Row>[HistoryFile.Accounts + 1];

    public FinalLog(IEnumerable<Row> rows)
    {
        for (var i = 1; i < _accounts.Length; i++)
        {
            _accounts[i] = [new Row(0, 0, "initial", i, 0, 0, HistoryFile.Each)];
        }

        foreach (var row in rows)
        {
            Add(row);
        }
    }

    public List<Row> Rows { get; } = [];

    /// <summary>Gets what is wrong with the log in itself.</summary>
    public List<string> Faults { get; } = [];

    public long Last => Rows.Count;

    /// <summary>Gets a state that the file has gone through.</summary>
    public State StateAt(long seq) => _states[(int)seq];

    /// <summary>Gets the rows of an account, that of version n at n.</summary>
    public List<Row> Versions(long account) => _accounts[account];

    public static FinalLog Read(HistoryFile file)
    {
        var rows = new List<Row>();
        using var plain = file.OpenPlain();
        using var command = plain.CreateCommand();
        command.CommandText = "SELECT seq, token, kind, account, amount, version FROM effect ORDER BY seq";
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add(new Row(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), 0));
            }
        }

        var log = new FinalLog(rows);
        command.CommandText = State.Sql;
        using (var reader = command.ExecuteReader())
        {
            _ = reader.Read();
            var state = new State(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));
            if (state != log._states[^1])
            {
                log.Faults.Add($"The tables say {state}, the log says {log._states[^1]}.");
            }
        }

        return log;
    }

    private void Add(Row row)
    {
        if (row.Seq != Last + 1)
        {
            Faults.Add($"After row {Last} of the log comes {row}.");
        }

        var effect = row.Kind switch
        {
            "update" => State.OfUpdate(row.Account, row.Amount),
            "note" => State.OfAppend(1),
            "erase" => State.OfAppend(-1),
            _ => State.OfAppend(),
        };
        if (row.Kind == "update")
        {
            var before = _accounts[row.Account][^1];
            if (row.Version != before.Version + 1)
            {
                Faults.Add($"After version {before.Version} of account {row.Account} comes {row}.");
            }

            row = row with { Balance = before.Balance + row.Amount };
            _accounts[row.Account].Add(row);
        }

        _states.Add(_states[^1] + effect);
        Rows.Add(row);
    }

    /// <summary>One row of the log.</summary>
    internal sealed record Row(long Seq, long Token, string Kind, long Account, long Amount, long Version, long Balance);
}
