using System.Buffers.Text;
using System.Text;

namespace SsoStorm;

/// <summary>
/// The child's end of the protocol: one record a line, gathered in a buffer and written out by <see cref="Flush"/>, by a
/// thread every few milliseconds, or when the buffer is full. What has been written out survives the child.
/// </summary>
internal sealed class RecordWriter(Stream output)
{
    private const int LongestRecord = 512;

    private readonly Lock _lock = new(); // protects the buffer and the order of what goes to output
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _used;

    public void Write(RecordKind kind, params ReadOnlySpan<long> values) => Write(kind, null, values);

    public void Write(RecordKind kind, string? text, params ReadOnlySpan<long> values)
    {
        lock (_lock)
        {
            if (_buffer.Length - _used < LongestRecord)
            {
                WriteOut();
            }

            _buffer[_used++] = (byte)kind;
            foreach (long value in values)
            {
                _buffer[_used++] = (byte)' ';
                Utf8Formatter.TryFormat(value, _buffer.AsSpan(_used), out int written);
                _used += written;
            }

            if (text is not null)
            {
                string line = text.ReplaceLineEndings(" ");
                _buffer[_used++] = (byte)' ';
                _used += Encoding.UTF8.GetBytes(line.AsSpan(0, Math.Min(line.Length, 120)), _buffer.AsSpan(_used));
            }

            _buffer[_used++] = (byte)'\n';
        }
    }

    public void Flush()
    {
        lock (_lock)
        {
            WriteOut();
        }
    }

    public void FlushEvery(TimeSpan interval)
    {
        // A thread of its own: an act may have locked up every thread of the pool.
        Thread flusher = new(() =>
        {
            while (true)
            {
                Thread.Sleep(interval);
                Flush();
            }
        })
        { IsBackground = true, Name = "flush records" };
        flusher.Start();
    }

    private void WriteOut()
    {
        if (_used > 0)
        {
            output.Write(_buffer, 0, _used);
            output.Flush();
            _used = 0;
        }
    }
}
