namespace SplitSqlite.History;

/// <summary>Something that must not be.</summary>
/// <param name="Kind">Of which kind, in two words.</param>
/// <param name="What">What exactly.</param>
/// <param name="Operations">The operations that it is about.</param>
internal sealed record Anomaly(string Kind, string What, params Operation[] Operations)
{
    /// <summary>The kinds that are no judgement of the history, but errors and states that ought not to be.</summary>
    public bool IsOfTheHistory => Kind is not ("unexpected error" or "stuck" or "lease not back" or "background failure" or "no shared commit");
}
