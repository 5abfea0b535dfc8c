using System.Net;
using System.Numerics;

namespace SplitSqlite.EFCore.Tests.Differential.Model;

internal enum Tiny : byte
{
    Zero,
    One,
    Max = 255,
}

internal enum Huge : ulong
{
    Zero,
    Max = ulong.MaxValue,
}

[Flags]
internal enum Rights
{
    None = 0,
    Read = 1,
    Write = 2,
    All = 3,
}

/// <summary>A value of the application's own, kept by a converter.</summary>
internal readonly record struct Money(decimal Amount, string Currency)
{
    public override string ToString() => FormattableString.Invariant($"{Amount} {Currency}");

    public static Money Parse(string text) => new(decimal.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), text.Split(' ')[1]);
}

/// <summary>A column of each type that there is a mapping for, each of them once required and once not.</summary>
internal sealed class Everything
{
    public int Id { get; set; }

    public bool Bool { get; set; }

    public byte Byte { get; set; }

    public sbyte SByte { get; set; }

    public short Short { get; set; }

    public ushort UShort { get; set; }

    public int Int { get; set; }

    public uint UInt { get; set; }

    public long Long { get; set; }

    public ulong ULong { get; set; }

    public float Float { get; set; }

    public double Double { get; set; }

    public decimal Decimal { get; set; }

    public char Char { get; set; }

    public string String { get; set; } = string.Empty;

    public byte[] Bytes { get; set; } = [];

    public Guid Guid { get; set; }

    public DateTime DateTime { get; set; }

    public DateTimeOffset DateTimeOffset { get; set; }

    public DateOnly DateOnly { get; set; }

    public TimeOnly TimeOnly { get; set; }

    public TimeSpan TimeSpan { get; set; }

    public Genre Enum { get; set; }

    public Tiny Tiny { get; set; }

    public Huge Huge { get; set; }

    public Rights Rights { get; set; }

    public bool? BoolOrNull { get; set; }

    public byte? ByteOrNull { get; set; }

    public sbyte? SByteOrNull { get; set; }

    public short? ShortOrNull { get; set; }

    public ushort? UShortOrNull { get; set; }

    public int? IntOrNull { get; set; }

    public uint? UIntOrNull { get; set; }

    public long? LongOrNull { get; set; }

    public ulong? ULongOrNull { get; set; }

    public float? FloatOrNull { get; set; }

    public double? DoubleOrNull { get; set; }

    public decimal? DecimalOrNull { get; set; }

    public char? CharOrNull { get; set; }

    public string? StringOrNull { get; set; }

    public byte[]? BytesOrNull { get; set; }

    public Guid? GuidOrNull { get; set; }

    public DateTime? DateTimeOrNull { get; set; }

    public DateTimeOffset? DateTimeOffsetOrNull { get; set; }

    public DateOnly? DateOnlyOrNull { get; set; }

    public TimeOnly? TimeOnlyOrNull { get; set; }

    public TimeSpan? TimeSpanOrNull { get; set; }

    public Genre? EnumOrNull { get; set; }

    public Rights? RightsOrNull { get; set; }

    // What is kept by a converter, EF's or our own.
    public Uri? Uri { get; set; }

    public IPAddress? Address { get; set; }

    public BigInteger? Big { get; set; }

    public Genre EnumText { get; set; }

    public bool BoolText { get; set; }

    public bool BoolYesNo { get; set; }

    public Guid GuidBlob { get; set; }

    public DateTime DateTimeTicks { get; set; }

    public DateTime DateTimeReal { get; set; }

    public DateTimeOffset DateTimeOffsetBinary { get; set; }

    public decimal DecimalReal { get; set; }

    public TimeSpan TimeSpanTicks { get; set; }

    public Money Money { get; set; }

    public Money? MoneyOrNull { get; set; }

    // Collections of values, kept as JSON.
    public int[] Ints { get; set; } = [];

    public List<string?> Strings { get; set; } = [];

    public decimal[] Decimals { get; set; } = [];

    public Guid[]? GuidsOrNull { get; set; }

    public List<DateTime> Dates { get; set; } = [];

    public Genre[] Enums { get; set; } = [];
}
