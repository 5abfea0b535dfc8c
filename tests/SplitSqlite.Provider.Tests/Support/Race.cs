namespace SplitSqlite.Tests.Support;

/// <summary>Lets two actions run against each other, many times, on two threads that begin each round together.</summary>
internal static class Race
{
    /// <summary>
    /// Runs the rounds (1,000, or SPLITSQLITE_RACE). Whoever won a round begins the next one a little later than the other, so that the rounds keep to where both come at
    /// the same moment, instead of one side always being first.
    /// </summary>
    /// <param name="prepare">
    /// Makes a round's two contestants, and the check of what came out, which answers whether the left one won, or <see langword="null"/> where it can't tell.
    /// </param>
    public static void Run(Func<(Action Left, Action Right, Func<bool?> Check)> prepare)
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("SPLITSQLITE_RACE"), out int given) ? given : 1000;
        int begun = 0;
        int ended = 0;
        int leftLate = 0;
        int step = 1;
        bool? last = null;
        int leftWon = 0;
        int rightWon = 0;
        Action? right = null;
        Exception? failure = null;
        _ = Schedule.OnThread(() =>
        {
            for (int round = 1; round <= rounds; round++)
            {
                for (int spins = 0; Volatile.Read(ref begun) != round; spins++)
                {
                    if (Volatile.Read(ref begun) < 0)
                    {
                        return;
                    }

                    // Mostly awake, so that it begins at once; but a busy machine gets its core back.
                    if (spins % 5000 == 4999)
                    {
                        Thread.Yield();
                    }
                }

                try
                {
                    Thread.SpinWait(Math.Max(0, -leftLate));
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
                (Action left, right, Func<bool?> check) = prepare();
                Volatile.Write(ref begun, round);
                Thread.SpinWait(Math.Max(0, leftLate));
                left();
                Schedule.Until(() => Volatile.Read(ref ended) == round);
                Assert.Null(failure);
                bool? won = check();
                if (won is { } leftFirst)
                {
                    // Larger steps while one side keeps winning, small ones where it changes: that is where the race is.
                    step = won == last ? Math.Min(step * 2, 2000) : 1;
                    last = won;
                    leftLate = Math.Clamp(leftLate + (leftFirst ? step : -step), -20_000, 20_000);
                    (leftWon, rightWon) = leftFirst ? (leftWon + 1, rightWon) : (leftWon, rightWon + 1);
                }
                else
                {
                    leftLate = (round % 200) - 100;
                }
            }
        }
        finally
        {
            Volatile.Write(ref begun, -1);
        }

        // A race that one side always wins would test nothing.
        TestContext.Current.TestOutputHelper?.WriteLine($"of {rounds} rounds {leftWon} : {rightWon}");
    }

    /// <summary>Waits for a task to end, and tells how.</summary>
    public static TaskStatus Outcome(Task task)
    {
        Schedule.Until(() => task.IsCompleted);
        return task.Status;
    }
}
