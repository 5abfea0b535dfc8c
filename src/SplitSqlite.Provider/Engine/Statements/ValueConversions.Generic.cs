using System.Runtime.CompilerServices;

namespace SplitSqlite.Engine;

/// <content>The conversion to a type that the caller names.</content>
internal static partial class ValueConversions
{
    /// <summary>Gets a value as a type.</summary>
    /// <remarks>
    /// For the plain value types the compiler leaves one branch of this, without boxing. NULL is refused for all types but
    /// <see cref="object"/> and <see cref="DBNull"/>: by <see cref="InvalidOperationException"/>, for enums and unknown
    /// value types by <see cref="InvalidCastException"/>. A nullable enum is refused whatever the value.
    /// </remarks>
    /// <typeparam name="T">The type.</typeparam>
    /// <exception cref="InvalidCastException">The value has no such form.</exception>
    public static T GetFieldValue<T>(RowValues row, int ordinal)
    {
        if (typeof(T) == typeof(int))
        {
            return As<int, T>(GetInt32(row, ordinal));
        }

        if (typeof(T) == typeof(long))
        {
            return As<long, T>(GetInt64(row, ordinal));
        }

        if (typeof(T) == typeof(bool))
        {
            return As<bool, T>(GetBoolean(row, ordinal));
        }

        if (typeof(T) == typeof(double))
        {
            return As<double, T>(GetDouble(row, ordinal));
        }

        if (typeof(T) == typeof(decimal))
        {
            return As<decimal, T>(GetDecimal(row, ordinal));
        }

        if (typeof(T) == typeof(DateTime))
        {
            return As<DateTime, T>(GetDateTime(row, ordinal));
        }

        if (typeof(T) == typeof(Guid))
        {
            return As<Guid, T>(GetGuid(row, ordinal));
        }

        if (typeof(T) == typeof(float))
        {
            return As<float, T>(GetFloat(row, ordinal));
        }

        if (typeof(T) == typeof(short))
        {
            return As<short, T>(GetInt16(row, ordinal));
        }

        if (typeof(T) == typeof(byte))
        {
            return As<byte, T>(GetByte(row, ordinal));
        }

        if (typeof(T) == typeof(char))
        {
            return As<char, T>(GetChar(row, ordinal));
        }

        if (typeof(T) == typeof(sbyte))
        {
            return As<sbyte, T>(checked((sbyte)GetInt64(row, ordinal)));
        }

        if (typeof(T) == typeof(ushort))
        {
            return As<ushort, T>(checked((ushort)GetInt64(row, ordinal)));
        }

        if (typeof(T) == typeof(uint))
        {
            return As<uint, T>(checked((uint)GetInt64(row, ordinal)));
        }

        if (typeof(T) == typeof(ulong))
        {
            return As<ulong, T>(unchecked((ulong)GetInt64(row, ordinal)));
        }

        if (typeof(T) == typeof(DateTimeOffset))
        {
            return As<DateTimeOffset, T>(GetDateTimeOffset(row, ordinal));
        }

        if (typeof(T) == typeof(DateOnly))
        {
            return As<DateOnly, T>(GetDateOnly(row, ordinal));
        }

        if (typeof(T) == typeof(TimeOnly))
        {
            return As<TimeOnly, T>(GetTimeOnly(row, ordinal));
        }

        if (typeof(T) == typeof(TimeSpan))
        {
            return As<TimeSpan, T>(GetTimeSpan(row, ordinal));
        }

        return GetBoxed<T>(row, ordinal);
    }

    /// <summary>The rest: references, nullables, enums, and types that nothing is known of.</summary>
    private static T GetBoxed<T>(RowValues row, int ordinal)
    {
        if (typeof(T) == typeof(Stream))
        {
            return (T)(object)GetStream(row, ordinal);
        }

        if (typeof(T) == typeof(TextReader))
        {
            return (T)(object)GetTextReader(row, ordinal);
        }

        if (IsDBNull(row, ordinal))
        {
            if (typeof(T) == typeof(object) || typeof(T) == typeof(DBNull))
            {
                return (T)(object)DBNull.Value;
            }

            throw default(T) is null ? NullValue(ordinal) : new InvalidCastException($"Column {ordinal} is NULL, which {typeof(T)} has no value for.");
        }

        if (typeof(T) == typeof(string))
        {
            return (T)(object)GetString(row, ordinal);
        }

        if (typeof(T) == typeof(byte[]))
        {
            return (T)(object)GetBlob(row, ordinal);
        }

        // A boxed number unboxes as an enum over it, but not as a nullable of that enum.
        return (T)(Target<T>.Converter?.Invoke(row, ordinal) ?? GetValue(row, ordinal));
    }

    private static TTo As<TFrom, TTo>(TFrom value) => Unsafe.As<TFrom, TTo>(ref value);

    /// <summary>What a nullable or an enum is a form of, found once per type.</summary>
    private static class Target<T>
    {
        public static readonly Func<RowValues, int, object>? Converter = Find();

        private static Func<RowValues, int, object>? Find()
        {
            Type type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
            if (type.IsEnum)
            {
                type = Enum.GetUnderlyingType(type);
            }

            return Converters.GetValueOrDefault(type);
        }
    }

    private static readonly Dictionary<Type, Func<RowValues, int, object>> Converters = new()
    {
        [typeof(bool)] = static (row, ordinal) => GetBoolean(row, ordinal),
        [typeof(byte)] = static (row, ordinal) => GetByte(row, ordinal),
        [typeof(sbyte)] = static (row, ordinal) => GetFieldValue<sbyte>(row, ordinal),
        [typeof(short)] = static (row, ordinal) => GetInt16(row, ordinal),
        [typeof(ushort)] = static (row, ordinal) => GetFieldValue<ushort>(row, ordinal),
        [typeof(int)] = static (row, ordinal) => GetInt32(row, ordinal),
        [typeof(uint)] = static (row, ordinal) => GetFieldValue<uint>(row, ordinal),
        [typeof(long)] = static (row, ordinal) => GetInt64(row, ordinal),
        [typeof(ulong)] = static (row, ordinal) => GetFieldValue<ulong>(row, ordinal),
        [typeof(char)] = static (row, ordinal) => GetChar(row, ordinal),
        [typeof(float)] = static (row, ordinal) => GetFloat(row, ordinal),
        [typeof(double)] = static (row, ordinal) => GetDouble(row, ordinal),
        [typeof(decimal)] = static (row, ordinal) => GetDecimal(row, ordinal),
        [typeof(Guid)] = static (row, ordinal) => GetGuid(row, ordinal),
        [typeof(DateTime)] = static (row, ordinal) => GetDateTime(row, ordinal),
        [typeof(DateTimeOffset)] = static (row, ordinal) => GetDateTimeOffset(row, ordinal),
        [typeof(DateOnly)] = static (row, ordinal) => GetDateOnly(row, ordinal),
        [typeof(TimeOnly)] = static (row, ordinal) => GetTimeOnly(row, ordinal),
        [typeof(TimeSpan)] = static (row, ordinal) => GetTimeSpan(row, ordinal),
    };
}
