using System.Collections.Frozen;
using System.Globalization;

namespace SplitSqlite.Routing;

/// <summary>How SQLite reads the value of a PRAGMA.</summary>
internal enum PragmaValueKind : byte
{
    /// <summary>As text, or it has none.</summary>
    Text,

    /// <summary>A switch: on, yes, true or a number.</summary>
    Switch,

    /// <summary>32 bits, 0 where it is no number.</summary>
    Int32,

    /// <summary>32 bits, negative ones become 0.</summary>
    Int32FromZero,

    /// <summary>A whole number from 0; anything else is ignored.</summary>
    Count,

    /// <summary>A whole number above 0, capped; anything else is ignored.</summary>
    PageLimit,

    /// <summary>64 bits, at least -1.</summary>
    JournalSize,

    /// <summary>64 bits, between the default and the build's limit.</summary>
    MmapSize,

    /// <summary>A switch that also takes a number of pages.</summary>
    CacheSpill,

    /// <summary>A switch or FAST.</summary>
    SecureDelete,

    /// <summary>OFF, NORMAL, FULL, EXTRA or a number.</summary>
    Synchronous,

    /// <summary>DEFAULT, FILE, MEMORY or a number.</summary>
    TempStore,

    /// <summary>NORMAL or EXCLUSIVE.</summary>
    LockingMode,

    /// <summary>A journal mode, which SQLite lets be cut short.</summary>
    JournalMode,
}

/// <summary>One PRAGMA of the table.</summary>
/// <param name="Bare">Its class without an argument.</param>
/// <param name="Set">Its class with one.</param>
/// <param name="AnswersBare">Whether it has columns without an argument.</param>
/// <param name="AnswersSet">Whether it has columns with one.</param>
/// <param name="Value">How SQLite reads the argument.</param>
/// <param name="Default">What a fresh connection of this build holds, where that is the same for every file.</param>
internal sealed record PragmaRule(
    PragmaClass Bare,
    PragmaClass Set,
    bool AnswersBare,
    bool AnswersSet,
    PragmaValueKind Value = PragmaValueKind.Text,
    string? Default = null)
{
    /// <summary>Gets the name of the answer's column where it isn't the PRAGMA's.</summary>
    public string? Column { get; init; }

    /// <summary>Gets whether SQLite takes the setting back by itself when the transaction ends, so that inside one it belongs to nobody else.</summary>
    public bool EndsWithTransaction { get; init; }
}

/// <summary>
/// Every PRAGMA of SQLite 3.50 and what it does to whom (https://sqlite.org/pragma.html). A test walks over SQLite's own
/// <c>pragma_list</c> and compares columns and defaults. What isn't here is private.
/// </summary>
internal static class PragmaTable
{
    private static readonly FrozenDictionary<string, PragmaRule> Rules = Build();

    /// <summary>Gets the names in the table.</summary>
    public static IEnumerable<string> Names => Rules.Keys;

    /// <summary>Finds a PRAGMA by its name in lower case.</summary>
    public static PragmaRule? Find(string name) => Rules.GetValueOrDefault(name);

    /// <summary>Gets where a PRAGMA of this class runs when the session can't do without running it.</summary>
    public static Route RouteOf(PragmaClass pragmaClass) => pragmaClass switch
    {
        PragmaClass.Read => Route.Reader,
        PragmaClass.Tuning => Route.None,
        PragmaClass.JournalMode or PragmaClass.File => Route.Writer,
        PragmaClass.Refused => Route.Refused,
        _ => Route.Private,
    };

    /// <summary>Gets whether the session's settings decide over a PRAGMA of this class.</summary>
    public static bool IsSessionClass(PragmaClass pragmaClass) =>
        pragmaClass is PragmaClass.Tuning or PragmaClass.Connection or PragmaClass.Synchronous or PragmaClass.JournalMode;

    /// <summary>Gets whether a reading PRAGMA reads what a session remembers.</summary>
    public static bool ReadsSessionValue(PragmaCall call) =>
        call.Class == PragmaClass.Read && call.Argument is null && call.Schema is null or "main" &&
        Find(call.Name) is { } rule && rule.Set is PragmaClass.Tuning or PragmaClass.Connection or PragmaClass.Synchronous;

