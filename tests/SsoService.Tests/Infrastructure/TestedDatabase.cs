using System.Globalization;
using SsoService.Storage;

namespace SsoService.Tests.Infrastructure;

/// <summary>Which database the suite runs on, by environment variables; without them, SplitSqlite.</summary>
/// <param name="Provider"><c>SSO_PROVIDER</c>: <c>SplitSqlite</c> or <c>Sqlite</c>.</param>
/// <param name="ServerHabits"><c>SSO_HABITS=server</c>, for Sqlite: see <see cref="Infrastructure.ServerHabits"/>.</param>
/// <param name="TimeoutSeconds"><c>SSO_TIMEOUT</c>: how long a command waits for a lock; without it, the providers' 30 s.</param>
public sealed record TestedDatabase(DatabaseProvider Provider, bool ServerHabits, int TimeoutSeconds)
{
    public static TestedDatabase FromEnvironment()
    {
        var provider = Environment.GetEnvironmentVariable("SSO_PROVIDER") is { Length: > 0 } name
            ? Enum.Parse<DatabaseProvider>(name, ignoreCase: true)
            : DatabaseProvider.SplitSqlite;
        var habits = Environment.GetEnvironmentVariable("SSO_HABITS") switch
        {
            null or "" => false,
            "server" => true,
            var other => throw new InvalidOperationException($"SSO_HABITS is '{other}'; it may be 'server'."),
        };
        var timeout = Environment.GetEnvironmentVariable("SSO_TIMEOUT") is { Length: > 0 } seconds
            ? int.Parse(seconds, CultureInfo.InvariantCulture)
            : 30;
        return habits && provider != DatabaseProvider.Sqlite
            ? throw new InvalidOperationException("SSO_HABITS=server goes with SSO_PROVIDER=Sqlite.")
            : new TestedDatabase(provider, habits, timeout);
    }
}
