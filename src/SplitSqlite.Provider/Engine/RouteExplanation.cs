using SplitSqlite.Routing;

namespace SplitSqlite.Engine;

/// <summary>Says in words where a command text goes.</summary>
internal static class RouteExplanation
{
    public static string Explain(SqlPlan plan, Session? session)
    {
        switch (session?.State)
        {
            case SessionState.Transaction:
                return "writer: the session is in a transaction, which holds the writer; everything it sends runs there.";
            case SessionState.Snapshot:
                return "reader: the session is in a read-only snapshot; reads run there, writes are refused.";
            case SessionState.Private or SessionState.PrivateTransaction:
                return $"private: the session has a physical connection of its own; {(plan.Route <= Route.Reader ? "reads run there freely" : "writes run there and pass the gate of the writer first")}. {plan.Reason}";
            case SessionState.PrivateSnapshot:
                return "private: the session is in a read-only snapshot on a physical connection of its own; reads run there, writes are refused.";
            default:
                break;
        }

        var route = session?.EffectiveRoute(plan) ?? plan.Route;
        var why = plan.Reason;
        if (route != plan.Route)
        {
            why = plan.IsRefusedByReaders ? "it looks like a read, but a read-only connection refused it."
                : session is { Settings.Routing: SplitSqliteRouting.Writer } && plan.Route == Route.Reader ? "Routing=Writer sends everything there."
                : session is { Database.IsSplit: false } && plan.Route == Route.Reader ? $"the file's journal mode is '{session.Database.JournalMode}', so readers and the writer can't be split."
                : session is { Options.IsReadOnly: true } ? $"Mode=ReadOnly has readers only. {plan.Reason}"
                : $"a PRAGMA in it sets what the session does not have. {plan.Reason}";
        }

        return $"{route.ToString().ToLowerInvariant()}: {why}";
    }
}
