using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <summary>
/// The databases of the process by identity, and the option sets by the name and options that a connection string gives, so that opening
/// a session of a known string asks nothing of the file system.
/// </summary>
internal static class DatabaseRegistry
{
    // Protects ByIdentity. A leaf.
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Database> ByIdentity = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<Target, OptionSet> ByTarget = new();

    // A first open of a target is done once, not by all who come at the same moment. Striped, so that no entry has to be removed.
    private static readonly SemaphoreSlim[] Stripes = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    // At the end of the process a busy writer is given this long.
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(1);

    static DatabaseRegistry() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => CloseAtExit();

    /// <summary>Gets the databases that are open or warm.</summary>
    public static Database[] All()
    {
        lock (Gate)
        {
            return [.. ByIdentity.Values];
        }
    }

    /// <summary>Gets the option set of a connection string with one session counted in, opening its writer if it is the first.</summary>
    /// <exception cref="SqliteException">The file can't be opened, or is not a database.</exception>
    public static OptionSet Open(ConnectionSettings settings, Action<SqliteConnection>? initializer)
    {
        ThrowIfInitializing();
        if (TryGetLast(settings, initializer) is { } last)
        {
            return last;
        }

        var target = new Target(settings.ResolveDataSource(), settings.OptionSet, initializer);
        if (TryGet(target, out var known))
        {
            return known;
        }

        if (target.Name.Kind is DataSourceKind.PrivateMemory or DataSourceKind.Temporary)
        {
            return OpenUnshared(target, settings);
        }

        while (true)
        {
            Task? closing;
            var stripe = StripeOf(target);
            stripe.Wait();
            try
            {
                if (TryGet(target, out known))
                {
                    return known;
                }

                if (TryOpenFirst(target, settings, out closing) is { } opened)
                {
                    return opened;
                }
            }
            finally
            {
                stripe.Release();
            }

            // The database is being closed, its file put in order: a matter of milliseconds.
            closing!.Wait();
        }
    }

    /// <summary>Gets the option set without blocking a thread while another open of the same name is under way.</summary>
    /// <exception cref="SqliteException">The file can't be opened, or is not a database.</exception>
    public static ValueTask<OptionSet> OpenAsync(ConnectionSettings settings, Action<SqliteConnection>? initializer, CancellationToken cancellationToken)
    {
        ThrowIfInitializing();
        if (TryGetLast(settings, initializer) is { } last)
        {
            return new(last);
        }

        var target = new Target(settings.ResolveDataSource(), settings.OptionSet, initializer);
        if (TryGet(target, out var known))
        {
            return new(known);
        }

        if (target.Name.Kind is DataSourceKind.PrivateMemory or DataSourceKind.Temporary)
        {
            return new(OpenUnshared(target, settings));
        }

        return Slow(target, settings, cancellationToken);

        static async ValueTask<OptionSet> Slow(Target target, ConnectionSettings settings, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task? closing;
                var stripe = StripeOf(target);
                await stripe.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    if (TryGet(target, out var known))
                    {
                        return known;
                    }

                    if (TryOpenFirst(target, settings, out closing) is { } opened)
                    {
                        return opened;
                    }
                }
                finally
                {
                    stripe.Release();
                }

                await closing!.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Gets the database that a connection string leads to, if it is open or warm.</summary>
    public static Database? Find(ConnectionSettings settings)
    {
        var name = settings.ResolveDataSource();
        foreach (var (target, options) in ByTarget)
        {
            if (target.Name == name && !options.Database.Closed.IsCompleted)
            {
                return options.Database;
            }
        }

        return null;
    }

    /// <summary>Forgets a database that has been closed.</summary>
    public static void Remove(Database database)
    {
        lock (Gate)
        {
            if (ByIdentity.TryGetValue(database.Identity, out var present) && present == database)
            {
                ByIdentity.Remove(database.Identity);
            }
        }

        foreach (var (target, options) in ByTarget)
        {
            if (options.Database == database)
            {
                ByTarget.TryRemove(new KeyValuePair<Target, OptionSet>(target, options));
            }
        }
    }

    private static OptionSet? TryGetLast(ConnectionSettings settings, Action<SqliteConnection>? initializer)
        => settings.LastTarget is { } last && last.Initializer == initializer && last.Database.TryAddSession() ? last : null;

    private static SemaphoreSlim StripeOf(Target target)
        => Stripes[(target.GetHashCode() & int.MaxValue) % Stripes.Length];

    private static bool TryGet(Target target, out OptionSet options)
        => ByTarget.TryGetValue(target, out options!) && options.Database.TryAddSession();

    // Belongs to one physical connection: a database of its own, known to nobody else.
    private static OptionSet OpenUnshared(Target target, ConnectionSettings settings)
    {
        var database = new Database(target.Name.Name, settings) { IsUnshared = true };
        database.TryAddSession();
        return new OptionSet(database, settings, target.Name, target.Initializer);
    }

    // Before anything is waited for: the stripe may be the very one under which the initializer runs.
    private static void ThrowIfInitializing()
    {
        if (OptionSet.IsInitializing)
        {
            throw new InvalidOperationException("A physical connection initializer must not open connections of SplitSqlite: the database that it belongs to is being opened. Use the connection that it is given.");
        }
    }

    private static OptionSet? TryOpenFirst(Target target, ConnectionSettings settings, out Task? closing)
    {
        var deadline = Deadline.After(settings.DefaultTimeout == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(Math.Max(settings.DefaultTimeout, 0)), TimeProvider.System);

        // Only SQLite can say which file a name leads to.
        Database? database = null;
        using (var connection = new SqliteConnection(settings.ToMicrosoftDataSqliteString(target.Name, settings.OptionSet.Mode)))
        {
            connection.Open();
            var identity = SQLitePCL.raw.sqlite3_db_filename(connection.Handle!, "main").utf8_to_string() ?? string.Empty;
            if (identity.Length == 0)
            {
                throw new NotSupportedException(
                    $"The data source '{settings.DataSource}' is a database in memory shared between connections (Cache=Shared), which this version does not serve. Use a file, or a private database (':memory:').");
            }

            lock (Gate)
            {
                if (!ByIdentity.TryGetValue(identity, out database))
                {
                    database = new Database(identity, settings);
                    ByIdentity.Add(identity, database);
                }
            }

            if (!database.TryAddSession())
            {
                closing = database.Closed;
                return null;
            }
        }

        closing = null;
        try
        {
            var options = database.GetOrOpen(settings, target.Name with { Name = target.Name.Kind == DataSourceKind.File ? database.Identity : target.Name.Name }, target.Initializer, deadline);
            ByTarget[target] = options;
            if (settings.IsFixed)
            {
                settings.LastTarget = options;
            }

            return options;
        }
        catch
        {
            database.RemoveSession();
            database.CloseIfUnused(force: true);
            throw;
        }
    }

    private static void CloseAtExit()
    {
        foreach (var database in All())
        {
            database.CloseAtExit(ExitPatience);
        }
    }

    private readonly record struct Target(DataSourceName Name, OptionSetKey Key, Action<SqliteConnection>? Initializer);
}
