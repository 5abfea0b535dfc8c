namespace SplitSqlite.Tests.Support;

/// <summary>Lets two actions run against each other, many times, on two threads that begin each round together.</summary>
internal static class Race
{
    /// <param name="rounds">How often.</param>
    /// <param name="prepare">Makes a round's two contestants and the check of what came out.</param>
    public static void Run(int rounds, Func<(Action Left, Action Right, Action Check)> prepare)
    {
        int begun = 0;
        int ended = 0;
        Action? right = null;
        Exception? failure = null;
        _ = Schedule.OnThread(() =>
        {
            for (int round = 1; round <= rounds; round++)
            {
                var spin = default(SpinWait);
                while (Volatile.Read(ref begun) != round)
                {
                    if (Volatile.Read(ref begun) < 0)
                    {
                        return;
                    }

                    spin.SpinOnce(sleep1Threshold: -1);
                }

                try
                {
                    right!();
                }
                catch (Exception e)
                {
                    failure = e;
                }

                Volatile.Write(ref ended, round);
            }
        });
        try
        {
            for (int round = 1; round <= rounds; round++)
            {
                (Action left, right, Action check) = prepare();
                Volatile.Write(ref begun, round);

                // A little drift, so that each side is first now and then.
                Thread.SpinWait(round % 60);
                left();
                Schedule.Until(() => Volatile.Read(ref ended) == round);
                Assert.Null(failure);
                check();
            }
        }
        finally
        {
            Volatile.Write(ref begun, -1);
        }
    }

    /// <summary>Waits for a task to end, and tells how.</summary>
    public static TaskStatus Outcome(Task task)
    {
        Schedule.Until(() => task.IsCompleted);
        return task.Status;
    }
}
