using System.Data.Common;

namespace SplitSqlite;

/// <summary>The commands of a <see cref="SplitSqliteBatch"/>, in the order in which they run.</summary>
public sealed class SplitSqliteBatchCommandCollection : DbBatchCommandCollection
{
    private readonly List<SplitSqliteBatchCommand> _commands = [];

    internal SplitSqliteBatchCommandCollection()
    {
    }

    /// <inheritdoc/>
    public override int Count => _commands.Count;

    /// <inheritdoc/>
    public override bool IsReadOnly => false;

    /// <summary>Gets or sets a command.</summary>
    /// <param name="index">Its place, from 0.</param>
    public new SplitSqliteBatchCommand this[int index]
    {
        get => _commands[index];
        set => _commands[index] = value;
    }

    /// <summary>Adds a command with this text.</summary>
    /// <param name="commandText">The SQL, one statement or several.</param>
    /// <returns>The command, for its parameters.</returns>
    public SplitSqliteBatchCommand Add(string commandText)
    {
        var command = new SplitSqliteBatchCommand(commandText);
        _commands.Add(command);
        return command;
    }

    /// <inheritdoc/>
    public override IEnumerator<DbBatchCommand> GetEnumerator() => _commands.GetEnumerator();

    /// <inheritdoc/>
    public override void Add(DbBatchCommand item) => _commands.Add(Own(item));

    /// <inheritdoc/>
    public override void Clear() => _commands.Clear();

    /// <inheritdoc/>
    public override bool Contains(DbBatchCommand item) => IndexOf(item) >= 0;

    /// <inheritdoc/>
    public override void CopyTo(DbBatchCommand[] array, int arrayIndex)
    {
        ArgumentNullException.ThrowIfNull(array);
        for (var i = 0; i < _commands.Count; i++)
        {
            array[arrayIndex + i] = _commands[i];
        }
    }

    /// <inheritdoc/>
    public override int IndexOf(DbBatchCommand item) => item is SplitSqliteBatchCommand own ? _commands.IndexOf(own) : -1;

    /// <inheritdoc/>
    public override void Insert(int index, DbBatchCommand item) => _commands.Insert(index, Own(item));

    /// <inheritdoc/>
    public override bool Remove(DbBatchCommand item) => item is SplitSqliteBatchCommand own && _commands.Remove(own);

    /// <inheritdoc/>
    public override void RemoveAt(int index) => _commands.RemoveAt(index);

    /// <inheritdoc/>
    protected override DbBatchCommand GetBatchCommand(int index) => _commands[index];

    /// <inheritdoc/>
    protected override void SetBatchCommand(int index, DbBatchCommand batchCommand) => _commands[index] = Own(batchCommand);

    private static SplitSqliteBatchCommand Own(DbBatchCommand item)
        => item as SplitSqliteBatchCommand
            ?? throw new InvalidCastException($"A batch of SplitSqlite takes a SplitSqliteBatchCommand, not a {item?.GetType().Name ?? "null"}. Create it by batch.CreateBatchCommand().");
}
