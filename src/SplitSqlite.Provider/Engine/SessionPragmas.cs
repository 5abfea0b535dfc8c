using System.Globalization;
using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;

namespace SplitSqlite.Engine;

/// <summary>
/// The PRAGMAs that a session sets without their being run: those that only tune a connection, and those that set what is set already.
/// They are remembered, answered on read-back, and cost nothing; many applications send a batch of them on every open.
/// </summary>
internal sealed class SessionPragmas(Session session)
{
    // The first batch of a session is shared with all that send it; only what comes after it needs memory of its own.
    private TuningBatch? _batch;
    private Dictionary<string, string>? _set;

    /// <summary>Gets the session's own deadline in milliseconds by <c>PRAGMA busy_timeout</c>, or <see langword="null"/>.</summary>
    public int? BusyTimeout { get; private set; }

    /// <summary>Says whether a PRAGMA is answered without being run.</summary>
    public bool Answers(PragmaCall pragma)
    {
        // What a private session sets is really set, on the connection that is its own.
        var isPrivate = session.State is SessionState.Private or SessionState.PrivateTransaction or SessionState.PrivateSnapshot;
        return pragma.Class switch
        {
            PragmaClass.Tuning => !isPrivate || pragma.Name is "wal_autocheckpoint" or "locking_mode" or "busy_timeout",
            // Inside a transaction the writer may have been given another value before, and is asked.
            PragmaClass.Connection => session.State is SessionState.Free or SessionState.Snapshot && IsCurrent(pragma),
            PragmaClass.Synchronous => !isPrivate && !session.IsInTransaction && Level(pragma.Argument) is { } level && level <= session.Options.SynchronousLevel,
            PragmaClass.JournalMode => session.State != SessionState.Transaction && string.Equals(pragma.Argument, session.Database.JournalMode, StringComparison.OrdinalIgnoreCase),
            PragmaClass.Read when pragma.Argument is null && (!isPrivate || pragma.Name is "wal_autocheckpoint" or "busy_timeout") => ReadBack(pragma) is not null,
            _ => false,
        };
    }

    /// <summary>Takes a PRAGMA that is answered without being run, and gives SQLite's answer to it.</summary>
    /// <returns>A result of one row, or <see langword="null"/> where SQLite answers nothing.</returns>
    public BufferedRows? Answer(PragmaCall pragma)
    {
        switch (pragma.Class)
        {
            case PragmaClass.Read:
                return BufferedRows.Single(pragma.ColumnName, ReadBack(pragma));

            case PragmaClass.JournalMode:
                return BufferedRows.Single(pragma.ColumnName, session.Database.JournalMode);

            case PragmaClass.Connection:
                return pragma.AnswersRow ? BufferedRows.Single(pragma.ColumnName, Typed(pragma.Argument!)) : null;

            default:
                // What SQLite ignores, it leaves as it is.
                if (PragmaValue.Normalize(pragma.Name, pragma.Argument!) is { } value)
                {
                    Remember(pragma.Name, value);
                }

                return pragma.AnswersRow ? BufferedRows.Single(pragma.ColumnName, ReadBack(pragma) ?? Typed(pragma.DefaultValue!)) : null;
        }
    }

    /// <summary>Says whether a whole batch is answered without being run.</summary>
    public bool Answers(TuningBatch batch)
        => session.State is SessionState.Free && batch.Synchronous <= session.Options.SynchronousLevel;

    /// <summary>Takes a whole batch.</summary>
    public void Take(TuningBatch batch)
    {
        if (ReferenceEquals(batch, _batch) && _set is null)
        {
            return;
        }

        if (_batch is null && _set is null)
        {
            _batch = batch;
            SetBusyTimeout(batch.Find("busy_timeout"));
            return;
        }

        foreach (var (name, value) in batch.Values)
        {
            Remember(name, value);
        }
    }

    /// <summary>Gets the durability that a PRAGMA asks for where it is stronger than the session's and no transaction is open.</summary>
    public SplitSqliteSynchronous? AsksForStronger(PragmaCall pragma)
        => pragma.Class == PragmaClass.Synchronous && session.State == SessionState.Free && Level(pragma.Argument) is { } level && level > session.Options.SynchronousLevel
            ? (SplitSqliteSynchronous)level
            : null;

    /// <summary>Says whether a statement that is not for a shared connection really changed the one it ran on.</summary>
    public bool ChangesConnection(SqlStatement statement, bool isInTransaction)
        => statement.Pragma is not { } pragma
            || !(pragma.Name is "data_version" or "defer_foreign_keys" || (pragma.Name == "foreign_keys" && isInTransaction) || pragma.Class == PragmaClass.Synchronous || IsCurrent(pragma));

    /// <summary>Sets on a private connection what the session has set before it had one.</summary>
    public void Replay(PhysicalConnection connection)
    {
        foreach (var (name, value) in (_batch?.Values ?? []).Concat(_set ?? []))
        {
            // The words come from the tokenizer's table and from a number or a word of the user's; quoted, they can be nothing else.
            if (name is not ("busy_timeout" or "wal_autocheckpoint" or "locking_mode"))
            {
                _ = connection.ExecuteOwn($"PRAGMA {name}='{value.Replace("'", "''", StringComparison.Ordinal)}'");
            }
        }
    }

    private void Remember(string name, string value)
    {
        (_set ??= new(StringComparer.Ordinal))[name] = value;
        if (name == "busy_timeout")
        {
            SetBusyTimeout(value);
        }
    }

    private void SetBusyTimeout(string? value)
    {
        if (value is not null)
        {
            var milliseconds = int.Parse(value, CultureInfo.InvariantCulture);
            BusyTimeout = milliseconds > 0 ? milliseconds : null;
        }
    }

    private bool IsCurrent(PragmaCall pragma)
    {
        var current = pragma.Name switch
        {
            "foreign_keys" => session.Settings.OptionSet.ForeignKeys is { } on ? (on ? "1" : "0") : pragma.DefaultValue,
            "recursive_triggers" => session.Settings.OptionSet.RecursiveTriggers ? "1" : "0",
            _ => pragma.DefaultValue,
        };
        return pragma.Argument is not null && current is not null && PragmaValue.SameValue(pragma.Name, current, pragma.Argument);
    }

    private object? ReadBack(PragmaCall pragma)
    {
        if (_set is not null && _set.TryGetValue(pragma.Name, out var value))
        {
            return Typed(value);
        }

        if (_batch?.Find(pragma.Name) is { } shared)
        {
            return Typed(shared);
        }

        // Where our own set-up of the connections would show: what a plain connection answers. The writer of a transaction has no query_only
        // but the one that was set in it.
        return pragma.Name is "wal_autocheckpoint" or "busy_timeout" || (pragma.Name == "query_only" && session.State != SessionState.Transaction)
            ? Typed(pragma.DefaultValue!)
            : null;
    }

    /// <summary>Gets a value as the type in which SQLite answers it.</summary>
    public static object Typed(string value)
        => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : value;

    private static int? Level(string? argument) => argument is null ? null : PragmaValue.SynchronousLevel(argument);
}
