using System.Runtime.CompilerServices;

namespace SplitSqlite.Benchmarks.Load;

/// <summary>
/// Goes to the end of the thread pool's common queue, as a request from outside does. <see cref="Task.Yield"/> would put the caller first in its
/// own thread's queue: an operation that ends without waiting would keep that thread, and the other callers out.
/// </summary>
internal readonly struct GlobalYield : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public GlobalYield GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static action => action(), continuation, preferLocal: false);
}
