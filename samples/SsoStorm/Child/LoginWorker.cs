namespace SsoStorm;

/// <summary>
/// One of the storm's workers. Closed loop: the next login begins when the last one ended. Open loop: logins are due at
/// fixed times whoever serves them, and each counts from the time it was due.
/// </summary>
internal sealed class LoginWorker(
    int number, Setup setup, LoginService service, RecordWriter records, ActClock clock, DueTimes? due)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(50);

    // The same seed in every act: the same users in the same order.
    private readonly Random _users = new(number);
    private readonly ReadProbe _reads = new(number, records, clock);

    /// <summary>Begins logins until <paramref name="end"/>; by default without end, since the parent kills us.</summary>
    public async Task RunAsync(long end = long.MaxValue)
    {
        for (long sequence = 1; clock.Now < end; sequence++)
        {
            long start = due is null ? clock.Now : await due.NextAsync(clock);
            records.Write(RecordKind.LoginStarted, number, sequence, start);
            try
            {
                await LoginAsync(sequence);
                records.Write(RecordKind.LoginAcknowledged, number, sequence, clock.Now);
            }
            catch (Exception error)
            {
                records.Write(RecordKind.LoginFailed, ErrorKind.Of(error), number, sequence, clock.Now);
            }

            // That was the answer to the user. It leaves the process before the next login begins, so that at most one
            // login of a worker can be in the file without the parent having heard of it.
            records.Flush();
        }
    }

    private async Task LoginAsync(long sequence)
    {
        string user = Database.UserName(_users.Next(Database.Users));
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await service.LoginAsync(number, sequence, user, _reads);
                return;
            }
            catch (Exception error) when (attempt < setup.Attempts && ErrorKind.IsWorthRetrying(error))
            {
                records.Write(RecordKind.LoginRetried, ErrorKind.Of(error), number, sequence, clock.Now);
            }

            await Task.Delay(FirstBackoff * Math.Pow(2, attempt - 1) * (0.5 + Random.Shared.NextDouble()));
        }
    }
}

/// <summary>The open loop's timetable, shared by the workers: login i is due at i / rate.</summary>
internal sealed class DueTimes(double rate)
{
    private long _next = -1;

    public async Task<long> NextAsync(ActClock clock)
    {
        long due = At(Interlocked.Increment(ref _next), rate);
        long wait = due - clock.Now;
        if (wait > 0)
        {
            await Task.Delay(TimeSpan.FromMicroseconds(wait));
        }

        return due;
    }

    public static long At(long index, double rate) => (long)(index * 1e6 / rate);
}
