namespace SplitSqlite.Engine;

/// <summary>A pool's figures at one moment.</summary>
/// <param name="QueueLength">How many waited.</param>
/// <param name="Capacity">How many items there may be, overflow aside.</param>
/// <param name="Rented">How many slots of the capacity were rented.</param>
/// <param name="Idle">How many items were idle.</param>
/// <param name="Overflow">How many slots beyond the capacity were rented.</param>
/// <param name="PeakRented">The most slots rented at once so far, with overflow.</param>
/// <param name="OverflowRents">How often a slot beyond the capacity was handed out so far.</param>
/// <param name="IsPaused">Whether nothing was lent, because somebody wants everything back.</param>
internal sealed record PoolSnapshot(
    int QueueLength, int Capacity, int Rented, int Idle, int Overflow, int PeakRented, long OverflowRents, bool IsPaused)
    : WaitSnapshot(QueueLength);
