using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <content>Files that are kept closed, by the name that SQLite would know them by; also those that nobody has open.</content>
internal static partial class DatabaseRegistry
{
    /// <summary>Gets the identity that a file would have, without opening it; <see langword="null"/> for what is no file.</summary>
    public static string? IdentityOf(DataSourceName name, string? vfs)
    {
        switch (name.Kind)
        {
            case DataSourceKind.File:
                return NativeFile.FullName(name.Name, vfs) ?? name.Name;
            case DataSourceKind.Uri:
                var uri = SqliteUri.Parse(name.Name["file:".Length..], SqliteOpenMode.ReadWriteCreate, SqliteCacheMode.Default, vfs);
                return NativeFile.FullName(uri.Path, uri.Vfs) ?? uri.Path;
            default:
                return null;
        }
    }

    /// <summary>Gets the database of a file, if it is open or warm.</summary>
    public static Database? FindByIdentity(string identity)
    {
        lock (Gate)
        {
            return ByIdentity.GetValueOrDefault(identity);
        }
    }

    /// <summary>Enters a hold, which keeps nobody back yet.</summary>
    /// <returns>The hold that the file has already, if there is one.</returns>
    public static FileHold? TryRegister(FileHold hold)
    {
        lock (Gate)
        {
            return Held.TryAdd(hold.Path, hold) ? null : Held[hold.Path];
        }
    }

    /// <summary>Has whoever opens the file from now on wait.</summary>
    /// <returns>What ends when the opens are over that had begun before.</returns>
    public static Task KeepOpensBack(FileHold hold)
    {
        lock (Gate)
        {
            hold.KeepsOpensBack = true;
            if (Opening.ContainsKey(hold.Path))
            {
                hold.OpensOver ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return hold.OpensOver?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Strikes a hold out.</summary>
    public static void Unregister(FileHold hold)
    {
        lock (Gate)
        {
            if (Held.TryGetValue(hold.Path, out var present) && present == hold)
            {
                Held.Remove(hold.Path);
            }
        }
    }

    // Answers what to wait for, if the file is kept closed; else counts the open in.
    private static Task? BeginOpening(string name)
    {
        lock (Gate)
        {
            if (Held.TryGetValue(name, out var hold) && hold.KeepsOpensBack)
            {
                return hold.Released;
            }

            Opening[name] = Opening.GetValueOrDefault(name) + 1;
            return null;
        }
    }

    private static void EndOpening(string name)
    {
        TaskCompletionSource? over = null;
        lock (Gate)
        {
            var left = Opening[name] - 1;
            if (left > 0)
            {
                Opening[name] = left;
            }
            else
            {
                Opening.Remove(name);
                over = Held.GetValueOrDefault(name)?.OpensOver;
            }
        }

        over?.TrySetResult();
    }
}
