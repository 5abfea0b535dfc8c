using System.Globalization;

namespace SplitSqlite.Engine;

/// <summary>What of a connection string belongs to the database as a whole: the first open decides it.</summary>
internal readonly record struct DatabaseOptions(int MaxReaders, TimeSpan IdleLifetime, SplitSqliteJournalMode JournalMode)
{
    public DatabaseOptions(ConnectionSettings settings)
        : this(settings.MaxReaders, settings.IdleLifetime, settings.JournalMode)
    {
    }

    /// <summary>Names the keywords in which these differ from those that hold, with both values.</summary>
    public IEnumerable<(string Keyword, string Value, string Decided)> DifferencesFrom(DatabaseOptions decided)
    {
        if (MaxReaders != decided.MaxReaders)
        {
            yield return ("Max Readers", Text(MaxReaders), Text(decided.MaxReaders));
        }

        if (IdleLifetime != decided.IdleLifetime)
        {
            yield return ("Connection Idle Lifetime", Text(IdleLifetime.TotalSeconds), Text(decided.IdleLifetime.TotalSeconds));
        }

        if (JournalMode != decided.JournalMode)
        {
            yield return ("Journal Mode", JournalMode.ToString(), decided.JournalMode.ToString());
        }

        static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
    }
}
