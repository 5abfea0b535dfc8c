namespace SplitSqlite.Engine;

/// <summary>
/// The end of the process: the files are closed if there is time. At <see cref="AppDomain.ProcessExit"/>, which a return from Main and
/// <see cref="Environment.Exit"/> lead to, and at an exception that nobody catches. Not at signals: since .NET 10 the runtime leaves SIGTERM to whoever
/// handles it, a host for one, whose work under way a handler of ours would cut off; unhandled, it ends the process as a kill does. Never longer than <see cref="Patience"/>: a file that is left open is whole all the same,
/// only not in one piece, and the next open puts it in order.
/// </summary>
internal static class ProcessEnd
{
    // For what is under way, to end by itself. It is not interrupted: the exception would be nobody's, and end the process as a crash.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static volatile bool Begun;

    /// <summary>Gets whether the process is ending. What is opened then is closed with its last session.</summary>
    public static bool HasBegun => Begun;

    /// <summary>Has the files closed at the end. Called once.</summary>
    public static void Watch()
    {
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => CloseAll();
        AppDomain.CurrentDomain.UnhandledException += static (_, end) =>
        {
            if (end.IsTerminating)
            {
                CloseAll();
            }
        };
    }

    // On a thread of its own: the one that ends the process may be in the middle of anything of ours, with locks that it will never release.
    private static void CloseAll()
    {
        if (Begun)
        {
            return;
        }

        Begun = true;
        var closing = new Thread(() => Background.Run(static deadline => CloseAll(deadline), Deadline.After(Patience, TimeProvider.System))) { IsBackground = true, Name = "SplitSqlite end" };
        closing.Start();
        closing.Join(Patience);
    }

    private static void CloseAll(Deadline deadline)
    {
        foreach (var database in DatabaseRegistry.All())
        {
            Background.Run(static work => work.Database.CloseAtExit(work.Deadline), (Database: database, Deadline: deadline));
        }
    }
}
