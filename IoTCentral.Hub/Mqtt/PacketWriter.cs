using System.Buffers.Binary;
using System.Text;

namespace IoTCentral.Hub.Mqtt;

/// <summary>Packets that we send, as bytes.</summary>
internal static class PacketWriter
{
    public static readonly byte[] PingResponse = [(byte)PacketType.PingResp << 4, 0];
    public const int PubAckLength = 4;

    /// <param name="code">0 accepted, 1 protocol version, 3 unavailable, 5 not authorised (MQTT 3.1.1 §3.2.2.3).</param>
    public static byte[] ConnAck(int code, bool isSessionPresent = false) =>
        [(byte)PacketType.ConnAck << 4, 2, isSessionPresent ? (byte)1 : (byte)0, (byte)code];

    public static void PubAck(Span<byte> target, ushort packetId)
    {
        target[0] = (byte)PacketType.PubAck << 4;
        target[1] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], packetId);
    }

    public static byte[] SubAck(ushort packetId, ReadOnlySpan<byte> codes)
    {
        var packet = Start((byte)PacketType.SubAck << 4, 2 + codes.Length, out var at);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), packetId);
        codes.CopyTo(packet.AsSpan(at + 2));
        return packet;
    }

    public static byte[] UnsubAck(ushort packetId)
    {
        var packet = Start((byte)PacketType.UnsubAck << 4, 2, out var at);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), packetId);
        return packet;
    }

    /// <param name="packetId">0: QoS 0.</param>
    public static byte[] Publish(string topic, ReadOnlySpan<byte> body, ushort packetId)
    {
        var topicLength = Encoding.UTF8.GetByteCount(topic);
        var idLength = packetId == 0 ? 0 : 2;
        var header = ((byte)PacketType.Publish << 4) | (packetId == 0 ? 0 : 2);
        var packet = Start((byte)header, 2 + topicLength + idLength + body.Length, out var at);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), (ushort)topicLength);
        Encoding.UTF8.GetBytes(topic, packet.AsSpan(at + 2));
        at += 2 + topicLength;
        if (packetId != 0)
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), packetId);
        body.CopyTo(packet.AsSpan(at + idLength));
        return packet;
    }

    private static byte[] Start(byte header, int length, out int at)
    {
        at =
            length < 128 ? 2
            : length < 16_384 ? 3
            : length < 2_097_152 ? 4
            : 5;
        var packet = new byte[at + length];
        packet[0] = header;
        var rest = length;
        for (var i = 1; i < at; i++)
        {
            packet[i] = (byte)((rest & 0x7F) | (i < at - 1 ? 0x80 : 0));
            rest >>= 7;
        }

        return packet;
    }
}
