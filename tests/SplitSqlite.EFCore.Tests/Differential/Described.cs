using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace SplitSqlite.EFCore.Tests.Differential;

/// <summary>Results and exceptions as texts that tell apart what a caller can tell apart: types, values, and who refers to whom.</summary>
internal static class Described
{
    /// <summary>Describes a value, or an object with everything that it refers to; each object once, with a number.</summary>
    public static string Value(object? value)
    {
        var text = new StringBuilder();
        Write(text, value, new Dictionary<object, int>(ReferenceEqualityComparer.Instance));
        return text.ToString();
    }

    /// <summary>Describes an exception with those inside of it: types, messages, and SQLite's codes.</summary>
    public static string Error(Exception exception)
    {
        var text = new StringBuilder("!");
        for (var current = exception; current is not null; current = current.InnerException)
        {
            text.Append(text.Length > 1 ? " <- " : string.Empty).Append(current.GetType().Name).Append(": ").Append(IsWordedByProvider(current) ? "(the provider's own words)" : current.Message);
            text.Append(current switch
            {
                SqliteException error => $" ({error.SqliteErrorCode}/{error.SqliteExtendedErrorCode})",
                DbUpdateException update => $" (entries: {string.Join(", ", update.Entries.Select(e => $"{e.Metadata.DisplayName()} {e.State}"))})",
                _ => string.Empty,
            });
        }

        return text.ToString();
    }

    // The wording of SQLite's and of EF Core's errors is a promise, that of what the provider itself refuses is not.
    private static bool IsWordedByProvider(Exception exception) => exception is not SqliteException && exception.Source is ("Microsoft.Data.Sqlite" or "SplitSqlite.Provider");

    private static void Write(StringBuilder text, object? value, Dictionary<object, int> seen)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case DBNull:
                text.Append("DBNull");
                break;
            case string words:
                text.Append('\'').Append(words).Append('\'');
                break;
            case byte[] bytes:
                text.Append("x'").Append(Convert.ToHexString(bytes)).Append('\'');
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case int number:
                text.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case DateTime time:
                text.Append(CultureInfo.InvariantCulture, $"DateTime {time:O} {time.Kind}");
                break;
            case DateTimeOffset time:
                text.Append(CultureInfo.InvariantCulture, $"DateTimeOffset {time:O}");
                break;
            case TimeOnly time:
                text.Append(CultureInfo.InvariantCulture, $"TimeOnly {time:O}");
                break;
            case Enum or Guid or char or Uri or System.Net.IPAddress:
                text.Append(value.GetType().Name).Append(' ').Append(value);
                break;
            case IFormattable number:
                text.Append(value.GetType().Name).Append(' ').Append(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            case Exception error:
                text.Append(Error(error));
                break;
            case IDictionary or IEnumerable when seen.TryAdd(value, seen.Count):
                WriteAll(text, (IEnumerable)value, seen);
                break;
            case ITuple tuple:
                WriteAll(text, Enumerable.Range(0, tuple.Length).Select(i => tuple[i]), seen);
                break;
            default:
                WriteObject(text, value, seen);
                break;
        }
    }

    private static void WriteAll(StringBuilder text, IEnumerable values, Dictionary<object, int> seen)
    {
        text.Append('[');
        var isFirst = true;
        foreach (var item in values)
        {
            text.Append(isFirst ? string.Empty : "; ");
            isFirst = false;
            Write(text, item, seen);
        }

        // A grouping is a sequence with a key.
        if (values.GetType().GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IGrouping<,>)) is { } grouping)
        {
            text.Append(" of ");
            Write(text, grouping.GetProperty("Key")!.GetValue(values), seen);
        }

        text.Append(']');
    }

    private static void WriteObject(StringBuilder text, object value, Dictionary<object, int> seen)
    {
        var type = value.GetType();
        var name = type.Name.Contains("Anonymous", StringComparison.Ordinal) ? string.Empty : type.Name;
        if (!type.IsValueType)
        {
            if (seen.TryGetValue(value, out var number))
            {
                text.Append(name).Append('#').Append(number);
                return;
            }

            seen.Add(value, seen.Count);
            name += "#" + (seen.Count - 1);
        }

        text.Append(name).Append('{');
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0).OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            text.Append(property.Name).Append('=');
            Write(text, property.GetValue(value), seen);
            text.Append(' ');
        }

        text.Append('}');
    }
}
