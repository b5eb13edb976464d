using System.Buffers;

namespace IoTCentral.Web.Files;

/// <summary>Reads an object from any position, a few megabytes at a time, so that a slow reader holds no connection.</summary>
/// <param name="read">Fills the bytes from a position on.</param>
internal sealed class S3ReadStream(Func<long, Memory<byte>, CancellationToken, Task> read, long length) : Stream
{
    // As Azure's SDK does.
    private const int Window = 4 * 1024 * 1024;

    private byte[]? _buffer;
    private long _start;
    private int _count;
    private long _position;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new IOException("There is nothing before the beginning.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || _position >= length)
            return 0;
        if (_position < _start || _position >= _start + _count)
            await FetchAsync(cancellationToken);
        var offset = (int)(_position - _start);
        var given = Math.Min(buffer.Length, _count - offset);
        _buffer.AsMemory(offset, given).CopyTo(buffer);
        _position += given;
        return given;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) =>
        Position =
            offset
            + origin switch
            {
                SeekOrigin.Begin => 0,
                SeekOrigin.Current => _position,
                _ => length,
            };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _buffer is { } buffer)
        {
            (_buffer, _count) = (null, 0);
            ArrayPool<byte>.Shared.Return(buffer);
        }

        base.Dispose(disposing);
    }

    private async Task FetchAsync(CancellationToken ct)
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent((int)Math.Min(Window, length));
        var count = (int)Math.Min(Math.Min(Window, _buffer.Length), length - _position);
        _count = 0; // should it fail, what was there is gone
        await read(_position, _buffer.AsMemory(0, count), ct);
        (_start, _count) = (_position, count);
    }
}
