using System.Buffers.Binary;
using System.Text;

namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>Bytes that grow; used again and again, so that writing allocates nothing after a while.</summary>
public sealed class ByteWriter
{
    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Takes back what was written after this length.</summary>
    public void Cut(int length) => Length = length;

    /// <summary>What stands from one place on now begins at an earlier one; what stood between is gone.</summary>
    public void MoveBack(int to, int from)
    {
        _bytes.AsSpan(from, Length - from).CopyTo(_bytes.AsSpan(to));
        Length -= from - to;
    }

    public void Byte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void Fixed(ulong value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(Length), value);
        Length += 8;
    }

    /// <summary>Seven bits a byte, least first; the top bit says that more follow.</summary>
    public void Varint(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _bytes[Length++] = (byte)value;
    }

    /// <summary>Small whatever the sign: 0, -1, 1, -2 … become 0, 1, 2, 3 …</summary>
    public void ZigZagged(long value) => Varint(ZigZag(value));

    public void Text(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        Varint((ulong)count);
        Reserve(count);
        Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
        Length += count;
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Room for so many bytes, all 0, to be filled by the caller.</summary>
    public Span<byte> Room(int count)
    {
        Reserve(count);
        var room = _bytes.AsSpan(Length, count);
        room.Clear();
        Length += count;
        return room;
    }

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private void Reserve(int count)
    {
        if (Length + count > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
    }
}
