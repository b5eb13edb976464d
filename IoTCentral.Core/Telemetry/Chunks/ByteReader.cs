using System.Buffers.Binary;
using System.Text;

namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>Reads what <see cref="ByteWriter"/> wrote.</summary>
/// <exception cref="ChunkFormatException">The bytes end too early, or say what cannot be.</exception>
public ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public readonly bool IsAtEnd => _at == _bytes.Length;

    public byte Byte() => _at < _bytes.Length ? _bytes[_at++] : throw ChunkFormatException.TooShort();

    public ulong Fixed() => BinaryPrimitives.ReadUInt64LittleEndian(Raw(8));

    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw new ChunkFormatException("a number of more than 64 bits");
    }

    public long ZigZagged() => UnZigZag(Varint());

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <param name="most">What it may be at most.</param>
    public int Count(int most)
    {
        var value = Varint();
        return value <= (ulong)most
            ? (int)value
            : throw new ChunkFormatException($"{value} where at most {most} can be");
    }

    public string Text() => Encoding.UTF8.GetString(Raw(Count(_bytes.Length - _at)));

    /// <summary>All that is left.</summary>
    public ReadOnlySpan<byte> Rest() => Raw(_bytes.Length - _at);

    public ReadOnlySpan<byte> Raw(int count)
    {
        if (count < 0 || count > _bytes.Length - _at)
            throw ChunkFormatException.TooShort();
        var raw = _bytes.Slice(_at, count);
        _at += count;
        return raw;
    }
}
