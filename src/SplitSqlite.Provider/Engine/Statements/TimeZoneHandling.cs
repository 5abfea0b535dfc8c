namespace SplitSqlite.Engine;

/// <summary>Microsoft.Data.Sqlite 10 takes dates without offset for UTC; a switch of its own brings the former rules back, for us too.</summary>
internal static class TimeZoneHandling
{
    /// <summary>Whether the rules of Microsoft.Data.Sqlite 9 hold: read once, as it does.</summary>
    public static readonly bool Pre10 =
        AppContext.TryGetSwitch("Microsoft.Data.Sqlite.Pre10TimeZoneHandling", out bool enabled) && enabled;
}
