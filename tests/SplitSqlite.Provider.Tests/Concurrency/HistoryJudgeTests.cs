using SplitSqlite.History;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>The judge of the history checker, on small histories made by hand: what is right passes, and each wrong is called by its name.</summary>
public sealed class HistoryJudgeTests
{
    private readonly SessionLog _a = new();
    private readonly SessionLog _b = new();
    private readonly List<long> _rows = [];
    private long _tokens = 1;

    private static State After(int rows) => HistoryFile.Initial with { Seq = rows };

    [Fact]
    public void History_in_which_all_is_well_has_no_anomaly()
    {
        var one = Unit(_a, rows: 2);
        one.Acknowledge();
        Read(_b, After(2));
        var two = Unit(_b, rows: 1);
        two.Refuse();
        _rows.Remove(two.Tokens[0]);
        var three = Unit(_b, rows: 1);
        Read(_a, After(3));
        three.Acknowledge();
        Assert.Empty(Judged());
    }

    //  a  write ──► acknowledged
    //  b                          read ──► the state before
    [Fact]
    public void Read_that_misses_an_acknowledged_write_is_stale()
    {
        Unit(_a, rows: 1).Acknowledge();
        Read(_b, After(0));
        Assert.Equal(["stale read"], Judged());
    }

    //  a  write …………………………………………………………………………… (not acknowledged yet)
    //  b           read ──► sees it
    //  a                               read ──► does not
    [Fact]
    public void Read_that_misses_what_another_has_seen_went_back()
    {
        Unit(_a, rows: 1);
        Read(_b, After(1));
        Read(_a, After(0));
        Assert.Equal(["read went back"], Judged());
    }

    //  the same beside an open data reader: it may share that one's snapshot until the write is acknowledged
    [Fact]
    public void Nested_read_may_miss_what_is_not_acknowledged()
    {
        Unit(_a, rows: 1);
        Read(_b, After(1));
        Read(_a, After(0), isNested: true);
        Assert.Empty(Judged());
    }

    [Fact]
    public void Read_of_half_a_unit_is_torn()
    {
        Unit(_a, rows: 2).Acknowledge();
        Read(_b, After(1));
        Assert.Equal(["stale read", "torn read"], Judged());
    }

    [Fact]
    public void Read_whose_sums_are_of_no_state_is_mixed()
    {
        Unit(_a, rows: 1).Acknowledge();
        Read(_b, After(1) with { WeightedBalance = 5 });
        Assert.Equal(["mixed read"], Judged());
    }

    [Fact]
    public void Read_of_what_is_never_committed_is_dirty()
    {
        Read(_a, After(1));
        Assert.Equal(["dirty read"], Judged());
    }

    [Fact]
    public void Acknowledged_write_that_is_not_there_is_lost()
    {
        Unit(_a, rows: 1).Acknowledge();
        _rows.Clear();
        Assert.Equal(["lost write"], Judged());
    }

    [Fact]
    public void Refused_write_that_is_there_is_a_ghost()
    {
        Unit(_a, rows: 1).Refuse();
        Assert.Equal(["ghost write"], Judged());
    }

    [Fact]
    public void Write_of_which_a_part_is_there_is_torn()
    {
        Unit(_a, rows: 2).Acknowledge();
        _rows.RemoveAt(1);
        Assert.Equal(["torn write"], Judged());
    }

    [Fact]
    public void Write_that_began_after_another_was_acknowledged_and_stands_before_it_is_out_of_order()
    {
        Unit(_a, rows: 1).Acknowledge();
        Unit(_b, rows: 1).Acknowledge();
        _rows.Reverse();
        Assert.Equal(["write order"], Judged());
    }

    //  a  BEGIN ─────────────── COMMIT
    //  b          BEGIN ─── COMMIT
    [Fact]
    public void Transactions_that_are_open_at_once_are_two_writers()
    {
        var one = Unit(_a, rows: 1);
        one.HasBegun();
        var two = Unit(_b, rows: 1);
        two.HasBegun();
        two.IsStillOpen();
        two.Acknowledge();
        one.IsStillOpen();
        one.Acknowledge();
        Assert.Contains("two writers at once", Judged());
    }

    //  a  BEGIN ─────────────────────────────── ROLLBACK
    //  b          write ──► acknowledged
    [Fact]
    public void Write_inside_of_another_transaction_is_a_second_writer()
    {
        var one = Unit(_a, rows: 1);
        one.HasBegun();
        Unit(_b, rows: 1).Acknowledge();
        one.IsStillOpen();
        one.Refuse();
        _rows.RemoveAt(0);
        Assert.Equal(["two writers at once"], Judged());
    }

    private Unit Unit(SessionLog log, int rows)
    {
        var unit = new Unit(new Operation(log == _a ? 0 : 1, 0, "write"));
        for (var i = 0; i < rows; i++)
        {
            unit.Tokens.Add(_tokens);
            _rows.Add(_tokens++);
        }

        log.Units.Add(unit);
        return unit;
    }

    private void Read(SessionLog log, State state, bool isNested = false)
    {
        var operation = new Operation(log == _a ? 0 : 1, 0, "read");
        log.States.Add(new StateRead(operation, Stamp.Next(), Stamp.Next(), state, isNested));
    }

    private string[] Judged()
    {
        var kinds = new List<string>();
        var rows = _rows.Select((token, i) => new FinalLog.Row(i + 1, token, "append", 0, 0, 0, 0));
        new Judge(0, [_a, _b], new FinalLog(rows), anomaly => kinds.Add(anomaly.Kind)).Decide();
        return [.. kinds.Distinct().Order(StringComparer.Ordinal)];
    }
}
