using SplitSqlite.Engine;

namespace SplitSqlite;

/// <content>The values of the current row.</content>
public sealed partial class SplitSqliteDataReader
{
    /// <summary>Gets whether a value is NULL.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public override bool IsDBNull(int ordinal) => Kept(ValueConversions.IsDBNull(Rows(), ordinal));

    /// <summary>Gets whether a value is not 0.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    public override bool GetBoolean(int ordinal) => Kept(ValueConversions.GetBoolean(Rows(), ordinal));

    /// <summary>Gets a value as an integer.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    /// <exception cref="OverflowException">The value is out of range.</exception>
    public override byte GetByte(int ordinal) => Kept(ValueConversions.GetByte(Rows(), ordinal));

    /// <summary>Gets the only character of a text, or the one of which an integer is the code.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    /// <exception cref="OverflowException">The value is out of range.</exception>
    public override char GetChar(int ordinal) => Kept(ValueConversions.GetChar(Rows(), ordinal));

    /// <summary>Gets a text or a Julian day as a date. A text with an offset is turned into UTC.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    /// <exception cref="FormatException">The text is no such value.</exception>
    public override DateTime GetDateTime(int ordinal) => Kept(ValueConversions.GetDateTime(Rows(), ordinal));

    /// <summary>Gets a text or a Julian day as a date with an offset: UTC where it has none.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    /// <exception cref="FormatException">The text is no such value.</exception>
    public DateTimeOffset GetDateTimeOffset(int ordinal) => Kept(ValueConversions.GetDateTimeOffset(Rows(), ordinal));

    /// <summary>Gets a text or a number of days as a span of time.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    /// <exception cref="FormatException">The text is no such value.</exception>
    public TimeSpan GetTimeSpan(int ordinal) => Kept(ValueConversions.GetTimeSpan(Rows(), ordinal));

    /// <summary>Gets a text or a number as a decimal number.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    /// <exception cref="FormatException">The text is no such value.</exception>
    public override decimal GetDecimal(int ordinal) => Kept(ValueConversions.GetDecimal(Rows(), ordinal));

    /// <summary>Gets a value as a number.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    public override double GetDouble(int ordinal) => Kept(ValueConversions.GetDouble(Rows(), ordinal));

    /// <summary>Gets a value as a number of single precision.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    public override float GetFloat(int ordinal) => Kept(ValueConversions.GetFloat(Rows(), ordinal));

    /// <summary>Gets a blob of 16 bytes or a text as a Guid.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    /// <exception cref="FormatException">The text is no such value.</exception>
    public override Guid GetGuid(int ordinal) => Kept(ValueConversions.GetGuid(Rows(), ordinal));

    /// <summary>Gets a value as an integer.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    /// <exception cref="OverflowException">The value is out of range.</exception>
    public override short GetInt16(int ordinal) => Kept(ValueConversions.GetInt16(Rows(), ordinal));

    /// <summary>Gets a value as an integer.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    /// <exception cref="OverflowException">The value is out of range.</exception>
    public override int GetInt32(int ordinal) => Kept(ValueConversions.GetInt32(Rows(), ordinal));

    /// <summary>Gets a value as an integer.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    public override long GetInt64(int ordinal) => Kept(ValueConversions.GetInt64(Rows(), ordinal));

    /// <summary>Gets a value as text.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL.</exception>
    public override string GetString(int ordinal) => Kept(ValueConversions.GetString(Rows(), ordinal));

    /// <summary>Gets a value as it is stored: <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, <see cref="byte"/>[], or <see cref="DBNull"/>.</summary>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public override object GetValue(int ordinal) => Kept(ValueConversions.GetValue(Rows(), ordinal));

    /// <summary>Gets the values of the row as they are stored.</summary>
    /// <param name="values">Where to put them; as long as the row at least.</param>
    /// <returns>The number of columns.</returns>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    public override int GetValues(object?[] values) => Kept(ValueConversions.GetValues(Rows(), values));

    /// <summary>Gets a value as a type: what the getters give, an enum, a nullable, <see cref="byte"/>[], <see cref="Stream"/>, <see cref="TextReader"/>, or what <see cref="GetValue"/> gives.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="ordinal">The column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row, or the value is NULL and the type neither <see cref="object"/> nor <see cref="DBNull"/>.</exception>
    /// <exception cref="InvalidCastException">The value has no such form.</exception>
    public override T GetFieldValue<T>(int ordinal)
    {
        if (typeof(T) == typeof(Stream))
        {
            return (T)(object)GetStream(ordinal);
        }

        if (typeof(T) == typeof(TextReader))
        {
            return (T)(object)GetTextReader(ordinal);
        }

        return Kept(ValueConversions.GetFieldValue<T>(Rows(), ordinal));
    }
}
