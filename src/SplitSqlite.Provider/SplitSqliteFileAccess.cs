using System.Diagnostics.CodeAnalysis;
using SplitSqlite.Engine;

namespace SplitSqlite;

/// <summary>
/// A database file that this process keeps closed, so that it can be copied, replaced, moved or deleted by other means: what
/// <see cref="SplitSqliteConnection.CloseForFileAccess(string, TimeSpan)"/> returns. Dispose it and everything goes on, with the file that is there then.
/// </summary>
public sealed class SplitSqliteFileAccess : IDisposable, IAsyncDisposable
{
    private readonly FileHold _hold;

    internal SplitSqliteFileAccess(FileHold hold) => _hold = hold;

    /// <summary>Releases a file whose holder has forgotten to dispose this, or everybody would wait for ever.</summary>
    ~SplitSqliteFileAccess() => Background.Queue(static hold => hold.Release(), _hold);

    /// <summary>Gets the file's full name as SQLite knows it, links resolved: what to copy from or to.</summary>
    public string FileName => _hold.Path;

    /// <summary>
    /// Gets the error of a file that is damaged or can't be written, so that its WAL could not be taken in; <see langword="null"/> where all is well. Such a
    /// file may have a <c>-wal</c> and <c>-shm</c> beside it: when you replace the file, remove them with it.
    /// </summary>
    public Microsoft.Data.Sqlite.SqliteException? CheckpointError => _hold.Failure;

    /// <summary>Lets whoever waits go on. Does nothing when called again.</summary>
    public void Dispose()
    {
        _hold.Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets whoever waits go on. Does nothing when called again.</summary>
    [SuppressMessage("Usage", "CA1816:Dispose methods should call SuppressFinalize", Justification = "Dispose does.")]
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
