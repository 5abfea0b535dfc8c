using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.Engine;

/// <summary>
/// A stream over one stored value. It keeps its lease, so that it stays good after its data reader has closed, as Microsoft.Data.Sqlite's
/// does, and turns into a copy in memory when the lease has to be given back under it.
/// </summary>
internal sealed class LeasedStream(Stream inner, Session session, ConnectionLease lease) : Stream
{
    private Stream _inner = inner;
    private ConnectionLease? _lease = lease;
    private ExceptionDispatchInfo? _failure;

    public override bool CanRead => _inner.CanRead;

    public override bool CanSeek => _inner.CanSeek;

    public override bool CanWrite => false;

    public override long Length => _inner.Length;

    public override long Position
    {
        get => _inner.Position;
        set => _inner.Position = value;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        _failure?.Throw();
        return _inner.Read(buffer);
    }

    public override long Seek(long offset, SeekOrigin origin) => _inner.Seek(offset, origin);

    public override void SetLength(long value) => throw new NotSupportedException("The stream only reads.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream only reads.");

    /// <summary>Says whether the stream keeps a lease.</summary>
    public bool Uses(ConnectionLease other) => _lease == other;

    /// <summary>Copies the value into memory and lets go of the lease.</summary>
    public void Detach()
    {
        if (_lease is null)
        {
            return;
        }

        try
        {
            var position = _inner.Position;
            _inner.Position = 0;
            var copy = new MemoryStream();
            _inner.CopyTo(copy);
            copy.Position = position;
            _inner.Dispose();
            _inner = copy;
        }
        catch (Exception exception) when (exception is SqliteException or IOException)
        {
            // The row has been changed under the stream (SQLITE_ABORT). Whoever reads on is told, not who ends the transaction.
            _inner.Dispose();
            _failure = ExceptionDispatchInfo.Capture(exception);
        }

        Release();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            Release();
        }

        base.Dispose(disposing);
    }

    private void Release()
    {
        if (_lease is { } held)
        {
            _lease = null;
            session.Remove(this, held);
        }
    }
}
