using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace SplitSqlite.Engine;

/// <summary>
/// The databases of the process by identity, and the option sets by the name and options that a connection string gives, so that opening
/// a session of a known string asks nothing of the file system.
/// </summary>
internal static partial class DatabaseRegistry
{
    // Protects ByIdentity. A leaf.
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Database> ByIdentity = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<Target, OptionSet> ByTarget = new();

    // Files kept closed, and how many first opens of a file are under way. Under Gate.
    private static readonly Dictionary<string, FileHold> Held = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, int> Opening = new(StringComparer.Ordinal);

    // A first open of a target is done once, not by all who come at the same moment. Striped, so that no entry has to be removed.
    private static readonly SemaphoreSlim[] Stripes = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    static DatabaseRegistry() => ProcessEnd.Watch();

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
    public static OptionSet Open(ConnectionSettings settings, Action<SqliteConnection>? initializer, ILogger? logger)
    {
        ThrowIfInitializing();
        if (TryGetLast(settings, initializer) is { } last)
        {
            last.Database.Log.Attach(logger);
            return Current(last, settings);
        }

        var options = OpenSlowly(settings, initializer);
        options.Database.NoticeOpen(settings, logger);
        return options;
    }

    private static OptionSet OpenSlowly(ConnectionSettings settings, Action<SqliteConnection>? initializer)
    {
        var target = new Target(settings.ResolveDataSource(), settings.OptionSet, initializer);
        if (TryGet(target, out var known))
        {
            return Current(known, settings);
        }

        if (target.Name.Kind is DataSourceKind.PrivateMemory or DataSourceKind.Temporary)
        {
            return OpenUnshared(target, settings);
        }

        var deadline = settings.OpenDeadline();
        while (true)
        {
            Task? closing;
            var stripe = StripeOf(target);
            stripe.Wait();
            try
            {
                if (TryGet(target, out known))
                {
                    return Current(known, settings);
                }

                if (TryOpenFirst(target, settings, deadline, out closing) is { } opened)
                {
                    return opened;
                }
            }
            finally
            {
                stripe.Release();
            }

            // The database is being closed, its file put in order: a matter of milliseconds. Or it is kept closed.
            if (!closing!.Wait(Remaining(deadline)))
            {
                throw BusyReport.DescribeHeld(settings.DataSource, deadline.Elapsed, 0);
            }
        }
    }

    /// <summary>Gets the option set without blocking a thread while another open of the same name is under way.</summary>
    /// <exception cref="SqliteException">The file can't be opened, or is not a database.</exception>
    public static ValueTask<OptionSet> OpenAsync(ConnectionSettings settings, Action<SqliteConnection>? initializer, ILogger? logger, CancellationToken cancellationToken)
    {
        ThrowIfInitializing();
        if (TryGetLast(settings, initializer) is { } last)
        {
            last.Database.Log.Attach(logger);
            return new(Current(last, settings));
        }

        var target = new Target(settings.ResolveDataSource(), settings.OptionSet, initializer);
        if (TryGet(target, out var known))
        {
            known.Database.NoticeOpen(settings, logger);
            return new(Current(known, settings));
        }

        if (target.Name.Kind is DataSourceKind.PrivateMemory or DataSourceKind.Temporary)
        {
            return new(OpenUnshared(target, settings));
        }

        return Noticed(target, settings, logger, cancellationToken);

        static async ValueTask<OptionSet> Noticed(Target target, ConnectionSettings settings, ILogger? logger, CancellationToken cancellationToken)
        {
            var options = await Slow(target, settings, cancellationToken).ConfigureAwait(false);
            options.Database.NoticeOpen(settings, logger);
            return options;
        }

        static async ValueTask<OptionSet> Slow(Target target, ConnectionSettings settings, CancellationToken cancellationToken)
        {
            var deadline = settings.OpenDeadline();
            while (true)
            {
                Task? closing = null;
                var stripe = StripeOf(target);
                await stripe.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    if (TryGet(target, out var known))
                    {
                        return Current(known, settings);
                    }

                    // One try at a time: who is in the way is waited for out here, without a thread.
                    if (TryOpenFirst(target, settings, Deadline.After(TimeSpan.Zero, TimeProvider.System), out closing) is { } opened)
                    {
                        return opened;
                    }
                }
                catch (SplitSqliteBusyException exception)
                {
                    if (deadline.HasPassed)
                    {
                        throw BusyReport.DescribeForeign(target.Name.Name, queueLength: 0, deadline, exception.SqliteExtendedErrorCode);
                    }
                }
                finally
                {
                    stripe.Release();
                }

                if (closing is null)
                {
                    await Busy.WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                try
                {
                    await closing.WaitAsync(Remaining(deadline), cancellationToken).ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    throw BusyReport.DescribeHeld(settings.DataSource, deadline.Elapsed, 0);
                }
            }
        }
    }

