using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SplitSqlite.Engine;

/// <summary>
/// What there is to tell of one database. Notes may be added under any lock; they reach the logger when whoever added them calls
/// <see cref="Flush"/> with no lock held, because a logger is foreign code and may itself write to this very database.
/// </summary>
internal sealed class DatabaseLog
{
    // A database that nobody logs must not remember without end.
    private const int MostKept = 32;

    private readonly ConcurrentQueue<Action<ILogger>> _notes = new();
    private volatile ILogger? _logger;

    /// <summary>Gives the database the logger of a data source. The first that has one wins; what was noted before is told to it.</summary>
    public void Attach(ILogger? logger)
    {
        if (logger is not null && _logger is null)
        {
            _ = Interlocked.CompareExchange(ref _logger, logger, null);
            Flush();
        }
    }

    /// <summary>Notes something, to be told at the next <see cref="Flush"/>.</summary>
    public void Add(Action<ILogger> note)
    {
        if (_logger is not null || _notes.Count < MostKept)
        {
            _notes.Enqueue(note);
        }
    }

    /// <summary>Tells what was noted. No lock may be held.</summary>
    public void Flush()
    {
        if (_logger is not { } logger || _notes.IsEmpty)
        {
            return;
        }

        while (_notes.TryDequeue(out var note))
        {
            // What a logger throws is its own affair, and no reason to fail who has just opened or written.
            Background.Run(static told => told.note(told.logger), (note, logger));
        }
    }
}
