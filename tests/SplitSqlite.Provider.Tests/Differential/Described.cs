using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Differential;

/// <summary>Values and exceptions as texts that tell apart what a caller can tell apart, and no more.</summary>
internal static class Described
{
    public static string Value(object? value) => value switch
    {
        null => "null",
        DBNull => "DBNull",
        string text => $"'{text}'",
        byte[] bytes => $"x'{Convert.ToHexString(bytes)}'",
        bool flag => flag ? "true" : "false",
        double number => "double " + number.ToString("R", CultureInfo.InvariantCulture),
        int number => number.ToString(CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        Type type => Name(type),
        Enum flag => flag.ToString(),
        DbDataReader => "a reader",
        DbTransaction transaction => "a transaction, " + transaction.IsolationLevel,
        Exception exception => Error(exception),
        System.Runtime.CompilerServices.ITuple tuple => string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Value(tuple[i]))),
        System.Collections.IEnumerable values => "[" + string.Join("; ", values.Cast<object?>().Select(Value)) + "]",
        IFormattable other => $"{other.GetType().Name} {other.ToString(null, CultureInfo.InvariantCulture)}",
        _ => Name(value.GetType()),
    };

    /// <summary>The wording of SQLite's errors is a promise, that of the provider's own is not.</summary>
    public static string Error(Exception exception) => exception switch
    {
        SplitSqliteBusyException busy => $"!SqliteException {busy.SqliteErrorCode} locked",
        SqliteException { SqliteErrorCode: 5 or 6 } busy => $"!SqliteException {busy.SqliteErrorCode} locked",
        SqliteException error => $"!{Name(error.GetType())} {error.SqliteErrorCode}/{error.SqliteExtendedErrorCode} {error.Message}",
        AggregateException { InnerExceptions: [var only] } => Error(only),
        _ => "!" + exception.GetType().Name,
    };

    private static string Name(Type type) => type.Name.Replace("SplitSqlite", "Sqlite", StringComparison.Ordinal);
}
