namespace SplitSqlite.History;

/// <summary>How far the log was known to have come at each moment: the greatest of what was noted before it.</summary>
internal sealed class Timeline
{
    private readonly List<(long Time, long Seq, Operation By)> _points = [];
    private bool _isSorted;

    public void Note(long time, long seq, Operation by) => _points.Add((time, seq, by));

    /// <summary>Gets the greatest seq noted for a moment before this one, and by whom; 0 where there is none.</summary>
    public (long Seq, Operation? By) Before(long time)
    {
        if (!_isSorted)
        {
            Sort();
        }

        var (low, high) = (0, _points.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _points[middle].Time < time ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? (0, null) : (_points[low - 1].Seq, _points[low - 1].By);
    }

    private void Sort()
    {
        _isSorted = true;
        _points.Sort(static (a, b) => a.Time.CompareTo(b.Time));
        for (var i = 1; i < _points.Count; i++)
        {
            if (_points[i].Seq < _points[i - 1].Seq)
            {
                _points[i] = _points[i - 1] with { Time = _points[i].Time };
            }
        }
    }
}
