using SplitSqlite.Routing;

namespace SplitSqlite.Engine;

/// <summary>
/// The prepared commands of one physical connection, by plan, least recently used out. A command in use by an open data reader is not
/// shared: a second execution of the same text meanwhile gets a command of its own, which is not kept.
/// </summary>
/// <remarks>
/// No lock: a physical connection is used by one lease at a time. Plans are cached by text and compared by reference, so that a text is
/// hashed once per execution (by the plan cache) and not again here.
/// </remarks>
internal sealed class StatementCache(int capacity) : IDisposable
{
    private readonly Dictionary<SqlPlan, LinkedListNode<PreparedCommand>> _kept = [];
    private readonly LinkedList<PreparedCommand> _recency = [];
    private readonly HashSet<PreparedCommand> _inUse = [];

    /// <summary>Gets how many commands are kept.</summary>
    public int Count => _kept.Count;

    /// <summary>Gets how many commands are in use that will not be kept, most of them because their text was in use already.</summary>
    public int UnkeptInUse => _inUse.Count;

    /// <summary>Gets the command of a plan, prepared as far as it was when it was last used.</summary>
    public PreparedCommand Rent(SqlPlan plan)
    {
        PreparedCommand command;
        if (_kept.TryGetValue(plan, out var node))
        {
            if (!node.Value.IsInUse)
            {
                if (_recency.First != node)
                {
                    _recency.Remove(node);
                    _recency.AddFirst(node);
                }

                node.Value.IsInUse = true;
                return node.Value;
            }

            command = new PreparedCommand(plan, isKept: false);
        }
        else if (plan.IsKept && capacity > 0)
        {
            command = new PreparedCommand(plan, isKept: true);
            _kept.Add(plan, _recency.AddFirst(command));
        }
        else
        {
            command = new PreparedCommand(plan, isKept: false);
        }

        command.IsInUse = true;
        if (!command.IsKept)
        {
            _inUse.Add(command);
        }
        else
        {
            TrimTo(capacity);
        }

        return command;
    }

    /// <summary>Takes a command back; its statements are reset and large values let go of.</summary>
    public void Return(PreparedCommand command)
    {
        command.IsInUse = false;
        if (command.IsKept)
        {
            command.Reset();
        }
        else
        {
            _inUse.Remove(command);
            command.Dispose();
        }
    }

    /// <summary>Lets go of everything not in use: after something that a kept statement can't know of.</summary>
    public void Clear() => TrimTo(0);

    public void Dispose()
    {
        foreach (var command in _recency)
        {
            command.Dispose();
        }

        foreach (var command in _inUse)
        {
            command.Dispose();
        }

        _recency.Clear();
        _kept.Clear();
        _inUse.Clear();
    }

    private void TrimTo(int count)
    {
        for (var node = _recency.Last; node is not null && _kept.Count > count;)
        {
            var previous = node.Previous;
            if (!node.Value.IsInUse)
            {
                _recency.Remove(node);
                _kept.Remove(node.Value.Plan);
                node.Value.Dispose();
            }

            node = previous;
        }
    }
}
