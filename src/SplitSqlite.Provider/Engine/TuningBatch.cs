using SplitSqlite.Routing;

namespace SplitSqlite.Engine;

/// <summary>
/// What a command text does that consists of tuning PRAGMAs only, found out once per text: many applications send such a batch on every
/// open, and it must cost nothing. Immutable, shared by all sessions.
/// </summary>
internal sealed class TuningBatch
{
    // In the plan's note of a text that is none.
    private static readonly object None = new();

    private TuningBatch(KeyValuePair<string, string>[] values, TuningAnswer[] answers, int silent, int synchronous)
    {
        Values = values;
        Answers = answers;
        Silent = silent;
        Synchronous = synchronous;
    }

    /// <summary>Gets what the PRAGMAs set, by name, in order.</summary>
    public KeyValuePair<string, string>[] Values { get; }

    /// <summary>Gets the rows that SQLite would answer.</summary>
    public TuningAnswer[] Answers { get; }

    /// <summary>Gets how many statements answer nothing.</summary>
    public int Silent { get; }

    /// <summary>Gets the strongest <c>synchronous</c> level that is asked for, or -1.</summary>
    public int Synchronous { get; }

    /// <summary>Gets the batch that a plan is, or <see langword="null"/> where something in it has to be run or depends on the session.</summary>
    public static TuningBatch? Of(SqlPlan plan)
        => plan.HasSessionPragmas && plan.Route == Route.None ? (plan.EngineNote ??= (object?)Make(plan) ?? None) as TuningBatch : null;

    /// <summary>Gets the value that a name was given, or <see langword="null"/>.</summary>
    public string? Find(string name)
    {
        for (var i = Values.Length - 1; i >= 0; i--)
        {
            if (Values[i].Key == name)
            {
                return Values[i].Value;
            }
        }

        return null;
    }

    private static TuningBatch? Make(SqlPlan plan)
    {
        var values = new List<KeyValuePair<string, string>>();
        var answers = new List<TuningAnswer>();
        var silent = 0;
        var synchronous = -1;
        foreach (var statement in plan.Statements)
        {
            if (statement is not { Kind: StatementKind.Pragma, Pragma: { Argument: { } argument, Class: PragmaClass.Tuning or PragmaClass.Synchronous } pragma }
                || PragmaValue.Normalize(pragma.Name, argument) is not { } value)
            {
                return null;
            }

            if (pragma.Class == PragmaClass.Synchronous)
            {
                synchronous = Math.Max(synchronous, PragmaValue.SynchronousLevel(argument));
            }

            values.Add(new(pragma.Name, value));
            if (pragma.AnswersRow)
            {
                answers.Add(new TuningAnswer(pragma.ColumnName, SessionPragmas.Typed(value), silent));
            }
            else
            {
                silent++;
            }
        }

        return new TuningBatch([.. values], [.. answers], silent, synchronous);
    }
}

/// <summary>One row that a tuning PRAGMA answers.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Value">The value.</param>
/// <param name="SilentBefore">How many statements before it answered nothing.</param>
internal readonly record struct TuningAnswer(string Column, object Value, int SilentBefore);
