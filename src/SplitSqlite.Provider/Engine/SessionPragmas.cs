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
    private Dictionary<string, string>? _set;

    /// <summary>Gets the session's own deadline in milliseconds by <c>PRAGMA busy_timeout</c>, or <see langword="null"/>.</summary>
    public int? BusyTimeout { get; private set; }

    /// <summary>Says whether a PRAGMA is answered without being run.</summary>
    public bool Answers(PragmaCall pragma)
    {
        // What a private session sets is really set, on the connection that is its own.
        var isPrivate = session.State is SessionState.Private or SessionState.PrivateTransaction;
        return pragma.Class switch
        {
            PragmaClass.Tuning => !isPrivate || pragma.Name is "wal_autocheckpoint" or "locking_mode" or "busy_timeout",
            PragmaClass.Connection => !session.HasOwnConnection && IsCurrent(pragma),
            PragmaClass.Synchronous => !isPrivate && !session.IsInTransaction && Level(pragma.Argument) is { } level && level <= session.Options.SynchronousLevel,
            PragmaClass.JournalMode => string.Equals(pragma.Argument, session.Database.JournalMode, StringComparison.OrdinalIgnoreCase),
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
                    (_set ??= new(StringComparer.Ordinal))[pragma.Name] = value;
                    if (pragma.Name == "busy_timeout")
                    {
                        var milliseconds = int.Parse(value, CultureInfo.InvariantCulture);
                        BusyTimeout = milliseconds > 0 ? milliseconds : null;
                    }
                }

                return pragma.AnswersRow ? BufferedRows.Single(pragma.ColumnName, ReadBack(pragma) ?? Typed(pragma.DefaultValue!)) : null;
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
        if (_set is null)
        {
            return;
        }

        foreach (var (name, value) in _set)
        {
            // The words come from the tokenizer's table and from a number or a word of the user's; quoted, they can be nothing else.
            if (name is not ("busy_timeout" or "wal_autocheckpoint" or "locking_mode"))
            {
                _ = connection.ExecuteOwn($"PRAGMA {name}='{value.Replace("'", "''", StringComparison.Ordinal)}'");
            }
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

        // Where our own set-up of the connections would show: what a plain connection answers.
        return pragma.Name is "wal_autocheckpoint" or "busy_timeout" || (pragma.Name == "query_only" && !session.HasOwnConnection) ? Typed(pragma.DefaultValue!) : null;
    }

    private static object Typed(string value)
        => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : value;

    private static int? Level(string? argument) => argument is null ? null : PragmaValue.SynchronousLevel(argument);
}
