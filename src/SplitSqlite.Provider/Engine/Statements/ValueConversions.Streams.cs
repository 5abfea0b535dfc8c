using System.Text;

namespace SplitSqlite.Engine;

/// <content>Values in pieces.</content>
internal static partial class ValueConversions
{
    /// <summary>Gets a copy of a value's bytes as a stream that can't be written.</summary>
    public static MemoryStream GetStream(RowValues row, int ordinal) => new(GetBlob(row, ordinal), writable: false);

    /// <summary>Gets a value's text as a reader; an empty one for NULL.</summary>
    public static TextReader GetTextReader(RowValues row, int ordinal)
        => IsDBNull(row, ordinal) ? new StringReader(string.Empty) : GetTextReader(GetStream(row, ordinal));

    /// <summary>Makes a reader of UTF-8 (or what a byte order mark tells) over a value's bytes.</summary>
    public static TextReader GetTextReader(Stream value) => new StreamReader(value, Encoding.UTF8);

    /// <summary>Reads bytes out of a value's stream, and disposes of it.</summary>
    /// <returns>The number of bytes read, or the length of the value where there is no buffer.</returns>
    public static long ReadBytes(Stream value, long dataOffset, byte[]? buffer, int bufferOffset, int length)
    {
        using (value)
        {
            if (buffer is null)
            {
                return value.Length;
            }

            value.Position = dataOffset;
            return value.Read(buffer, bufferOffset, length);
        }
    }

    /// <summary>Reads characters out of a value's stream, and disposes of it.</summary>
    /// <returns>The number of characters read, or that of the value where there is no buffer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value has fewer characters than <paramref name="dataOffset"/>.</exception>
    public static long ReadChars(Stream value, long dataOffset, char[]? buffer, int bufferOffset, int length)
    {
        using TextReader reader = GetTextReader(value);
        if (buffer is null)
        {
            long count = 0;
            while (reader.Read() >= 0)
            {
                count++;
            }

            return count;
        }

        for (long position = 0; position < dataOffset; position++)
        {
            if (reader.Read() < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(dataOffset), dataOffset, null);
            }
        }

        return reader.Read(buffer, bufferOffset, length);
    }
}
