namespace IoTCentral.Data.Files;

/// <summary>Several files read as one, one after the other, with one of them open at a time.</summary>
/// <param name="open">Null: it has gone meanwhile.</param>
internal sealed class JoinedStream(IReadOnlyList<FileInfo> files, Func<string, Stream?> open) : Stream
{
    private Stream? _current;
    private int _next;
    private long _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length { get; } = files.Sum(f => f.Length);

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (_current is not null)
            {
                var read = await _current.ReadAsync(buffer, cancellationToken);
                _position += read;
                if (read > 0)
                    return read;
                await _current.DisposeAsync();
                _current = null;
            }

            if (_next == files.Count)
                return 0;
            var file = files[_next++];
            _current = open(file.FullName) ?? throw new IOException("A block went while it was being read.");
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _current?.Dispose();
        base.Dispose(disposing);
    }
}
