namespace SsoStorm;

/// <summary>Tells the parent when each read of one worker begins and ends.</summary>
internal sealed class ReadProbe(int worker, RecordWriter records, ActClock clock) : IReadProbe
{
    public async Task<T> TimeAsync<T>(Func<Task<T>> read)
    {
        records.Write(RecordKind.ReadStarted, worker, clock.Now);
        try
        {
            return await read();
        }
        finally
        {
            records.Write(RecordKind.ReadEnded, worker, clock.Now);
        }
    }
}
