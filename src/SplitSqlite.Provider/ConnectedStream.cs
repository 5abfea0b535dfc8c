namespace SplitSqlite;

/// <summary>
/// What a caller is handed as the stream over a stored value. It holds on to the connection: as long as somebody can read from it, the connection is
/// not dropped, whose finalizer would have the value's handle closed by another thread, in the middle of a read or of a Dispose.
/// </summary>
/// <remarks>The session knows the stream below, not this one; else nothing of it could ever be found dropped.</remarks>
internal sealed class ConnectedStream(Stream inner, SplitSqliteConnection connection) : Stream
{
    public override bool CanRead => Kept(inner.CanRead);

    public override bool CanSeek => Kept(inner.CanSeek);

    public override bool CanWrite => false;

    public override long Length => Kept(inner.Length);

    public override long Position
    {
        get => Kept(inner.Position);
        set
        {
            inner.Position = value;
            GC.KeepAlive(connection);
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => Kept(inner.Read(buffer, offset, count));

    public override int Read(Span<byte> buffer) => Kept(inner.Read(buffer));

    public override long Seek(long offset, SeekOrigin origin) => Kept(inner.Seek(offset, origin));

    public override void SetLength(long value) => inner.SetLength(value);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
        GC.KeepAlive(connection);
    }

    private T Kept<T>(T result)
    {
        GC.KeepAlive(connection);
        return result;
    }
}
