using System.Buffers.Binary;
using System.Text.Unicode;

namespace IoTCentral.Hub.Mqtt;

/// <summary>Reads the fields of a packet; once something is missing <see cref="IsBroken"/> and every read is empty.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public bool IsBroken { get; private set; }
    public readonly bool IsAtEnd => _rest.IsEmpty;
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte()
    {
        var field = Take(1);
        return field.IsEmpty ? (byte)0 : field[0];
    }

    public ushort UInt16()
    {
        var field = Take(2);
        return field.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(field);
    }

    /// <summary>Bytes behind a two-byte length.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(UInt16());

    /// <summary>The same as text: MQTT 3.1.1 §1.5.3 wants well-formed UTF-8 without U+0000.</summary>
    public ReadOnlySpan<byte> Text()
    {
        var text = Bytes();
        if (!Utf8.IsValid(text) || text.Contains((byte)0))
            IsBroken = true;
        return IsBroken ? default : text;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (IsBroken || _rest.Length < length)
        {
            IsBroken = true;
            return default;
        }

        var field = _rest[..length];
        _rest = _rest[length..];
        return field;
    }
}