    /// <summary>Gets the database of a file that SQLite has opened by itself, for an ATTACH, with one session counted in.</summary>
    /// <param name="identity">The file's name as SQLite tells it.</param>
    /// <param name="settings">Decides over the database's lifetime if nobody has opened it.</param>
    /// <returns><see langword="null"/> while it is just being closed by its last session, or kept closed: it must not stay attached then.</returns>
    public static Database? TryJoin(string identity, ConnectionSettings settings)
    {
        Database? database;
        lock (Gate)
        {
            if (Held.TryGetValue(identity, out var hold) && hold.KeepsOpensBack)
            {
                return null;
            }

            if (!ByIdentity.TryGetValue(identity, out database))
            {
                database = new Database(identity, settings);
                ByIdentity.Add(identity, database);
            }
        }

        return database.TryAddSession() ? database : null;
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
        => ByTarget.TryGetValue(target, out options!) && StillLeadsTo(target, options.Database) && options.Database.TryAddSession();

    // Whether a name is spelled as SQLite spells the file's, so that no link is on its way.
    private static bool LeadsStraight(Target target, Database database)
        => target.Name.Kind == DataSourceKind.Uri
            ? SqliteUri.Parse(target.Name.Name["file:".Length..], SqliteOpenMode.ReadWriteCreate, SqliteCacheMode.Default, target.Key.Vfs).Path == database.Identity
            : target.Name.Name == database.Identity;

    // A name that runs through a link may lead elsewhere by now. Asked of SQLite, which looks at each folder on the way.
    private static bool StillLeadsTo(Target target, Database database)
    {
        if (LeadsStraight(target, database) || database.IsUnshared || IdentityOf(target.Name, target.Key.Vfs) is not { } identity || identity == database.Identity)
        {
            return true;
        }

        ByTarget.TryRemove(target, out _);
        return false;
    }

    // A session was counted in: out again, if what the name leads to now can't be opened.
    private static OptionSet Current(OptionSet options, ConnectionSettings settings)
    {
        try
        {
            options.Database.EnsureCurrent(options, settings);
            return options;
        }
        catch
        {
            options.Database.RemoveSession();
            throw;
        }
    }

    private static TimeSpan Remaining(Deadline deadline)
        => deadline.Remaining is { TotalMilliseconds: <= int.MaxValue } left ? left : Timeout.InfiniteTimeSpan;

    // Belongs to one physical connection: a database of its own, known to nobody else.
    private static OptionSet OpenUnshared(Target target, ConnectionSettings settings)
    {
        var database = new Database(target.Name.Name, settings) { IsUnshared = true };
        database.TryAddSession();
        return new OptionSet(database, settings, target.Name, target.Initializer, settings.OptionSet.Mode == SqliteOpenMode.ReadOnly);
    }

    // Before anything is waited for: the stripe may be the very one under which the initializer runs.
    private static void ThrowIfInitializing()
    {
        if (OptionSet.IsInitializing)
        {
            throw new InvalidOperationException("A physical connection initializer must not open connections of SplitSqlite: the database that it belongs to is being opened. Use the connection that it is given.");
        }
    }

    private static OptionSet? TryOpenFirst(Target target, ConnectionSettings settings, Deadline deadline, out Task? closing)
    {
        var name = IdentityOf(target.Name, target.Key.Vfs);
        if (name is null)
        {
            return TryOpenFile(target, settings, deadline, out closing);
        }

        closing = BeginOpening(name);
        if (closing is not null)
        {
            return null;
        }

        try
        {
            return TryOpenFile(target, settings, deadline, out closing);
        }
        finally
        {
            EndOpening(name);
        }
    }

    private static OptionSet? TryOpenFile(Target target, ConnectionSettings settings, Deadline deadline, out Task? closing)
    {
        var isReadOnly = false;
        var database = target.Name.Kind == DataSourceKind.SharedMemory
            ? AddMemorySession(target, settings, out closing)
            : AddFileSession(target, settings, out isReadOnly, out closing);
        if (closing is not null)
        {
            return null;
        }

        try
        {
            var options = database.GetOrOpen(settings, target.Name with { Name = target.Name.Kind == DataSourceKind.File ? database.Identity : target.Name.Name }, target.Initializer, isReadOnly, deadline);
            ByTarget[target] = options;
            if (settings.IsFixed && LeadsStraight(target, database))
            {
                // Not for a name that may lead elsewhere one day (StillLeadsTo).
                settings.LastTarget = options;
            }

            database.EnsureCurrent(options, settings);
            return options;
        }
        catch
        {
            database.RemoveSession();
            database.CloseIfUnused(force: true);
            throw;
        }
    }

    // Only SQLite can say which file a name leads to, and whether it can be written.
    private static Database AddFileSession(Target target, ConnectionSettings settings, out bool isReadOnly, out Task? closing)
    {
        using var connection = new SqliteConnection(settings.ToMicrosoftDataSqliteString(target.Name, settings.OptionSet.Mode));
        connection.Open();
        var identity = SQLitePCL.raw.sqlite3_db_filename(connection.Handle!, "main").utf8_to_string() ?? string.Empty;
        isReadOnly = settings.OptionSet.Mode == SqliteOpenMode.ReadOnly || SQLitePCL.raw.sqlite3_db_readonly(connection.Handle!, "main") == 1;
        Database? database;
        lock (Gate)
        {
            if (!ByIdentity.TryGetValue(identity, out database))
            {
                database = new Database(identity, settings);
                ByIdentity.Add(identity, database);
            }
        }

        // While this connection still has the file open, so that a database that is just closing does not leave it in between.
        closing = database.TryAddSession() ? null : database.WhenFree;
        return database;
    }

    // Identity is the name that connections share it by: SQLite tells none.
    private static Database AddMemorySession(Target target, ConnectionSettings settings, out Task? closing)
    {
        var name = target.Name.MemoryName;
        var identity = $"memory:{(name[0] == ':' ? NativeSqlite.DefaultVfs : string.Empty)}{name}";
        Database? database;
        lock (Gate)
        {
            _ = ByIdentity.TryGetValue(identity, out database);
        }

        if (database is null)
        {
            // Opened outside of the lock; whoever comes second closes theirs again.
            var anchor = new SqliteConnection(settings.ToAnchorString(target.Name));
            try
            {
                anchor.Open();
                lock (Gate)
                {
                    if (!ByIdentity.TryGetValue(identity, out database))
                    {
                        database = new Database(identity, settings) { Anchor = anchor };
                        ByIdentity.Add(identity, database);
                    }
                }
            }
            finally
            {
                if (database?.Anchor != anchor)
                {
                    anchor.Dispose();
                }
            }
        }

        closing = database.TryAddSession() ? null : database.WhenFree;
        return database;
    }

    private readonly record struct Target(DataSourceName Name, OptionSetKey Key, Action<SqliteConnection>? Initializer);
}
