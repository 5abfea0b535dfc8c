using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Tests.Values;

/// <summary>Every way to ask a data reader for a value, by name.</summary>
internal static class Getters
{
    public enum ByteEnum : byte
    {
        A,
        B,
    }

    public enum UnsignedEnum : ulong
    {
        A,
        B,
    }

    public static readonly (string Name, Func<DbDataReader, int, object?> Get)[] All =
    [
        ("IsDBNull", (r, i) => r.IsDBNull(i)),
        ("GetBoolean", (r, i) => r.GetBoolean(i)),
        ("GetByte", (r, i) => r.GetByte(i)),
        ("GetChar", (r, i) => r.GetChar(i)),
        ("GetDateTime", (r, i) => r.GetDateTime(i)),
        ("GetDateTimeOffset", (r, i) => r is SqliteDataReader m ? m.GetDateTimeOffset(i) : ((SplitSqliteDataReader)r).GetDateTimeOffset(i)),
        ("GetTimeSpan", (r, i) => r is SqliteDataReader m ? m.GetTimeSpan(i) : ((SplitSqliteDataReader)r).GetTimeSpan(i)),
        ("GetDecimal", (r, i) => r.GetDecimal(i)),
        ("GetDouble", (r, i) => r.GetDouble(i)),
        ("GetFloat", (r, i) => r.GetFloat(i)),
        ("GetGuid", (r, i) => r.GetGuid(i)),
        ("GetInt16", (r, i) => r.GetInt16(i)),
        ("GetInt32", (r, i) => r.GetInt32(i)),
        ("GetInt64", (r, i) => r.GetInt64(i)),
        ("GetString", (r, i) => r.GetString(i)),
        ("GetValue", (r, i) => r.GetValue(i)),
        ("this[]", (r, i) => r[i]),
        ("GetProviderSpecificValue", (r, i) => r.GetProviderSpecificValue(i)),
        ("GetFieldType", (r, i) => r.GetFieldType(i)),
        ("GetProviderSpecificFieldType", (r, i) => r.GetProviderSpecificFieldType(i)),
        ("GetDataTypeName", (r, i) => r.GetDataTypeName(i)),
        ("GetFieldType after GetString", (r, i) => r.GetString(i) is null ? null : r.GetFieldType(i)),
        ("GetStream", (r, i) => r.GetStream(i)),
        ("GetTextReader", (r, i) => r.GetTextReader(i)),
        ("GetBytes length", (r, i) => r.GetBytes(i, 0, null, 0, 0)),
        ("GetBytes", (r, i) => Buffered(new byte[6], b => r.GetBytes(i, 1, b, 2, 3))),
        ("GetBytes past the end", (r, i) => Buffered(new byte[6], b => r.GetBytes(i, 100000, b, 2, 3))),
        ("GetBytes before the start", (r, i) => Buffered(new byte[6], b => r.GetBytes(i, -1, b, 2, 3))),
        ("GetBytes too many", (r, i) => Buffered(new byte[6], b => r.GetBytes(i, 0, b, 2, 30))),
        ("GetChars length", (r, i) => r.GetChars(i, 0, null, 0, 0)),
        ("GetChars", (r, i) => Buffered(new char[6], b => r.GetChars(i, 1, b, 2, 3))),
        ("GetChars past the end", (r, i) => Buffered(new char[6], b => r.GetChars(i, 100000, b, 2, 3))),
        ("GetChars too many", (r, i) => Buffered(new char[6], b => r.GetChars(i, 0, b, 2, 30))),
        ("GetFieldValueAsync<long>", (r, i) => r.GetFieldValueAsync<long>(i).GetAwaiter().GetResult()),
        ("IsDBNullAsync", (r, i) => r.IsDBNullAsync(i).GetAwaiter().GetResult()),
        ("GetData", (r, i) => r.GetData(i)),
        Typed<bool>(), Typed<byte>(), Typed<sbyte>(), Typed<short>(), Typed<ushort>(), Typed<int>(), Typed<uint>(),
        Typed<long>(), Typed<ulong>(), Typed<float>(), Typed<double>(), Typed<decimal>(), Typed<char>(), Typed<Guid>(),
        Typed<DateTime>(), Typed<DateTimeOffset>(), Typed<DateOnly>(), Typed<TimeOnly>(), Typed<TimeSpan>(),
        Typed<bool?>(), Typed<byte?>(), Typed<sbyte?>(), Typed<short?>(), Typed<ushort?>(), Typed<int?>(), Typed<uint?>(),
        Typed<long?>(), Typed<ulong?>(), Typed<float?>(), Typed<double?>(), Typed<decimal?>(), Typed<char?>(), Typed<Guid?>(),
        Typed<DateTime?>(), Typed<DateTimeOffset?>(), Typed<DateOnly?>(), Typed<TimeOnly?>(), Typed<TimeSpan?>(),
        Typed<DayOfWeek>(), Typed<DayOfWeek?>(), Typed<ByteEnum>(), Typed<ByteEnum?>(), Typed<UnsignedEnum>(),
        Typed<string>(), Typed<byte[]>(), Typed<object>(), Typed<DBNull>(), Typed<Stream>(), Typed<TextReader>(),
        Typed<IComparable>(), Typed<char[]>(), Typed<Half>(), Typed<Half?>(), Typed<MemoryStream>(), Typed<ReadOnlyMemory<byte>>(),
        Typed<Int128>(), Typed<System.Numerics.BigInteger>(), Typed<Uri>(), Typed<nint>(),
    ];

    private static (string Name, Func<DbDataReader, int, object?> Get) Typed<T>()
        => ($"GetFieldValue<{(Nullable.GetUnderlyingType(typeof(T)) is { } inner ? inner.Name + "?" : typeof(T).Name)}>", (r, i) => r.GetFieldValue<T>(i));

    private static object?[] Buffered<T>(T[] buffer, Func<T[], long> read)
    {
        long count = read(buffer);
        return [count, .. buffer.Cast<object?>()];
    }
}