    /// <summary>Classes a PRAGMA.</summary>
    /// <param name="schema">The schema in lower case, if one was named.</param>
    /// <param name="name">The name in lower case.</param>
    /// <param name="argument">The argument as SQLite sees it, or <see langword="null"/>.</param>
    public static PragmaCall Call(string? schema, string name, string? argument)
    {
        if (!Rules.TryGetValue(name, out var rule))
        {
            return new PragmaCall(schema, name, argument, PragmaClass.Private, AnswersRow: false, name, DefaultValue: null);
        }

        var found = argument is null ? rule.Bare : rule.Set;
        if (name == "locking_mode" && argument is not null)
        {
            found = PragmaValue.Normalize(name, argument) switch
            {
                "normal" => PragmaClass.Tuning,
                "exclusive" => PragmaClass.Refused,
                _ => PragmaClass.Private,
            };
        }

        // Another schema's setting, or one of all schemas at once, is nothing that the table's classes speak of.
        if (schema is not (null or "main") && found is not (PragmaClass.Read or PragmaClass.Refused))
        {
            found = PragmaClass.Private;
        }

        var answers = argument is null ? rule.AnswersBare : rule.AnswersSet;
        return new PragmaCall(schema, name, argument, found, answers, rule.Column ?? name, rule.Default);
    }

    /// <summary>Makes the call of a PRAGMA that SQLite will refuse, perhaps after having acted on it.</summary>
    public static PragmaCall Malformed(string? schema, string name) => new(
        schema,
        name,
        Argument: null,
        name == "locking_mode" ? PragmaClass.Refused : PragmaClass.Private,
        AnswersRow: false,
        name,
        DefaultValue: null);

    /// <summary>Gets the least route of a SELECT that names the table-valued function of a PRAGMA.</summary>
    /// <param name="name">What stands behind <c>pragma_</c>.</param>
    public static Route TableFunctionRoute(ReadOnlySpan<char> name) => name.Length switch
    {
        // Readers are query_only, whatever the session is.
        10 when SqlWords.Same(name, "query_only") => Route.Writer,
        8 when SqlWords.Same(name, "optimize") => Route.Writer,
        12 when SqlWords.Same(name, "data_version") => Route.Private,
        _ => Route.None,
    };

