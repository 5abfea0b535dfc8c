namespace SplitSqlite.Engine;

/// <summary>Who held a gate at one moment, and who waited.</summary>
/// <param name="Holder">The holder, or <see langword="null"/> where the gate was free.</param>
/// <param name="HeldFor">For how long it had held; zero where the gate was free.</param>
/// <param name="QueueLength">How many waited.</param>
/// <param name="Waiters">The first of them, in order; bounded, as thousands may time out at once and each takes a snapshot under the lock.</param>
/// <param name="Drawn">How many are out of the line because a leader runs their work.</param>
internal sealed record GateSnapshot<THolder>(
    THolder? Holder, TimeSpan HeldFor, int QueueLength, IReadOnlyList<GateWaiting<THolder>> Waiters, int Drawn)
    : WaitSnapshot(QueueLength)
    where THolder : class;

/// <summary>One who waited at a gate.</summary>
/// <param name="Holder">Who.</param>
/// <param name="WaitedFor">For how long.</param>
/// <param name="OffersWork">Whether a leader may run its work for it.</param>
internal readonly record struct GateWaiting<THolder>(THolder Holder, TimeSpan WaitedFor, bool OffersWork)
    where THolder : class;
