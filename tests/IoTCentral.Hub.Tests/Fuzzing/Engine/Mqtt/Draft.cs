using System.Buffers.Binary;
using System.Text;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>What a field of a packet is, for who wants to spoil it with a plan.</summary>
internal enum FieldKind
{
    Byte,
    Word,

    /// <summary>Text behind a length of two bytes.</summary>
    Text,

    /// <summary>A topic to publish to, behind its length.</summary>
    Topic,

    /// <summary>JSON up to the packet's end.</summary>
    Json,
}

/// <param name="LengthLie">Added to the length that is written before a text.</param>
internal sealed record Field(FieldKind Kind, byte[] Value, int LengthLie = 0)
{
    public bool HasLength => Kind is FieldKind.Text or FieldKind.Topic;
    public string Words => Encoding.UTF8.GetString(Value);

    public static Field OfByte(int value) => new(FieldKind.Byte, [(byte)value]);

    public static Field OfWord(int value) => new(FieldKind.Word, [(byte)(value >> 8), (byte)value]);

    public static Field OfText(string value) => new(FieldKind.Text, Encoding.UTF8.GetBytes(value));

    public static Field OfTopic(string value) => new(FieldKind.Topic, Encoding.UTF8.GetBytes(value));

    public static Field OfJson(string value) => new(FieldKind.Json, Encoding.UTF8.GetBytes(value));
}

/// <summary>A packet as fields, before it is bytes.</summary>
/// <param name="LengthBytes">Bytes that the remaining length is written with, more than it needs; 0: as it should be.</param>
internal sealed record Draft(int Header, IReadOnlyList<Field> Fields, int LengthLie = 0, int LengthBytes = 0)
{
    public byte[] ToBytes()
    {
        var body = Fields.SelectMany(Bytes).ToArray();
        var packet = new List<byte> { (byte)Header };
        var rest = Math.Clamp(body.Length + LengthLie, 0, 268_435_455);
        var written = 0;
        do
        {
            var isMore = rest > 0x7F || written + 1 < LengthBytes;
            packet.Add((byte)((rest & 0x7F) | (isMore ? 0x80 : 0)));
            rest >>= 7;
            written++;
        } while (rest > 0 || written < LengthBytes);
        return [.. packet, .. body];
    }

    private static IEnumerable<byte> Bytes(Field field)
    {
        if (!field.HasLength)
            return field.Value;
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(field.Value.Length + field.LengthLie));
        return length.Concat(field.Value);
    }
}