    private static FrozenDictionary<string, PragmaRule> Build()
    {
        var rules = new Dictionary<string, PragmaRule>(StringComparer.Ordinal);

        // Only read, with an argument too, which at most names an object or is ignored.
        foreach (var name in (string[])
            [
                "collation_list", "compile_options", "database_list", "foreign_key_check", "foreign_key_list", "freelist_count",
                "function_list", "index_info", "index_list", "index_xinfo", "integrity_check", "module_list", "page_count",
                "pragma_list", "quick_check", "table_info", "table_list", "table_xinfo",
            ])
        {
            rules[name] = new(PragmaClass.Read, PragmaClass.Read, true, true);
        }

        // Frees memory of the connection it meets; and one that SQLite has forgotten and old applications still send.
        rules["shrink_memory"] = new(PragmaClass.Read, PragmaClass.Read, false, false);
        rules["legacy_file_format"] = new(PragmaClass.Read, PragmaClass.Read, false, false);

        // Tune a connection. read_uncommitted matters only between connections that share a cache, and ours never do.
        rules["analysis_limit"] = Tuning("0", PragmaValueKind.Count, answers: true);
        rules["busy_timeout"] = Tuning("0", PragmaValueKind.Int32FromZero, answers: true) with { Column = "timeout" };
        rules["cache_size"] = Tuning("-2000", PragmaValueKind.Int32, answers: false);
        rules["cache_spill"] = Tuning(PragmaValue.DefaultSpill.ToString(CultureInfo.InvariantCulture), PragmaValueKind.CacheSpill, answers: false);
        rules["journal_size_limit"] = Tuning("-1", PragmaValueKind.JournalSize, answers: true);
        rules["locking_mode"] = Tuning("normal", PragmaValueKind.LockingMode, answers: true);
        rules["mmap_size"] = Tuning("0", PragmaValueKind.MmapSize, answers: true);
        rules["read_uncommitted"] = Tuning("0", PragmaValueKind.Switch, answers: false);
        rules["temp_store"] = Tuning("0", PragmaValueKind.TempStore, answers: false);
        rules["threads"] = Tuning("0", PragmaValueKind.Count, answers: true);
        rules["wal_autocheckpoint"] = Tuning("1000", PragmaValueKind.Int32FromZero, answers: true);

        rules["synchronous"] = new(PragmaClass.Read, PragmaClass.Synchronous, true, false, PragmaValueKind.Synchronous, "2");
        rules["journal_mode"] = new(PragmaClass.Read, PragmaClass.JournalMode, true, true, PragmaValueKind.JournalMode);

        // Change what one connection answers, refuses or makes durable.
        foreach (var name in (string[])
            [
                "cell_size_check", "checkpoint_fullfsync", "count_changes", "defer_foreign_keys", "empty_result_callbacks",
                "full_column_names", "fullfsync", "ignore_check_constraints", "legacy_alter_table", "query_only",
                "recursive_triggers", "reverse_unordered_selects", "writable_schema",
            ])
        {
            rules[name] = Connection("0");
        }

        foreach (var name in (string[])["automatic_index", "foreign_keys", "short_column_names", "trusted_schema"])
        {
            rules[name] = Connection("1");
        }

        rules["case_sensitive_like"] = Connection("0") with { AnswersBare = false };
        rules["defer_foreign_keys"] = Connection("0") with { EndsWithTransaction = true };
        rules["max_page_count"] = Connection("4294967294") with { AnswersSet = true, Value = PragmaValueKind.PageLimit };
        rules["secure_delete"] = Connection("0") with { AnswersSet = true, Value = PragmaValueKind.SecureDelete };

        // Change the file, or the whole process: on the writer they do what they do with the plain provider.
        foreach (var name in (string[])["application_id", "auto_vacuum", "encoding", "page_size", "schema_version", "user_version"])
        {
            rules[name] = new(PragmaClass.Read, PragmaClass.File, true, false);
        }

        rules["default_cache_size"] = new(PragmaClass.Read, PragmaClass.File, true, false) { Column = "cache_size" };
        rules["incremental_vacuum"] = new(PragmaClass.File, PragmaClass.File, false, false);
        rules["wal_checkpoint"] = new(PragmaClass.File, PragmaClass.File, true, true) { Column = "busy" };
        rules["optimize"] = new(PragmaClass.File, PragmaClass.File, true, true);
        rules["hard_heap_limit"] = new(PragmaClass.Read, PragmaClass.File, true, true, Default: "0");
        rules["soft_heap_limit"] = new(PragmaClass.Read, PragmaClass.File, true, true, Default: "0");
        rules["temp_store_directory"] = new(PragmaClass.Read, PragmaClass.File, true, false);
        rules["data_store_directory"] = new(PragmaClass.Read, PragmaClass.File, true, false);

        // Means something only on one fixed connection, or speaks of keys.
        rules["data_version"] = new(PragmaClass.Private, PragmaClass.Private, true, true);
        foreach (var name in (string[])["activate_extensions", "hexkey", "hexrekey", "key", "lock_proxy_file", "rekey", "textkey", "textrekey"])
        {
            rules[name] = new(PragmaClass.Private, PragmaClass.Private, false, false);
        }

        return rules.ToFrozenDictionary(StringComparer.Ordinal);

        static PragmaRule Tuning(string value, PragmaValueKind kind, bool answers) =>
            new(PragmaClass.Read, PragmaClass.Tuning, true, answers, kind, value);

        static PragmaRule Connection(string value) =>
            new(PragmaClass.Read, PragmaClass.Connection, true, false, PragmaValueKind.Switch, value);
    }
}
