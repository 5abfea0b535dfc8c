using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>Finds the value of every parameter of a statement, by the rules of Microsoft.Data.Sqlite.</summary>
/// <remarks>
/// Those rules: a name is looked up as it is written, then with each of the prefixes <c>@</c>, <c>$</c>, <c>:</c> before it;
/// a parameter that the statement doesn't have is ignored; the number of values bound must be the statement's number of
/// parameters, except in an EXPLAIN.
/// </remarks>
internal static class ParameterBinder
{
    /// <summary>Binds the parameters of a statement that is not being stepped.</summary>
    /// <exception cref="InvalidOperationException">A parameter is missing, ambiguous, without name or value, or of a type that can't be bound.</exception>
    /// <exception cref="SqliteException">SQLite refused a value (too big).</exception>
    public static void Bind(PreparedStatement statement, SqliteParameterCollection? parameters)
    {
        int expected = statement.ParameterCount;
        int count = parameters?.Count ?? 0;
        if (count == 0 && expected == 0)
        {
            return;
        }

        int bound = BindInOrder(statement, parameters, count);
        if (bound < count)
        {
            // Not one by one in the statement's order. A statement from the cache may hold another execution's values:
            // they must not fill a gap that two parameters of one name leave.
            statement.ClearBindings();
            bound = BindByName(statement, parameters!);
        }

        if (bound != expected && !statement.IsExplain)
        {
            throw new InvalidOperationException(DescribeMismatch(statement, parameters));
        }
    }

    /// <summary>Binds parameters as long as they have the names of the statement's, with or without prefix, in its order.</summary>
    /// <returns>How many were bound.</returns>
    private static int BindInOrder(PreparedStatement statement, SqliteParameterCollection? parameters, int count)
    {
        if (count == 0 || count > statement.ParameterCount)
        {
            return 0;
        }

        string?[] names = statement.ParameterNames;
        for (int i = 0; i < count; i++)
        {
            SqliteParameter parameter = parameters![i];
            string name = parameter.ParameterName;
            if (name.Length == 0
                || (name != names[i] && !(statement.HasDistinctNames && IsWithoutPrefix(name, names[i]))))
            {
                return i;
            }

            BindParameter(statement, i + 1, parameter);
        }

        return count;
    }

    private static int BindByName(PreparedStatement statement, SqliteParameterCollection parameters)
    {
        int bound = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            SqliteParameter parameter = parameters[i];
            string name = parameter.ParameterName;
            if (name.Length == 0)
            {
                throw new InvalidOperationException($"Parameter {i} has no {nameof(SqliteParameter.ParameterName)}.");
            }

            int index = FindIndex(statement, name);
            if (index != 0)
            {
                BindParameter(statement, index, parameter);
                bound++;
            }
        }

        return bound;
    }

    private static void BindParameter(PreparedStatement statement, int index, SqliteParameter parameter)
    {
        object value = parameter.Value
            ?? throw new InvalidOperationException($"Parameter '{parameter.ParameterName}' has no {nameof(SqliteParameter.Value)}; use DBNull.Value for NULL.");
        ValueBinder.Bind(statement, index, parameter, value);
    }

    /// <summary>Finds the position of a parameter by its name, with or without prefix.</summary>
    /// <returns>The position from 1, or 0 where the statement has no such parameter.</returns>
    private static int FindIndex(PreparedStatement statement, string name)
    {
        if (!Ascii.IsValid(name) || name.Contains('\0', StringComparison.Ordinal))
        {
            // SQLite sees the name as UTF-8 up to a zero byte, where unpaired surrogates are one: only it can compare.
            return FindIndexNatively(statement, name);
        }

        string?[] names = statement.ParameterNames;
        int prefixed = 0;
        int matches = 0;
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i] == name)
            {
                return i + 1;
            }

            if (IsWithoutPrefix(name, names[i]))
            {
                prefixed = i + 1;
                matches++;
            }
        }

        return Choose(name, prefixed, matches);
    }

    /// <summary>Gets whether a name is another's without the prefix; one that has a prefix itself never is.</summary>
    private static bool IsWithoutPrefix(string name, string? full)
        => full is not null
            && full.Length == name.Length + 1
            && full[0] is '@' or '$' or ':'
            && name[0] is not ('@' or '$' or ':')
            && full.EndsWith(name, StringComparison.Ordinal);

    private static int FindIndexNatively(PreparedStatement statement, string name)
    {
        int index = raw.sqlite3_bind_parameter_index(statement.Handle, name);
        if (index != 0)
        {
            return index;
        }

        int matches = 0;
        foreach (char prefix in "@$:")
        {
            int found = raw.sqlite3_bind_parameter_index(statement.Handle, prefix + name);
            if (found != 0)
            {
                index = found;
                matches++;
            }
        }

        return Choose(name, index, matches);
    }

    private static int Choose(string name, int prefixed, int matches)
    {
        if (name[0] is '@' or '$' or ':')
        {
            // A name that has its prefix means itself only.
            return 0;
        }

        return matches <= 1
            ? prefixed
            : throw new InvalidOperationException($"The statement has more than one parameter '{name}', with different prefixes: give the prefix too.");
    }

    private static string DescribeMismatch(PreparedStatement statement, SqliteParameterCollection? parameters)
    {
        var missing = new List<string>();
        foreach (string? name in statement.ParameterNames)
        {
            if (name is null)
            {
                missing.Add("? (give it a name)");
            }
            else if (parameters is null || (!parameters.Contains(name) && !parameters.Contains(name[1..])))
            {
                missing.Add(name);
            }
        }

        if (missing.Count > 0)
        {
            return $"Values must be given for these parameters: {string.Join(", ", missing)}.";
        }

        return $"The statement has {statement.ParameterCount} parameters and more values than that have their names: each must be given once.";
    }
}
