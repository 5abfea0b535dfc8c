using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;
using SplitSqlite.EFCore.Tests.Differential.Model;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>One provider with a file of its own; all that its contexts send and all that a case tells is logged, exceptions too.</summary>
internal sealed partial class Side : IDisposable
{
    private static readonly string[] TellingCategories = [DbLoggerCategory.Database.Name, DbLoggerCategory.Update.Name, DbLoggerCategory.Infrastructure.Name];

    private readonly List<string> _log = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("splitsqlite-ef-").FullName;

    public Side(bool isSplit, byte[] content)
    {
        IsSplit = isSplit;
        Path = System.IO.Path.Combine(_folder, "bed.db");
        File.WriteAllBytes(Path, content);
    }

    public bool IsSplit { get; }

    public string Path { get; }

    /// <summary>Gets what was logged.</summary>
    public IReadOnlyList<string> Lines => _log;

    /// <summary>Gets the text that names the file. Nothing here asks for what a crash would leave, so nothing is synced where that can be said.</summary>
    public string ConnectionString => $"Data Source={Path};Default Timeout=20{(IsSplit ? ";Synchronous=Off" : string.Empty)}";

    /// <summary>Makes a context on a connection of its own, or on one that is there.</summary>
    public BedContext Context(DbConnection? connection = null, Action<SqliteDbContextOptionsBuilder>? provider = null)
        => new(Options(connection, provider).Options);

    /// <summary>Makes the options of a context, to be changed further.</summary>
    public DbContextOptionsBuilder<BedContext> Options(DbConnection? connection = null, Action<SqliteDbContextOptionsBuilder>? provider = null)
    {
        var options = new DbContextOptionsBuilder<BedContext>();
        _ = (IsSplit, connection) switch
        {
            (true, null) => options.UseSplitSqlite(ConnectionString, provider),
            (true, not null) => options.UseSplitSqlite(connection, provider),
            (false, null) => options.UseSqlite(ConnectionString, provider),
            (false, not null) => options.UseSqlite(connection, provider),
        };
        return options.EnableSensitiveDataLogging().AddInterceptors(new Recorder(Log)).LogTo(IsToldWarning, data => Log($"warning: {data.EventId}"));
    }

    /// <summary>Makes a connection of the side's provider, closed.</summary>
    public DbConnection Connect() => IsSplit ? new SplitSqliteConnection(ConnectionString) : new SqliteConnection(ConnectionString);

    /// <summary>Logs a line, without what is another each time: the path, and the temporary keys, which are counted over all contexts.</summary>
    public void Log(string line)
    {
        // Contexts of one side may run in parallel.
        lock (_log)
        {
            _log.Add(TemporaryKeys().Replace(line.Replace(Path, "<file>", StringComparison.Ordinal), "<temporary>"));
        }
    }

    /// <summary>Logs what a call gives or throws.</summary>
    public T? Try<T>(string what, Func<T> call)
    {
        try
        {
            var value = call();
            Log($"{what} => {Described.Value(value)}");
            return value;
        }
        catch (Exception exception)
        {
            Log($"{what} => {Described.Error(exception)}");
            return default;
        }
    }

    /// <summary>Logs what a call gives or throws.</summary>
    public async Task<T?> TryAsync<T>(string what, Func<Task<T>> call)
    {
        try
        {
            var value = await call();
            Log($"{what} => {Described.Value(value)}");
            return value;
        }
        catch (Exception exception)
        {
            Log($"{what} => {Described.Error(exception)}");
            return default;
        }
    }

    /// <summary>Logs that a call succeeds, or what it throws.</summary>
    public bool Do(string what, Action call) => Try(what, () =>
    {
        call();
        return true;
    });

    /// <summary>Logs that a call succeeds, or what it throws.</summary>
    public Task<bool> DoAsync(string what, Func<Task> call) => TryAsync(what, async () =>
    {
        await call();
        return true;
    });

    /// <summary>Changes something in a new context and saves it.</summary>
    public void Save(Action<BedContext> change, Action<SqliteDbContextOptionsBuilder>? provider = null)
    {
        using var context = Context(provider: provider);
        change(context);
        Save(context);
    }

    /// <summary>Saves, and logs what is tracked before and after: states, keys, and what the store generated.</summary>
    public void Save(BedContext context)
    {
        Log("saving: " + Tracked(context));
        Try("SaveChanges", context.SaveChanges);
        Log("saved: " + Tracked(context));
    }

    /// <summary>Saves, and logs what is tracked before and after: states, keys, and what the store generated.</summary>
    public async Task SaveAsync(BedContext context, CancellationToken cancellationToken = default)
    {
        Log("saving: " + Tracked(context));
        await TryAsync("SaveChangesAsync", () => context.SaveChangesAsync(cancellationToken));
        Log("saved: " + Tracked(context));
    }

    public void Dispose()
    {
        using (var connection = Connect())
        {
            if (connection is SplitSqliteConnection split)
            {
                SplitSqliteConnection.ClearPool(split);
            }
            else
            {
                SqliteConnection.ClearPool((SqliteConnection)connection);
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string Tracked(BedContext context) => context.ChangeTracker.DebugView.LongView.ReplaceLineEndings(" ");

    // The first ones above the smallest int.
    [GeneratedRegex("-214748[0-2][0-9]{3}")]
    private static partial Regex TemporaryKeys();

    // Warnings of a model or of a query come with its first use, so they depend on which case is the first; what sensitive data are in the log is our own wish.
    private static bool IsToldWarning(EventId id, LogLevel level)
        => level >= LogLevel.Warning
            && id != CoreEventId.SensitiveDataLoggingEnabledWarning
            && id.Name is { } name
            && TellingCategories.Any(category => name.StartsWith(category, StringComparison.Ordinal));
}
