namespace SplitSqlite.Engine;

/// <summary>What a <see cref="WaitingLine{TResult}"/> looked like at one moment.</summary>
/// <param name="QueueLength">How many waited.</param>
internal abstract record WaitSnapshot(int QueueLength);
