using System.Security.Cryptography;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Files;

/// <summary>
/// Passes bytes on as they are read once, front to back, and knows of them what is kept: how many, MD5, how they begin.
/// Fails at their end when they are not those that were announced, so that no store keeps them.
/// </summary>
internal sealed class HashedStream(FileBody announced) : Stream
{
#pragma warning disable CA5351 // the blob protocol's word for "arrived whole"; nothing is trusted by it
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
    private readonly byte[] _head = new byte[FileTypes.HeadBytes];

    public long Count { get; private set; }

    public byte[] Md5 => _hash.GetCurrentHash();

    public ReadOnlySpan<byte> Head => _head.AsSpan(0, (int)Math.Min(Count, _head.Length));

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => announced.Length;

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await announced.Bytes.ReadAsync(buffer, cancellationToken);
        Note(buffer.Span[..read], isEnd: read == 0 && buffer.Length > 0);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = announced.Bytes.Read(buffer, offset, count);
        Note(buffer.AsSpan(offset, read), isEnd: read == 0 && count > 0);
        return read;
    }

    /// <exception cref="InvalidRequestException"><c>file.damaged</c>.</exception>
    private void Note(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        if (Count < _head.Length)
            bytes[..(int)Math.Min(bytes.Length, _head.Length - Count)].CopyTo(_head.AsSpan((int)Count));
        Count += bytes.Length;
        _hash.AppendData(bytes);
        if (Count > announced.Length || (isEnd && Count < announced.Length))
            throw new IOException($"There are {Count} bytes where {announced.Length} were announced.");
        if (isEnd && announced.Md5 is { } md5 && !md5.AsSpan().SequenceEqual(Md5))
            throw new InvalidRequestException(
                "file.damaged",
                "The bytes are not those whose MD5 was sent with them. Send them again."
            );
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
